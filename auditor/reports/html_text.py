"""Values and words as text of the page: escaped, and cut where they are long."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from auditor.finding import Evidence
from auditor.query import JSON
from auditor.reports.escape import terminal

LONGEST_WORDS = 1_000
LONGEST_VALUE = 1_500
LONGEST_EVIDENCE = 6_000
LONGEST_COMMAND = 6_000
LONGEST_IN_LINE = 80

NO_ROOM = "It is too long for this page; the JSON report has it."


@dataclass(frozen=True, slots=True)
class Answer:
    """One piece of evidence, as it is shown."""

    what: str
    where: str
    value: Markup


def harmless(value: object) -> object:
    """What an expression of a template becomes: its words, unless they are HTML of ours already."""
    return value if isinstance(value, Markup) else cut(terminal(value), LONGEST_WORDS)


def cut(text: str, longest: int) -> str:
    """The text, not longer than that."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def block(text: str) -> Markup:
    """Lines to be copied: whole, or not at all, for half a command does something else."""
    if len(text) > LONGEST_COMMAND:
        return Markup("<p>{}</p>").format(NO_ROOM)
    return _pre(text.rstrip("\n"))


def prose(text: str) -> Markup:
    """The words of a probe, in which backticks surround code."""
    pieces = terminal(text).split("`")
    if not len(pieces) % 2:  # one of them has no other
        return escape(terminal(text))
    marked = (Markup("<code>{}</code>") if n % 2 else Markup("{}") for n in range(len(pieces)))
    return Markup().join(mark.format(piece) for mark, piece in zip(marked, pieces, strict=True))


def value(said: JSON) -> Markup:
    """A value that was expected, found or answered: in the line where it is short."""
    if said is None or said in ([], {}, ""):
        return Markup("nothing")
    if isinstance(said, str):
        return _code(cut(said, LONGEST_VALUE))
    if isinstance(said, list) and all(isinstance(one, str) for one in said):
        return _list([str(one) for one in said])
    short = json.dumps(said, ensure_ascii=False, default=str)
    if len(short) <= LONGEST_IN_LINE:
        return _code(short)
    return _pre(cut(json.dumps(said, ensure_ascii=False, default=str, indent=1), LONGEST_VALUE))


def answers(evidence: Sequence[Evidence]) -> list[Answer]:
    """What a verdict rests on, as far as there is room; what is more is in the JSON report."""
    room = LONGEST_EVIDENCE
    shown: list[Answer] = []
    for one in evidence:
        answer = Answer(one.operation, f"{one.subject} ({one.place})".strip(), value(one.value))
        room -= len(answer.value)
        if room < 0:
            break
        shown.append(answer)
    return shown


def _list(texts: list[str]) -> Markup:
    """Texts in the line where they are short, else one under the other."""
    words = ", ".join(texts)
    if len(words) <= LONGEST_IN_LINE:
        return _code(words)
    shown, room = list[Markup](), LONGEST_VALUE
    for text in texts:
        room -= len(text)
        if room < 0:
            break
        shown.append(Markup("<li>{}</li>").format(_code(text)))
    if left := len(texts) - len(shown):
        shown.append(Markup("<li>{}</li>").format(f"and {left} more"))
    return Markup('<ul class="values">{}</ul>').format(Markup().join(shown))


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(terminal(text))


def _pre(text: str) -> Markup:
    lines = "\n".join(map(terminal, text.split("\n")))
    return Markup("<pre><code>{}</code></pre>").format(lines)
