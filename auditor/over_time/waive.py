"""Writes a waiver into a baseline file and leaves everything else in it as it stands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from auditor.baseline import check
from auditor.baseline_file import WaiverEntry
from auditor.errors import UserError
from auditor.finding import Finding
from auditor.probe import Probe
from auditor.report import Report
from auditor.reports.escape import terminal
from auditor.store import whole_file
from auditor.yaml_file import FileError, parse

NEW_FILE = "version: 1\n"
ORDER = ("probe", "finding", "reason", "owner", "until")


class WaiveError(UserError):
    """A finding that cannot be waived, or a file that cannot take the entry."""


def finding_in(reports: Iterable[Report], wanted: str) -> Finding:
    """The violation whose id begins so; raises `WaiveError` where it is none, or several."""
    if not wanted:
        raise WaiveError("say which finding: its id, or the first digits of it")
    known: dict[str, Finding] = {}
    for report in reports:
        known |= {one.id: one for one in report.findings}
        known |= {one.id: one for one in report.untouched.findings}
        unverified = (*report.unverified, *report.untouched.unverified)
        known |= {one.finding.id: one.finding for one in unverified}
    found = [one for id_, one in known.items() if id_.startswith(wanted)]
    if not found:
        raise WaiveError(f"no finding has an id that begins with {wanted!r}")
    if len(found) > 1:
        raise WaiveError(f"{len(found)} findings have ids that begin with {wanted!r}: say more")
    if not found[0].verdict.violates:
        message = f"{wanted}: this finding is {found[0].verdict.value}: there is nothing to waive"
        raise WaiveError(message)
    return found[0]


def entry_for(finding: Finding, reason: str, owner: str, until: date, today: date) -> WaiverEntry:
    """The waiver of one finding; raises `WaiveError` where it is none that could count."""
    if until < today:
        raise WaiveError(f"{until} is over: today is {today} (UTC)")
    try:
        return WaiverEntry(
            probe=finding.probe,
            finding=finding.id,
            reason=reason.strip(),
            owner=owner.strip(),
            until=until,
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        said = f"{first['msg'][:1].lower()}{first['msg'][1:]}"
        raise WaiveError(f"{first['loc'][0]}: {said}") from None


def waive(
    path: Path, finding: Finding, entry: WaiverEntry, probes: Iterable[Probe[Any, Any]]
) -> int:
    """Add a waiver to a baseline file, which is made where there is none; returns its line.

    Raises `WaiveError` where one like it stands there already or where it cannot be written, and
    `FileError` for a file that is not sound.
    """
    probes, folder = tuple(probes), path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        message = f"cannot write {path}: {folder} is no folder that can be written to"
        raise WaiveError(f"{message}; --baseline names another file")
    text = _text(path)
    before = parse(text, str(path))
    baseline = check(before, probes, str(path))
    for n, known in enumerate(baseline.content.waivers):
        if known.finding == entry.finding and not known.expired(entry.until):
            message = f"{path}:{before.line(('waivers', n))}: this finding is waived here already"
            raise WaiveError(message)
    new = _with(text, entry, _about(finding))
    after = parse(new, str(path))
    wanted = {**before.value, "waivers": [*(before.value.get("waivers") or ()), _values(entry)]}
    if after.value != wanted:
        message = f"{path}: the waiver does not fit into this file; add it by hand"
        raise WaiveError(message)
    check(after, probes, str(path))
    with whole_file(path) as stream:
        stream.write(new)
    return after.line(("waivers", len(wanted["waivers"]) - 1))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.exists() else NEW_FILE
    except OSError as error:
        raise FileError(str(path), 0, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise FileError(str(path), 0, "is not text in UTF-8") from None


def _values(entry: WaiverEntry) -> dict[str, Any]:
    given = entry.model_dump(exclude_defaults=True)
    return {name: given[name] for name in ORDER}


def _about(finding: Finding) -> str:
    """What the entry is about, for who reads the file."""
    resource = finding.resource
    part = f", {finding.part}" if finding.part else ""
    where = f"{finding.account} {finding.region or 'global'}"
    said = terminal(f"{resource.arn or resource.name or resource.id}{part} ({where})")
    return " ".join(said.split())


def _with(text: str, entry: WaiverEntry, about: str) -> str:
    """The text with an entry at the end of its waivers."""
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = top.value if isinstance(top, yaml.MappingNode) else []
    found = [pair for pair in pairs if pair[0].value == "waivers"]
    if not found:
        return f"{text.rstrip(chr(10))}\n\nwaivers:\n{_block(entry, about, 2)}"
    key, node = found[0]
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        end = _end(node, text)
        above = text[:end] if text[:end].endswith("\n") else f"{text[:end]}\n"
        return f"{above}{_block(entry, about, node.start_mark.column)}{text[end:]}"
    if isinstance(node, yaml.SequenceNode) and node.value:
        end = node.end_mark.index - 1
        return f"{text[:end].rstrip().rstrip(',')}, {_flow(entry)}{text[end:]}"
    rest, _, below = text[node.end_mark.index :].partition("\n")
    block = _block(entry, about, key.start_mark.column + 2)
    return f"{text[: key.end_mark.index]}:{rest.rstrip()}\n{block}{below}"


def _end(node: yaml.Node, text: str) -> int:
    """Where the line ends in which the last word of a node stands; block ends lie further below."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = int(node.end_mark.index)
    if text[end - 1] == "\n":
        return end
    line_end = text.find("\n", end)
    return len(text) if line_end < 0 else line_end + 1


def _block(entry: WaiverEntry, about: str, indent: int) -> str:
    """The entry as an item of a list, with a comment for who reads it."""
    first, *others = (f"{name}: {_scalar(value)}" for name, value in _values(entry).items())
    lines = [f"# {about}", f"- {first}", *(f"  {other}" for other in others)]
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def _flow(entry: WaiverEntry) -> str:
    return "{" + ", ".join(f"{name}: {_scalar(v)}" for name, v in _values(entry).items()) + "}"


def _scalar(value: Any) -> str:
    """A value on one line; JSON's texts are YAML's, too."""
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
