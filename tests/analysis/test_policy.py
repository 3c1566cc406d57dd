"""Policy documents: what is read, what is refused, and when two mean the same."""

import json
from urllib.parse import quote

import pytest

from probes.analysis.answers import Answer
from probes.analysis.policy import (
    MAX_CHARACTERS,
    MAX_MEMBERS,
    MAX_STATEMENTS,
    MAX_TEXT,
    Effect,
    MalformedPolicy,
    as_sets,
    parse,
)
from probes.analysis.principals import Named
from probes.analysis.wildcards import arn_covers, covers, matches, may_overlap

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def document(*statements, **elements):
    return {"Version": "2012-10-17", "Statement": list(statements), **elements}


class TestReading:
    def test_one_statement_may_stand_without_a_list(self):
        assert parse({"Statement": ALLOW}).statements == parse({"Statement": [ALLOW]}).statements

    def test_a_text_and_a_list_of_one_text_are_the_same(self):
        listed = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}
        assert parse(document(listed)) == parse(document(ALLOW))

    @pytest.mark.parametrize(
        "encode",
        [
            pytest.param(lambda text: text, id="plain"),
            pytest.param(lambda text: "\n  " + text, id="after white space"),
            pytest.param(quote, id="as IAM encodes it"),
            pytest.param(lambda text: quote(text, safe=""), id="every reserved character encoded"),
            pytest.param(lambda text: quote("\n" + text), id="encoded white space first"),
        ],
    )
    def test_text_is_read_plain_or_url_encoded(self, encode):
        body = document({**ALLOW, "Sid": "100% + a%20b", "Resource": "arn:aws:s3:::a+b/*"})
        assert parse(encode(json.dumps(body))) == parse(body)

    def test_plain_text_is_not_decoded_twice(self):
        read = parse(json.dumps(document({**ALLOW, "Resource": "arn:aws:s3:::b/%2A"})))
        assert read.statements[0].resources == ("arn:aws:s3:::b/%2A",)

    def test_action_names_lose_their_case_and_resources_keep_it(self):
        (read,) = parse(document({**ALLOW, "Action": "S3:GetObject", "Resource": "A"})).statements
        assert (read.actions, read.resources) == (("s3:getobject",), ("A",))

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            pytest.param("*", (Named("*", "*"),), id="everyone"),
            pytest.param({"AWS": "*"}, (Named("AWS", "*"),), id="everyone of AWS"),
            pytest.param(
                {"AWS": ["1", "2"], "Service": "s"},
                (Named("AWS", "1"), Named("AWS", "2"), Named("Service", "s")),
                id="several kinds",
            ),
            pytest.param({"AWS": []}, (), id="nobody"),
        ],
    )
    def test_principals_are_read_in_every_form(self, given, expected):
        (read,) = parse(document({**ALLOW, "Principal": given})).statements
        assert read.principals == expected

    def test_numbers_and_booleans_of_conditions_are_read_as_text(self):
        condition = {"Bool": {"a": True}, "NumericEquals": {"b": [1, 2.5]}}
        (read,) = parse(document({**ALLOW, "Condition": condition})).statements
        assert [one.values for one in read.conditions] == [("true",), ("1", "2.5")]

    @pytest.mark.parametrize(
        ("version", "expected"), [("2012-10-17", True), ("2008-10-17", False), (None, False)]
    )
    def test_the_version_decides_whether_variables_are_known(self, version, expected):
        assert parse({"Version": version, "Statement": ALLOW}).variables is expected

    def test_a_statement_is_found_by_its_sid_or_else_by_its_place(self):
        policy = parse(document({**ALLOW, "Sid": "Read"}, {**ALLOW, "Sid": ""}), name="inline x")
        assert [policy.label(one) for one in policy.statements] == [
            "inline x: statement 'Read'",
            "inline x: statement 2",
        ]

    def test_an_empty_list_of_statements_is_a_policy_that_says_nothing(self):
        assert parse({"Statement": []}).statements == ()

    def test_effects_are_told_apart(self):
        policy = parse(document(ALLOW, {**ALLOW, "Effect": "Deny"}))
        assert [one.effect for one in policy.statements] == [Effect.ALLOW, Effect.DENY]
        assert [one.allows for one in policy.statements] == [True, False]


def deep(levels):
    return '{"Statement":' + "[" * levels + "]" * levels + "}"


