"""Text from accounts that nobody vouches for, made harmless for a terminal."""

from __future__ import annotations

import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that move the cursor, reorder text, or show nothing."""


def terminal(text: object) -> str:
    """The text with every control, format and line character shown as its escape.

    Escape sequences, carriage returns, line breaks and bidirectional overrides can rewrite what
    stands around them; here they are seen instead.
    """
    said = str(text)
    if said.isascii() and said.isprintable():
        return said
    return "".join(_shown(character) for character in said)


def _shown(character: str) -> str:
    if unicodedata.category(character) in HIDDEN:
        return character.encode("unicode_escape").decode("ascii")
    return character
