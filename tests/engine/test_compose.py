"""From what a judgement had to say to one finding."""

import shlex

import pytest
import yaml

from auditor.compose import LONGEST_VALUE
from auditor.judge import judge
from auditor.probe import ACCOUNT as WHOLE_ACCOUNT
from auditor.probe import Severity, any_of, drift, gap, not_applicable, note, unknown
from auditor.query import Query
from auditor.resources import Related, Resource
from tests.engine.wire import KEY, KEYS, SECRETS, Secret, arn, keys, probe_of
from tests.kit import HERE, Refused, baseline_of, inventory_of

LIST = keys("a")["Keys"]
ENABLED = {"KeyState": "Enabled"}


def finding(*remarks, state=ENABLED, read=(), **more):
    """The finding of a probe that reads something and says remarks."""

    def say(_, facts, __):
        for query in read:
            facts.its(query)
        yield from remarks

    probe = probe_of(say, needs=(KEY,), **more)
    answers = {KEYS: LIST, KEY: {arn("a"): state}}
    result = judge(inventory_of((KEYS, KEY), answers), [probe], baseline_of(probe))
    assert not result.errors
    return result.findings[0]


def of_secret(remark, *tags):
    probe = probe_of(lambda *_: iter([remark]), subject=SECRETS)
    answers = {SECRETS: [{"Name": "s", "Tags": list(tags)}]}
    return judge(inventory_of((SECRETS,), answers), [probe], baseline_of(probe)).findings[0]


def test_the_engine_stamps_what_an_author_could_forget():
    found = finding(gap("x"), sources=("S1.1",), formerly=("engine.first",))
    assert (found.account, found.region, found.environment) == (
        "123456789012",
        "us-east-1",
        "production",
    )
    assert (found.probe, found.title, found.sources) == (
        "engine.example",
        "Keys are well",
        ("S1.1",),
    )
    assert found.resource == Resource("AWS::KMS::Key", arn("a"), arn("a"), "a", {}, None)
    assert found.fix.text == "mend the key."


@pytest.mark.parametrize(
    ("remarks", "verdict", "said", "remarked"),
    [
        ((), "pass", "", ""),
        ((note("a"), note("b")), "pass", "", "a; b"),
        ((not_applicable("no"), note("b")), "not_applicable", "no", "b"),
        ((unknown("what"), not_applicable("no")), "unknown", "what", ""),
        ((gap("a"), unknown("what"), drift("b")), "gap", "a; b", ""),
    ],
)
def test_the_verdict_speaks_in_the_words_that_bear_it(remarks, verdict, said, remarked):
    found = finding(*remarks)
    assert (found.verdict, found.message, found.note) == (verdict, said, remarked)
    assert (found.fix is not None) == found.verdict.violates


@pytest.mark.parametrize(
    ("remarks", "code"),
    [
        ((gap("x", code="g"), gap("y", code="h")), "g"),
        ((not_applicable("x", code="n"),), "n"),
        ((note("x", code="p"),), "p"),
        ((), ""),
    ],
)
def test_the_code_is_that_of_the_telling_remark(remarks, code):
    assert finding(*remarks).code == code


def test_expected_and_found_are_one_value_or_the_list_of_them():
    one = finding(gap("x", expected=1, found=None), gap("y"))
    assert (one.expected, one.found) == (1, None)
    assert finding(gap("x", found=0), gap("y", found=[2])).found == [0, [2]]


class TestUnknown:
    def test_a_denial_names_operation_code_and_what_to_grant(self):
        found = finding(read=(KEY,), state=Refused("AccessDenied"))
        assert (found.verdict, found.code) == ("unknown", "AccessDenied")
        assert found.message == "AWS would not say: kms:DescribeKey answered AccessDenied; grant "

    def test_any_other_refusal_asks_for_nothing(self):
        found = finding(read=(KEY,), state=Refused("Throttling"))
        assert found.message == "AWS would not say: kms:DescribeKey answered Throttling"
        assert found.evidence[-1].value == {"refused": "Throttling", "message": "not authorized"}

    def test_the_same_refusal_is_said_once(self):
        def say(_, facts, __):
            read = lambda: facts.its(KEY).key_state == ""  # noqa: E731 - the branch of an any_of
            if not any_of(read, read):
                yield gap("never")

        probe = probe_of(say, needs=(KEY,))
        answers = {KEYS: LIST, KEY: {arn("a"): Refused("Throttling")}}
        (found,) = judge(inventory_of((KEYS, KEY), answers), [probe], baseline_of(probe)).findings
        assert found.message.count("Throttling") == 1


