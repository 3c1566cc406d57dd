"""What holds for every policy and every request, whatever they say."""

import json
import time
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.analysis.access import (
    Decision,
    Identity,
    effective_access,
    identity_access,
    resource_access,
)
from probes.analysis.answers import Answer
from probes.analysis.conditions import Condition, Context, holds
from probes.analysis.kms_access import Circumstances, Grant, Key, can_use
from probes.analysis.policy import MalformedPolicy, as_sets, parse
from probes.analysis.policy_exposure import is_administered, public_statements
from probes.analysis.principals import Principal
from probes.analysis.statements import Request
from probes.analysis.wildcards import covers, matches, may_overlap

ACCOUNT, OTHER = "111122223333", "999999999999"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/app"
ACTIONS = ("s3:GetObject", "s3:PutObject", "kms:Decrypt", "kms:Encrypt")
RESOURCES = ("arn:aws:s3:::a/x", "arn:aws:s3:::b/x", f"arn:aws:kms:eu:{ACCOUNT}:key/k")
KEYS = ("aws:SecureTransport", "aws:SourceVpce", "kms:ViaService")
VALUES = ("true", "false", "x", "y")


def listed(values, **bounds):
    """One of the values, or a list of some: both ways in which a policy says it."""
    return st.one_of(values, st.lists(values, min_size=1, max_size=3, **bounds))


action_patterns = st.sampled_from((*ACTIONS, "s3:*", "kms:De*", "*", "s3:?etObject", "ec2:*"))
resource_patterns = st.sampled_from((*RESOURCES, "*", "arn:aws:s3:::a/*", "arn:aws:*:*:*:key/*"))
principal_ids = st.sampled_from(
    (ROLE_ARN, ACCOUNT, OTHER, f"arn:aws:iam::{ACCOUNT}:root", f"{ROLE_ARN}2", "*")
)
principals = st.one_of(
    st.just("*"),
    st.fixed_dictionaries({"AWS": listed(principal_ids)}),
    st.just({"Service": "logs.amazonaws.com"}),
)
operators = st.sampled_from(
    (
        "StringEquals",
        "StringNotEquals",
        "StringLikeIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringLike",
        "Null",
        "Bool",
        "StringMatches",
    )
)
condition_blocks = st.dictionaries(
    operators,
    st.dictionaries(st.sampled_from(KEYS), listed(st.sampled_from(VALUES)), min_size=1, max_size=2),
    max_size=2,
)


@st.composite
def statements(draw, *, named=False, effects=("Allow", "Deny"), conditions=condition_blocks):
    raw = {
        "Effect": draw(st.sampled_from(effects)),
        draw(st.sampled_from(("Action", "Action", "NotAction"))): draw(listed(action_patterns)),
        draw(st.sampled_from(("Resource", "Resource", "NotResource"))): draw(
            listed(resource_patterns)
        ),
    }
    if block := draw(conditions):
        raw["Condition"] = block
    if named:
        raw[draw(st.sampled_from(("Principal", "Principal", "NotPrincipal")))] = draw(principals)
    return raw


def documents(**kinds):
    return st.lists(statements(**kinds), max_size=4)


