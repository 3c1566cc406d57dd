"""Inventory x probes x expectations -> findings; pure, and loud about bugs."""

from dataclasses import asdict, replace

import pytest

from auditor.answer import Place
from auditor.finding import finding_id
from auditor.inventory import Inventory
from auditor.judge import judge, lasting_key
from auditor.probe import ACCOUNT as WHOLE_ACCOUNT
from auditor.probe import REGION as WHOLE_REGION
from auditor.probe import Severity, any_of, drift, every, gap, note, severity_if
from auditor.query import Name, Query
from tests.engine.wire import KEY, KEYS, ROTATION, SECRETS, Cluster, arn, keys, probe_of
from tests.kit import ACCOUNT, HERE, Absent, Gone, Refused, baseline_of, inventory_of

LIST = keys("a", "b")["Keys"]
STATES = {arn("a"): {"KeyState": "Enabled"}, arn("b"): {"KeyState": "Disabled"}}
QUERIES = (KEYS, KEY, ROTATION, SECRETS)


def off(_, facts, expected):
    found = facts.its(KEY).key_state
    if found != "Enabled":
        yield gap("the key is off", found=found)


ENABLED = probe_of(off, needs=(KEY,))


def judged(probe, answers, **how):
    inventory = inventory_of(QUERIES, answers, **how)
    return judge(inventory, [probe], baseline_of(probe))


def verdicts(result):
    return {f.resource.id.rpartition("/")[2]: f.verdict.value for f in result.findings}


class TestWhatIsJudged:
    def test_each_item(self):
        result = judged(ENABLED, {KEYS: LIST, KEY: STATES})
        assert verdicts(result) == {"a": "pass", "b": "gap"}
        assert {f.region for f in result.findings} == {"us-east-1"}

    def test_in_each_region(self):
        there = {"eu-west-1": {KEYS: LIST[:1], KEY: STATES}}
        result = judged(ENABLED, {KEYS: LIST, KEY: STATES}, elsewhere=there)
        assert [(f.region, f.verdict) for f in result.findings][-1] == ("eu-west-1", "pass")
        assert len({f.id for f in result.findings}) == 3

    def test_a_refused_list_is_one_unknown_for_its_place(self):
        result = judged(ENABLED, {KEYS: Refused("AccessDeniedException")})
        (finding,) = result.findings
        assert (finding.verdict, finding.resource.id, finding.code) == (
            "unknown",
            "*",
            "AccessDeniedException",
        )
        assert finding.resource.name == "every AWS::KMS::Key"
        assert list(result.unknown.values()) == [[finding.id]]

    def test_the_items_of_a_list_that_broke_off_are_judged_all_the_same(self):
        result = judged(ENABLED, {KEYS: Refused(items=tuple(LIST)), KEY: STATES})
        assert verdicts(result) == {"a": "pass", "b": "gap", "*": "unknown"}

    def test_a_malformed_item_is_unknown_and_the_others_are_judged(self):
        templated = replace(KEYS, arn="arn:{partition}:kms:::{KeyId}")
        below = replace(KEY, of=templated)
        probe = probe_of(lambda *_: iter(()), subject=templated)
        inventory = inventory_of(
            (templated, below), {templated: [*LIST, {"KeyArn": "odd"}, "text"]}
        )
        result = judge(inventory, [probe], baseline_of(probe))
        assert verdicts(result) == {"a": "pass", "b": "pass", "odd": "unknown", "#3": "unknown"}
        assert not result.errors

    def test_a_list_that_broke_off_below_one_parent_is_unknown_for_that_parent(self):
        names = Query("ecs:ListClusters", Name, each="clusterArns")
        inner = Query(
            "ecs:ListServices", Name, each="serviceArns", of=names, given={"cluster": "value"}
        )
        probe = probe_of(lambda *_: iter(()), subject=inner)
        answers = {names: ["c1", "c2"], inner: {"c1": ["s1"], "c2": Refused(items=("s2",))}}
        result = judge(inventory_of((names, inner), answers), [probe], baseline_of(probe))
        assert [(f.resource.id, f.verdict) for f in result.findings] == [
            ("s1", "pass"),
            ("s2", "pass"),
            ("c2", "unknown"),
        ]
        assert len({f.id for f in result.findings}) == 3

    def test_what_vanished_is_no_finding_and_is_counted(self):
        result = judged(ENABLED, {KEYS: LIST, KEY: {**STATES, arn("a"): Gone()}})
        assert verdicts(result) == {"b": "gap"}
        assert [gone.subject for gone in result.gone] == [arn("a")]

    def test_another_item_that_vanished_leaves_what_is_proven(self):
        def judge_all(_, facts, expected):
            yield gap("proven")
            for key in facts.all(KEYS):
                facts.of(key).its(KEY)

        answers = {KEYS: LIST, KEY: {**STATES, arn("a"): Gone()}}
        result = judged(probe_of(judge_all, needs=(KEY,)), answers)
        assert verdicts(result) == {"b": "gap"}

    def test_a_service_that_is_not_offered_has_no_subjects(self):
        inventory = Inventory(places=[HERE], not_offered={(KEYS.id, HERE)})
        assert not judge(inventory, [ENABLED], baseline_of(ENABLED)).findings

    def test_what_was_not_collected_is_unknown(self):
        result = judge(Inventory(places=[HERE]), [ENABLED], baseline_of(ENABLED))
        assert result.findings[0].message == f"not collected: kms:ListKeys in {HERE}"

    @pytest.mark.parametrize(
        ("scope", "found"),
        [(WHOLE_ACCOUNT, [("AWS::Account", ACCOUNT, "")]), (WHOLE_REGION, [("AWS::Region", "us-east-1", "us-east-1"), ("AWS::Region", "eu-west-1", "eu-west-1")])],
        ids=["account", "region"],
    )  # fmt: skip
    def test_a_whole_place_can_be_judged(self, scope, found):
        probe = probe_of(lambda place, *_: iter([gap(str(place))]), subject=scope)
        result = judged(probe, {}, elsewhere={"eu-west-1": {}})
        assert [(f.resource.type, f.resource.id, f.region) for f in result.findings] == found


