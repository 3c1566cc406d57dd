"""docs/thirty-nights.md is what thirty nights of real runs say, and no ticket is lost or doubled.

`REWRITE=1 pytest tests/stories/test_thirty_nights.py` writes the table of that page anew.
"""

import os

import pytest

from tests.stories.month import ROOT
from tests.stories.thirty_nights import NIGHTS, played

PAGE = ROOT / "docs" / "thirty-nights.md"
BEGIN, END = "<!-- played: begin -->\n", "<!-- played: end -->"


def test_the_page_says_what_the_runs_say():
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    now = f"{before}{BEGIN}{played().table()}{END}{after}"
    if os.environ.get("REWRITE"):
        PAGE.write_text(now)
    assert PAGE.read_text() == now, "it is a page of other runs: see the top of this file"


def test_there_are_thirty_of_them():
    assert len(NIGHTS) == 30
    assert [row.night for row in played().rows if row.about == NIGHTS[row.night - 1].about] == [
        *range(1, 31)
    ]


def test_every_morning_the_open_tickets_are_the_open_findings():
    for row in played().rows:
        same = {one.key for one in row.tickets} == row.findings
        assert same is row.morning.took_all, row.night


def test_the_ticket_system_failed_once_and_no_ticket_or_event_is_there_twice():
    tale = played()
    assert [row.night for row in tale.rows if not row.morning.took_all] == [24]
    keys = [one.key for one in tale.receiver.tickets]
    assert len(keys) == len(set(keys))
    events = [id_ for one in tale.receiver.tickets for id_ in one.had]
    assert len(events) == len(set(events))


def test_at_the_end_the_tickets_are_exactly_what_the_last_report_finds():
    last = played().reports[30]
    found = {one.id for one in last.findings if one.verdict.violates and not one.waiver}
    assert {one.key for one in played().receiver.open()} == found
    assert found


def test_what_its_stack_made_anew_is_the_same_finding():
    first, last = (
        next(one for one in played().reports[n].findings if "auto_scaling" in one.probe)
        for n in (1, 30)
    )
    assert first.id == last.id
    assert first.resource.id != last.resource.id
    assert last.first_seen == first.first_seen


@pytest.mark.parametrize(
    ("night", "exit_code"), [(4, "1"), (5, "3"), (8, "1"), (11, "killed"), (21, "1")]
)
def test_only_what_aws_refused_makes_a_run_incomplete(night, exit_code):
    assert next(row.ran.ended for row in played().rows if row.night == night) == exit_code