class TestRefusing:
    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            pytest.param("", "not JSON", id="nothing"),
            pytest.param("{", "not JSON", id="half a document"),
            pytest.param("[]", "not an object", id="a list"),
            pytest.param("null", "not an object", id="null"),
            pytest.param('{"Statement": NaN}', "not JSON", id="a number that is none"),
            pytest.param('{"Statement": ' + "9" * 5000 + "}", "not JSON", id="a monstrous number"),
            pytest.param(deep(100_000), "too deeply", id="a deep nest"),
            pytest.param(" " * (MAX_CHARACTERS + 1), "longer than", id="too long"),
            pytest.param('{"Version":"2012-10-17","Version":"x"}', "twice", id="an element twice"),
            pytest.param({}, "not an object", id="no statement"),
            pytest.param({"Statement": "x"}, "not an object", id="a statement that is a text"),
            pytest.param({"Statement": [[ALLOW]]}, "not an object", id="a list of lists"),
            pytest.param({"Statement": ALLOW, "Statements": 1}, "Statements", id="unknown element"),
            pytest.param({"Statement": ALLOW, "Version": "2031-01-01"}, "2031", id="new version"),
            pytest.param({"Statement": ALLOW, "Version": 2012}, "Version", id="version no text"),
            pytest.param({"Statement": ALLOW, "Version": ["x"]}, "Version", id="version a list"),
            pytest.param({"Statement": [ALLOW] * (MAX_STATEMENTS + 1)}, "more than", id="too many"),
        ],
    )
    def test_a_document_that_is_no_policy_is_refused_with_a_reason(self, given, reason):
        with pytest.raises(MalformedPolicy, match=reason):
            parse(given)

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            pytest.param({"Effect": None}, "neither Allow nor Deny", id="no effect"),
            pytest.param({"Effect": "allow"}, "neither Allow nor Deny", id="effect in lower case"),
            pytest.param({"Effect": ["Allow"]}, "neither Allow nor Deny", id="effect in a list"),
            pytest.param(
                {"NotAction": "a:b"}, "both Action and NotAction", id="action and its not"
            ),
            pytest.param({"NotResource": "*"}, "both Resource", id="resource and its opposite"),
            pytest.param({"Action": []}, "lists nothing", id="no action in the list"),
            pytest.param({"Action": [["a:b"]]}, "not a text", id="a list in the list"),
            pytest.param({"Action": {"a": 1}}, "not a text", id="an object of actions"),
            pytest.param({"Action": None}, "not a text", id="null actions"),
            pytest.param({"Action": "a" * (MAX_TEXT + 1)}, "longer than", id="a long action"),
            pytest.param({"Action": ["a"] * (MAX_MEMBERS + 1)}, "more than", id="many actions"),
            pytest.param({"Sid": 3}, "not a text", id="a number for a Sid"),
            pytest.param({"Principal": "me"}, "neither '\\*' nor", id="a bare principal"),
            pytest.param({"Principal": {"AWS": 12}}, "not a text", id="a number for a principal"),
            pytest.param({"Principal": ["*"]}, "neither '\\*' nor", id="a list of principals"),
            pytest.param({"Condition": "x"}, "not an object", id="a condition that is a text"),
            pytest.param({"Condition": {"Bool": "x"}}, "without keys", id="an operator of nothing"),
            pytest.param({"Condition": {"Bool": {"k": {}}}}, "not a text", id="an object's value"),
            pytest.param({"Condition": {"Bool": {"k": None}}}, "not a text", id="a null value"),
            pytest.param({"Conditions": {}}, "Conditions", id="an element that is not known"),
        ],
    )
    def test_a_statement_that_aws_would_refuse_is_refused_with_its_place(self, change, reason):
        with pytest.raises(MalformedPolicy, match=reason) as refusal:
            parse(document(ALLOW, {**ALLOW, **change}))
        assert "statement 2" in str(refusal.value)

    def test_a_statement_about_no_action_is_refused(self):
        with pytest.raises(MalformedPolicy, match="neither Action nor NotAction"):
            parse(document({"Effect": "Allow", "Resource": "*"}))


