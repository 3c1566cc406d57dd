"""Rotation schedules of Secrets Manager, and the longest time that they leave between rotations.

The grammar is that of the Secrets Manager user guide ("Rotation schedules"): `rate(N hours)`,
`rate(N days)`, and `cron(...)` of six fields in UTC with 0 minutes, any year, and at most one
of day of month and day of week. What AWS would refuse is not computed.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import pairwise

from probes.analysis.answers import CannotTell

_LONGEST = 256  # Secrets Manager API, ScheduleExpressionType
_RATE = re.compile(r"rate\( *([0-9]{1,4}) +(hour|day)s? *\)")
_CRON = re.compile(r"cron\(([0-9A-Za-z#?*/, -]+)\)")
_ITEM = re.compile(r"(?:(\*)|([0-9A-Z]{1,3})(?:-([0-9A-Z]{1,3}))?)?(?:/([0-9]{1,3}))?")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NTH = re.compile(r"([1-7]|[A-Z]{3})#([1-5])")
_LAST = re.compile(r"([1-7]|[A-Z]{3})L")
# The calendar of 28 years without a century repeats itself, weekdays and leap days included, so
# the longest gap in it, around its end too, is the longest in any 13 months of our time.
_FIRST_DAY = date(2001, 1, 1)
_CYCLE_DAYS = (date(2029, 1, 1) - _FIRST_DAY).days


class _UnreadableField(ValueError):
    """A field of a cron expression is not written as Secrets Manager takes it."""


def rotation_interval(
    automatically_after_days: int | None, schedule_expression: str | None
) -> float | CannotTell:
    """The longest time in days between two scheduled rotations.

    An expression comes first where both are there: AWS computes the days from it anew after
    each rotation, and so they tell one gap of a calendar schedule, not the longest.
    """
    if schedule_expression is not None:
        return longest_gap(schedule_expression)
    if automatically_after_days is None:
        return CannotTell("the secret has no rotation schedule")
    if automatically_after_days < 1:
        return CannotTell("the number of days is not positive")
    return float(automatically_after_days)


@lru_cache(maxsize=1024)
def longest_gap(expression: str) -> float | CannotTell:
    """The longest time in days between two rotations that the expression schedules."""
    text = expression.strip()
    if len(text) > _LONGEST:
        return CannotTell("the schedule is longer than Secrets Manager takes")
    if rate := _RATE.fullmatch(text):
        count = int(rate[1])
        days = count / 24 if rate[2] == "hour" else float(count)
        return days if count else CannotTell("the schedule repeats after no time")
    if cron := _CRON.fullmatch(text):
        try:
            return _longest_cron_gap(_cron(cron[1].upper().split()))
        except _UnreadableField as error:
            return CannotTell(str(error))
    return CannotTell("the schedule is neither a rate in hours or days nor a cron expression")


@dataclass(frozen=True, slots=True)
class _Days:
    """Which days a day field takes: by number, from the end of the month, by week of the month."""

    every: bool = False
    of_month: frozenset[int] = frozenset()
    last_of_month: bool = False
    of_week: frozenset[int] = frozenset()
    nth: frozenset[tuple[int, int]] = frozenset()
    last: frozenset[int] = frozenset()

    def holds(self, day: date, last_day: int) -> bool:
        weekday = day.isoweekday() % 7 + 1  # Secrets Manager counts from Sunday, which is 1
        return (
            self.every
            or day.day in self.of_month
            or (self.last_of_month and day.day == last_day)
            or weekday in self.of_week
            or (weekday, (day.day + 6) // 7) in self.nth
            or (weekday in self.last and day.day > last_day - 7)
        )


@dataclass(frozen=True, slots=True)
class _Cron:
    hours: tuple[int, ...]
    of_month: _Days
    months: frozenset[int]
    of_week: _Days


def _cron(fields: list[str]) -> _Cron:
    if len(fields) != 6:
        raise _UnreadableField("a cron expression of Secrets Manager has six fields")
    minutes, hours, of_month, months, of_week, year = fields
    if minutes != "0" or year != "*":
        raise _UnreadableField("a cron expression of Secrets Manager has minutes 0 and year *")
    if "?" not in (of_month, of_week) and "*" not in (of_month, of_week):
        raise _UnreadableField("day of month and day of week exclude each other")
    if of_month == of_week == "?":
        raise _UnreadableField("one of day of month and day of week must be given")
    return _Cron(
        tuple(sorted(_numbers(hours, 0, 23))),
        _days_of_month(of_month),
        _numbers(months, 1, 12, _MONTHS),
        _days_of_week(of_week),
    )


def _days_of_month(field: str) -> _Days:
    if field in ("?", "*"):
        return _Days(every=True)
    items = field.split(",")
    plain = [item for item in items if item != "L" and not _LAST.fullmatch(item)]
    return _Days(
        of_month=_numbers(",".join(plain), 1, 31) if plain else frozenset(),
        last_of_month="L" in items,
        last=frozenset(_weekday(found[1]) for item in items if (found := _LAST.fullmatch(item))),
    )


def _days_of_week(field: str) -> _Days:
    if field in ("?", "*"):
        return _Days(every=True)
    items = ["7" if item == "L" else item for item in field.split(",")]
    plain = [item for item in items if not _NTH.fullmatch(item) and not _LAST.fullmatch(item)]
    return _Days(
        of_week=_numbers(",".join(plain), 1, 7, _WEEKDAYS) if plain else frozenset(),
        nth=frozenset(
            (_weekday(found[1]), int(found[2])) for item in items if (found := _NTH.fullmatch(item))
        ),
        last=frozenset(_weekday(found[1]) for item in items if (found := _LAST.fullmatch(item))),
    )


def _weekday(text: str) -> int:
    return _number(text, 1, 7, _WEEKDAYS)


def _numbers(field: str, lowest: int, highest: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """The numbers of a field: a list of single ones, ranges, and increments of either."""
    return frozenset(
        number for item in field.split(",") for number in _item(item, lowest, highest, names)
    )


def _item(item: str, lowest: int, highest: int, names: tuple[str, ...]) -> Iterable[int]:
    found = _ITEM.fullmatch(item)
    if found is None or not item:
        raise _UnreadableField(f"a cron field that cannot be read: {item[:20]}")
    star, first, last, step = found.groups()
    by = 1 if step is None else int(step)
    if by == 0:
        raise _UnreadableField("an increment of 0")
    if star or first is None:  # `/8` is `*/8`, as in the user guide's first example
        return range(lowest, highest + 1, by)
    start = _number(first, lowest, highest, names)
    if last is not None:
        end = _number(last, lowest, highest, names)
    else:
        end = start if step is None else highest
    if end < start:
        raise _UnreadableField(f"a range that runs backwards: {item}")
    return range(start, end + 1, by)


def _number(text: str, lowest: int, highest: int, names: tuple[str, ...]) -> int:
    if text in names:
        return names.index(text) + lowest
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise _UnreadableField(f"a number out of its range: {text}")
    return int(text)


def _longest_cron_gap(cron: _Cron) -> float | CannotTell:
    days = [number for number, day in enumerate(_calendar()) if _fires_on(cron, *day)]
    if not days:
        return CannotTell("the schedule names no day that exists")
    hours = [24 * day + hour for day in days for hour in cron.hours]
    around = [*hours, hours[0] + 24 * _CYCLE_DAYS]
    return max(later - earlier for earlier, later in pairwise(around)) / 24


def _fires_on(cron: _Cron, day: date, last_day: int) -> bool:
    return (
        day.month in cron.months
        and cron.of_month.holds(day, last_day)
        and cron.of_week.holds(day, last_day)
    )


@cache
def _calendar() -> tuple[tuple[date, int], ...]:
    """Each day of the cycle with the number of the last day of its month."""
    days = (_FIRST_DAY + timedelta(days=number) for number in range(_CYCLE_DAYS))
    return tuple((day, monthrange(day.year, day.month)[1]) for day in days)
