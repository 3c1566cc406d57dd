"""Environment variables of containers and functions: what is kept of them, never the values."""

from __future__ import annotations

from auditor.query import Shape


class Variable(Shape):
    """A variable in plain sight: its name, and the secrets that its value names."""

    name: str
    secrets: tuple[str, ...] = ()


class JudgedVariable(Variable):
    """A variable with what was found out about its value (`probes.analysis.variable_values`).

    `words` and `hosts` are the words for environments in the value and in the host that it names,
    `accounts` and `regions` those of ARNs in it.
    """

    suspicion: str = ""
    words: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
