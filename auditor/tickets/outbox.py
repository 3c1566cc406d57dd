"""What waits to be told to a ticket system: what the state has that the journal has not.

Events are printed only once the journal holds them, so that what a killed run printed is never
forgotten and never told under another id.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from auditor.errors import UserError
from auditor.finding import Finding
from auditor.over_time.lifecycle import CHANGED, OPENED, RESOLVED, WAIVED, WAIVER_EXPIRED
from auditor.over_time.shelf import ConflictError, ShelfError
from auditor.over_time.state import TRIES, Batch, PlaceName, PlaceState, State, Told
from auditor.report import Change
from auditor.tickets.desk import Desk
from auditor.tickets.event import TicketEvent
from auditor.tickets.journal import FILE, FORMAT, Delivery, busy, dump, read
from auditor.tickets.ticket import Member, News, Rules


class GroupingError(UserError):
    """A grouping other than the one that the ticket system knows."""


def pending(state: State, rules: Rules, *, regroup: bool = False) -> tuple[TicketEvent, ...]:
    """Take what is new in the state into the journal; returns all that waits for acknowledgement.

    Raises `GroupingError` where the journal has another grouping, and `ShelfError`.
    """
    for _ in range(TRIES):
        found = read(state.shelf)
        kept = found[0] if found else None
        places = {place: one[0] for place in state.places() if (one := state.read(place))}
        if not kept and not places:
            return ()
        before = kept or Delivery(FORMAT, rules.settings.grouping)
        if before.grouping != rules.settings.grouping and not regroup:
            message = (
                f"{FILE}: the tickets are by {before.grouping}, the baseline says"
                f" {rules.settings.grouping}: --regroup closes them and opens the others"
            )
            raise GroupingError(message)
        after = _advanced(before, places, rules)
        if after == kept:
            return after.outbox
        try:
            state.shelf.write(FILE, dump(after), found[1] if found else None)
        except ConflictError:
            continue
        return after.outbox
    raise busy()


# -- what is new ----------------------------------------------------------------------------------


def _advanced(before: Delivery, places: Mapping[PlaceName, PlaceState], rules: Rules) -> Delivery:
    """The journal with what the places tell beyond its mark."""
    desk = Desk(before.tickets, rules, before.grouping)
    queues = {at: _fresh(one, before.taken.get(at.path, 0)) for at, one in places.items()}
    events = [event for news in in_turn(queues) for event in desk.hear(news)]
    for news in _reconciling(desk, before, places):
        events += desk.hear(news)
    regroupings = before.regroupings
    if rules.settings.grouping != before.grouping:
        regroupings += 1
        times = (one.report.run.started_at for one in places.values())
        at = max(times, default=datetime.fromtimestamp(0, UTC))
        news = News(f"regrouping-{regroupings}", at, ())
        events += desk.regroup(rules.settings.grouping, news)
    return Delivery(
        FORMAT,
        rules.settings.grouping,
        regroupings,
        {**before.taken, **{at.path: one.sequence for at, one in places.items()}},
        tuple(desk.tickets.values()),
        (*before.outbox, *events),
    )


def _reconciling(
    desk: Desk, before: Delivery, places: Mapping[PlaceName, PlaceState]
) -> Iterator[News]:
    """What the batches did not tell; the places of one run together."""
    known: dict[tuple[str, str], dict[str, Member]] = {}
    for id_, member in desk.members().items():
        where = member.finding.account, member.finding.region
        known.setdefault(where, {})[id_] = member
    found: dict[tuple[str, str], News] = {}
    for place, one in sorted(places.items()):
        run, mark = one.report.run, before.taken.get(place.path)
        again = "" if mark is None else f" {mark}-{one.sequence}"
        told = tuple(_missed(known.get((place.account, place.region), {}), one))
        news = found.get((run.id, again)) or News(run.id, run.started_at, (), again)
        found[run.id, again] = replace(news, told=(*news.told, *told))
    yield from sorted(found.values(), key=lambda news: (news.at, news.run, news.mark))


def in_turn(queues: Mapping[PlaceName, deque[Batch]]) -> Iterator[News]:
    """What the batches of all places tell, run by run: each place's in its order, oldest first."""
    while any(queues.values()):
        first = min((queue[0].at, queue[0].run) for queue in queues.values() if queue)
        told: list[Told] = []
        for _, queue in sorted(queues.items()):
            if queue and queue[0].run == first[1]:
                told += queue.popleft().told
        yield News(first[1], _time(first[0]), tuple(told))


def _fresh(place: PlaceState, mark: int) -> deque[Batch]:
    """The batches beyond a mark; none where one of them is missing: then the state itself tells."""
    batches = [batch for batch in place.batches if batch.sequence > mark]
    wanted = list(range(mark + 1, place.sequence + 1))
    return deque(batches if [batch.sequence for batch in batches] == wanted else ())


def _missed(known: Mapping[str, Member], place: PlaceState) -> Iterator[Told]:
    """What the state of a place holds and the desk does not, or the other way round.

    After its batches that is nothing; where they are missing, it is what they would have told.
    """
    report = place.report
    now = {one.id: one for one in report.findings if one.verdict.violates}
    now |= {one.finding.id: one.finding for one in report.unverified}
    for finding in now.values():
        kind = _difference(known.get(finding.id), finding)
        if kind:
            yield Told(Change(kind, finding.id), finding)
    reasons = {stone.id: stone.reason for stone in report.tombstones}
    for id_, member in known.items():
        if id_ not in now:
            yield Told(Change(RESOLVED, id_, reasons.get(id_, "gone")), member.finding)


def _difference(known: Member | None, now: Finding) -> str:
    if known is None:
        return WAIVED if now.waiver else OPENED
    if known.status == "waived":
        return "" if now.waiver else WAIVER_EXPIRED
    if now.waiver:
        return WAIVED
    return "" if _said(known.finding) == _said(now) else CHANGED


def _said(finding: Finding) -> str:
    """What makes a finding what it is, however its values were stored."""
    said = [finding.verdict, finding.severity, finding.expected, finding.found]
    return json.dumps(said, sort_keys=True)


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        message = f"a batch of the state is of no time: {text!r}"
        raise ShelfError(message) from None
