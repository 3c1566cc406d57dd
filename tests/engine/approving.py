"""A small account of security groups: recorded, and looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.baseline import Approved, check
from auditor.catalogue import needed_to_record
from auditor.drift.findings import judge_recorded
from auditor.finding import Finding
from auditor.judge import Judgement, judge
from auditor.recording.file import Folder, PlaceRecord, RecordedFile, path_of
from auditor.recording.write import Written, record
from auditor.report import Report
from auditor.report_builder import Builder
from auditor.yaml_file import YamlFile
from probes.aws.ec2_groups import SECURITY_GROUPS
from probes.recorded.network import SECURITY_GROUP
from tests.kit import HERE, NOW, Refused, inventory_of

ROWS = (SECURITY_GROUP,)
QUERIES = needed_to_record(ROWS)
GROUP = SECURITY_GROUP.type
STACK = "aws:cloudformation"


def group(name: str, *ports: int, stack: str = "", **more: Any) -> dict[str, Any]:
    """A group as AWS describes it; of a stack it is the resource `Group`."""
    rules = [
        {"IpProtocol": "tcp", "FromPort": p, "ToPort": p, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
        for p in ports
    ]
    tags = {f"{STACK}:stack-name": stack, f"{STACK}:logical-id": "Group"} if stack else {}
    tags |= more.pop("tags", {})
    return {
        "GroupId": f"sg-{name}",
        "GroupName": name,
        "VpcId": "vpc-1",
        "IpPermissions": rules,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        **more,
    }


def account(*groups: Any, refused: bool = False, now: Any = NOW) -> Any:
    """An inventory of groups; a list that broke off where `refused`."""
    sent: Any = Refused(items=groups) if refused else list(groups)
    answers = {query: sent for query in QUERIES if query.operation == SECURITY_GROUPS.operation}
    return inventory_of(QUERIES, answers, now=now)


def recorded(folder: Any, *groups: Any, refused: bool = False) -> Written:
    """Record an account in a folder."""
    return record([account(*groups, refused=refused)], ROWS, folder)


def approved_of(content: RecordedFile | None) -> Approved:
    """The recorded state of one place."""
    if content is None:
        return Approved(Folder(path_of(HERE)), ROWS)
    record_ = PlaceRecord(path_of(content.place), content)
    return Approved(Folder(path_of(HERE), {content.place: record_}), ROWS)


def judged(approved: Approved, inventory: Any, **settings: Any) -> Judgement:
    """What differs from what is approved."""
    baseline = check(YamlFile("b.yaml", {"version": 1, "recorded": settings}), ())
    baseline.approved = approved
    judgement = judge(inventory, (), baseline)
    judge_recorded(inventory, approved, baseline, judgement)
    return judgement


def findings(approved: Approved, inventory: Any, **settings: Any) -> dict[str, Finding]:
    """The findings by the name of the resource."""
    found = judged(approved, inventory, **settings).findings
    assert len({one.id for one in found}) == len(found)
    return {one.resource.name: one for one in found}


def report(approved: Approved | None, inventory: Any, **baseline: Any) -> Report:
    """The report of one run with recorded state."""
    used = check(YamlFile("b.yaml", {"version": 1, **baseline}), ())
    builder = Builder(used, ["drift.recorded"] if approved else [])
    used.approved = approved
    judgement = judge(inventory, (), used)
    if approved:
        judge_recorded(inventory, approved, used, judgement)
    builder.add(inventory, judgement)
    return builder.build()


def said(found: Mapping[str, Finding]) -> dict[str, tuple[str, str]]:
    """Verdict and code by name."""
    return {name: (one.verdict.value, one.code) for name, one in found.items()}