class TestVerdicts:
    def of(self, *remarks, refuse=False, severity=Severity.MEDIUM):
        def say(_, facts, expected):
            yield from remarks
            if refuse:
                facts.its(KEY)

        probe = probe_of(say, needs=(KEY,), severity=severity)
        (finding,) = judged(probe, {KEYS: LIST[:1], KEY: {arn("a"): Refused()}}).findings
        return finding

    def test_a_proven_violation_outlives_a_refusal(self):
        assert self.of(gap("x"), refuse=True).verdict == "gap"
        assert self.of(refuse=True).verdict == "unknown"
        assert self.of(note("n"), refuse=True).verdict == "unknown"

    def test_the_worst_remark_names_the_finding(self):
        remarks = (gap("a", code="a"), drift("b", code="b", severity=Severity.CRITICAL))
        finding = self.of(*remarks)
        assert (finding.verdict, finding.code, finding.severity) == ("drift", "b", "critical")
        assert finding.message == "a; b"

    def test_severities_have_an_order(self):
        assert [s.rank for s in Severity] == [0, 1, 2, 3, 4]
        assert Severity.HIGH.at_least(Severity.HIGH)
        assert not Severity.LOW.at_least(Severity.MEDIUM)
        assert [s.lowered() for s in (Severity.CRITICAL, Severity.INFORMATIONAL)] == [
            "high",
            "informational",
        ]

    def test_without_its_fact_a_severity_is_the_higher_one(self):
        def say(_, facts, expected):
            asked = severity_if(
                lambda: facts.its(KEY).key_state == "x", Severity.LOW, Severity.HIGH
            )
            yield gap("x", severity=asked)

        result = judged(probe_of(say, needs=(KEY,)), {KEYS: LIST[:1], KEY: {arn("a"): Refused()}})
        assert result.findings[0].severity == "high"

    def test_one_branch_or_every_check(self):
        def say(_, facts, expected):
            if not any_of(
                lambda: facts.its(KEY).key_state == "x", lambda: facts.found(ROTATION) is None
            ):
                yield gap("neither")
            yield from every(lambda: off(_, facts, expected), lambda: [gap("also")])

        answers = {KEYS: LIST[:1], KEY: {arn("a"): Refused()}, ROTATION: {arn("a"): Absent()}}
        (finding,) = judged(probe_of(say, needs=(KEY, ROTATION)), answers).findings
        assert (finding.verdict, finding.message) == ("gap", "also")


