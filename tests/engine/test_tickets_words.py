"""What a ticket says fits every system, keeps to its schema, and lets no name of an account out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.baseline_file import Tickets
from auditor.finding import ChangedBy, Evidence, Fix
from auditor.over_time.lifecycle import SEEN_AGAIN
from auditor.over_time.state import Told
from auditor.report import Before, Change
from auditor.reports.escape import markdown, markdown_block, terminal
from auditor.resources import Stack
from auditor.tickets.body import title
from auditor.tickets.desk import Desk
from auditor.tickets.event import line, schema
from auditor.tickets.ticket import News, Rules
from tests.engine.nights import PROBE
from tests.engine.test_desk import A, desk, finding, hear, told

HOSTILE = [
    "`` ` ```\n# You are hacked\n@everyone <img src=x onerror=alert(1)> ![x](http://evil/x.png)",
    "\x1b[31mred\x1b[0m\r\nIGNORE \u202eeverything\u2066 #1 GH-2 @admin",
    "```\n</code><script>alert(1)</script>\n~~~",
    "`" * 3000,
    "\u200b" * 3000,
    "]](javascript:alert(1))[code]<b>x</b>[/code]",
    "<!-- aws-audit 00000000000000000000000000000000 -->",
    "a" * 20_000,
    "",
    " ",
]


def hostile(text):
    """A finding with the text wherever an account can put one."""
    one = finding("a", id="e" * 32)
    return replace(
        one,
        message=text,
        note=text,
        expected=[text],
        found={text: text},
        part="p",
        resource=replace(
            one.resource, id=text, name=text, arn=text, tags={text: text}, stack=Stack(text, "", text)
        ),
        evidence=tuple(Evidence("kms:DescribeKey", text, text, text) for _ in range(20)),
        fix=Fix("Mend it.", f"aws kms x {text}", f"A: {text}"),
        references=("KMS.4",),
        changed_by=ChangedBy(
            answer="found", sure="likely", event_name=text, principal=text, session=text, source=text
        ),
    )  # fmt: skip


def outside_code(text):
    """What of a Markdown text is not code, by the rules of CommonMark for fences and spans."""
    kept, fence = [], ""
    for row in text.split("\n"):
        ticks = re.match(r"`{3,}", row)
        if fence:
            if ticks and row.strip() == "`" * len(row.strip()) and len(row.strip()) >= len(fence):
                fence = ""
            continue
        if ticks and "`" not in row[ticks.end() :]:
            fence = ticks.group()
            continue
        kept.append(_without_spans(row))
    assert not fence, "a fence was never closed"
    return "\n".join(kept)


def _without_spans(row):
    runs = list(re.finditer("`+", row))
    result, at, n = "", 0, 0
    while n < len(runs):
        size = len(runs[n].group())
        close = next((m for m in runs[n + 1 :] if len(m.group()) == size), None)
        if close is None:
            n += 1
            continue
        result += row[at : runs[n].start()]
        at, n = close.end(), runs.index(close) + 1
    return result + row[at:]


def event_of(*findings, grouping="finding", probes=()):
    at = Desk((), Rules.of(Tickets(grouping=grouping), probes))
    news = News("r", datetime(2026, 11, 21, tzinfo=UTC), tuple(told("opened", f) for f in findings))
    return at.hear(news)[0]


PLAIN = event_of(hostile("X"))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("grouping", ["finding", "resource", "probe", "stack"])
def test_no_name_leaves_its_code_or_its_line(text, grouping):
    event = event_of(hostile(text), grouping=grouping)
    assert len(event.body) <= 32_767
    left = outside_code(event.body)
    for part in ("@", "<", "![", "http", "hacked", "IGNORE", "javascript", "[code]", "`"):
        assert part not in left
    for said in (event.body, event.title):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u200b\u202e\u2066]", said)
    assert len(event.title) <= 200
    assert "\n" not in event.title
    assert event.title[0].isalnum()


@given(st.text(max_size=300))
def test_code_holds_whatever_it_is_given(text):
    said = terminal(text)
    shown = "" if said.strip() else f"({'blank' if said else 'empty'})"
    assert outside_code(f"- x: {markdown(text)} end") == f"- x: {shown} end"
    assert outside_code(f"before\n\n{markdown_block(text, 'sh')}\n\nafter") == "before\n\n\nafter"


def test_a_body_says_what_where_why_and_how_to_mend_it():
    body = event_of(finding(**full()), probes=(PROBE,)).body
    for said in (
        "## Keys are fit", "it is not", "`123456789012`", "`us-east-1`", "`shop`", "`Key`",
        "production", "**high**", "first seen: 2026-11-21", "Expected:", '"on"', '"off"', "kms:DescribeKey",
        "```sh\naws kms enable-key-rotation --key-id a\n```", "```yaml\nEnabled: true\n```",
        "References: KMS.4", "Mend it.", "part: `p`", "a note",
    ):  # fmt: skip
        assert said in body


def full():
    one = finding("a", id="e" * 32)
    return {
        "id": one.id,
        "part": "p",
        "note": "a note",
        "resource": replace(one.resource, stack=Stack("shop", "", "Key")),
        "evidence": (Evidence("kms:DescribeKey", "us-east-1", "a", {"KeyState": "Disabled"}),),
        "fix": Fix("Mend it.", "aws kms enable-key-rotation --key-id a", "Enabled: true\n"),
        "references": ("KMS.4",),
        "first_seen": datetime(2026, 11, 21, tzinfo=UTC),
    }


def test_a_body_says_who_made_a_drift_where_that_is_known():
    eve = "arn:aws:iam::1:user/eve"
    by = ChangedBy(answer="found", sure="likely", event_name="DisableKeyRotation", principal=eve)
    body = event_of(finding(**full(), changed_by=by)).body
    assert "likely change: `DisableKeyRotation` by `arn:aws:iam::1:user/eve`" in body


def test_why_it_matters_is_the_probe_s_own_word():
    class Known:
        id, formerly, first_id, why = "engine.example", (), "engine.example", "Keys open doors."

    assert "Why it matters: Keys open doors." in event_of(A, probes=(Known(),)).body


def test_a_change_says_what_was_before():
    at = desk()
    hear(at, 1, told("opened", A))
    before = Before(A.verdict, A.severity, "on", "elsewhere")
    news = News(
        "r", datetime(2026, 11, 22, tzinfo=UTC), (Told(Change("changed", A.id, "", before), A),)
    )
    (event,) = at.hear(news)
    assert '"elsewhere"' in event.body
    assert "Before, it was a gap of severity high" in event.body


@pytest.mark.parametrize("count", [2, 9, 400])
def test_a_ticket_of_many_tells_the_first_in_full_and_the_others_in_a_line(count):
    many = [finding(f"k{n}") for n in range(count)]
    event = event_of(*many, grouping="probe")
    assert len(event.members) == count
    assert len(event.body) <= 32_767
    assert event.body.count("\n### ") == min(count, 8)
    assert ("## Also" in event.body) == (count > 8)
    assert ("more." in event.body) == (count == 400)


def test_a_command_that_is_too_long_is_not_cut_in_two():
    one = replace(A, fix=Fix("Mend it.", "aws x " + "y" * 9_000))
    assert "It is too long for a ticket" in event_of(one).body


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("finding", "Keys are fit: a (123456789012 us-east-1)"),
        ("resource", "Findings on AWS::KMS::Key a (123456789012 us-east-1)"),
        ("probe", "Keys are fit (123456789012)"),
        ("stack", "Findings in stack shop (123456789012 us-east-1)"),
    ],
)
def test_a_title_names_what_the_ticket_is_about(by, expected):
    stacked = replace(A, resource=replace(A.resource, stack=Stack("shop")))
    assert title(by, stacked) == expected


def test_a_long_name_leaves_room_for_the_place():
    long = replace(A, title="x" * 300, resource=replace(A.resource, name="n" * 300))
    said = title("finding", long)
    assert len(said) <= 200
    assert said.endswith("… (123456789012 us-east-1)")


def test_what_is_seen_again_is_not_said_to_have_changed():
    at = desk("finding")
    hear(at, 1, told("opened", A))
    hear(at, 2, told("unverified", A))
    (event,) = hear(at, 3, told("changed", A, SEEN_AGAIN))
    assert event.body.startswith("**It could be verified again, and is as it was.**")
    assert "Changed since" not in event.body


NIGHTS = [
    [("opened", A), ("waived", finding("b")), ("opened", hostile(HOSTILE[0]))],
    [("changed", A), ("waiver_expired", finding("b"))],
    [("unverified", A)],
    [("resolved", A), ("resolved", finding("b"))],
    [("reopened", A)],
]


@pytest.mark.parametrize("grouping", ["finding", "resource", "probe", "stack"])
def test_every_event_fits_the_schema_and_one_line_of_ascii(grouping):
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    at = desk(grouping, labels=["audit"])
    for day, night in enumerate(NIGHTS, 1):
        for event in hear(at, day, *(told(kind, one) for kind, one in night)):
            said = line(event)
            assert said.isascii()
            assert "\n" not in said
            validator.validate(json.loads(said))
            assert json.loads(said)["labels"] == ["audit"]
            assert json.loads(said)["schema_version"] == "1.0"


@settings(max_examples=50)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_fits_a_title_and_a_body(name, message):
    one = replace(A, message=message, resource=replace(A.resource, name=name))
    event = event_of(one)
    assert len(event.title) <= 200
    assert "\n" not in event.title
    assert len(event.body) <= 32_767


def test_what_has_no_region_type_or_logical_id_is_not_said_to_have_one():
    account = replace(
        A, region="", resource=replace(A.resource, type="", stack=Stack("shop")), first_seen=None
    )
    event = event_of(account)
    assert event.title == "Keys are fit: a (123456789012)"
    for part in ("region:", "type:", "logical id:", "first seen:"):
        assert part not in event.body
