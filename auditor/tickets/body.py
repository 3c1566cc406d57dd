"""The words of a ticket: its title, and its body in Markdown.

What comes from an account stands in code spans and fenced blocks only, in paragraphs of its own;
all else is text of probes and of this module.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from auditor.baseline_file import Grouping
from auditor.finding import Evidence, Finding
from auditor.over_time.lifecycle import SEEN_AGAIN
from auditor.probe import Probe
from auditor.query import JSON
from auditor.report import Before, Change
from auditor.reports.escape import markdown, markdown_block, terminal
from auditor.reports.who import who_line

LONGEST_TITLE = 200
LONGEST_NAME = 90
LONGEST_WORDS = 1_000
LONGEST_VALUE = 1_500
LONGEST_COMMAND = 4_000
LONGEST_EVIDENCE = 6_000
MOST_DETAILED = 8
"""Members of a ticket that are told in full; the others get a line each."""

ROOM_FOR_DETAILS, ROOM = 18_000, 28_000
"""Characters of a body: Jira takes 32,767 and GitHub 65,536 of them."""

LEADS = {
    "changed": "Changed since it was last told.",
    "reopened": "It was resolved, and is back.",
    "resolved": "Resolved.",
    "unverified": "The last run could not verify this. It stays open, as it was last seen.",
    "waived": "Accepted: no longer open.",
    "waiver_expired": "It had been accepted until a day that is over.",
}
VERIFIED = "It could be verified again, and is as it was."


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding that a body tells of, and what the run told of it, if anything."""

    finding: Finding
    change: Change | None = None


def title(by: Grouping, finding: Finding) -> str:
    """The title of the ticket that a finding opens: one line that begins with words of ours."""
    resource = finding.resource
    claim, name = finding.title or finding.probe, resource.name or resource.id
    where = " ".join(filter(None, (finding.account, finding.region)))
    part = f" [{finding.part}]" if finding.part else ""
    if by == "finding":
        said = (f"{claim}: ", name, f"{part} ({where})")
    elif by == "probe":
        said = (claim, "", f" ({finding.account})")
    elif by == "stack":
        said = ("Findings in stack ", resource.stack.name if resource.stack else "", f" ({where})")
    else:
        said = (f"Findings on {resource.type or 'resource'} ", name, f" ({where})")
    first, named, last = (" ".join(terminal(text).split(" ")) for text in said)
    room = LONGEST_TITLE - len(last) - min(len(named), LONGEST_NAME)
    whole = _cut(first, room) + _cut(named, LONGEST_NAME) + last
    return _cut(re.sub(r"^\W+", "", whole) or "Findings", LONGEST_TITLE)


def body(
    kind: str, reason: str, entries: Sequence[Entry], probes: Mapping[str, Probe[Any, Any]]
) -> str:
    """What is wrong, where, why it matters, and how to mend it; as Markdown that fits a ticket."""
    blocks = list(_lead(kind, reason))
    used, detailed, left = sum(map(len, blocks)), 0, list[Entry]()
    for probe, members in groupby(entries, lambda entry: entry.finding.probe):
        fresh = list(_claim(probe, members_ := list(members), probes))
        for entry in members_:
            told = list(_finding(entry))
            size = sum(map(len, (*fresh, *told)))
            if detailed and (detailed == MOST_DETAILED or used + size > ROOM_FOR_DETAILS):
                left.append(entry)
                continue
            blocks += [*fresh, *told]
            used, detailed, fresh = used + size, detailed + 1, []
    return "\n\n".join([*blocks, *_rest(left, ROOM - used)])


def _lead(kind: str, reason: str) -> Iterator[str]:
    if reason == SEEN_AGAIN:
        yield f"**{VERIFIED}**"
        return
    if kind in LEADS:
        yield f"**{LEADS[kind]}**"
    if reason:
        yield _span(reason)


def _claim(
    probe: str, members: Sequence[Entry], probes: Mapping[str, Probe[Any, Any]]
) -> Iterator[str]:
    """What all findings of one probe share."""
    yield f"## {terminal(members[0].finding.title or probe)}"
    known = probes.get(probe)
    if known and known.why:
        yield f"Why it matters: {known.why}"


