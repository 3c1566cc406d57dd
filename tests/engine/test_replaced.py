"""What a stack made in the place of a recorded resource is one change, where that can be told."""

import pytest

from auditor.baseline import Approved, check
from auditor.catalogue import makers, needed_to_record
from auditor.drift.findings import judge_recorded
from auditor.judge import Judgement
from auditor.recording.file import Folder, PlaceRecord, path_of, read_place
from auditor.recording.write import record
from auditor.yaml_file import YamlFile
from probes.aws import autoscaling_policies, cloudformation, lambda_, tagging
from probes.recorded.scaling import SCALING_POLICY
from probes.recorded.serverless import FUNCTION
from tests.kit import HERE, Absent, Refused, inventory_of

ROWS = (FUNCTION, SCALING_POLICY)
QUERIES = needed_to_record(ROWS)
STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/app/1"
LIST = "cloudformation:ListStackResources"


def function(name):
    return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"


def policy(name):
    return f"arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:{name}"


def account(functions=(), policies=(), made=(), *, stacks=(STACK,), tagged=None):
    """An account; `made` are the types, physical and logical ids of the stack's resources."""
    listed = [{"FunctionArn": function(n), "FunctionName": n, "Role": "r"} for n in functions]
    resources = [
        {"ResourceType": kind, "PhysicalResourceId": physical, "LogicalResourceId": logical}
        for kind, physical, logical in (made if isinstance(made, list) else ())
    ]
    answers = {
        FUNCTION.query: listed,
        lambda_.FUNCTIONS: listed,
        lambda_.POLICY: {function(name): Absent() for name in functions},
        tagging.TAGGED: Refused() if tagged is None else tagged,
        SCALING_POLICY.query: [
            {"PolicyARN": policy(n), "PolicyName": n, "AutoScalingGroupName": "g"} for n in policies
        ],
        cloudformation.STACKS: [
            {"StackId": id_, "StackName": "app", "StackStatus": "UPDATE_COMPLETE"} for id_ in stacks
        ],
        cloudformation.RESOURCES: {STACK: made if isinstance(made, Refused) else resources},
    }
    asked = {id(query) for query in QUERIES}
    return inventory_of(QUERIES, {q: sent for q, sent in answers.items() if id(q) in asked})


def test_the_account_answers_all_that_recording_asks():
    assert autoscaling_policies.POLICIES not in QUERIES
    assert cloudformation.RESOURCES in QUERIES
    assert makers() == (cloudformation.RESOURCES,)
    assert needed_to_record(()) == ()


@pytest.fixture
def compared(tmp_path):
    """Records one account and looks at another: what is said of each resource, by its name."""

    def run(before, after):
        record([before], ROWS, tmp_path)
        content = read_place(tmp_path / path_of(HERE)).content
        known = PlaceRecord(path_of(HERE), content)
        approved = Approved(Folder(path_of(HERE), {HERE: known}), ROWS, makers())
        judgement = Judgement()
        judgement.places[HERE] = None
        judge_recorded(after, approved, check(YamlFile("b.yaml", {"version": 1}), ()), judgement)
        return {one.resource.name: one for one in judgement.findings}

    return run


def said(findings):
    return {name: (one.verdict.value, one.code) for name, one in findings.items()}


FUNCTIONS = "AWS::Lambda::Function"
POLICIES = "AWS::AutoScaling::ScalingPolicy"
OF_FUNCTIONS = pytest.mark.parametrize(
    ("kind", "key", "id_of"),
    [
        pytest.param(FUNCTIONS, "functions", str, id="its tags were not read"),
        pytest.param(POLICIES, "policies", policy, id="its kind has no tags"),
    ],
)


@OF_FUNCTIONS
def test_a_replacement_that_only_the_stack_tells_of_is_one_change(compared, kind, key, id_of):
    before = account(**{key: ["a"]}, made=[(kind, id_of("a"), "It")])
    after = account(**{key: ["b"]}, made=[(kind, id_of("b"), "It")])
    found = compared(before, after)
    assert said(found) == {"b": ("drift", "replaced")}
    assert found["b"].expected["PhysicalResourceId"].endswith("a")
    assert found["b"].found["PhysicalResourceId"].endswith("b")


@OF_FUNCTIONS
def test_a_recorded_file_holds_the_stack_and_the_logical_id(tmp_path, kind, key, id_of):
    record([account(**{key: ["a"]}, made=[(kind, id_of("a"), "It")])], ROWS, tmp_path)
    (one,) = read_place(tmp_path / path_of(HERE)).content.types[kind].resources.values()
    assert (one.stack.name, one.stack.logical_id) == ("app", "It")


@OF_FUNCTIONS
def test_where_the_stack_list_is_refused_too_what_came_is_unknown(compared, kind, key, id_of):
    before = account(**{key: ["a"]}, made=[(kind, id_of("a"), "It")])
    found = compared(before, account(**{key: ["b"]}, made=Refused()))
    assert said(found) == {"a": ("drift", "removed"), "b": ("unknown", "AccessDenied")}
    assert found["a"].note.startswith("its stack may have replaced it: ")
    assert LIST in found["a"].note
    assert LIST in found["b"].message


def test_where_nothing_went_what_came_is_added_whoever_made_it(compared):
    before = account(policies=["a"], made=[(POLICIES, policy("a"), "It")])
    found = compared(before, account(policies=["a", "b"], made=Refused()))
    assert said(found) == {"a": ("pass", ""), "b": ("drift", "added")}


def test_where_nothing_came_what_went_is_removed_whatever_is_refused(compared):
    before = account(policies=["a"], made=[(POLICIES, policy("a"), "It")])
    found = compared(before, account(made=Refused()))
    assert said(found) == {"a": ("drift", "removed")}
    assert found["a"].note == ""


def test_what_no_stack_made_is_replaced_by_nothing(compared):
    found = compared(account(policies=["a"]), account(policies=["b"], made=Refused()))
    assert said(found) == {"a": ("drift", "removed"), "b": ("drift", "added")}


def test_tags_tell_of_the_stack_where_its_list_is_refused(compared):
    tags = {"aws:cloudformation:stack-name": "app", "aws:cloudformation:logical-id": "It"}
    sent = [{"Key": key, "Value": value} for key, value in tags.items()]
    tagged = [[{"ResourceARN": function(name), "Tags": sent}] for name in ("a", "b")]
    before = account(functions=["a"], tagged=tagged[0])
    after = account(functions=["b"], made=Refused(), tagged=tagged[1])
    assert said(compared(before, after)) == {"b": ("drift", "replaced")}


@OF_FUNCTIONS
def test_what_went_with_its_stack_is_removed(compared, kind, key, id_of):
    before = account(**{key: ["a"]}, made=[(kind, id_of("a"), "It")])
    found = compared(before, account(stacks=()))
    assert said(found) == {"a": ("drift", "removed")}
    assert found["a"].resource.stack.logical_id == "It"