contexts = st.builds(
    lambda known, absent: Context(known, frozenset(absent) - known.keys()),
    st.dictionaries(
        st.sampled_from(KEYS),
        st.lists(st.sampled_from(VALUES), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    st.sets(st.sampled_from(KEYS)),
)
askers = st.sampled_from(
    (
        Principal.identity(ROLE_ARN),
        Principal.identity(f"arn:aws:iam::{ACCOUNT}:user/ann"),
        Principal.identity(f"arn:aws:iam::{OTHER}:role/app"),
        Principal.of_service("logs.amazonaws.com"),
    )
)
requests = st.builds(
    Request, askers, st.sampled_from(ACTIONS), st.sampled_from(RESOURCES), contexts
)


def policy(raw):
    return parse({"Version": "2012-10-17", "Statement": raw})


def by_identity(request, raw):
    return identity_access(replace(request, principal=Principal.identity(ROLE_ARN)), held(raw))


def by_resource(request, raw):
    return resource_access(request, [policy(raw)])


def held(raw):
    return Identity((policy(raw),))


both_kinds = pytest.mark.parametrize(
    ("decide", "named"), [(by_identity, False), (by_resource, True)], ids=["identity", "resource"]
)
few = settings(max_examples=60, deadline=None)


@both_kinds
@few
@given(data=st.data())
def test_a_deny_wins_wherever_it_stands(decide, named, data):
    raw, request = data.draw(documents(named=named)), data.draw(requests)
    everything = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    if named:
        everything["Principal"] = "*"
    place = data.draw(st.integers(0, len(raw)))
    assert decide(request, [*raw[:place], everything, *raw[place:]]).decision is Decision.DENIED


GIVES = {Decision.DENIED: 0, Decision.NOT_ALLOWED: 0, Decision.CANNOT_TELL: 1, Decision.ALLOWED: 2}


@few
@given(raw=documents(), more=statements(effects=("Allow",)), request=requests)
def test_another_allow_never_takes_away_from_an_identity(raw, more, request):
    before = GIVES[by_identity(request, raw).decision]
    assert GIVES[by_identity(request, [*raw, more]).decision] >= before


@few
@given(raw=documents(), more=statements(effects=("Deny",)), request=requests)
def test_another_deny_never_adds_to_an_identity(raw, more, request):
    before = GIVES[by_identity(request, raw).decision]
    assert GIVES[by_identity(request, [*raw, more]).decision] <= before


OPENS = {**GIVES, Decision.DELEGATED: 1}


@few
@given(raw=documents(named=True), more=statements(named=True), request=requests)
def test_another_statement_of_a_resource_only_moves_its_own_way(raw, more, request):
    before = OPENS[by_resource(request, raw).decision]
    after = OPENS[by_resource(request, [*raw, more]).decision]
    assert after >= before if more["Effect"] == "Allow" else after <= before


def shuffled(data, raw):
    """The same document with statements, members and elements in another order, twice if single."""
    reordered = []
    for one in data.draw(st.permutations(raw)):
        changed = {}
        for element in data.draw(st.permutations(list(one))):
            value = one[element]
            if isinstance(value, list):
                value = data.draw(st.permutations(value))
            elif isinstance(value, str) and element not in ("Effect", "Principal", "NotPrincipal"):
                value = [value]
            changed[element] = value
        reordered.append(changed)
    return reordered


@both_kinds
@few
@given(data=st.data())
def test_order_and_list_marks_never_matter(decide, named, data):
    raw, request = data.draw(documents(named=named)), data.draw(requests)
    other = shuffled(data, raw)
    assert as_sets(policy(raw)) == as_sets(policy(other))
    assert decide(request, raw).decision is decide(request, other).decision


@few
@given(raw=documents(named=True))
def test_reading_text_and_reading_what_it_decodes_to_are_the_same(raw):
    body = {"Version": "2012-10-17", "Statement": raw}
    text = json.dumps(body)
    assert parse(text) == parse(quote(text)) == parse(body)


@few
@given(
    granted=st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from(RESOURCES)), max_size=5),
    request=requests,
)
def test_a_policy_without_wildcards_allows_exactly_what_it_lists(granted, request):
    raw = [{"Effect": "Allow", "Action": one, "Resource": where} for one, where in granted]
    access = by_identity(request, raw)
    assert access.allowed is Answer.of((request.action, request.resource) in granted)


@few
@given(
    patterns=listed(action_patterns), request=requests, effect=st.sampled_from(("Allow", "Deny"))
)
def test_not_action_is_the_complement_of_action(patterns, request, effect):
    base = {"Effect": effect, "Resource": "*"}
    spoken = Decision.ALLOWED if effect == "Allow" else Decision.DENIED
    said = by_identity(request, [{**base, "Action": patterns}]).decision is spoken
    unsaid = by_identity(request, [{**base, "NotAction": patterns}]).decision is spoken
    assert said is not unsaid


def is_still_so(before, after):
    """The same answer, or none; one way of "no" may stand for the other."""
    return after.allowed is Answer.CANNOT_TELL or after.allowed is before.allowed


@both_kinds
@few
@given(data=st.data())
def test_knowing_less_never_changes_an_answer_to_another(decide, named, data):
    raw, request = data.draw(documents(named=named)), data.draw(requests)
    context, forgotten = request.context, {data.draw(st.sampled_from(KEYS)).lower()}
    less = Context(
        {key: values for key, values in context.known.items() if key not in forgotten},
        context.absent - forgotten,
    )
    before, after = decide(request, raw), decide(replace(request, context=less), raw)
    if Decision.DELEGATED in (before.decision, after.decision):
        assert after.decision in (before.decision, Decision.CANNOT_TELL)
    assert is_still_so(before, after)


@few
@given(data=st.data())
def test_every_answer_stands_whatever_the_unknown_keys_turn_out_to_be(data):
    raw, request = data.draw(documents()), data.draw(requests)
    open_keys = [key for key in KEYS if request.context.values(key) is None]
    values = {
        key: data.draw(st.sampled_from(((), *((one,) for one in VALUES)))) for key in open_keys
    }
    fuller = replace(request, context=request.context.over(Context(values)))
    assert is_still_so(by_identity(fuller, raw), by_identity(request, raw))


@few
@given(raw=documents(), limit=documents(), request=requests)
def test_a_boundary_never_adds(raw, limit, request):
    request = replace(request, principal=Principal.identity(ROLE_ARN))
    bounded = Identity((policy(raw),), policy(limit))
    assert (
        GIVES[identity_access(request, bounded).decision]
        <= (GIVES[identity_access(request, held(raw)).decision])
    )


@few
@given(raw=documents(), attached=documents(named=True), request=requests)
def test_across_accounts_no_more_goes_than_within_one(raw, attached, request):
    request = replace(request, principal=Principal.identity(ROLE_ARN))
    within, across = (
        effective_access(request, held(raw), [policy(attached)], owner=owner)
        for owner in (ACCOUNT, OTHER)
    )
    assert GIVES[across.decision] <= GIVES[within.decision]