class TestEvidence:
    def test_a_violation_shows_what_it_rests_on(self):
        shown = finding(gap("x", evidence={"sum": 5}), read=(KEY,)).evidence
        assert [(e.operation, e.subject, e.value) for e in shown] == [
            ("judgement", "sum", 5),
            ("kms:DescribeKey", arn("a"), ENABLED),
        ]
        assert {e.place for e in shown} == {str(HERE)}

    def test_a_pass_names_its_questions_only(self):
        shown = finding(read=(KEY, KEY)).evidence
        assert [(e.operation, e.subject, e.value) for e in shown] == [("kms:DescribeKey", "", None)]

    def test_a_long_value_stays_in_the_inventory(self):
        long = {"KeyState": "x" * LONGEST_VALUE}
        (shown,) = finding(gap("x"), read=(KEY,), state=long).evidence
        assert shown.value == f"({LONGEST_VALUE + 16} characters, in the inventory)"

    def test_a_related_resource_stands_once_in_each_role(self):
        key = Resource("T", "id", "arn:1")
        related = (Related("key", key), Related("key", key), Related("other", key))
        assert finding(gap("x", related=related), gap("y", related=related[:1])).related == (
            related[0],
            related[2],
        )


class TestFix:
    def test_the_command_is_one_line_of_quoted_arguments_in_the_right_region(self):
        arguments = ("aws", "kms", "x", "--name", "a'b; rm -rf /\n$(id)")
        found = finding(gap("x", cli=arguments))
        assert shlex.split(found.fix.cli) == [*arguments, "--region", "us-east-1"]
        given = finding(gap("x", cli=("aws", "--region", "eu-west-1")))
        assert given.fix.cli == "aws --region eu-west-1"
        assert finding(gap("x")).fix.cli == ""

    def test_an_account_wide_command_names_no_region(self):
        probe = probe_of(lambda *_: iter([gap("x", cli=("aws", "iam"))]), subject=WHOLE_ACCOUNT)
        (found,) = judge(inventory_of((), {}), [probe], baseline_of(probe)).findings
        assert found.fix.cli == "aws iam"

    def test_a_template_fragment_holds_properties_of_the_resource(self):
        tag = {"Key": "aws:cloudformation:stack-name", "Value": "s"}
        logical = {"Key": "aws:cloudformation:logical-id", "Value": "TheSecret"}
        remark = gap("x", cloudformation={"A": ["b"]})
        body = {"Type": "AWS::SecretsManager::Secret", "Properties": {"A": ["b"]}}
        assert yaml.safe_load(of_secret(remark).fix.cloudformation) == {
            "Resources": {"Resource": body}
        }
        assert yaml.safe_load(of_secret(remark, tag).fix.cloudformation) == {
            "Resources": {"Resource": body}
        }
        named = of_secret(remark, tag, logical)
        assert yaml.safe_load(named.fix.cloudformation) == {"Resources": {"TheSecret": body}}
        assert named.resource.stack.logical_id == "TheSecret"

    def test_or_a_whole_resource_to_add(self):
        whole = {"Type": "AWS::X::Y", "Properties": {}}
        text = finding(gap("x", cloudformation=whole)).fix.cloudformation
        assert yaml.safe_load(text) == {"Resources": {"Added": whole}}

    def test_a_value_that_stands_twice_is_written_twice(self):
        shared = {"Version": "2012-10-17", "List": [1]}
        text = finding(
            gap("x", cloudformation={"A": shared, "B": shared, "C": Severity.LOW})
        ).fix.cloudformation
        assert "&" not in text
        properties = yaml.safe_load(text)["Resources"]["Resource"]["Properties"]
        assert properties == {"A": shared, "B": shared, "C": "low"}


def test_what_a_resource_is_called_falls_back_to_its_key():
    query = Query(
        "secretsmanager:ListSecrets",
        Secret,
        each="SecretList",
        key="Name",
        name="Description",
        arn="ARN",
    )
    probe = probe_of(lambda *_: iter(()), subject=query)
    (found,) = judge(
        inventory_of((query,), {query: [{"Name": "s"}]}), [probe], baseline_of(probe)
    ).findings
    assert (found.resource.name, found.resource.arn) == ("s", "")


@pytest.mark.parametrize(
    ("command", "written"),
    [
        (("aws", "x", "--name", "--debug"), ["aws", "x", "--name=--debug"]),
        (("aws", "x", "--names", "a", "--debug"), []),
        (("aws", "x", "--debug"), []),
    ],
)
def test_a_name_cannot_pass_for_an_option(command, written):
    probe = probe_of(lambda *_: iter([gap("x", cli=command)]), subject=SECRETS)
    answers = {SECRETS: [{"Name": "--debug"}]}
    (found,) = judge(inventory_of((SECRETS,), answers), [probe], baseline_of(probe)).findings
    expected = [*written, "--region", "us-east-1"] if written else []
    assert shlex.split(found.fix.cli) == expected