class TestNormalForm:
    def test_it_ignores_order_sids_and_list_marks(self):
        one = document(
            {
                "Sid": "A",
                "Effect": "Allow",
                "Principal": {"AWS": ["1", "2"]},
                "Action": ["s3:GetObject", "S3:PutObject"],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceVpce": ["x", "y"]}},
            },
            {"Effect": "Deny", "NotAction": "a:b", "NotResource": ["*"]},
        )
        other = document(
            {"Effect": "Deny", "NotAction": ["a:b"], "NotResource": "*"},
            {
                "Effect": "Allow",
                "Principal": {"AWS": ["2", "1"]},
                "Action": ["s3:putobject", "s3:getobject"],
                "Resource": ["*"],
                "Condition": {"StringEquals": {"AWS:sourcevpce": ["y", "x"]}},
            },
        )
        assert as_sets(parse(one)) == as_sets(parse(other))

    @pytest.mark.parametrize(
        "change",
        [
            {"Effect": "Deny"},
            {"Action": "s3:GetObject*"},
            {"Resource": "arn:aws:s3:::b"},
            {"Principal": "*"},
            {"NotPrincipal": {"AWS": "1"}},
            {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        ],
        ids=str,
    )
    def test_it_tells_apart_what_differs_in_meaning(self, change):
        assert as_sets(parse(document(ALLOW))) != as_sets(parse(document({**ALLOW, **change})))

    def test_the_version_is_part_of_the_meaning(self):
        old = document(ALLOW, Version="2008-10-17")
        assert as_sets(parse(document(ALLOW))) != as_sets(parse(old))


class TestWildcards:
    @pytest.mark.parametrize(
        ("pattern", "text", "expected"),
        [
            ("*", "", True),
            ("", "", True),
            ("", "a", False),
            ("a*", "a", True),
            ("a*", "ba", False),
            ("a?", "a", False),
            ("a?", "ab", True),
            ("*b*", "abc", True),
            ("*a*b", "ab-a-b", True),
            ("*ab*ba", "aba", False),
            ("a*?c", "ac", False),
            ("a*?c", "abc", True),
            ("a.c", "abc", False),
            ("[a]*", "[a]b", True),
            ("a*b", "a\nb", True),
            ("**a**", "a", True),
        ],
    )
    def test_stars_and_question_marks_match_anywhere(self, pattern, text, expected):
        assert matches(pattern, text) is expected

    def test_escapes_stand_for_the_character_where_they_are_known(self):
        assert matches("a${*}b*", "a*bc", escapes=True)
        assert not matches("a${*}b", "axb", escapes=True)
        assert matches("a${?}${$}", "a?$", escapes=True)
        assert matches("a${*}b", "a${x}b")

    def test_an_escaped_star_covers_no_wanted_pattern(self):
        assert covers("a${*}", "a*", escapes=True) is not Answer.YES

    def test_a_hostile_pattern_is_matched_in_little_time(self):
        assert not matches("*a" * 1500 + "*b", "a" * 4000)

    @pytest.mark.parametrize(
        ("pattern", "wanted", "expected"),
        [
            ("s3:*", "s3:get*", Answer.YES),
            ("*", "s3:*", Answer.YES),
            ("s3:get*", "s3:*", Answer.CANNOT_TELL),
            ("s3:?et*", "s3:*et*", Answer.CANNOT_TELL),
            ("s3:get?", "s3:get*", Answer.CANNOT_TELL),
            ("ec2:*", "s3:*", Answer.NO),
            ("s3:get*x", "s3:put*", Answer.NO),
            ("a*b", "a*b", Answer.YES),
        ],
    )
    def test_a_pattern_covers_a_wanted_pattern_in_whole_in_part_or_not(
        self, pattern, wanted, expected
    ):
        assert covers(pattern, wanted) is expected

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [("a*", "*b", True), ("a*", "b*", False), ("a?c", "ab?", True), ("a?", "a", False)],
    )
    def test_patterns_overlap_if_one_text_fits_both(self, one, other, expected):
        assert may_overlap(one, other) is expected
        assert may_overlap(other, one) is expected

    def test_patterns_too_long_to_compare_may_overlap(self):
        assert may_overlap("a" * 600 + "*", "b" * 600 + "*")

    @pytest.mark.parametrize(
        ("pattern", "arn", "expected"),
        [
            pytest.param("*", "arn:aws:s3:::b", Answer.YES, id="everything"),
            pytest.param("arn:aws:s3:::b/*", "arn:aws:s3:::b/k:1", Answer.YES, id="last part"),
            pytest.param("arn:aws:sqs:*:1:q", "arn:aws:sqs:eu:1:q", Answer.YES, id="one part"),
            pytest.param("arn:aws:*:1:q", "arn:aws:sqs:eu:1:q", Answer.CANNOT_TELL, id="two parts"),
            pytest.param("arn:aws:ec2:*", "arn:aws:ec2:eu:1:vpc/v", Answer.YES, id="short pattern"),
            pytest.param("arn:*", "arn:aws:ec2:eu:1:vpc/v", Answer.YES, id="any ARN"),
            pytest.param("arn:aws:s3:::b", "arn:aws:s3:::B", Answer.NO, id="case matters"),
            pytest.param("arn:aws:s3:::b", "*", Answer.NO, id="no resource at all"),
            pytest.param("**", "*", Answer.YES, id="everything for no resource"),
            pytest.param("arn:aws:s3:::b", "arn:*", Answer.CANNOT_TELL, id="one of many"),
            pytest.param(
                "arn:aws:logs:*:*:log-group:a*",
                "arn:aws:logs:eu:1:log-group:a:*",
                Answer.YES,
                id="streams of a group",
            ),
            pytest.param(
                "arn:aws:logs:*:*:log-group:a",
                "arn:aws:logs:eu:1:log-group:a:log-stream:s",
                Answer.NO,
                id="a group without its streams",
            ),
        ],
    )
    def test_arns_are_compared_part_by_part(self, pattern, arn, expected):
        assert arn_covers(pattern, arn) is expected