def _finding(entry: Entry) -> Iterator[str]:
    finding = entry.finding
    yield f"### {markdown(_cut(finding.resource.name or finding.resource.id, LONGEST_NAME))}"
    yield _span(finding.message)
    if finding.note:
        yield _span(finding.note)
    yield "\n".join(f"- {line}" for line in _where(finding))
    if entry.change and entry.change.before:
        yield from _before(entry.change.before)
    if finding.expected is not None or finding.found is not None:
        yield f"Expected:\n\n{_value(finding.expected)}"
        yield f"Found:\n\n{_value(finding.found)}"
    yield from _evidence(finding.evidence)
    yield from _fix(finding)
    references = [*finding.references, *finding.sources]
    if references:
        yield "References: " + ", ".join(terminal(one) for one in references)


def _where(finding: Finding) -> Iterator[str]:
    resource = finding.resource
    yield f"severity: **{finding.severity.value}** ({finding.verdict.value})"
    yield f"account: {markdown(finding.account)}"
    if finding.region:
        yield f"region: {markdown(finding.region)}"
    yield f"environment: {terminal(finding.environment)}"
    yield f"resource: {_span(resource.arn or resource.id)}"
    if resource.type:
        yield f"type: {markdown(resource.type)}"
    if resource.stack:
        yield f"stack: {_span(resource.stack.name)}"
        if resource.stack.logical_id:
            yield f"logical id: {_span(resource.stack.logical_id)}"
    if finding.part:
        yield f"part: {markdown(finding.part)}"
    if finding.first_seen:
        yield f"first seen: {finding.first_seen:%Y-%m-%d}"
    if finding.changed_by:
        yield who_line(finding.changed_by, lambda text: _span(str(text)))
    yield f"probe: {markdown(finding.probe)}"
    yield f"finding: {markdown(finding.id)}"


def _before(before: Before) -> Iterator[str]:
    yield f"Before, it was a {before.verdict.value} of severity {before.severity.value}. Expected:"
    yield _value(before.expected)
    yield "Found before:"
    yield _value(before.found)


def _evidence(evidence: Sequence[Evidence]) -> Iterator[str]:
    room = LONGEST_EVIDENCE
    for number, one in enumerate(evidence):
        told = _span(f"{one.operation} {one.subject} ({one.place})"), _value(one.value)
        room -= sum(map(len, told))
        if room < 0:
            yield f"... and {len(evidence) - number} more answers in the report."
            return
        if not number:
            yield "Evidence:"
        yield from told


def _fix(finding: Finding) -> Iterator[str]:
    if finding.fix is None:
        return
    yield f"How to fix it: {finding.fix.text}"
    if finding.fix.cli:
        yield _block(finding.fix.cli, "sh", LONGEST_COMMAND)
    if finding.fix.cloudformation:
        yield _block(finding.fix.cloudformation.rstrip("\n"), "yaml", LONGEST_COMMAND)


def _rest(entries: Iterable[Entry], room: int) -> Iterator[str]:
    """A line for each of the others, as far as there is room; then how many more there are."""
    lines: list[str] = []
    left = 0
    for entry in entries:
        finding = entry.finding
        name = _cut(finding.resource.name or finding.resource.id, LONGEST_NAME)
        place = " ".join(filter(None, (finding.account, finding.region)))
        said = f"{name} ({place}): {finding.probe}, finding {finding.id}"
        line = f"- **{finding.severity.value}** {markdown(said)}"
        room -= len(line) + 1
        if room < 0:
            left += 1
        else:
            lines.append(line)
    if lines:
        yield "## Also"
        yield "\n".join(lines)
    if left:
        yield f"... and {left} more."


def _value(value: JSON) -> str:
    """A value as a block of code, cut where it is long."""
    said = json.dumps(value, indent=1, ensure_ascii=False, default=str)
    shown = "\n".join(map(terminal, _cut(said, LONGEST_VALUE).split("\n")))
    return _block(_cut(shown, LONGEST_VALUE), "json", LONGEST_VALUE + 100)


def _block(text: str, language: str, longest: int) -> str:
    """A block of code whole, or a word that it is too long."""
    block = markdown_block(text, language)
    return block if len(block) <= longest else "(It is too long for a ticket; see the report.)"


def _span(text: str) -> str:
    """A text as code, cut where it is long, or where it is long for its many backticks."""
    span = markdown(_cut(terminal(text), LONGEST_WORDS))
    return span if len(span) <= LONGEST_WORDS + 100 else markdown(_cut(text, LONGEST_NAME))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: max(0, longest - 1)] + "…"
