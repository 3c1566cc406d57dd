"""Environment variables of containers and functions: what is kept of them, never the values."""

from __future__ import annotations

from auditor.query import Shape


class Variable(Shape):
    """A variable in plain sight: its name, and the secrets that its value names."""

    name: str
    secrets: tuple[str, ...] = ()
