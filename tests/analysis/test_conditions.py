"""Conditions: every operator against keys that are known, absent or unknown."""

import pytest

from probes.analysis.answers import Answer
from probes.analysis.comparisons import COMPARISONS
from probes.analysis.conditions import Condition, Context, expand, holds, read_operator

YES, NO, CANNOT_TELL = Answer.YES, Answer.NO, Answer.CANNOT_TELL
KEY = "aws:key"


def asked(operator, expected, *given, absent=False, variables=True, **known):
    values = expected if isinstance(expected, tuple) else (expected,)
    keys = {name.replace("_", ":"): (value,) for name, value in known.items()}
    if given:
        keys[KEY] = given
    context = Context(keys, frozenset({KEY} if absent else ()))
    return holds(Condition(operator, KEY, values), context, variables=variables)


@pytest.mark.parametrize(
    ("operator", "expected", "given", "answer"),
    [
        ("StringEquals", "a", "a", YES),
        ("StringEquals", "a", "A", NO),
        ("StringEquals", "a*", "ab", NO),
        ("StringEquals", "a*", "a*", YES),
        ("StringEquals", "a${*}", "a*", YES),
        ("StringEquals", ("a", "b"), "b", YES),
        ("StringNotEquals", ("a", "b"), "b", NO),
        ("StringNotEquals", ("a", "b"), "c", YES),
        ("StringEqualsIgnoreCase", "a", "A", YES),
        ("StringNotEqualsIgnoreCase", "a", "A", NO),
        ("StringLike", "a*c?", "abbcd", YES),
        ("StringLike", "a*", "b", NO),
        ("StringNotLike", "a*", "b", YES),
        ("StringLike", "arn:aws:x:*:1:f/*", "arn:aws:x:e:9:s:1:f/d", YES),
        ("ArnLike", "arn:aws:x:*:1:f/*", "arn:aws:x:e:9:s:1:f/d", NO),
        ("ArnEquals", "arn:aws:x:*:1:f/*", "arn:aws:x:e:1:f/d", YES),
        ("ArnEquals", "arn:aws:x:e:1:f", "arn:aws:x:e:1:f", YES),
        ("ArnEquals", "arn:aws:x:e:1:f", "arn:aws:x:e:1:g", NO),
        ("ArnNotLike", "arn:aws:x:e:1:*", "arn:aws:x:e:1:g", NO),
        ("ArnNotEquals", "arn:aws:x:e:1:*", "arn:aws:x:e:2:g", YES),
        ("ArnLike", "*", "arn:aws:x:e:1:g", CANNOT_TELL),
        ("ArnLike", "arn:aws:x:e:1:*", "nothing", NO),
        ("ArnLike", "arn:aws:x:e:1:*", "arn:aws:x:e:1:a*", CANNOT_TELL),
        ("NumericEquals", "10", "10.0", YES),
        ("NumericNotEquals", "10", "10.0", NO),
        ("NumericLessThan", "10", "9.5", YES),
        ("NumericLessThanEquals", "10", "10", YES),
        ("NumericGreaterThan", "10", "10", NO),
        ("NumericGreaterThanEquals", "-1", "0", YES),
        ("NumericEquals", "ten", "10", CANNOT_TELL),
        ("NumericEquals", "1e999999999", "10", CANNOT_TELL),
        ("NumericEquals", "NaN", "10", CANNOT_TELL),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", YES),
        ("DateGreaterThan", "2026-01-01", "2026-01-01T00:00:01Z", YES),
        ("DateEquals", "2026-01-01T01:00:00+01:00", "1767225600", YES),
        ("DateNotEquals", "2026-01-01T00:00:00Z", "1767225600", NO),
        ("DateEquals", "2026", "2026-01-01", CANNOT_TELL),
        ("DateEquals", "2026-01-01T00:00:00", "2026-01-01", CANNOT_TELL),
        ("DateEquals", "soon", "2026-01-01", CANNOT_TELL),
        ("DateEquals", "2026-13-41", "2026-01-01", CANNOT_TELL),
        ("DateEquals", "9" * 40, "2026-01-01", CANNOT_TELL),
        ("Bool", "true", "True", YES),
        ("Bool", "false", "true", NO),
        ("Bool", "yes", "true", CANNOT_TELL),
        ("BinaryEquals", "QUI=", "QUI=", YES),
        ("BinaryEquals", "QUI=", "QUM=", NO),
        ("BinaryEquals", "%%", "QUI=", CANNOT_TELL),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", YES),
        ("IpAddress", "203.0.113.9/24", "203.0.113.1", YES),
        ("IpAddress", "203.0.113.9", "203.0.113.1", NO),
        ("IpAddress", "2001:db8::/32", "203.0.113.1", NO),
        ("IpAddress", "2001:DB8::/32", "2001:db8::1", YES),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", NO),
        ("IpAddress", "here", "203.0.113.9", CANNOT_TELL),
        ("Null", "false", "x", YES),
        ("Null", "true", "x", NO),
        ("Null", "maybe", "x", CANNOT_TELL),
    ],
)
def test_an_operator_compares_as_aws_documents_it(operator, expected, given, answer):
    assert asked(operator, expected, given) is answer


