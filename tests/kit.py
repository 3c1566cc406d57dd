"""How a probe is tested: tables of cases in AWS's own words, and accounts on moto.

A module of tests for a probe holds `PROBE` and `CASES`. The laws walk all of them: each case is
judged as it stands, and again with each query that it read refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from auditor.answer import (
    Answer,
    Item,
    Place,
    Refusal,
    Why,
    key_of,
)
from auditor.baseline import Baseline, check
from auditor.catalogue import needed
from auditor.clients import Clients
from auditor.collect import collect
from auditor.facts import Facts
from auditor.finding import Finding
from auditor.inventory import Inventory, place_of
from auditor.judge import judge
from auditor.probe import Probe
from auditor.query import Query, closure, prune
from auditor.session import open_account
from auditor.settings import groups_of
from auditor.yaml_file import YamlFile

ACCOUNT = "123456789012"
REGION = "us-east-1"
HERE = Place("aws", ACCOUNT, REGION)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Absent:
    """AWS says that there is none."""

    code: str = "NoSuchThing"


@dataclass(frozen=True)
class Gone:
    """AWS no longer knows the item."""

    code: str = "NotFound"


@dataclass(frozen=True)
class Refused:
    """AWS would not say, perhaps after the first items of a list."""

    code: str = "AccessDenied"
    items: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Case:
    """Answers -> verdict.

    answers   query -> the list of items (or the one object) for queries of a place; for queries
              about items: {key of the item: the object, list, Absent, Gone or Refused}. Keys of
              nested items are "outer|inner". Queries left out were answered with an empty list.
    subject   key of the item whose finding is meant, where there are several
    survives  queries whose refusal leaves the verdict standing
    says      a part of what the finding says or notes; an empty text for nothing at all
    elsewhere region -> answers of other regions
    """

    id: str
    answers: Mapping[Query[Any], Any]
    verdict: str
    code: str | None = None
    part: str = ""
    subject: str | None = None
    severity: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    survives: tuple[Query[Any], ...] = ()
    says: str | None = None
    expected: Any = None
    found: Any = None
    environment: str = "production"
    elsewhere: Mapping[str, Mapping[Query[Any], Any]] = field(default_factory=dict)
    now: datetime = NOW

    def __str__(self) -> str:
        return self.id


# -- inventories out of tables --------------------------------------------------------------------


def refusal(
    query: Query[Any], place: Place, subject: tuple[str, ...] = (), code: str = "AccessDenied"
) -> Refusal:
    why = Why.DENIED if code.startswith("Access") else Why.OTHER
    return Refusal(query.id, query.operation, place, why, code, "not authorized", subject)


def inventory_of(
    queries: tuple[Query[Any], ...],
    answers: Mapping[Query[Any], Any],
    refused: frozenset[Query[Any]] = frozenset(),
    now: datetime = NOW,
    elsewhere: Mapping[str, Mapping[Query[Any], Any]] | None = None,
) -> Inventory:
    """An inventory as a collection would have made it, for the given answers and refusals."""
    regions = {REGION: answers, **(elsewhere or {})}
    inventory = Inventory(places=[Place("aws", ACCOUNT, region) for region in regions])
    inventory.times[ACCOUNT] = now
    unknown = set(answers) - set(queries)
    assert not unknown, f"the probe does not need {unknown}"
    for query in queries:
        for place in inventory.places:
            at = place_of(query, place)
            given = regions[place.region].get(query, {} if query.of or query.asks else [])
            if query.world and place.region != REGION:
                continue
            inventory.answers.setdefault((query.id, at), {})
            _put(inventory, query, at, given, query in refused)
    return inventory


def _put(inventory: Inventory, query: Query[Any], place: Place, given: Any, refused: bool) -> None:
    if query.asks is not None:
        for key, value in given.items():
            inventory.put(query, place, (key,), _answer(query, place, None, (key,), value, refused))
        return
    if query.of is None:
        inventory.put(query, place, (), _answer(query, place, None, (), given, refused))
        return
    for parent in list(inventory.items(query.of, place_of(query.of, place))):
        if query.when is not None and not query.when(inventory.read(parent)):
            continue
        value = given.get(
            "|".join(parent.ids),
            given.get(parent.key, [] if query.each and not query.batch else None),
        )
        if value is None:
            value = Gone() if query.batch else Refused("NotInTheCase")
        answer = _answer(query, place, parent, parent.ids, value, refused)
        inventory.put(query, place, parent.ids, answer)


def _answer(
    query: Query[Any],
    place: Place,
    parent: Item | None,
    subject: tuple[str, ...],
    value: Any,
    refused: bool,
) -> Answer:
    if refused:
        return Answer(refusal=refusal(query, place, subject))
    if isinstance(value, Absent):
        return Answer(absent=value.code)
    if isinstance(value, Gone):
        return Answer(gone=value.code)
    sent = (
        value.items if isinstance(value, Refused) else value if isinstance(value, list) else [value]
    )
    data = [prune(query.shape, item) for item in sent]
    items = tuple(Item(query, place, d, key_of(query, d, n), parent) for n, d in enumerate(data))
    if isinstance(value, Refused):
        return Answer(items, refusal(query, place, subject, value.code))
    return Answer(items)


# -- judging a case -------------------------------------------------------------------------------


def baseline_of(
    probe: Probe[Any, Any],
    settings: Mapping[str, Any] | None = None,
    environment: str = "production",
) -> Baseline:
    """The shipped baseline with other settings; a group's are under its name."""
    groups = {group.name for group in groups_of(probe.settings).values()}
    given = settings or {}
    own = {name: value for name, value in given.items() if name not in groups}
    shared = {name: value for name, value in given.items() if name in groups}
    value = {
        "version": 1,
        "environments": {"default": environment},
        "settings": {probe.id: own, **shared},
    }
    return check(YamlFile("case", value), [probe])


