"""November of a small shop: what happens to its account and to its auditor, night by night.

Played once: real resources on moto, real runs, real deliveries. Only the clock, the regions and one
refusal are made up, for moto has none of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from auditor.report import Report
from tests.stories.month import (
    Month,
    Shop,
    hangs,
    killed,
    late,
    nightly,
    one_probe_left_out,
    one_region,
    race,
    retired,
    waived,
)
from tests.stories.nightly import AWAY, HOME, Filed, Job, Morning, Ran, Receiver, Sky

BASELINE = """\
version: 1
waiver_notice_days: 3
settings:
  observability.log_retention:
    allow_never: false  # until the archive is there
"""

# -- the plot -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Night:
    """What happens before a night's run, in words and in fact; and the run."""

    about: str
    happens: Callable[[Month], object] = lambda _: None
    run: Callable[[Month], Iterator[Ran]] = nightly


def _deny(month: Month) -> None:
    month.sky.denied = "kms:GetKeyRotationStatus"


def _jobs(month: Month) -> None:
    month.shop.log("/shop/jobs")


def _allow(month: Month) -> None:
    month.sky.denied = ""


def _cart(month: Month) -> None:
    month.shop.keep("/shop/milan", 1, AWAY)
    month.shop.log("/shop/cart")


def _never_is_fine(month: Month) -> None:
    month.job.change_baseline("allow_never: false", "allow_never: true")


def _never_is_not(month: Month) -> None:
    month.job.change_baseline("allow_never: true", "allow_never: false")


def _three_at_once(month: Month) -> None:
    month.shop.log("/shop/search", "/shop/stock", days=1)
    month.shop.keep("/shop/web", 30)
    month.receiver.breaks_at = 2


def _leave_milan(month: Month) -> None:
    month.sky.regions = (HOME,)


NIGHTS = (
    Night("The first run.", lambda m: m.shop.open()),
    Night("Nothing happens."),
    Night("Somebody lets `/shop/web` keep 3 days.", lambda m: m.shop.keep("/shop/web", 3)),
    Night("`/shop/orders` gets 30 days.", lambda m: m.shop.keep("/shop/orders", 30)),
    Night("The auditor's role loses `kms:GetKeyRotationStatus`.", _deny),
    Night("Still denied. A new log group, `/shop/jobs`, has no end.", _jobs),
    Night("Still denied."),
    Night("The permission is back. Nobody touched the key.", _allow),
    Night(f"Somebody runs it with `--region {HOME}` only.", run=one_region),
    Night("`auditor waive` accepts the key until 2026-11-16.", run=waived),
    Night(
        "`/shop/milan` now keeps 1 day, `/shop/cart` is new. The run is killed (`kill -9`) with"
        " Milan's state written and the other region's not.",
        _cart,
        killed,
    ),
    Night("The next run."),
    Night("The run asks AWS, and then its machine hangs.", run=hangs),
    Night("`/shop/web` gets 30 days.", lambda m: m.shop.keep("/shop/web", 30), late),
    Night(
        "The stack is deleted and deployed anew: the template has another id.",
        lambda m: m.shop.redeploy(),
    ),
    Night("The last day of the waiver."),
    Night("The waiver is over."),
    Night(
        "Two jobs at once; `/shop/mail` is new. The one that began first overtakes the other.",
        lambda m: m.shop.log("/shop/mail"),
        race,
    ),
    Night("`/shop/jobs` is deleted.", lambda m: m.shop.drop("/shop/jobs")),
    Night("`/shop/web` is back at 3 days.", lambda m: m.shop.keep("/shop/web", 3)),
    Night("Somebody runs it without the probe for templates.", run=one_probe_left_out),
    Night("It is in again."),
    Night("The baseline now lets logs be kept for ever.", _never_is_fine),
    Night(
        "`/shop/web` gets 30 days; `/shop/search` and `/shop/stock` are new and keep 1. In the"
        " morning the ticket system breaks down over the second of three events.",
        _three_at_once,
    ),
    Night("`/shop/stock` gets 30 days.", lambda m: m.shop.keep("/shop/stock", 30)),
    Night(f"The region `{AWAY}` (Milan) is disabled.", _leave_milan),
    Night(f"`auditor retire --region {AWAY}`, then the run.", run=retired),
    Night(
        "The key is disabled: such keys cannot rotate.",
        lambda m: m.shop.kms.disable_key(KeyId=m.shop.key),
    ),
    Night("The baseline goes back to what it was.", _never_is_not),
    Night("Nothing happens."),
)


# -- playing it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One run and its morning: the tickets that are open then, and the findings that are."""

    night: int
    about: str
    ran: Ran
    morning: Morning
    tickets: tuple[Filed, ...]
    findings: frozenset[str]

    def __str__(self) -> str:
        names = ", ".join(one.about for one in self.tickets)
        told = self.morning.told or "nothing"
        told = "the same" if told == self.ran.says.partition("; waiver")[0] else told
        held = f"{len(self.tickets)}: {names}"
        return f"| {self.night} | {self.about} | {self.ran.ended} | {self.ran.says} | {told} | {held} |"


@dataclass
class Tale:
    """The month as it was played."""

    receiver: Receiver
    rows: list[Row] = field(default_factory=list)
    reports: dict[int, Report] = field(default_factory=dict)

    def table(self) -> str:
        """The month as Markdown."""
        names = (
            "night",
            "what happens",
            "exit",
            "the report says",
            "tickets are told",
            "open tickets",
        )
        return "\n".join([f"| {' | '.join(names)} |", "|---" * 6 + "|", *map(str, self.rows), ""])


@cache
def played() -> Tale:
    """The month, played once."""
    from moto import mock_aws

    from auditor.demo.gaps import install_gaps

    install_gaps()
    sky, receiver = Sky(), Receiver()
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        mock_aws(),
        sky.spread(),
    ):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        job = Job(Path(folder))
        job.baseline.write_text(BASELINE)
        return _play(Month(Shop(), sky, job, receiver))


def _play(month: Month) -> Tale:
    tale = Tale(month.receiver)
    for number, night in enumerate(NIGHTS, 1):
        month.sky.now = month.sky.now.replace(day=number, minute=0)
        night.happens(month)
        for ran in night.run(month):
            morning = month.job.deliver(month.receiver)
            held, open_ = tuple(month.receiver.open()), frozenset(month.job.open())
            tale.rows.append(Row(number, ran.about or night.about, ran, morning, held, open_))
        tale.reports[number] = month.job.report()
    return tale