@pytest.mark.parametrize("operator", sorted(COMPARISONS))
def test_every_operator_leaves_an_unknown_key_open(operator):
    assert asked(operator, "1") is CANNOT_TELL
    assert asked(f"{operator}IfExists", "1") is CANNOT_TELL


@pytest.mark.parametrize("operator", sorted(COMPARISONS))
def test_an_absent_key_satisfies_negated_and_if_exists_operators_only(operator):
    negated = "Not" in operator
    assert asked(operator, "1", absent=True) is Answer.of(negated)
    assert asked(f"{operator}IfExists", "1", absent=True) is YES


@pytest.mark.parametrize(
    ("operator", "answer"),
    [
        ("ForAllValues:StringEquals", YES),
        ("ForAllValues:StringNotEquals", YES),
        ("ForAnyValue:StringEquals", NO),
        ("ForAnyValue:StringNotEquals", NO),
        ("ForAnyValue:StringEqualsIfExists", YES),
    ],
)
def test_quantifiers_decide_for_an_absent_key(operator, answer):
    assert asked(operator, "a", absent=True) is answer


@pytest.mark.parametrize(
    ("operator", "given", "answer"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), YES),
        ("ForAllValues:StringEquals", ("a", "c"), NO),
        ("ForAnyValue:StringEquals", ("c", "b"), YES),
        ("ForAnyValue:StringEquals", ("c", "d"), NO),
        ("ForAllValues:StringNotEquals", ("c", "d"), YES),
        ("ForAllValues:StringNotEquals", ("a", "d"), NO),
        ("ForAnyValue:StringNotEquals", ("a", "d"), YES),
        ("ForAnyValue:StringNotEquals", ("a", "b"), NO),
        ("StringEquals", ("a", "b"), CANNOT_TELL),
    ],
)
def test_quantifiers_go_over_the_values_of_the_request(operator, given, answer):
    assert asked(operator, ("a", "b"), *given) is answer


@pytest.mark.parametrize(
    "operator",
    [
        "StringMatches",
        "stringequals",
        "ForSomeValues:StringEquals",
        "ForAllValues:Null",
        ":Bool",
        "",
    ],
)
def test_an_operator_that_is_not_known_cannot_be_told(operator):
    assert read_operator(operator) is None
    assert asked(operator, "a", "a") is CANNOT_TELL


def test_null_tells_an_absent_key_and_leaves_an_unknown_one_open():
    assert asked("Null", "true", absent=True) is YES
    assert asked("Null", "false", absent=True) is NO
    assert asked("Null", "true") is CANNOT_TELL


