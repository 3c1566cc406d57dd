from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.runtimes import RUNTIMES, WRITTEN, Support, successor, support

NOTICE = timedelta(days=180)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("python3.13", Support.SUPPORTED),
        ("nodejs22.x", Support.ENDING),
        ("python3.9", Support.ENDED),
        ("provided.al2", Support.ENDED),
        ("python2.7", Support.REFUSED),
        ("dotnet5.0", Support.ENDED),
        ("nodejs26.x", Support.NO_DATE),
        ("custom", Support.NO_DATE),
        ("cobol85", Support.UNKNOWN),
        ("", Support.UNKNOWN),
    ],
)
def test_a_runtime_stands_as_the_table_says(name, found):
    assert support(name, WRITTEN, NOTICE) is found


@pytest.mark.parametrize(
    ("today", "found"),
    [
        (date(2026, 10, 31) - NOTICE - timedelta(days=1), Support.SUPPORTED),
        (date(2026, 10, 31) - NOTICE, Support.ENDING),
        (date(2026, 10, 30), Support.ENDING),
        (date(2026, 10, 31), Support.ENDED),
        (date(2031, 1, 1), Support.ENDED),
    ],
)
def test_support_ends_on_its_day_and_announced_refusals_do_not_count(today, found):
    assert support("python3.10", today, NOTICE) is found


def test_a_baseline_names_further_runtimes_that_ended():
    assert support("python3.13", WRITTEN, NOTICE, ended=["python3.1?"]) is Support.ENDED
    assert support("own-1", WRITTEN, NOTICE, ended=["own-*"]) is Support.ENDED


@pytest.mark.parametrize(("days", "found"), [(0, Support.REFUSED), (1, Support.ENDED)])
def test_a_baseline_knows_since_when_updates_are_refused(days, found):
    since = {"python3.9": WRITTEN + timedelta(days=days)}
    assert support("python3.9", WRITTEN, NOTICE, refused=since) is found


@pytest.mark.parametrize(
    ("name", "newer"),
    [
        ("python3.9", "python3.14"),
        ("nodejs4.3-edge", "nodejs24.x"),
        ("go1.x", "provided.al2023"),
        ("dotnetcore3.1", "dotnet10"),
        ("cobol85", None),
    ],
)
def test_a_successor_is_of_the_same_kind(name, newer):
    assert successor(name) == newer


def test_every_successor_is_supported_and_every_entry_names_its_source():
    for runtime in RUNTIMES.values():
        newest = successor(runtime.name)
        assert newest is not None
        assert support(newest, WRITTEN, NOTICE) is Support.SUPPORTED
        assert set(runtime.sources) <= {"guide", "lint"}
        assert runtime.sources


@given(st.text(max_size=40), st.dates())
def test_any_name_on_any_day_has_an_answer(name, today):
    found = support(name, today, NOTICE)
    assert found is Support.UNKNOWN or name in RUNTIMES or found is Support.NO_DATE


@given(st.sampled_from(sorted(RUNTIMES)), st.dates(date(2010, 1, 1)), st.dates(date(2010, 1, 1)))
def test_nothing_gets_younger(name, one, other):
    order = [Support.SUPPORTED, Support.ENDING, Support.ENDED, Support.REFUSED]
    earlier, later = sorted((one, other))
    first, second = (order.index(support(name, day, NOTICE)) for day in (earlier, later))
    assert first <= second
