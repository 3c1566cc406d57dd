"""Runtimes of Lambda, and until when they are supported.

When support of a runtime ends, Lambda patches it no longer; some time later it refuses to update
functions that use it. The day on which support ends is firm. The day of the refusal is not: that of
the runtimes which ended since 2023 has been put off three times in one year, so it counts only
where it had passed when this table was written, or where a baseline states it.

Sources: AWS Lambda developer guide, "Lambda runtimes" (`guide`), as of October 2026, and the
lifecycle data of cfn-lint 1.58 (`lint`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from probes.analysis.patterns import fits

WRITTEN = date(2026, 11, 21)
"""The day on which the table was written."""


class Support(Enum):
    """How a runtime stands on a day."""

    SUPPORTED = "supported"
    ENDING = "support ends soon"
    ENDED = "support has ended"
    REFUSED = "support has ended and updates are refused"
    NO_DATE = "known, without a day on which support ends"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Runtime:
    """What is known of a runtime; `refused` is the announced or past day of refused updates."""

    name: str
    ends: date
    refused: date | None
    sources: tuple[str, ...]

    @property
    def firmly_refused(self) -> date | None:
        """The day since which updates are refused, where that is no mere announcement."""
        return self.refused if self.refused and self.refused <= WRITTEN else None


# Name, the day on which support ends, the day on which updates are refused, and the sources.
_TABLE = """
nodejs 2016-08-30 2016-10-31 guide,lint
dotnetcore2.0 2019-05-30 2019-05-30 guide,lint
dotnetcore1.0 2019-06-27 2019-07-30 guide,lint
nodejs6.10 2019-08-12 2019-08-12 guide,lint
nodejs4.3 2020-03-05 2020-03-05 guide,lint
nodejs4.3-edge 2020-03-05 2019-04-30 guide,lint
nodejs8.10 2020-03-06 2020-03-06 guide,lint
python2.7 2021-07-15 2022-05-30 guide,lint
nodejs10.x 2021-07-30 2022-02-14 guide,lint
ruby2.5 2021-07-30 2022-03-31 guide,lint
dotnetcore2.1 2022-01-05 2022-04-13 guide,lint
dotnet5.0 2022-05-10 - guide
python3.6 2022-07-18 2022-08-29 guide,lint
nodejs12.x 2023-03-31 2023-04-30 guide,lint
dotnetcore3.1 2023-04-03 2023-05-03 guide,lint
nodejs14.x 2023-12-04 2027-08-31 guide,lint
python3.7 2023-12-04 2027-08-31 guide,lint
ruby2.7 2023-12-07 2027-03-03 guide,lint
go1.x 2024-01-08 2027-08-31 guide,lint
java8 2024-01-08 2027-08-31 guide,lint
provided 2024-01-08 2027-08-31 guide,lint
dotnet7 2024-05-14 - guide
nodejs16.x 2024-06-12 2027-08-31 guide,lint
python3.8 2024-10-14 2027-08-31 guide,lint
dotnet6 2024-12-20 2027-08-31 guide,lint
nodejs18.x 2025-09-01 2027-08-31 guide,lint
python3.9 2025-12-15 2027-08-31 guide,lint
ruby3.2 2026-03-31 2027-08-31 guide,lint
nodejs20.x 2026-04-30 2027-08-31 guide,lint
provided.al2 2026-07-31 2027-08-31 guide,lint
python3.10 2026-10-31 2027-08-31 guide,lint
dotnet8 2026-11-10 2027-08-31 guide,lint
dotnet9 2026-11-10 - guide,lint
ruby3.3 2027-03-31 2027-08-31 guide,lint
nodejs22.x 2027-04-30 2027-07-01 guide,lint
java11 2027-06-30 2027-08-31 guide,lint
java17 2027-06-30 2027-08-31 guide,lint
java8.al2 2027-06-30 2027-08-31 guide,lint
python3.11 2027-06-30 2027-08-31 guide,lint
ruby3.4 2028-03-31 2028-05-31 guide,lint
nodejs24.x 2028-04-30 2028-07-01 guide,lint
python3.12 2028-10-31 2029-01-10 guide,lint
dotnet10 2028-11-14 2029-01-15 guide,lint
ruby4.0 2029-03-31 2029-05-31 lint
java21 2029-06-30 2029-08-31 guide,lint
java25 2029-06-30 2029-08-31 guide,lint
provided.al2023 2029-06-30 2029-08-31 guide,lint
python3.13 2029-06-30 2029-08-31 guide,lint
python3.14 2029-06-30 2029-08-31 guide,lint
"""

_NO_DATE = frozenset(
    {"nodejs26.x", "python3.15", "java8.al2023", "java11.al2023", "java17.al2023", "custom"}
)
"""What the API model of 2026 names beside them (`Runtime`)."""

_NEWEST = {
    "dotnet": "dotnet10",
    "go": "provided.al2023",
    "java": "java25",
    "nodejs": "nodejs24.x",
    "provided": "provided.al2023",
    "python": "python3.14",
    "ruby": "ruby4.0",
}
"""By the beginning of a name, the runtime of the kind that is supported longest."""


def _read(line: str) -> Runtime:
    name, ends, refused, sources = line.split()
    until = None if refused == "-" else date.fromisoformat(refused)
    return Runtime(name, date.fromisoformat(ends), until, tuple(sources.split(",")))


RUNTIMES: Mapping[str, Runtime] = {
    one.name: one for one in (_read(line) for line in _TABLE.split("\n") if line)
}


def support(
    name: str,
    today: date,
    notice: timedelta,
    *,
    ended: Iterable[str] = (),
    refused: Mapping[str, date] | None = None,
) -> Support:
    """How a runtime stands today.

    `ended` are patterns of further runtimes that count as ended; `refused` says of runtimes since
    which day their functions cannot be updated, which counts before the table.
    """
    known = RUNTIMES.get(name)
    since = (refused or {}).get(name) or (known.firmly_refused if known else None)
    if since and since <= today:
        return Support.REFUSED
    if fits(ended, name) or (known and known.ends <= today):
        return Support.ENDED
    if known is None:
        return Support.NO_DATE if name in _NO_DATE else Support.UNKNOWN
    return Support.ENDING if known.ends - today <= notice else Support.SUPPORTED


def successor(name: str) -> str | None:
    """The runtime of the same kind that is supported longest, or None for a kind not known."""
    return next((new for kind, new in _NEWEST.items() if name.startswith(kind)), None)
