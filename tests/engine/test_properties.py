"""What holds for every input, also the hostile."""

import json
import shlex
from dataclasses import asdict, replace

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor import store
from auditor.answer import Place
from auditor.finding import finding_id
from auditor.judge import judge, lasting_key
from auditor.probe import Severity, drift, gap
from auditor.query import Name, Query
from tests.engine.wire import KEY, KEYS, Wire, collected, keys, probe_of, state
from tests.kit import HERE, Refused, baseline_of, inventory_of

HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07", "a\r\nb", "\ud800", "\U0001f4a5\u202e", "$(reboot)`id`'\"\\", "<script>", "=cmd|x",
    "../../etc/passwd", "{region}{0.__class__}", "%s%n", "x" * 100_000, "\x00", "\x1f", "null", "---\n- &a", "",
]  # fmt: skip
TEXT = st.text(st.characters(), max_size=20) | st.sampled_from(HOSTILE)
NAMES = st.text(max_size=8)
PART = st.sampled_from(["", "cpu", "memory"])
PLACES = st.builds(Place, st.sampled_from(["aws", "aws-cn"]), st.sampled_from(["1" * 12, "2" * 12]), st.sampled_from(["", "us-east-1", "eu-west-1"]))  # fmt: skip
IDENTITY = st.tuples(
    PLACES, st.sampled_from(["a.b", "a.bc"]), st.text(st.characters(), max_size=6), PART
)


@settings(deadline=None)
@given(IDENTITY, IDENTITY)
def test_two_findings_have_the_same_id_only_if_they_are_the_same(one, other):
    assert (finding_id(*one) == finding_id(*other)) == (one == other)
    assert len(finding_id(*one)) == 32


@settings(deadline=None)
@given(st.lists(NAMES, unique=True, max_size=6), st.randoms(), TEXT, st.sampled_from(Severity))
def test_ids_know_neither_order_nor_words_nor_severity(names, random, words, severity):
    def found(said, grade, order):
        probe = probe_of(lambda *_: iter([said(words if said is drift else "x", severity=grade)]))
        listed = [{"KeyArn": name, "KeyId": name} for name in order]
        result = judge(inventory_of((KEYS,), {KEYS: listed}), [probe], baseline_of(probe))
        assert not result.errors
        return {f.resource.id: f.id for f in result.findings}

    turned = random.sample(names, len(names))
    ids = found(gap, Severity.LOW, names)
    assert ids == found(drift, severity, turned)
    assert len(set(ids.values())) == len(names)


OUTER = Query("ecs:ListClusters", Name, each="clusterArns")
INNER = Query("ecs:ListServices", Name, each="serviceArns", of=OUTER, given={"cluster": "value"})
SEGMENT = st.text("ab/", max_size=4)


@settings(deadline=None)
@given(st.dictionaries(SEGMENT, st.lists(SEGMENT, unique=True, max_size=3), max_size=4))
def test_items_of_different_parents_have_different_lasting_names(tree):
    inventory = inventory_of((OUTER, INNER), {OUTER: list(tree), INNER: tree})
    items = list(inventory.items(INNER, HERE))
    assert len({lasting_key(item) for item in items}) == len(items)


@settings(deadline=None)
@given(st.lists(NAMES, unique=True, min_size=1, max_size=5), st.data())
def test_one_odd_item_changes_the_verdict_of_no_other(names, data):
    odd = data.draw(st.sampled_from(names))
    junk = data.draw(
        st.sampled_from([None, 5, [], "text", {"KeyArn": odd}, {"KeyArn": odd, "KeyId": []}])
    )

    def verdicts(replaced):
        listed = [
            junk if replaced and name == odd else {"KeyArn": name, "KeyId": name} for name in names
        ]
        probe = probe_of(lambda key, *_: iter([gap("x")] if len(key.key_id) % 2 else []))
        result = judge(inventory_of((KEYS,), {KEYS: listed}), [probe], baseline_of(probe))
        assert not result.errors
        return [f.verdict.value for f in result.findings]

    before, after = verdicts(replaced=False), verdicts(replaced=True)
    assert [v for n, v in zip(names, after, strict=True) if n != odd] == [
        v for n, v in zip(names, before, strict=True) if n != odd
    ]
    assert after[names.index(odd)] == "unknown"


