"""Nights of one small account: what was there, what could be seen of it, and the report of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from auditor.baseline import check
from auditor.judge import judge
from auditor.probe import drift, gap, not_applicable
from auditor.report import Report
from auditor.report_builder import Builder
from auditor.settings import Settings, setting
from auditor.yaml_file import YamlFile
from tests.engine.wire import KEY, KEYS, probe_of
from tests.kit import ACCOUNT, NOW, REGION, Gone, Refused, inventory_of

OTHER = "eu-west-1"


class Expected(Settings):
    wanted: str = setting("Enabled", "The state that a key must have.")


def fit(_, facts, expected):
    said = facts.its(KEY).key_state
    if said == "Bug":
        raise ZeroDivisionError
    if said == "Odd":
        yield not_applicable("odd")
    elif said == "Missing":
        yield gap("there is no state", expected=expected.wanted, found=None)
    elif said != expected.wanted:
        yield drift("another state", expected=expected.wanted, found=said)


PROBE = probe_of(fit, needs=(KEY,), settings=Expected)
SECOND = probe_of(fit, id="engine.second", needs=(KEY,), settings=Expected)


@dataclass(frozen=True)
class Sight:
    """What one region shows: keys by name with state, `Gone` or `Refused`; or its list refused."""

    keys: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False
    cut_off: bool = False


def arn(name: str, region: str) -> str:
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/{name}"


def night(
    number: int,
    sights: Mapping[str, Sight],
    probes: tuple[Any, ...] = (PROBE,),
    every_region: bool = True,
    named: tuple[str, ...] = (),
    **baseline: Any,
) -> Report:
    """The report of the night with this number."""
    used = check(YamlFile("b.yaml", {"version": 1, **baseline}), (PROBE, SECOND))
    builder = Builder(used, [probe.id for probe in probes])
    builder.scope.every_region = every_region
    builder.scope.named_probes += named
    builder.scope.accounts.append(ACCOUNT)
    builder.scope.partition = "aws"
    now = NOW + timedelta(days=number)
    for region, sight in sights.items():
        inventory = _inventory(region, sight, now)
        builder.add(inventory, judge(inventory, probes, used))
    report = builder.build()
    report.run.started_at = now
    return report


def _inventory(region: str, sight: Sight, now: datetime) -> Any:
    listed: Any = [{"KeyArn": arn(n, region), "KeyId": n} for n in sight.keys]
    if sight.refused:
        listed = Refused()
    elif sight.cut_off:
        listed = Refused(items=tuple(listed))
    states = {
        arn(name, region): state if isinstance(state, Gone | Refused) else {"KeyState": state}
        for name, state in sight.keys.items()
    }
    if sight.refused:
        states = {}
    elsewhere = {region: {KEYS: listed, KEY: states}}
    if region == REGION:
        return inventory_of((KEYS, KEY), elsewhere[region], now=now)
    inventory = inventory_of((KEYS, KEY), {}, now=now, elsewhere=elsewhere)
    inventory.places = [place for place in inventory.places if place.region == region]
    return inventory


def told(report: Report) -> list[tuple[str, str, str]]:
    """What changed: kind, name of the key, reason."""
    by_id = {one.id: one for one in report.findings}
    by_id |= {one.finding.id: one.finding for one in report.resolved}
    by_id |= {one.finding.id: one.finding for one in report.unverified}
    return sorted((c.kind, by_id[c.id].resource.name, c.reason) for c in report.changes)
