"""What a person can mend: told in one sentence, without a traceback."""

from __future__ import annotations


class UserError(Exception):
    """A file, credential, name or region that does not work; the message is for people."""