@settings(deadline=None)
@given(st.lists(NAMES, unique=True, max_size=5), st.integers(0, 5))
def test_a_shorter_answer_never_turns_into_a_pass(names, read):
    """A claim of absence, on a list that breaks off after any number of items."""

    def none_is_wanted(_, facts, __):
        if facts.named(KEYS, "wanted") is None:
            yield gap("absent")

    probe = probe_of(none_is_wanted, subject=OUTER, needs=(KEYS,))
    listed = [{"KeyArn": name, "KeyId": name} for name in [*names, "wanted"]]
    broken = {OUTER: ["c"], KEYS: Refused(items=tuple(listed[:read]))}
    (found,) = judge(inventory_of((OUTER, KEYS), broken), [probe], baseline_of(probe)).findings
    assert found.verdict == ("pass" if read > len(names) else "unknown")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_hostile_names_go_through_judge_and_store_unharmed(tmp_path, names):
    path = tmp_path / "i.jsonl"
    probe = probe_of(
        lambda key, facts, _: iter([gap(key.key_id, found=facts.its(KEY).key_state)]), needs=(KEY,)
    )
    listed = [{"KeyArn": f"{n}{name}", "KeyId": name} for n, name in enumerate(names)]
    states = {
        f"{n}{name}".encode("utf-8", "replace").decode(): {"KeyState": name}
        for n, name in enumerate(names)
    }
    live = inventory_of((KEYS, KEY), {KEYS: listed, KEY: states})
    store.write([live], (KEYS, KEY), path)
    (read,) = store.read(path, {KEYS.id: KEYS, KEY.id: KEY})
    one, other = (judge(inventory, [probe], baseline_of(probe)) for inventory in (live, read))
    assert not one.errors
    assert [asdict(f) for f in one.findings] == [asdict(f) for f in other.findings]
    assert {f.verdict.value for f in one.findings} == {"gap"}
    json.dumps([asdict(f) for f in one.findings], ensure_ascii=False).encode()


@pytest.mark.usefixtures("credentials")
def test_hostile_names_go_through_a_collection_unharmed():
    inventory = collected(
        Wire(ListKeys=keys(*HOSTILE), DescribeKey=state(HOSTILE[0])), KEY, threads=8
    )
    assert not list(inventory.refusals(KEY, HERE))
    probe = probe_of(lambda key, *_: iter([gap(key.key_id)]))
    findings = judge(inventory, [probe], baseline_of(probe)).findings
    assert {f.message for f in findings} == {
        name.encode("utf-8", "replace").decode() for name in HOSTILE
    }


KEPT = st.text(max_size=20) | st.sampled_from([text for text in HOSTILE if text != "\ud800"])
"""Text as an inventory keeps it: without halves of surrogate pairs."""
WORDS = [
    "yes",
    "No",
    "0o7",
    "012",
    "1_000",
    "12:30:45",
    "2012-10-17",
    "~",
    "<<",
    "=",
    "!Ref x",
    "*a",
    "1e3",
    ".inf",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | KEPT
    | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEPT, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
        VALUES,
        max_size=5,
    )
)
def test_a_template_fragment_loads_to_the_value_that_was_written(properties):
    properties.pop("Type", None)
    probe = probe_of(lambda *_: iter([gap("x", cloudformation=properties)]))
    result = judge(inventory_of((KEYS,), {KEYS: keys("a")["Keys"]}), [probe], baseline_of(probe))
    assert not result.errors
    loaded = yaml.safe_load(result.findings[0].fix.cloudformation)
    assert loaded == {
        "Resources": {"Resource": {"Type": "AWS::KMS::Key", "Properties": properties}}
    }


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=6))
def test_a_command_is_split_by_a_shell_into_the_arguments_that_were_given(arguments):
    probe = probe_of(lambda *_: iter([gap("x", cli=tuple(arguments))]))
    result = judge(inventory_of((KEYS,), {KEYS: keys("a")["Keys"]}), [probe], baseline_of(probe))
    region = [] if "--region" in arguments else ["--region", "us-east-1"]
    assert shlex.split(result.findings[0].fix.cli) == [*arguments, *region]


@settings(deadline=None)
@given(TEXT, TEXT)
def test_an_arn_template_takes_text_as_text(name, odd):
    query = replace(KEYS, arn="arn:{partition}:kms:{region}:{account}:key/{KeyId}")
    probe = probe_of(lambda *_: iter(()), subject=query)
    sent = {"KeyArn": "k", "KeyId": name, "region": odd, "account": odd}
    (found,) = judge(inventory_of((query,), {query: [sent]}), [probe], baseline_of(probe)).findings
    assert (
        found.resource.arn
        == f"arn:aws:kms:us-east-1:123456789012:key/{name.encode('utf-8', 'replace').decode()}"
    )
