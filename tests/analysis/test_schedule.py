"""The longest time between two rotations of a schedule."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.analysis.answers import CannotTell
from probes.analysis.schedule import longest_gap, rotation_interval


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        pytest.param("rate(4 hours)", 4 / 24, id="hours"),
        pytest.param("rate(1 day)", 1, id="a day"),
        pytest.param("rate(30 days)", 30, id="days"),
        pytest.param(" rate( 8 days ) ", 8, id="spaces"),
        pytest.param("cron(0 10 * * ? *)", 1, id="every day"),
        pytest.param("cron(0 10 ? * * *)", 1, id="every day of the week"),
        pytest.param("cron(0 /8 * * ? *)", 8 / 24, id="every eight hours"),
        pytest.param("cron(0 */8 * * ? *)", 8 / 24, id="every eight hours, with a star"),
        pytest.param("cron(0 8/8 * * ? *)", 16 / 24, id="eight and sixteen o'clock"),
        pytest.param("cron(0 2/10 * * ? *)", 10 / 24, id="two, twelve and twenty-two o'clock"),
        pytest.param("cron(0 18 ? * SAT *)", 7, id="every Saturday"),
        pytest.param("cron(0 18 ? * 7 *)", 7, id="every Saturday by number"),
        pytest.param("cron(0 18 ? * L *)", 7, id="the last day of the week"),
        pytest.param("cron(0 8 1 * ? *)", 31, id="the first of the month"),
        pytest.param("cron(0 8 31 * ? *)", 61, id="the 31st skips short months"),
        pytest.param("cron(0 17 L * ? *)", 31, id="the last of the month"),
        pytest.param("cron(0 8 ? * MON-FRI *)", 3, id="over the weekend"),
        pytest.param("cron(0 16 1,15 * ? *)", 17, id="the first and the fifteenth"),
        pytest.param("cron(0 0 1/10 * ? *)", 10, id="every ten days of the month"),
        pytest.param("cron(0 0 ? * sun#1 *)", 35, id="the first Sunday"),
        pytest.param("cron(0 0 ? * 1#1 *)", 35, id="the first Sunday by number"),
        pytest.param("cron(0 0 ? * SUNL *)", 35, id="the last Sunday"),
        pytest.param("cron(0 0 SUNL * ? *)", 35, id="the last Sunday, as a day of the month"),
        pytest.param("cron(0 1 ? 1/3 SUN#1 *)", 98, id="the first Sunday of a quarter"),
        pytest.param("cron(0 1 * 1/3 SUN *)", 70, id="the Sundays of four months"),
        pytest.param("cron(0 1 ? JAN,APR,JUL,OCT 1 *)", 70, id="the same by name"),
        pytest.param("cron(0 0 1 1 ? *)", 366, id="once a year"),
        pytest.param("cron(0 0 29 2 ? *)", 1461, id="on leap days"),
        pytest.param("cron(0 0 1-7,L 6-8 ? *)", 275, id="in summer"),
    ],
)
def test_the_longest_gap_of_a_schedule_is_told_in_days(expression: str, days: float) -> None:
    assert longest_gap(expression) == pytest.approx(days)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "daily",
        "rate(0 days)",
        "rate(5 minutes)",
        "rate(-1 days)",
        "rate(99999 days)",
        "rate(1.5 days)",
        "cron()",
        "cron(0 10 * * ?)",
        "cron(0 10 * * ? * *)",
        "cron(30 10 * * ? *)",
        "cron(0 10 * * ? 2027)",
        "cron(0 10 1 * MON *)",
        "cron(0 10 ? * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 10 0 * ? *)",
        "cron(0 10 32 * ? *)",
        "cron(0 10 1 13 ? *)",
        "cron(0 10 1 FOO ? *)",
        "cron(0 10 ? * 8 *)",
        "cron(0 10 ? * SUN#6 *)",
        "cron(0 10 ? * FOO#1 *)",
        "cron(0 10 ? * FOOL *)",
        "cron(0 10 15W * ? *)",
        "cron(0 10 L-3 * ? *)",
        "cron(0 10 5-1 * ? *)",
        "cron(0 22-2 * * ? *)",
        "cron(0 */0 * * ? *)",
        "cron(0 1, * * ? *)",
        "cron(0 10 30 2 ? *)",
        "cron(0 10 * * ? *" + " " * 300 + ")",
        "cron(0 10 * * ? *)\n; cron(0 10 * * ? *)",
    ],
)
def test_what_secrets_manager_would_not_take_is_not_computed(expression: str) -> None:
    found = longest_gap(expression)
    assert isinstance(found, CannotTell)
    assert found.reason


@pytest.mark.parametrize(
    ("days", "expression", "expected"),
    [
        pytest.param(30, None, 30.0, id="days"),
        pytest.param(10, "rate(10 days)", 10.0, id="both"),
        pytest.param(28, "cron(0 8 1 * ? *)", 31.0, id="an expression tells the longest gap"),
        pytest.param(None, "rate(12 hours)", 0.5, id="an expression"),
        pytest.param(None, None, None, id="neither"),
        pytest.param(0, None, None, id="no days"),
        pytest.param(30, "at(noon)", None, id="an unreadable expression"),
    ],
)
def test_the_interval_comes_from_the_expression_or_the_days(
    days: int | None, expression: str | None, expected: float | None
) -> None:
    found = rotation_interval(days, expression)
    if expected is None:
        assert isinstance(found, CannotTell)
    else:
        assert found == expected


def listed(numbers: list[int]) -> str:
    return ",".join(str(number) for number in numbers)


HOURS = st.lists(st.integers(0, 23), min_size=1, max_size=3)
DAYS = st.lists(st.integers(1, 31), min_size=1, max_size=4)
MONTHS = st.lists(st.integers(1, 12), min_size=1, max_size=6)
STARTS = st.dates(date(2020, 1, 1), date(2035, 1, 1))
MIDNIGHT = datetime.min.time()


def gaps(fires: list[datetime]) -> list[float]:
    return [(later - earlier) / timedelta(days=1) for earlier, later in pairwise(fires)]


@settings(max_examples=60)
@given(HOURS, DAYS, MONTHS, STARTS)
def test_no_gap_seen_in_13_months_is_longer_by_days_of_the_month(
    hours: list[int], days: list[int], months: list[int], start: date
) -> None:
    found = longest_gap(f"cron(0 {listed(hours)} {listed(days)} {listed(months)} ? *)")
    fires = [
        datetime.combine(day, MIDNIGHT) + timedelta(hours=hour)
        for day in (start + timedelta(days=n) for n in range(396))
        if day.day in days and day.month in months
        for hour in sorted(set(hours))
    ]
    if isinstance(found, CannotTell):
        assert fires == []
    else:
        assert all(gap <= found for gap in gaps(fires))


@settings(max_examples=60)
@given(st.integers(0, 23), st.integers(1, 7), st.sampled_from(["", "#1", "#4", "#5", "L"]), STARTS)
def test_no_gap_seen_in_13_months_is_longer_by_days_of_the_week(
    hour: int, weekday: int, which: str, start: date
) -> None:
    found = longest_gap(f"cron(0 {hour} ? * {weekday}{which} *)")
    assert not isinstance(found, CannotTell)
    seen = []
    for day in (start + timedelta(days=n) for n in range(396)):
        if day.isoweekday() % 7 + 1 != weekday:
            continue
        is_last = day.day + 7 > monthrange(day.year, day.month)[1]
        nth = f"#{(day.day - 1) // 7 + 1}"
        if which in ("", nth) or (which == "L" and is_last):
            seen.append(datetime.combine(day, MIDNIGHT))
    assert len(seen) > 3
    assert all(gap <= found for gap in gaps(seen))


@given(
    st.text(max_size=300) | st.text("0123456789*?/,-#LWSUNMOT ", max_size=40).map("cron({})".format)
)
def test_no_text_breaks_the_reading(text: str) -> None:
    found = longest_gap(text)
    assert isinstance(found, CannotTell) or found > 0