grants = st.lists(
    st.builds(
        Grant,
        st.just("g"),
        st.sampled_from((ROLE_ARN, f"{ROLE_ARN}2", "logs.amazonaws.com", ACCOUNT)),
        st.frozensets(st.sampled_from(("Decrypt", "Encrypt", "DescribeKey"))),
        subset=st.sampled_from(((), (("a", "1"),))),
    ),
    max_size=3,
).map(tuple)


@few
@given(
    raw=documents(named=True),
    some=grants,
    more=grants,
    who=askers,
    encryption=st.sampled_from((None, {}, {"a": "1"})),
)
def test_grants_only_add(raw, some, more, who, encryption):
    key = Key(
        f"arn:aws:kms:eu:{ACCOUNT}:key/k",
        ACCOUNT,
        "CUSTOMER",
        "Enabled",
        "SYMMETRIC_DEFAULT",
        "ENCRYPT_DECRYPT",
        (policy(raw),),
        some,
    )
    around = Circumstances(encryption_context=encryption)
    before, after = (
        can_use(one, who, ["Decrypt", "DescribeKey"], identity=Identity(), circumstances=around)
        for one in (key, replace(key, grants=some + more))
    )
    for (_, was), (_, now) in zip(before.by_action, after.by_action, strict=True):
        assert GIVES[now.decision] >= GIVES[was.decision]


patterns = st.text("ab*?:", max_size=8)


@given(pattern=patterns, text=st.text("ab:", max_size=8))
def test_a_pattern_covers_a_plain_text_if_it_matches_it(pattern, text):
    assert covers(pattern, text) is Answer.of(matches(pattern, text))


@given(pattern=patterns, wanted=patterns, text=st.text("ab:", max_size=8))
def test_covering_and_overlapping_agree_with_matching(pattern, wanted, text):
    covered = covers(pattern, wanted)
    if matches(wanted, text) and matches(pattern, text):
        assert covered is not Answer.NO
        assert may_overlap(pattern, wanted)
    if matches(wanted, text) and covered is Answer.YES:
        assert matches(pattern, text)


def _fits(character):
    return ("a", "b", ":") if character == "?" else (character,)


@given(pattern=patterns, text=st.text("ab:", max_size=8))
def test_matching_is_what_the_two_wildcards_mean(pattern, text):
    reachable = {0}
    for character in pattern:
        if character == "*":
            reachable = {later for place in reachable for later in range(place, len(text) + 1)}
        else:
            fitting = (place for place in reachable if text[place : place + 1] in _fits(character))
            reachable = {place + 1 for place in fitting if place < len(text)}
    assert matches(pattern, text) is (len(text) in reachable)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
elements = st.sampled_from(
    ("Effect", "Action", "NotAction", "Resource", "Principal", "Condition", "Sid", "Other")
)


@given(
    body=st.fixed_dictionaries(
        {"Statement": st.dictionaries(elements, json_values | st.just("Allow"), max_size=4)}
    )
)
def test_anything_is_either_a_policy_or_refused(body):
    try:
        read = parse(body)
    except MalformedPolicy:
        return
    request = Request(Principal.identity(ROLE_ARN), "s3:GetObject", "*")
    assert resource_access(request, [read]).decision in Decision
    assert is_administered([read], ACCOUNT, "kms:PutKeyPolicy") in Answer
    assert len(public_statements(read)) <= 1


@given(text=st.text(max_size=40))
def test_any_text_is_either_a_policy_or_refused(text):
    with pytest.raises(MalformedPolicy):
        parse(text)


@given(
    operator=st.sampled_from(
        (
            "StringLike",
            "ArnLike",
            "NumericLessThan",
            "DateEquals",
            "Bool",
            "BinaryEquals",
            "IpAddress",
        )
    ),
    expected=st.text(max_size=20),
    value=st.text(max_size=20),
)
def test_any_values_can_be_compared(operator, expected, value):
    condition, context = Condition(operator, "k", (expected,)), Context({"k": (value,)})
    assert holds(condition, context, variables=True) in Answer


def test_many_small_requests_are_decided_quickly():
    raw = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": ROLE_ARN},
            "Action": ["kms:Decrypt", "kms:Gen*Key*", "s3:*Object*"],
            "Resource": ["arn:aws:s3:::*/logs/*", "arn:aws:kms:*:*:key/*"],
            "Condition": {"StringLike": {"kms:ViaService": "*.eu.amazonaws.com"}},
        }
    ] * 3
    context = Context({"kms:ViaService": ("s3.eu.amazonaws.com",)})
    read, who = policy(raw), Principal.identity(ROLE_ARN)
    started = time.process_time()
    for number in range(1000):
        resource_access(
            Request(who, "s3:GetObject", f"arn:aws:s3:::b{number}/logs/x", context), [read]
        )
    assert time.process_time() - started < 1