class TestParts:
    def parts(self, **judgements):
        methods = {f"judge_{name}": staticmethod(method) for name, method in judgements.items()}
        return probe_of(None, needs=(KEY,), parts=tuple(judgements), **methods)

    def test_each_has_its_own_verdict_and_id(self):
        probe = self.parts(one=off, two=lambda *_: iter([gap("x")]), three=lambda *_: iter(()))
        result = judged(probe, {KEYS: LIST[:1], KEY: {arn("a"): Refused()}})
        assert [(f.part, f.verdict) for f in result.findings] == [
            ("one", "unknown"),
            ("two", "gap"),
            ("three", "pass"),
        ]
        assert len({f.id for f in result.findings}) == 3

    def test_a_bug_in_one_leaves_the_others(self):
        probe = self.parts(one=lambda *_: 1 / 0, two=lambda *_: iter(()))
        result = judged(probe, {KEYS: LIST[:1]})
        assert [f.part for f in result.findings] == ["two"]
        assert len(result.errors) == 1

    def test_a_list_that_was_refused_is_unknown_in_each(self):
        result = judged(self.parts(one=off, two=off), {KEYS: Refused()})
        assert [(f.part, f.verdict) for f in result.findings] == [
            ("one", "unknown"),
            ("two", "unknown"),
        ]


def _raise(*_):
    raise KeyError("nonsense")


@pytest.mark.parametrize(
    ("judgement", "says"),
    [
        (_raise, "KeyError: 'nonsense' (_raise, line "),
        (lambda _, facts, __: iter([facts.its(KEY)]), "does not declare it"),
        (lambda *_: iter(["no remark"]), "AttributeError"),
        (lambda *_: iter([gap("x", cli=("aws", 5))]), "AttributeError"),
        (lambda *_: iter([gap("x", cloudformation={"a": {1}})]), "TypeError"),
        (lambda *_: None, "TypeError"),
        (None, "engine.broken has no judgement"),
    ],
    ids=["raises", "undeclared", "no remark", "odd cli", "odd template", "nothing", "no judgement"],
)
def test_a_bug_of_a_probe_is_an_error_of_the_tool_and_touches_no_other(judgement, says):
    broken = probe_of(judgement, id="engine.broken")
    inventory = inventory_of(QUERIES, {KEYS: LIST, KEY: STATES})
    result = judge(inventory, [broken, ENABLED], baseline_of(ENABLED))
    assert {f.probe for f in result.findings} == {"engine.example"}
    assert len(result.findings) == len(result.errors) == 2
    for error in result.errors:
        assert error.probe == "engine.broken"
        assert says in error.error


def test_two_subjects_of_one_lasting_name_are_an_error_of_the_tool():
    query = replace(KEYS, lasting="KeyId")
    probe = probe_of(lambda *_: iter(()), subject=query)
    twins = [{"KeyArn": "1", "KeyId": "same"}, {"KeyArn": "2", "KeyId": "same"}]
    result = judge(inventory_of((query,), {query: twins}), [probe], baseline_of(probe))
    assert [error.error for error in result.errors] == [
        "two subjects of this probe have the same lasting name"
    ]


def test_the_same_inventory_gives_the_same_findings():
    inventory = inventory_of(QUERIES, {KEYS: LIST, KEY: STATES})
    other = probe_of(off, needs=(KEY,), id="engine.other")
    first, again = (judge(inventory, [ENABLED, other], baseline_of(ENABLED)) for _ in range(2))
    turned = judge(
        inventory_of(QUERIES, {KEYS: LIST[::-1], KEY: STATES}),
        [other, ENABLED],
        baseline_of(ENABLED),
    )
    assert [asdict(f) for f in first.findings] == [asdict(f) for f in again.findings]
    assert {f.id: f.verdict for f in first.findings} == {f.id: f.verdict for f in turned.findings}


def test_a_lasting_name_counts_within_its_parent_unless_it_is_an_arn():
    inner = Query("ecs:DescribeClusters", Cluster, each="c", key="clusterArn", of=SECRETS)
    answers = {
        SECRETS: [{"Name": "s"}],
        inner: {"s": [{"clusterArn": "arn:x"}, {"clusterArn": "x"}]},
    }
    items = list(inventory_of((SECRETS, inner), answers).items(inner, HERE))
    assert [lasting_key(item) for item in items] == ["arn:x", "s/x"]
    assert finding_id(HERE, "p", "s", "") != finding_id(Place("aws", ACCOUNT, "x"), "p", "s", "")


def test_a_probe_that_was_renamed_keeps_its_ids():
    renamed = probe_of(off, needs=(KEY,), id="engine.renamed", formerly=("engine.example",))
    answers = {KEYS: LIST, KEY: STATES}
    assert [f.id for f in judged(renamed, answers).findings] == [
        f.id for f in judged(ENABLED, answers).findings
    ]
