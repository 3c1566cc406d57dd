"""How CloudTrail's event history is asked: one question after the other, two calls a second.

A question is a name in a region. Its answer is the latest events that name it, or what AWS said
instead, kept in an inventory as any other answer is.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from auditor.answer import Answer, Item, Place, Refusal, Tally, Why, items_in, key_of
from auditor.clients import EXPECTED, SPENT, told
from auditor.collect import Progress, refusal_of
from auditor.deadline import NEVER, Deadline, OutOfTime
from auditor.inventory import Inventory
from auditor.query import JSON, prune
from auditor.session import Account
from auditor.trail.events import LOOKUP
from auditor.trail.findings import CUT_SHORT, Suspect

RATE, PERIOD = 2, 1.0
"""Calls and seconds: what LookupEvents takes per account and region (API reference)."""

CALLS = 200
"""Calls in one run, at most, unless somebody says otherwise."""

PAGES = 3
PAGE = 50
"""Pages that are read about one name, and events on each (the most that there can be)."""

WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait after a call that was throttled or lost, before it is made again."""

LOST = frozenset({Why.THROTTLED, Why.UNREACHABLE, Why.TIMED_OUT})
HOPELESS = LOST | {Why.DENIED}
"""Refusals after which no further question in that account and region is worth its call."""


class SpentError(Exception):
    """The calls that a run may make are used up."""


@dataclass(slots=True)
class Pace:
    """Lets two calls a second begin in each account and region, by any clock."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _begun: dict[Place, deque[float]] = field(default_factory=dict)

    def wait(self, place: Place) -> None:
        """Return when the next call may begin."""
        begun = self._begun.setdefault(place, deque(maxlen=RATE))
        while len(begun) == RATE and (rest := begun[0] + PERIOD - self.clock()) > 0:
            self.sleep(rest)
        begun.append(self.clock())


@dataclass(frozen=True, slots=True)
class Asking:
    """How much is asked, at what pace, and who is told how far it is."""

    calls: int = CALLS
    pace: Pace = field(default_factory=Pace)
    progress: Progress | None = None


class Asker:
    """Asks each question once, and keeps what is answered per account."""

    def __init__(
        self, asking: Asking, asked: Iterable[Suspect], deadline: Deadline = NEVER
    ) -> None:
        self.asking, self.deadline = asking, deadline
        self.kept: dict[str, Inventory] = {}
        self.calls = self.refused = self.retried = 0
        self.hopeless: dict[Place, Refusal] = {}
        self.until: dict[tuple[Place, str], datetime] = {}
        for suspect in asked:
            for question in suspect.questions():
                known = self.until.setdefault(question, suspect.until)
                self.until[question] = max(known, suspect.until)

    def ask(self, account: Account, place: Place, name: str) -> None:
        """Keep what is answered to one question.

        Raises `SpentError` where no further call may be made, `OutOfTime` where time is up.
        """
        inventory = self._inventory(account)
        if inventory.answer(LOOKUP, place, (name,)):
            return
        if place in self.hopeless:
            answer = Answer(refusal=replace(self.hopeless[place], subject=(name,)))
        else:
            tally = inventory.tallies.setdefault((LOOKUP.id, place), Tally())
            answer = self._answer(account, place, name, tally)
        inventory.put(LOOKUP, place, (name,), answer)

    def _inventory(self, account: Account) -> Inventory:
        if account.id not in self.kept:
            times = {account.id: account.started}
            self.kept[account.id] = Inventory(places=list(account.places), times=times)
        return self.kept[account.id]

    def _answer(self, account: Account, place: Place, name: str, tally: Tally) -> Answer:
        items: list[Item] = []
        try:
            more = self._read(account, place, name, items, tally)
        except OutOfTime:
            raise  # that ends all asking, not this question
        except EXPECTED as error:
            refusal = refusal_of(LOOKUP, place, error, (name,))
            tally.refused += 1
            self.refused += 1
            if refusal.why in HOPELESS or refusal.code in SPENT:
                self.hopeless[place] = refusal
            return Answer(tuple(items), refusal)
        tally.answered += 1
        return Answer(tuple(items), _cut_short(place, name) if more else None)

    def _read(
        self, account: Account, place: Place, name: str, items: list[Item], tally: Tally
    ) -> bool:
        """Read pages, the latest events first, until one tells of a change; whether more follow."""
        params: dict[str, JSON] = {
            "LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": name}],
            "EndTime": self.until[place, name],
            "MaxResults": PAGE,
        }
        for _ in range(PAGES):
            page = self._call(account, place, params, tally)
            tally.pages += 1
            for sent in items_in(LOOKUP, page):
                data = prune(LOOKUP.shape, sent)
                items.append(Item(LOOKUP, place, data, key_of(LOOKUP, data, len(items))))
            token = page.get("NextToken")
            if not token:
                return False
            if any(_changes(item.data) for item in items):
                return True
            params["NextToken"] = token
        return True

    def _call(
        self,
        account: Account,
        place: Place,
        params: Mapping[str, JSON],
        tally: Tally,
        waits: tuple[float, ...] = WAITS,
    ) -> Mapping[str, Any]:
        """One page; a call that was throttled or lost is made again, at the same pace."""
        if self.calls >= self.asking.calls:
            message = f"{self.calls} calls were made, about the most severe"
            raise SpentError(message)
        self.asking.pace.wait(place)
        self.deadline.still_asking()
        self.calls += 1
        tally.calls += 1
        self._tell()
        try:
            page = self.deadline.within(partial(_page, account, place, dict(params)))
        except EXPECTED as error:
            if not waits or told(error).why not in LOST:
                raise
        else:
            return page
        tally.retried += 1
        self.retried += 1
        self.asking.pace.sleep(waits[0])
        return self._call(account, place, params, tally, waits[1:])

    def _tell(self) -> None:
        if self.asking.progress:
            planned = max(self.calls, min(len(self.until), self.asking.calls))
            self.asking.progress(
                done=self.calls, planned=planned, refused=self.refused, retried=self.retried
            )


def _page(account: Account, place: Place, params: dict[str, JSON]) -> Mapping[str, Any]:
    """One call, in whatever thread."""
    with account.acting():
        client = account.client(LOOKUP.service, place.region)
        page: Mapping[str, Any] = client.lookup_events(**params)
        return page


def _changes(data: JSON) -> bool:
    """Whether an event says itself that it is a write."""
    return isinstance(data, Mapping) and data.get("ReadOnly") == "false"


def _cut_short(place: Place, name: str) -> Refusal:
    said = "there are older events; only the latest were read"
    operation, why = LOOKUP.operation, Why.NOT_COLLECTED
    return Refusal(LOOKUP.id, operation, place, why, CUT_SHORT, said, (name,))
