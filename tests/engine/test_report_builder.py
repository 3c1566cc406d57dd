"""A report ends with what was not seen, and never calls itself complete when it is not."""

from dataclasses import replace
from datetime import UTC, date, datetime

from auditor.answer import Place, Tally, Why
from auditor.baseline import check
from auditor.judge import judge
from auditor.probe import gap, not_applicable
from auditor.report_builder import Builder, summarise
from auditor.yaml_file import YamlFile
from tests.engine.wire import KEY, KEYS, arn, keys, probe_of
from tests.kit import ACCOUNT, HERE, NOW, Gone, Refused, inventory_of, refusal

OTHER = "210987654321"


def off(_, facts, __):
    if facts.its(KEY).key_state == "Bug":
        raise ZeroDivisionError
    if facts.its(KEY).key_state == "Odd":
        yield not_applicable("odd")
    if facts.its(KEY).key_state == "Disabled":
        yield gap("off")


PROBE = probe_of(off, needs=(KEY,))


def baseline(**more):
    return check(YamlFile("b.yaml", {"version": 1, **more}), [PROBE])


def inventory(**states):
    listed = keys(*states)["Keys"]
    answers = {arn(n): {"KeyState": s} if isinstance(s, str) else s for n, s in states.items()}
    return inventory_of((KEYS, KEY), {KEYS: listed, KEY: answers})


def report(*inventories, used=None):
    used = used or baseline()
    builder = Builder(used, [PROBE.id])
    for one in inventories:
        builder.add(one, judge(one, [PROBE], used))
    return builder.build()


def test_all_was_seen():
    made = report(inventory(a="Enabled", b="Disabled"))
    assert made.coverage.complete
    assert (made.scope.partition, made.scope.accounts, made.scope.regions) == (
        "aws",
        [ACCOUNT],
        ["us-east-1"],
    )
    assert made.run.started_at == NOW <= made.run.finished_at
    assert not made.errors


def test_a_refusal_is_told_with_what_it_kept_from_being_known():
    made = report(inventory(a="Enabled", b=Refused("AccessDenied")))
    (said,) = made.coverage.refusals
    (unknown,) = [f for f in made.findings if f.verdict == "unknown"]
    assert (said.operation, said.why, said.subject) == ("kms:DescribeKey", Why.DENIED, arn("b"))
    assert said.made_unknown == (unknown.id,)
    assert not made.coverage.complete


def test_what_was_not_collected_leaves_a_run_incomplete():
    bare = inventory_of((KEYS,), {KEYS: keys("a")["Keys"]})
    made = report(bare)
    assert [said.why for said in made.coverage.refusals] == ["not collected"]
    assert not made.coverage.complete


def test_what_no_permission_could_answer_does_not():
    made = report(inventory(a={"KeyState": 5}))
    assert made.findings[0].verdict == "unknown"
    assert made.coverage.complete


def test_an_accepted_blind_spot_stays_listed_but_no_longer_counts():
    spot = {"operation": "kms:Describe*", "reason": "not ours", "until": date(2026, 11, 21)}
    made = report(inventory(a=Refused("AccessDenied")), used=baseline(blind_spots=[spot]))
    assert [said.accepted for said in made.coverage.refusals] == ["not ours"]
    assert made.findings[0].verdict == "unknown"
    assert made.coverage.complete
    late = report(
        inventory(a=Refused("AccessDenied")),
        used=baseline(blind_spots=[{**spot, "until": date(2026, 11, 20)}]),
    )
    assert not late.coverage.complete


def test_regions_accounts_and_items_that_were_not_looked_at_are_named():
    one = inventory(a=Gone())
    one.skipped_regions[ACCOUNT, "af-south-1"] = "not enabled"
    one.not_offered |= {("x:Y#label", HERE), ("x:Y", Place("aws", ACCOUNT, "eu-west-1"))}
    one.notes.append("the clock is off")
    one.unlisted.append(refusal(KEYS, HERE))
    builder = Builder(baseline(), [PROBE.id])
    builder.add(one, judge(one, [PROBE], baseline()))
    builder.skip_account("role/x", "may not be assumed")
    coverage = builder.build().coverage
    assert [(s.account, s.why) for s in coverage.accounts_skipped] == [
        ("role/x", "may not be assumed")
    ]
    assert [(s.region, s.why) for s in coverage.regions_skipped] == [("af-south-1", "not enabled")]
    assert [(s.subject, s.why) for s in coverage.vanished] == [(arn("a"), PROBE.id)]
    assert [(n.operation, n.regions) for n in coverage.not_offered] == [
        ("x:Y", ("eu-west-1", "us-east-1"))
    ]
    assert coverage.notes == ["the clock is off"]
    assert len(coverage.refusals) == 1
    assert not coverage.complete


def test_calls_are_added_up_over_places_and_labels():
    one = inventory()
    one.tallies = {
        ("x:Y", HERE): Tally(1, 2, 3, 4, 5),
        ("x:Y#label", HERE): Tally(1, 1, 1, 1, 1),
        ("a:B", HERE): Tally(1),
    }
    uses = report(one).coverage.operations
    assert [(u.operation, u.calls, u.pages, u.answered, u.refused, u.retried) for u in uses] == [
        ("a:B", 1, 0, 0, 0, 0),
        ("x:Y", 2, 3, 4, 5, 6),
    ]


def test_a_bug_of_a_probe_is_an_error_of_the_run():
    (error,) = report(inventory(a="Bug")).errors
    assert error.where == f"engine.example {ACCOUNT}/us-east-1 {arn('a')}"
    assert "ZeroDivisionError" in error.message


def test_findings_stand_in_one_order_whatever_came_first():
    first = inventory(b="Enabled", a="Disabled")
    second = inventory(a="Enabled")
    second.places = [Place("aws", OTHER, "us-east-1")]
    second.answers = {(name, second.places[0]): a for (name, _), a in second.answers.items()}
    second.times = {OTHER: datetime(2026, 11, 20, tzinfo=UTC)}
    one, other = report(first, second), report(second, first)
    assert [f.id for f in one.findings] == [f.id for f in other.findings]
    assert one.run.started_at == other.run.started_at == second.times[OTHER]
    assert sorted(one.scope.accounts) == sorted(other.scope.accounts) == [ACCOUNT, OTHER]


def test_waived_findings_are_counted_apart():
    waiver = {
        "probe": "*",
        "reason": "known",
        "owner": "me",
        "until": date(2027, 1, 1),
        "resource": arn("a"),
    }
    made = report(
        inventory(a="Disabled", b="Disabled", c="Enabled", d="Odd"), used=baseline(waivers=[waiver])
    )
    summary = made.summary
    assert (summary.findings, summary.waived) == (4, 1)
    assert summary.verdicts == {"gap": 1, "not_applicable": 1, "pass": 1}
    assert summary.severities == {"medium": 1}
    assert summary.probes == {"engine.example": summary.verdicts}
    assert summary.environments == {"production": summary.verdicts}
    assert [use.state for use in made.waivers] == ["active"]
    assert summarise([replace(f, waiver=None) for f in made.findings]).waived == 0


def test_a_run_without_any_account_still_reports():
    made = Builder(baseline(), []).build()
    assert made.findings == []
    assert made.run.started_at.tzinfo is UTC
