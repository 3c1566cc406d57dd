"""The table for a spreadsheet: a row a finding, and no cell that does anything."""

import csv
import json
import unicodedata
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.demo.hostile import HOSTILE
from auditor.finding import Fix, Waiver
from auditor.reports import Show, csv_rows, format_named
from auditor.reports.escape import HIDDEN, LONGEST_CELL, spreadsheet
from auditor.resources import Stack
from tests.engine.nights import Sight, night
from tests.engine.test_desk import finding
from tests.engine.test_tickets_words import hostile

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def reported(*findings):
    return replace(night(0, {"us-east-1": Sight({"a": "Enabled"})}), findings=list(findings))


def written(*findings):
    stream = StringIO()
    format_named("csv").write(reported(*findings), stream, Show())
    return stream.getvalue()


def rows(text, delimiter=","):
    return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))


def harmless(cell):
    return not cell.lstrip().startswith(FORMULAS)


def test_a_finding_is_a_row_under_the_names_of_the_columns():
    one = finding(
        waiver=Waiver("because", "me", "2027-01-31"),
        references=("KMS.4", "CIS 3.6"),
        fix=Fix("Mend it."),
        found=["a", {"b": 1}],
        part="part",
    )
    one = replace(one, resource=replace(one.resource, stack=Stack("stack", "", "Logical")))
    header, row = rows(written(one))
    assert dict(zip(header, row, strict=True)) == {
        "finding_id": one.id,
        "verdict": "gap",
        "severity": "high",
        "state": "",
        "first_seen": "",
        "waived_until": "2027-01-31",
        "account": one.account,
        "region": one.region,
        "environment": "production",
        "probe": "engine.example",
        "title": "Keys are fit",
        "resource_type": "AWS::KMS::Key",
        "resource_id": "a",
        "resource_arn": "arn:aws:kms:us-east-1:1:key/a",
        "resource_name": "a",
        "stack": "stack",
        "logical_id": "Logical",
        "part": "part",
        "message": "it is not",
        "expected": '"on"',
        "found": '["a",{"b":1}]',
        "fix": "Mend it.",
        "references": "KMS.4; CIS 3.6",
    }


def test_every_column_is_documented_in_its_order():
    places = [csv_rows.__doc__.find(f"`{name}`") for name in csv_rows.COLUMNS]
    assert -1 not in places
    assert places == sorted(places)


def test_passes_stand_there_too_and_lines_end_as_the_rfc_says():
    report = night(0, {"us-east-1": Sight({"a": "Enabled", "b": "Disabled"})})
    stream = StringIO(newline="")
    format_named("csv").write(report, stream, Show())
    assert stream.getvalue().count("\r\n") == stream.getvalue().count("\n") == 3
    assert [row[1] for row in rows(stream.getvalue())[1:]] == ["pass", "drift"]


@pytest.mark.parametrize(
    "text", [*HOSTILE.values(), "\t=1", " \t=1", '"=1', "\xa0@x", "\uff1d1", "\r=1"]
)
def test_no_cell_begins_a_formula_or_hides_anything(text):
    (_, row) = rows(written(hostile(text)))
    assert [cell for cell in row if not harmless(cell)] == []
    assert {c for cell in row for c in cell if unicodedata.category(c) in HIDDEN} == set()


@given(st.text())
@example('a;=1+1"')
@example('a;"=1')
@example("; ;\t=x")
def test_no_formula_begins_where_semicolons_divide_cells(text):
    said = spreadsheet(text)
    assert harmless(said)
    assert all(harmless(part.replace('"', "")) for part in said.split(";"))


@given(
    st.text(
        st.characters(exclude_characters='=+-@\uff1d\uff0b\uff0d\uff20"', exclude_categories=HIDDEN)
    )
)
def test_a_harmless_text_stays_as_it_is(text):
    assert spreadsheet(text) == text


def test_a_cell_is_not_longer_than_a_cell_can_be():
    assert len(spreadsheet("=" * 100_000)) == LONGEST_CELL


def test_what_was_found_can_be_read_back():
    found = {"a": [1, None, "two, three"], "b": True}
    header, row = rows(written(finding(found=found, expected=None)))
    cells = dict(zip(header, row, strict=True))
    assert json.loads(cells["found"]) == found
    assert cells["expected"] == ""
