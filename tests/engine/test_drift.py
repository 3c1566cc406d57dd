"""Two configurations: what is the same is no drift in whatever order, what differs is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.drift.compare import AttributeChange, compare
from auditor.query import Query, Shape
from auditor.recording.normal import normal
from auditor.recording.recordable import Recordable, Rule
from probes.recorded._documents import POLICY
from probes.recorded.containers import SERVICE
from probes.recorded.identity import ROLE
from probes.recorded.network import SECURITY_GROUP

THINGS = Query("ec2:DescribeThings", Shape, each="Things", key="Id", tags="Tags", type="AWS::T")
ROW = Recordable(
    THINGS,
    keeps=("Plain", "Steps", "Named", "camelName", "Loose"),
    rules={"Loose": Rule(lambda sent: sent, {"Members": lambda one: str(one).lower()})},
    ordered={"Steps"},
    keyed={"Named": "Name"},
    names={"Plain": "Simple", "Steps": ""},
)


def changes(expected, found, row=ROW, attributes=None):
    return [(c.path, c.expected, c.found) for c in compare(row, expected, found, attributes)]


@pytest.mark.parametrize(
    ("expected", "found", "differs"),
    [
        pytest.param({"Plain": 1}, {"Plain": 1}, [], id="the same"),
        pytest.param({"Plain": 1}, {"Plain": 2}, [("Plain", 1, 2)], id="another value"),
        pytest.param({"Plain": True}, {"Plain": 1}, [("Plain", True, 1)], id="true is not one"),
        pytest.param({"Plain": "1"}, {"Plain": 1}, [("Plain", "1", 1)], id="text is no number"),
        pytest.param({"Plain": 1}, {}, [("Plain", 1, None)], id="no more"),
        pytest.param({"Plain": None}, {"Plain": 1}, [("Plain", None, 1)], id="new"),
        pytest.param({"Plain": []}, {}, [], id="empty and none"),
        pytest.param({"Plain": ""}, {"Plain": {}}, [], id="two kinds of nothing"),
        pytest.param({"Plain": False}, {}, [("Plain", False, None)], id="false is not none"),
        pytest.param(
            {"Plain": {"a": 1, "b": 2}}, {"Plain": {"a": 1, "b": 3}}, [("Plain.b", 2, 3)],
            id="inside a mapping",
        ),
        pytest.param(
            {"Plain": {"a": 1}}, {"Plain": [1]}, [("Plain", [{"a": 1}], [1])],
            id="another kind of value",
        ),
        pytest.param({"Plain": ["a", "b"]}, {"Plain": ["b", "a"]}, [], id="a set"),
        pytest.param(
            {"Plain": ["a", "b"]}, {"Plain": ["b", "c"]}, [("Plain", ["a"], ["c"])],
            id="of a set what differs",
        ),
        pytest.param({"Plain": "a"}, {"Plain": ["a"]}, [], id="a member alone"),
        pytest.param({"Steps": ["a", "b"]}, {"Steps": ["b", "a"]},
                     [("Steps", ["a", "b"], ["b", "a"])], id="order means something"),
        pytest.param(
            {"Named": {"web": {"Image": "1"}}}, {"Named": {"web": {"Image": "2"}}},
            [("Named.web.Image", "1", "2")], id="a named member",
        ),
        pytest.param(
            {"Named": {"web": {"x": 1}}}, {"Named": {"web": {"x": 1}, "new": {"x": 2}}},
            [("Named.new", None, {"x": 2})], id="a new named member",
        ),
        pytest.param({"Named": {"a": {"x": 1}}}, {}, [("Named.a", {"x": 1}, None)], id="the last"),
        pytest.param(
            {"Named": {"a": {"Named": {"b": {"x": 1}}}}}, {"Named": {"a": {"Named": {"b": 2}}}},
            [("Named.a.Named.b", {"x": 1}, 2)], id="a name that repeats the attribute's",
        ),
        pytest.param({"Tags": {"a": "1"}}, {}, [("Tags.a", "1", None)], id="the last tag"),
        pytest.param({}, {"Tags": {"a": "1"}}, [], id="only what is expected is compared"),
        pytest.param({"Loose": {"Members": ["A"]}}, {"Loose": {"Members": ["a"]}}, [], id="alike"),
    ],
)  # fmt: skip
def test_what_differs(expected, found, differs):
    assert changes(expected, found) == differs


def test_attributes_can_be_named():
    assert changes({}, {"Tags": {"a": "1"}, "Plain": 1}, attributes=["Tags"]) == [
        ("Tags.a", None, "1")
    ]


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("Plain", "Simple"),
        ("Plain.x", "Simple.X"),
        ("Steps", ""),
        ("camelName", "CamelName"),
        ("Tags.a", "Tags.a"),
    ],
)
def test_a_path_in_the_words_of_cloudformation(path, template):
    first, *below = path.split(".")
    words = ROW.words.field(first)
    for name in below:
        words = words.field(name)
    assert words.text == template


def test_words_of_cloudformation_are_told_where_they_are_others():
    (change,) = compare(ROW, {"Plain": ["a"]}, {"Plain": ["b"]})
    assert change == AttributeChange("Plain", ["a"], ["b"], "Simple", members=True)
    (change,) = compare(ROW, {"Named": {"a": 1}}, {"Named": {"a": 2}})
    assert not change.template


# -- security groups ------------------------------------------------------------------------------

PEERS = st.one_of(
    st.sampled_from(["10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32"]).map(
        lambda cidr: ("IpRanges", {"CidrIp": cidr})
    ),
    st.sampled_from(["::/0", "2001:db8::/32"]).map(lambda c: ("Ipv6Ranges", {"CidrIpv6": c})),
    st.sampled_from(["pl-1", "pl-2"]).map(lambda p: ("PrefixListIds", {"PrefixListId": p})),
    st.sampled_from(["sg-1", "sg-2"]).map(
        lambda g: ("UserIdGroupPairs", {"GroupId": g, "UserId": "123456789012"})
    ),
)
RULES = st.lists(st.tuples(st.sampled_from([22, 80, 443]), PEERS), max_size=8)


def permissions(rules, chance):
    """The rules as AWS may send them: those of one port together, or apart, in any order."""
    rules = [*rules]
    chance.shuffle(rules)
    made = []
    for port, (kind, peer) in rules:
        same = [one for one in made if one["FromPort"] == port]
        if same and chance.random() < 0.5:
            same[0][kind].append(peer)
            continue
        empty = {name: [] for name in
                 ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")}  # fmt: skip
        made.append({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **empty})
        made[-1][kind] = [peer]
    return made


def group(rules, chance):
    sent = permissions(rules, chance)
    return {"IpPermissions": normal(SECURITY_GROUP, "IpPermissions", sent)}


@given(RULES, st.randoms(use_true_random=False))
def test_rules_are_a_set_however_aws_joins_them(rules, chance):
    once, again = group(rules, chance), group([*rules, *rules[:1]], chance)
    assert changes(once, again, SECURITY_GROUP) == []


@given(RULES, st.randoms(use_true_random=False))
def test_one_more_rule_is_drift_and_nothing_else_is_told(rules, chance):
    one = (8080, ("IpRanges", {"CidrIp": "198.51.100.7/32"}))
    before, after = group(rules, chance), group([*rules, one], chance)
    (change,) = compare(SECURITY_GROUP, before, after, ["IpPermissions"])
    assert change.expected is None
    assert change.found == [
        {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "CidrIp": "198.51.100.7/32"}
    ]
    assert change.template == "SecurityGroupIngress"


@pytest.mark.parametrize("sent", [None, "rules", [], ["x"], [{"IpProtocol": "-1"}]])
def test_permissions_of_another_kind_are_not_lost_on_the_way(sent):
    found = normal(SECURITY_GROUP, "IpPermissions", sent)
    assert found == (sent if sent == [{"IpProtocol": "-1"}] else None)


# -- policies -------------------------------------------------------------------------------------

TEXTS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True).map(sorted)
STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Deny"]),
            "Action": TEXTS.map(lambda names: [f"s3:Get{name}" for name in names]),
            "Resource": TEXTS,
            "Principal": TEXTS.map(lambda names: {"AWS": names}),
        },
        optional={"Condition": TEXTS.map(lambda names: {"StringEquals": {"aws:x": names}})},
    ),
    min_size=1,
    max_size=4,
)


def written(value, chance):
    """A value as somebody else may write it: other order, a text for a list of one."""
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        return {name: written(one, chance) for name, one in items}
    if isinstance(value, list):
        members = [written(one, chance) for one in value]
        chance.shuffle(members)
        return members[0] if len(members) == 1 and chance.random() < 0.5 else members
    return value


def policy(statements, chance, sid=""):
    said = [{**one, **({"Sid": f"{sid}{n}"} if sid else {})} for n, one in enumerate(statements)]
    return {"Policy": POLICY.normal({"Version": "2012-10-17", "Statement": written(said, chance)})}


POLICIES = Recordable(THINGS, keeps=("Policy",), rules={"Policy": POLICY})


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_a_policy_is_a_set_of_statements(statements, chance):
    assert changes(policy(statements, chance, "a"), policy(statements, chance), POLICIES) == []


@given(STATEMENTS, st.randoms(use_true_random=False), st.integers(0, 3))
def test_one_more_principal_is_drift(statements, chance, number):
    at = number % len(statements)
    statements = [one for n, one in enumerate(statements) if one not in statements[:n]]
    at %= len(statements)
    more = [
        {**one, "Principal": {"AWS": [*one["Principal"]["AWS"], "eve"]}} if n == at else one
        for n, one in enumerate(statements)
    ]
    (change,) = compare(POLICIES, policy(statements, chance), policy(more, chance))
    assert change.path == "Policy.Statement"
    assert "eve" in str(change.found)
    assert len(change.found) == len(change.expected) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"Action": "s3:GetObject"}, {"Action": ["S3:getobject"]}, id="case"),
        pytest.param({"Principal": "*"}, {"Principal": {"AWS": "*"}}, id="everybody"),
        pytest.param(
            {"Principal": {"AWS": "123456789012"}},
            {"Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}},
            id="an account",
        ),
        pytest.param({"Condition": {"Bool": {"a:B": True}}}, {"Condition": {"Bool": {"a:b": "true"}}},
                     id="a condition"),
    ],
)  # fmt: skip
def test_spellings_of_one_statement_are_one_statement(one, other):
    base = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    pair = [
        {"Policy": POLICY.normal({"Version": "2012-10-17", "Statement": {**base, **said}})}
        for said in (one, other)
    ]
    assert changes(*pair, POLICIES) == []


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        pytest.param("{", "{}", "Policy", id="no policy at all"),
        pytest.param(
            '{"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*"}]}',
            '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*"}]}',
            "Policy.Version",
            id="another version of the language",
        ),
    ],
)
def test_policies_that_differ_otherwise(one, other, path):
    pair = [{"Policy": POLICY.normal(text)} for text in (one, other)]
    assert [change[0] for change in changes(*pair, POLICIES)] == [path]


def test_inline_policies_are_compared_by_name_as_sets():
    def role(*actions):
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
        }
        sent = [{"PolicyName": "read", "PolicyDocument": document}]
        return {"RolePolicyList": normal(ROLE, "RolePolicyList", sent)}

    assert changes(role("s3:A", "s3:B"), role("s3:b", "s3:a"), ROLE) == []
    (change,) = compare(ROLE, role("s3:A"), role("s3:A", "s3:*"))
    assert change.path == "RolePolicyList.read.PolicyDocument.Statement"
    assert change.template == "Policies.read.PolicyDocument.Statement"


def test_a_new_revision_of_a_task_definition_is_no_drift_of_its_service():
    definition = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:"
    one, other = (normal(SERVICE, "taskDefinition", f"{definition}{n}") for n in (7, 8))
    assert one == other == definition.removesuffix(":")


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("text", id="no object"),
        pytest.param({"Effect": "Perhaps"}, id="no effect"),
        pytest.param({"Effect": "Allow", "Principal": "me", "Action": "a:b"}, id="no principal"),
    ],
)
def test_a_statement_that_somebody_wrote_wrongly_is_only_like_itself(statement):
    def document(*more):
        return {"Policy": {"Version": "2012-10-17", "Statement": [statement, *more]}}

    assert changes(document(), document(), POLICIES) == []
    assert changes(document(), document("other"), POLICIES) == [
        ("Policy.Statement", None, ["other"])
    ]
