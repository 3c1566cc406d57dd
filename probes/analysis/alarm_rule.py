"""The rule of a composite alarm: which other alarms it looks at.

Sources: CloudWatch API model, `PutCompositeAlarm` (functions ALARM, OK, INSUFFICIENT_DATA around a
name or an ARN, in double quotes or without; AND, OR, NOT, TRUE, FALSE; parentheses); CloudWatch
user guide, "Create a composite alarm" (`AT_LEAST(2, ALARM, (one, two, three))`).
"""

import re
from collections.abc import Iterator

LONGEST = 10_240
"""Characters of a rule (CloudWatch API model)."""

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([(),])|([^\s(),"]+))')
_STATES = frozenset({"ALARM", "OK", "INSUFFICIENT_DATA"})
_WORDS = frozenset({"AND", "OR", "NOT", "TRUE", "FALSE"})
_ESCAPED = re.compile(r"\\(.)")


class UnreadableRule(ValueError):
    """A text that is no rule, or uses functions that are not known."""


def children(rule: str) -> frozenset[str]:
    """The alarms that a rule looks at, by the name or ARN that it writes.

    Raises UnreadableRule for anything that is not wholly understood.
    """
    tokens = _Tokens(rule)
    found: set[str] = set()
    for kind, text in tokens:
        word = text.upper()
        if kind == "word" and word in _STATES:
            found.add(tokens.operand())
        elif kind == "word" and word == "AT_LEAST":
            found.update(tokens.at_least())
        elif kind == "name" or (kind == "word" and word not in _WORDS) or text == ",":
            raise UnreadableRule("the rule uses a word that is not known")
    return frozenset(found)


class _Tokens:
    """The tokens of a rule, left to right: names in quotes, words and marks."""

    def __init__(self, rule: str) -> None:
        if len(rule) > LONGEST:
            raise UnreadableRule("the rule is too long")
        self._left = iter(_split(rule))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return self._left

    def operand(self) -> str:
        """What stands between the next parentheses: one name, perhaps of several bare words."""
        self._expect("(")
        (name,) = self._names()
        return name

    def at_least(self) -> Iterator[str]:
        """The names in the list that follows a count and a state."""
        self._expect("(")
        for _, text in self._left:
            if text == "(":
                yield from self._names(several=True)
                self._expect(")")
                return
        raise UnreadableRule("the rule ends within AT_LEAST")

    def _names(self, *, several: bool = False) -> list[str]:
        names: list[list[str]] = [[]]
        for kind, text in self._left:
            if kind != "mark":
                names[-1].append(text)
            elif text == "," and several:
                names.append([])
            elif text == ")" and all(names):
                return [" ".join(words) for words in names]
            else:
                break
        raise UnreadableRule("the rule lacks the name of an alarm")

    def _expect(self, mark: str) -> None:
        if next(self._left, None) != ("mark", mark):
            raise UnreadableRule(f"the rule lacks a {mark}")


def _split(rule: str) -> Iterator[tuple[str, str]]:
    text, at = rule.rstrip(), 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise UnreadableRule("the rule has a quote that is never closed")
        quoted, mark, word = token.groups()
        if quoted is not None:
            yield "name", _ESCAPED.sub(r"\1", quoted)
        else:
            yield ("mark", mark) if mark else ("word", word)
        at = token.end()
