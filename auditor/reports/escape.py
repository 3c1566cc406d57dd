"""Text from accounts that nobody vouches for, made harmless for whoever is to show it.

A terminal, Markdown, a cell of a spreadsheet; in HTML the templates escape what `terminal` leaves.
"""

from __future__ import annotations

import re
import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that move the cursor, reorder text, or show nothing."""

BACKTICKS = re.compile("`+")
SHORTEST_FENCE = 3

LONGEST_CELL = 32_767
"""Characters of a cell (Microsoft, "Excel specifications and limits")."""

FORMULA = re.compile(r'(?:^|(?<=;))[\s"]*+(?=[=+\-@\uff1d\uff0b\uff0d\uff20])')
"""Where a formula would begin, with signs of the usual width or of full width: at the start of a
cell, or behind a semicolon, which divides cells where a comma stands in decimals."""


def terminal(text: object) -> str:
    """The text with every control, format and line character shown as its escape.

    Escape sequences, carriage returns, line breaks and bidirectional overrides can rewrite what
    stands around them; here they are seen instead.
    """
    said = str(text)
    if said.isascii() and said.isprintable():
        return said
    return "".join(_shown(character) for character in said)


def markdown(text: object) -> str:
    """The text as one code span, in which Markdown knows no mention, link, image or HTML.

    The span is fenced by more backticks than the text has in a row (CommonMark 0.31, "Code spans"),
    and nothing in it can end the line. It must not share a paragraph with text of others, for a
    lone backtick before it would open another span.
    """
    said = terminal(text)
    if not said.strip():
        return "(empty)" if not said else "(blank)"
    fence = _fence(said, 1)
    pad = " " if said[0] in "` " or said[-1] in "` " else ""
    return f"{fence}{pad}{said}{pad}{fence}"


def markdown_block(text: object, language: str = "") -> str:
    """The text as a fenced block of code, line by line; `language` is our own word."""
    lines = [terminal(line) for line in str(text).split("\n")]
    said = "\n".join(lines)
    fence = _fence(said, SHORTEST_FENCE)
    return f"{fence}{language}\n{said}\n{fence}"


def spreadsheet(text: object) -> str:
    """The text as a cell that no spreadsheet takes for a formula, not longer than a cell can be.

    An apostrophe goes before what would begin one, blanks and quotes before it not counted (OWASP,
    "CSV Injection"); tabs and line ends are seen as their escapes.
    """
    said = FORMULA.sub(lambda found: f"'{found[0]}", terminal(text))
    return said if len(said) <= LONGEST_CELL else f"{said[: LONGEST_CELL - 1]}…"


def _fence(said: str, shortest: int) -> str:
    longest = max((len(run) for run in BACKTICKS.findall(said)), default=0)
    return "`" * max(shortest, longest + 1)


def _shown(character: str) -> str:
    if unicodedata.category(character) in HIDDEN:
        return character.encode("unicode_escape").decode("ascii")
    return character