def findings_of(
    probe: Probe[Any, Any], case: Case, refused: frozenset[Query[Any]] = frozenset()
) -> list[Finding]:
    """All findings of a case; an error of the tool fails the test."""
    queries = closure((*probe.subjects, *probe.needs))
    inventory = inventory_of(queries, case.answers, refused, case.now, case.elsewhere)
    result = judge(inventory, [probe], baseline_of(probe, case.settings, case.environment))
    assert not result.errors, result.errors
    return result.findings


def the_finding(case: Case, findings: list[Finding]) -> Finding:
    """The finding that a case is about."""
    mine = [
        f
        for f in findings
        if f.part == case.part
        and (f.resource.id == case.subject if case.subject else f.region in {REGION, ""})
    ]
    assert len(mine) == 1, [(f.resource.id, f.part, f.verdict, f.message) for f in findings]
    return mine[0]


def check_case(probe: Probe[Any, Any], case: Case) -> None:
    """The verdict is the one that the case states."""
    finding = the_finding(case, findings_of(probe, case))
    said = (finding.verdict, finding.code, finding.message, finding.found)
    assert finding.verdict == case.verdict, said
    if case.code is not None:
        assert finding.code == case.code, said
    if case.severity is not None:
        assert finding.severity == case.severity, (finding.severity, said)
    if case.says == "":
        assert f"{finding.message}{finding.note}" == ""
    if case.says is not None:
        assert case.says in f"{finding.message} {finding.note}", (finding.message, finding.note)
    if case.expected is not None:
        assert finding.expected == case.expected
    if case.found is not None:
        assert finding.found == case.found


def reads_of(probe: Probe[Any, Any], case: Case) -> set[Query[Any]]:
    """The queries that judging a case reads, for the subject and part that the case is about."""
    heard: list[Facts] = []
    judgements = list(type(probe)().judgements())

    def watched() -> Iterator[tuple[str, Callable[..., Any]]]:
        for part, judgement in judgements:

            def hear(
                subject: Any, facts: Facts, expected: Any, j: Any = judgement, p: str = part
            ) -> Any:
                key = facts._item.key if facts._item else ""
                if p == case.part and case.subject in {None, key}:
                    heard.append(facts)
                return j(subject, facts, expected)

            yield part, hear

    spy = type(probe)()
    spy.__dict__["judgements"] = watched
    findings_of(spy, case)
    return {read.query for facts in heard for read in facts.reads}


def check_law_seven(probe: Probe[Any, Any], case: Case) -> None:
    """No verdict survives the loss of its evidence, but those that the case says survive."""
    read = reads_of(probe, case)
    for query in read:
        findings = findings_of(probe, case, frozenset({query}))
        mine = [
            f
            for f in findings
            if f.part == case.part
            and (not case.subject or f.resource.id in {case.subject, "*"} or f.verdict == "unknown")
        ]
        verdicts = {f.verdict.value for f in mine}
        if query in case.survives:
            assert case.verdict in verdicts, (query, verdicts)
        else:
            assert verdicts == {"unknown"}, (
                query,
                [(f.resource.id, f.verdict, f.message) for f in mine],
            )


# -- accounts on moto -----------------------------------------------------------------------------


def audit(
    probe: type[Probe[Any, Any]], *, region: str = REGION, settings: Mapping[str, Any] | None = None
) -> list[Finding]:
    """Collect and judge for real, with one probe, in one region of the account on moto."""
    one = probe()
    queries = needed([one])
    clients = Clients(None, frozenset(query.operation for query in queries), threads=4)
    account = open_account(clients, [region])
    inventory = collect(account, queries)
    result = judge(inventory, [one], baseline_of(one, settings))
    assert not result.errors, result.errors
    clients.close()
    return result.findings


def verdicts(findings: list[Finding], part: str = "") -> dict[str, str]:
    """Name of the resource -> verdict."""
    return {f.resource.name: f.verdict.value for f in findings if f.part == part}
