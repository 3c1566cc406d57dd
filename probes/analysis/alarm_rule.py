"""The rule of a composite alarm: which other alarms can make it go off.

Sources: CloudWatch API model, `PutCompositeAlarm` (functions ALARM, OK, INSUFFICIENT_DATA around a
name or an ARN, in double quotes or without; AND, OR, NOT, TRUE, FALSE; parentheses); CloudWatch
user guide, "Create a composite alarm" (`AT_LEAST(2, ALARM, (one, two, three))`).
"""

import re
from collections.abc import Iterator

from probes.analysis.alarm_logic import AtLeast, Constant, Formula, Joint, UnreadableRule, causes
from probes.analysis.answers import Answer

LONGEST = 10_240
"""Characters of a rule (CloudWatch API model)."""

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([(),])|([^\s(),"]+))')
_STATES = frozenset({"ALARM", "OK", "INSUFFICIENT_DATA"})
_CONSTANTS = {"TRUE": Constant(value=True), "FALSE": Constant(value=False)}
_JOINTS = {"OR": Joint.OR, "AND": Joint.AND, "NOT": Joint.NOT}
_ESCAPED = re.compile(r"\\(.)")
_COUNT = re.compile(r"(\d{1,3})(%?)")


def children(rule: str) -> dict[str, Answer]:
    """The alarms that a rule looks at, by the name or ARN that it writes.

    The answer is whether the rule can become true because that alarm goes off: of an alarm that
    only holds it back, it is no.

    Raises UnreadableRule for anything that is not wholly understood.
    """
    return causes(_read(_Tokens(rule)))


def _read(tokens: "_Tokens") -> Formula:
    """A rule as a formula; NOT binds before AND, and AND before OR."""
    done: list[AtLeast | Constant | Joint] = []
    waiting: list[Joint | None] = []
    complete = False
    for kind, text in tokens:
        word = text.upper() if kind == "word" else text
        if kind == "name":
            raise UnreadableRule("the rule uses a word that is not known")
        if complete and word == ")":
            _close(done, waiting)
        elif complete and word in {"AND", "OR"}:
            _settle(done, waiting, _JOINTS[word])
            complete = False
        elif not complete and word in {"NOT", "("}:
            waiting.append(_JOINTS.get(word))
        elif not complete:
            done.append(tokens.operand(word))
            complete = True
        else:
            raise UnreadableRule("the rule lacks an AND or OR")
    if not complete or None in waiting:
        raise UnreadableRule("the rule ends too early")
    return (*done, *(joint for joint in reversed(waiting) if joint))


def _close(done: list[AtLeast | Constant | Joint], waiting: list[Joint | None]) -> None:
    while waiting:
        joint = waiting.pop()
        if joint is None:
            return
        done.append(joint)
    raise UnreadableRule("the rule closes a parenthesis that it never opened")


def _settle(
    done: list[AtLeast | Constant | Joint], waiting: list[Joint | None], joint: Joint
) -> None:
    """What binds before a joint is done before it."""
    while waiting and (last := waiting[-1]) is not None and last.value >= joint.value:
        done.append(last)
        waiting.pop()
    waiting.append(joint)


class _Tokens:
    """The tokens of a rule, left to right: names in quotes, words and marks."""

    def __init__(self, rule: str) -> None:
        if len(rule) > LONGEST:
            raise UnreadableRule("the rule is too long")
        self._left = iter(_split(rule))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return self._left

    def operand(self, word: str) -> AtLeast | Constant:
        """A constant, or a function with what stands between its parentheses."""
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        if word == "AT_LEAST":
            return self._at_least()
        if word not in _STATES:
            raise UnreadableRule("the rule uses a word that is not known")
        self._expect("(")
        return AtLeast(1, word, self._names())

    def _at_least(self) -> AtLeast:
        """A count or a share, a state, and the list of alarms."""
        self._expect("(")
        number = _COUNT.fullmatch(self._word())
        self._expect(",")
        state = self._word()
        negated = state == "NOT"
        state = self._word() if negated else state
        self._expect(",")
        if number is None or state not in _STATES:
            raise UnreadableRule("the rule counts what is not known")
        self._expect("(")
        names = self._names(several=True)
        self._expect(")")
        count, share = int(number[1]), bool(number[2])
        return AtLeast(-(-count * len(names) // 100) if share else count, state, names, negated)

    def _names(self, *, several: bool = False) -> tuple[str, ...]:
        """The names up to a parenthesis, each perhaps of several bare words."""
        names: list[list[str]] = [[]]
        for kind, text in self._left:
            if kind != "mark":
                names[-1].append(text)
            elif text == "," and several:
                names.append([])
            elif text == ")" and all(names):
                return tuple(" ".join(words) for words in names)
            else:
                break
        raise UnreadableRule("the rule lacks the name of an alarm")

    def _word(self) -> str:
        kind, text = next(self._left, ("", ""))
        if kind != "word":
            raise UnreadableRule("the rule lacks a word")
        return text.upper()

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