def test_a_condition_without_values_cannot_be_told():
    assert asked("StringEquals", (), "a") is CANNOT_TELL


def test_key_names_ignore_case():
    context = Context({"AWS:SourceVpce": ("v",)}, frozenset({"AWS:Gone"}))
    assert context.values("aws:sourcevpce") == ("v",)
    assert context.values("aws:gone") == ()


def test_a_key_without_values_is_absent():
    assert Context({"k": ()}).values("K") == ()


def test_a_family_of_keys_may_be_absent_but_for_the_known_ones():
    context = Context(
        {"kms:EncryptionContext:a": ("1",)}, absent_families=("kms:EncryptionContext:",)
    )
    assert context.values("kms:encryptioncontext:A") == ("1",)
    assert context.values("kms:EncryptionContext:b") == ()
    assert context.values("kms:ViaService") is None


def test_a_key_cannot_be_known_and_absent():
    with pytest.raises(ValueError, match="known and absent"):
        Context({"a": ("1",)}, frozenset({"A"}))


def test_knowledge_is_completed_and_not_overruled():
    mine = Context({"a": ("1",)}, frozenset({"b"}))
    both = mine.over(Context({"a": ("2",), "b": ("2",), "c": ("2",)}, frozenset({"d"})))
    assert [both.values(key) for key in "abcd"] == [("1",), (), ("2",), ()]
    assert Context({"d": ("1",)}).over(both).values("d") == ("1",)


def test_a_request_can_be_taken_without_a_key():
    assert Context({"a": ("1",)}).without({"A"}).values("a") == ()


class TestVariables:
    @pytest.mark.parametrize(
        ("text", "expanded", "complete"),
        [
            ("${aws:name}/*", "ann/*", True),
            ("${AWS:Name}", "ann", True),
            ("${aws:gone}", "*", False),
            ("${aws:gone, 'nobody'}", "nobody", True),
            ("${aws:unknown, 'nobody'}", "*", False),
            ("${aws:wild}", "*", False),
            ("${aws:many}", "*", False),
            ("${*}${?}${$}", "${*}${?}${$}", True),
            ("${", "${", True),
            ("plain", "plain", True),
        ],
    )
    def test_they_are_replaced_where_their_value_is_plain_and_known(self, text, expanded, complete):
        known = {"aws:name": ("ann",), "aws:wild": ("a*",), "aws:many": ("a", "b")}
        assert expand(text, Context(known, frozenset({"aws:gone"}))) == (expanded, complete)

    @pytest.mark.parametrize(
        ("operator", "expected", "given", "answer"),
        [
            ("StringEquals", "${aws:name}", "ann", YES),
            ("StringEquals", "${aws:name}", "bob", NO),
            ("StringNotEquals", "${aws:name}", "bob", YES),
            ("StringLike", "home/${aws:name}/*", "home/ann/x", YES),
            ("ArnLike", "arn:aws:iam::1:user/${aws:name}", "arn:aws:iam::1:user/ann", YES),
            ("StringEquals", "${aws:other}-x", "ann-x", CANNOT_TELL),
            ("StringEquals", "${aws:other}-x", "ann-y", NO),
            ("StringNotEquals", "${aws:other}-x", "ann-y", YES),
            ("StringEqualsIgnoreCase", "${aws:other}-X", "ann-x", CANNOT_TELL),
            ("StringEquals", "${aws:other}-X", "ann-x", NO),
            ("NumericEquals", "${aws:name}", "1", CANNOT_TELL),
        ],
    )
    def test_they_are_compared_with_what_they_stand_for(self, operator, expected, given, answer):
        assert asked(operator, expected, given, aws_name="ann") is answer

    def test_they_are_plain_text_in_the_old_version(self):
        assert asked("StringEquals", "${aws:name}", "ann", variables=False, aws_name="ann") is NO
        given = "${aws:name}"
        assert asked("StringEquals", given, given, variables=False, aws_name="ann") is YES
