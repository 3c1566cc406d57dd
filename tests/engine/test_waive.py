"""`auditor waive` writes one entry and leaves the rest of the file as it stands."""

from dataclasses import replace
from datetime import date

import pytest

from auditor.baseline import load
from auditor.over_time.lifecycle import follow, past_of
from auditor.over_time.waive import WaiveError, entry_for, finding_in, waive
from auditor.waivers import apply
from auditor.yaml_file import FileError, parse
from tests.engine.nights import PROBE, SECOND, Sight, night
from tests.kit import REGION

UNTIL, TODAY = date(2027, 6, 30), date(2027, 6, 30)
REPORT = night(0, {REGION: Sight({"a": "Disabled", "b": "Enabled"})})
FINDING = next(one for one in REPORT.findings if one.verdict.violates)
OTHER = next(one for one in REPORT.findings if not one.verdict.violates)
ENTRY = f"""\
# {FINDING.resource.arn} (123456789012 us-east-1)
  - probe: "engine.example"
    finding: "{FINDING.id}"
    reason: "it is known"
    owner: "me"
    until: 2027-06-30
"""


@pytest.fixture
def waived(tmp_path):
    def write(text, reason="it is known"):
        path = tmp_path / "b.yaml"
        if text is not None:
            path.write_text(text)
        entry = entry_for(FINDING, reason, "me", UNTIL, TODAY)
        line = waive(path, FINDING, entry, (PROBE, SECOND))
        return path.read_text(), line

    return write


ONE = "{probe: engine.example, reason: old, owner: you, until: 2020-01-01}"


@pytest.mark.parametrize(
    ("text", "after", "line"),
    [
        pytest.param(None, f"version: 1\n\nwaivers:\n  {ENTRY}", 5, id="no file"),
        pytest.param("version: 1", f"version: 1\n\nwaivers:\n  {ENTRY}", 5, id="no key"),
        pytest.param(
            "version: 1\nwaivers: []  # none yet\n# the end\n",
            f"version: 1\nwaivers:  # none yet\n  {ENTRY}# the end\n",
            4,
            id="an empty list",
        ),
        pytest.param(
            f"version: 1\nwaivers:\n- {ONE}  # why\n# after\nsettings: {{}}\n",
            f"version: 1\nwaivers:\n- {ONE}  # why\n"
            + ENTRY.replace("\n  ", "\n")
            + "# after\nsettings: {}\n",
            5,
            id="a list at the margin",
        ),
        pytest.param(
            "version: 1\nwaivers:\n    - probe: engine.example\n      owner: you\n"
            "      until: 2020-01-01\n      reason: |\n        long\n        words\n\n# end\n",
            "version: 1\nwaivers:\n    - probe: engine.example\n      owner: you\n"
            "      until: 2020-01-01\n      reason: |\n        long\n        words\n\n    "
            + ENTRY.replace("\n  ", "\n    ")
            + "# end\n",
            11,
            id="an indented list that ends with a text of lines",
        ),
        pytest.param(
            f"waivers: [{ONE}]\nversion: 1",
            f'waivers: [{ONE}, {{probe: "engine.example", finding: "{FINDING.id}",'
            ' reason: "it is known", owner: "me", until: 2027-06-30}]\nversion: 1',
            1,
            id="a list in brackets",
        ),
    ],
)  # fmt: skip
def test_the_entry_is_added_and_nothing_else_is_touched(waived, text, after, line):
    assert waived(text) == (after, line)


def test_a_key_without_a_value_is_refused_as_everywhere(waived):
    with pytest.raises(FileError, match=r"b\.yaml:2: waivers"):
        waived("version: 1\nwaivers:\n")


@pytest.mark.parametrize("reason", ['say "no"', "a: b # c", "back\\slash", "é 😀", "two\nlines"])
def test_words_come_out_as_they_went_in(waived, reason):
    text, _ = waived("version: 1\n", reason)
    assert parse(text, "b").value["waivers"][0]["reason"] == reason


def test_the_waiver_covers_the_finding_and_no_other(waived, tmp_path):
    waived("version: 1\n")
    baseline = load(tmp_path / "b.yaml", (PROBE, SECOND))
    more = night(0, {REGION: Sight({"a": "Disabled", "c": "Disabled"})})
    found, _ = apply(more.findings, baseline, date(2027, 1, 1))
    assert [one.resource.name for one in found if one.waiver] == ["a"]


def test_a_second_waiver_of_the_same_finding_is_refused(waived):
    text, _ = waived("version: 1\n")
    with pytest.raises(WaiveError, match=r"b.yaml:5: this finding is waived here already"):
        waived(text)


def test_a_file_that_is_not_sound_is_left_alone(waived, tmp_path):
    with pytest.raises(FileError):
        waived("version: 1\nsetings: {}\n")
    assert (tmp_path / "b.yaml").read_text() == "version: 1\nsetings: {}\n"


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("zz", "no finding has an id that begins with 'zz'"),
        ("", "say which finding"),
        (OTHER.id, "there is nothing to waive"),
    ],
)
def test_only_one_violation_can_be_waived(wanted, says):
    with pytest.raises(WaiveError, match=says):
        finding_in([REPORT], wanted)


def test_digits_that_begin_several_ids_are_too_few():
    others = [replace(FINDING, id=f"ab{n:030x}") for n in range(3)]
    with pytest.raises(WaiveError, match=r"^3 findings have ids that begin with 'ab': say more$"):
        finding_in([replace(REPORT, findings=others)], "ab")


def test_a_finding_that_the_last_run_was_not_to_ask_about_can_be_waived():
    narrowed = night(1, {REGION: Sight({})}, (SECOND,), named=(SECOND.id,))
    assert finding_in([follow(narrowed, past_of([REPORT]))], FINDING.id).id == FINDING.id


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"reason": ""}, r"^reason: string should have at least 3 characters$"),
        ({"reason": "     "}, r"^reason: "),
        ({"reason": "not \udcff text"}, r"^reason: "),
        ({"owner": "y"}, r"^owner: string should have at least 2 characters$"),
        ({"until": date(2027, 6, 29)}, r"^2027-06-29 is over: today is 2027-06-30 \(UTC\)$"),
    ],
    ids=str,
)
def test_what_could_not_count_is_one_sentence(given, says):
    sound = {"reason": "it is known", "owner": "me", "until": UNTIL, "today": TODAY}
    with pytest.raises(WaiveError, match=says):
        entry_for(FINDING, **{**sound, **given})


def test_a_folder_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "config" / "baseline.yaml"
    entry = entry_for(FINDING, "it is known", "me", UNTIL, TODAY)
    with pytest.raises(WaiveError, match=r"config is no folder .*; --baseline names another file"):
        waive(path, FINDING, entry, (PROBE, SECOND))
    assert list(tmp_path.iterdir()) == []


def test_a_finding_may_be_named_by_its_first_digits():
    assert finding_in([REPORT], FINDING.id[:12]) == FINDING
