"""Ask the planned queries and keep every answer and every refusal.

Each call is made once per account and region, however many probes read it, from a bounded pool of
threads. A refusal is kept where the answer would be. Nobody else calls AWS.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from botocore import xform_name
from botocore.exceptions import EndpointConnectionError, PaginationError

from auditor.actions import actions_of
from auditor.answer import (
    Answer,
    Item,
    Place,
    Refusal,
    Subject,
    Tally,
    Why,
    items_in,
    key_of,
    lacks_key,
)
from auditor.clients import EXPECTED, told
from auditor.deadline import NEVER, UNANSWERED, UNASKED, Deadline, OutOfTime
from auditor.inventory import Inventory
from auditor.plan import About, Ask, Step, asks, grouped, halves, steps
from auditor.pool import Pool
from auditor.query import JSON, Query, prune
from auditor.session import Account


class Progress(Protocol):
    """Is told how far a collection is."""

    def __call__(self, *, done: int, planned: int, refused: int, retried: int) -> None:
        """Called after each call."""
        ...


@dataclass(slots=True, eq=False)
class _Reply:
    """What one call brings: raw items per query, or what AWS said instead."""

    items: dict[str, list[JSON]] = field(default_factory=dict)
    pages: int = 0
    retried: int = 0
    error: Exception | None = None
    sent: bool = False


def collect(
    account: Account,
    queries: Iterable[Query[Any]],
    progress: Progress | None = None,
    deadline: Deadline = NEVER,
) -> Inventory:
    """Everything that the queries answer in the account's regions.

    What was not asked or not answered when the time was up counts as refused.
    """
    inventory = Inventory(places=list(account.places))
    inventory.times[account.id] = account.started
    inventory.skipped_regions |= {(account.id, r): why for r, why in account.skipped.items()}
    if account.unlisted:
        inventory.unlisted.append(account.unlisted)
    collection = _Collection(account, inventory, progress, deadline)
    collection.run(steps(grouped(queries), account.places))
    if collection.late:
        said = f"{account.id}: no time was left for {collection.late} questions"
        inventory.notes.append(said)
    return inventory


class _Collection:
    """One collection under way: only its own thread touches the inventory."""

    def __init__(
        self, account: Account, inventory: Inventory, progress: Progress | None, deadline: Deadline
    ) -> None:
        self.account, self.inventory, self.progress = account, inventory, progress
        self.deadline = deadline
        self.done = self.planned = self.refused = self.retried = self.late = 0
        self.pool = Pool(account.clients.threads)
        self.under_way: dict[_Reply, tuple[Step, Ask]] = {}
        self.replies: SimpleQueue[_Reply] = SimpleQueue()

    def run(self, plan: list[Step]) -> None:
        try:
            for step in [step for step in plan if not step.waits_for]:
                self._start(step)
            while self.under_way:
                self._take(*self._next())
        finally:
            self.pool.close()

    def _next(self) -> tuple[Step, Ask, _Reply]:
        """A reply that came; once nothing is waited for any more, one that did not."""
        while True:
            try:
                reply = self.replies.get(timeout=self.deadline.patience())
            except Empty:
                reply, (step, ask) = self.under_way.popitem()
                return step, ask, _given_up(reply)
            if reply in self.under_way:  # else it came after it was given up
                return *self.under_way.pop(reply), reply

    def _start(self, step: Step) -> None:
        """Ask what a step takes; a step without a call is over at once."""
        for query in step.group.queries:
            self.inventory.answers.setdefault((query.id, step.place), {})
        for ask in asks(step.group, step.place, self.inventory):
            self._submit(step, ask)
        if not step.open:
            self._finish(step)

    def _submit(self, step: Step, ask: Ask) -> None:
        step.open += 1
        self.planned += 1
        reply = _Reply()
        self.under_way[reply] = (step, ask)
        self.pool.submit(partial(self._ask, step, ask, reply))

    def _finish(self, step: Step) -> None:
        for after in step.waiting:
            after.waits_for -= 1
            if not after.waits_for:
                self._start(after)

    def _ask(self, step: Step, ask: Ask, reply: _Reply) -> None:
        """In a thread of the pool: one call, read to its end."""
        group, place = step.group, step.place
        try:
            self.deadline.still_asking()
            reply.sent = True
            with self.account.acting():
                client = self.account.client(group.lead.service, place.region)
                for page in _pages(client, group.lead, ask.params):
                    reply.pages += 1
                    reply.retried += page.get("ResponseMetadata", {}).get("RetryAttempts", 0)
                    for query in group.queries:
                        reply.items.setdefault(query.id, []).extend(
                            prune(query.shape, item) for item in items_in(query, page)
                        )
                    self.deadline.still_waiting()
        except Exception as error:  # noqa: BLE001 - whatever it is, the main thread must hear of it
            reply.error = error
        self.replies.put(reply)

    def _take(self, step: Step, ask: Ask, reply: _Reply) -> None:
        self.done += 1
        step.open -= 1
        self.retried += reply.retried
        if reply.error is not None and not isinstance(reply.error, EXPECTED):
            raise reply.error
        if not self._settled(step, ask, reply):
            for query in step.group.queries:
                first = query is step.group.lead
                self._keep(query, step.place, ask, reply, counted=first and reply.sent)
        if self.progress:
            self.progress(
                done=self.done, planned=self.planned, refused=self.refused, retried=self.retried
            )
        if not step.open:
            self._finish(step)

    def _settled(self, step: Step, ask: Ask, reply: _Reply) -> bool:
        """Whether a reply is no answer: nobody is there, or the batch is asked in halves."""
        if self._nobody_there(step, reply.error):
            for query in step.group.queries:
                self.inventory.not_offered.add((query.id, step.place))
            return True
        if ask.batched and len(ask.subjects) > 1 and _gone(step.group.lead, reply.error):
            for half in halves(step.group.lead, ask):
                self._submit(step, half)
            return True
        return False

    def _nobody_there(self, step: Step, error: Exception | None) -> bool:
        """Whether a region lacks a service: it has no endpoint, and none was known."""
        if not isinstance(error, EndpointConnectionError) or not step.place.region:
            return False
        return not self.account.offers(step.group.lead.service, step.place.region)

    def _keep(
        self, query: Query[Any], place: Place, ask: Ask, reply: _Reply, *, counted: bool
    ) -> None:
        tally = self.inventory.tallies.setdefault((query.id, place), Tally())
        if counted:
            tally.calls += 1
            tally.pages += reply.pages
            tally.retried += reply.retried
        sent = reply.items.get(query.id, [])
        sent_of = {key_of(query, data, n): [data] for n, data in enumerate(sent)}
        nameless = any(lacks_key(query, data) for data in sent)
        for value, subjects in ask.subjects.items():
            mine = sent_of.get(value, []) if ask.batched else sent
            for about in subjects:
                answer = _answer(query, place, about, mine, reply.error)
                if ask.batched and not mine and reply.error is None:
                    answer = _left_out(query, place, about[0], nameless=nameless)
                if answer.refusal:
                    tally.refused += 1
                    self.refused += 1
                    self.late += answer.refusal.why is Why.OUT_OF_TIME
                else:
                    tally.answered += 1
                self.inventory.put(query, place, about[0], answer)


def _given_up(late: _Reply) -> _Reply:
    """What a reply that came too late holds so far; its thread may still be at it."""
    items = {name: list(sent) for name, sent in dict(late.items).items()}
    error = OutOfTime(UNANSWERED if late.sent else UNASKED)
    return _Reply(items, late.pages, late.retried, error, late.sent)


def _left_out(query: Query[Any], place: Place, subject: Subject, *, nameless: bool) -> Answer:
    """What a batch's answer lacks: gone, unless it may be what came without its name."""
    if not nameless:
        return Answer(gone="not in the answer of its batch")
    said = "the batch's answer does not say what some of it is about"
    misfit = (query.id, query.operation, place, Why.MALFORMED, "UnknownShape", said, subject)
    return Answer(refusal=Refusal(*misfit))


