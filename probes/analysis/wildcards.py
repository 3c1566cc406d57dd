"""Patterns of the policy language: `*` is any text, `?` is any one character.

A pattern is held against a *wanted* text, which may be a pattern itself: all the log groups of
`arn:aws:logs:*:*:log-group:app` are then wanted. Matching is linear in the text for each piece of
the pattern; account text never becomes part of a regular expression without being escaped.

Source: IAM User Guide, "IAM JSON policy elements: Resource" and "Condition operators".
"""

import re
from enum import Enum
from functools import lru_cache

from probes.analysis.answers import Answer, all_of

_TOKEN = re.compile(r"\$\{([*?$])\}|(\*+)|(\?)")
_WILD = re.compile(r"[*?]")
_OVERLAP_BUDGET = 250_000
_ARN_PARTS = 6


class Wild(Enum):
    """What a wildcard stands for."""

    MANY = "*"
    ONE = "?"


def has_wildcard(text: str) -> bool:
    """Whether `*` or `?` occurs in the text."""
    return _WILD.search(text) is not None


def matches(pattern: str, text: str, *, escapes: bool = False) -> bool:
    """Whether the plain text fits the pattern; `*` and `?` in the text are ordinary characters.

    With `escapes`, `${*}`, `${?}` and `${$}` in the pattern stand for the character itself, as in
    policies of version 2012-10-17.
    """
    quick = _without_regex(pattern, text)
    if quick is not None:
        return quick
    return _compiled(pattern, escapes, False).fullmatch(text) is not None


def covers(pattern: str, wanted: str, *, escapes: bool = False) -> Answer:
    """Whether the pattern matches everything that `wanted`, a text or a pattern, stands for.

    CANNOT_TELL where it matches a part of it, or may do so.
    """
    if not has_wildcard(wanted):
        return Answer.of(matches(pattern, wanted, escapes=escapes))
    if _covers_all(pattern, wanted, escapes):
        return Answer.YES
    return Answer.CANNOT_TELL if may_overlap(pattern, wanted, escapes=escapes) else Answer.NO


def arn_covers(pattern: str, wanted: str, *, escapes: bool = False) -> Answer:
    """`covers` for ARNs, of which AWS compares each colon-delimited part by itself.

    A pattern that fits only if a wildcard is read across a colon is CANNOT_TELL, except in its last
    part, where AWS documents that a wildcard reaches beyond colons. A wanted `*` is the resource of
    an action that knows none: only a pattern of everything covers it.
    """
    if wanted == "*":
        return Answer.of(set(pattern) == {"*"})
    whole = covers(pattern, wanted, escapes=escapes)
    if whole is Answer.NO or pattern == "*":
        return whole
    parts = pattern.split(":", _ARN_PARTS - 1)
    given = wanted.split(":", len(parts) - 1)
    if len(given) < len(parts):
        return Answer.CANNOT_TELL
    by_part = [covers(*pair, escapes=escapes) for pair in zip(parts, given, strict=True)]
    if whole is Answer.YES:
        return Answer.YES if all(part is Answer.YES for part in by_part) else Answer.CANNOT_TELL
    return all_of(by_part)


def may_overlap(one: str, other: str, *, escapes: bool = False) -> bool:
    """Whether some text fits both patterns; also true where finding out would cost too much."""
    left, right = _tokens(one, escapes), _tokens(other, escapes=False)
    if len(left) * len(right) > _OVERLAP_BUDGET:
        return True
    above = [True] + [False] * len(right)
    for column, token in enumerate(right, start=1):
        above[column] = above[column - 1] and token is Wild.MANY
    for mine in left:
        row = [above[0] and mine is Wild.MANY]
        for column, theirs in enumerate(right, start=1):
            if mine is Wild.MANY or theirs is Wild.MANY:
                reached = above[column] or row[column - 1]
            else:
                reached = above[column - 1] and _compatible(mine, theirs)
            row.append(reached)
        above = row
    return above[-1]


def literal(pattern: str) -> str:
    """The text that a pattern without live wildcards spells, its escapes resolved."""
    return _TOKEN.sub(lambda token: token[1] or token[0], pattern)


def _covers_all(pattern: str, wanted: str, escapes: bool) -> bool:
    """Whether the wanted pattern, its wildcards taken as characters, fits; false is no proof."""
    quick = _without_regex(pattern, wanted)
    if quick is not None:
        return quick
    if escapes and "${" in pattern:
        return False
    return _compiled(pattern, escapes, True).fullmatch(wanted) is not None


def _without_regex(pattern: str, text: str) -> bool | None:
    """The answer for the two plain kinds of pattern, `text` and `prefix*`; None for others."""
    if "?" in pattern or "${" in pattern:
        return None
    star = pattern.find("*")
    if star < 0:
        return pattern == text
    return text.startswith(pattern[:star]) if star == len(pattern) - 1 else None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, escapes: bool, wanted: bool) -> re.Pattern[str]:
    """The pattern as a regular expression that never backtracks into an earlier piece.

    Between two stars the leftmost fit of a piece is as good as any, hence the atomic groups. Held
    against a wanted pattern, `?` must not swallow a `*`, which stands for more than one character.
    """
    one = "[^*]" if wanted else "."
    pieces = [""]
    for token in _tokens(pattern, escapes):
        if token is Wild.MANY:
            pieces.append("")
        else:
            pieces[-1] += one if token is Wild.ONE else re.escape(str(token))
    if len(pieces) == 1:
        return re.compile(pieces[0], re.DOTALL)
    first, *middle, last = pieces
    inner = "".join(f"(?>.*?{piece})" for piece in middle if piece)
    return re.compile(f"{first}{inner}.*{last}", re.DOTALL)


@lru_cache(maxsize=512)
def _tokens(pattern: str, escapes: bool) -> tuple[str | Wild, ...]:
    """The pattern as characters and wildcards."""
    tokens: list[str | Wild] = []
    end = 0
    for found in _TOKEN.finditer(pattern):
        tokens.extend(pattern[end : found.start()])
        end = found.end()
        if found[1] is None:
            tokens.append(Wild.MANY if found[2] else Wild.ONE)
        elif escapes:
            tokens.append(found[1])
        else:
            tokens.extend(_unescaped(found[0]))
    tokens.extend(pattern[end:])
    return tuple(tokens)


def _unescaped(text: str) -> list[str | Wild]:
    wild = {"*": Wild.MANY, "?": Wild.ONE}
    return [wild.get(character, character) for character in text]


def _compatible(one: str | Wild, other: str | Wild) -> bool:
    return one == other or Wild.ONE in (one, other)