def _answer(
    query: Query[Any],
    place: Place,
    about: About,
    sent: list[JSON],
    error: Exception | None,
) -> Answer:
    subject, parent = about
    items = tuple(Item(query, place, data, key, parent) for key, data in _each_once(query, sent))
    if error is None:
        return Answer(items)
    code = told(error).code
    if code in query.absent:
        return Answer(absent=code)
    if code in query.gone:
        return Answer(gone=code)
    return Answer(items, refusal_of(query, place, error, subject))


def _pages(
    client: Any, query: Query[Any], params: Mapping[str, JSON]
) -> Iterator[Mapping[str, Any]]:
    if query.fetch is not None:
        yield from _moving(query.fetch(client, params))
        return
    method = xform_name(query.call)
    if client.can_paginate(method):
        yield from client.get_paginator(method).paginate(**params)
    else:
        yield getattr(client, method)(**params)


def _moving(pages: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The pages; raises `PaginationError`, as botocore does, where one leads to itself."""
    last = None
    for page in pages:
        yield page
        token = page.get("NextToken")
        if token and token == last:
            raise PaginationError(message=f"The same next token was received twice: {token}")
        last = token


def _each_once(query: Query[Any], sent: list[JSON]) -> Iterator[tuple[str, JSON]]:
    """Items with their keys; a list that changes while it is read repeats some on the next page."""
    first: dict[str, JSON] = {}
    for n, data in enumerate(sent):
        key = key_of(query, data, n)
        if key not in first or first[key] != data:
            first.setdefault(key, data)
            yield key, data


def _gone(query: Query[Any], error: Exception | None) -> bool:
    return error is not None and told(error).code in query.gone


def refusal_of(query: Query[Any], place: Place, error: Exception, subject: Subject) -> Refusal:
    """An error as a refusal, in AWS's own words."""
    said = told(error)
    actions = actions_of(query) if said.why is Why.DENIED else ()
    return Refusal(
        query.id, query.operation, place, said.why, said.code, said.message, subject, actions
    )
