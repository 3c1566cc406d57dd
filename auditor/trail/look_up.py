"""Who changed it: CloudTrail's event history, asked about what has drifted, after judging.

A second, small collection. Its clients are made for it alone: the guard lets `LookupEvents` through
for them and nothing else, and never for those of a scan. What is found is evidence beside verdicts
that stand already. So a refusal here is told in the coverage and leaves it complete: a run that
looked at everything did, whoever changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from auditor.clients import Clients
from auditor.deadline import OutOfTime
from auditor.inventory import Inventory
from auditor.report import Coverage, OperationUse, RefusalSeen, Report
from auditor.scan import Access
from auditor.session import Account, SessionError, open_account
from auditor.trail.asking import Asker, Asking, SpentError
from auditor.trail.events import LOOKUP
from auditor.trail.findings import CUT_SHORT, Changes, Suspect, attach, suspects


@dataclass(slots=True)
class Trail:
    """What the event history answered, account by account, and what was not asked, and why.

    `closed` are the ways into accounts that did not work.
    """

    kept: dict[str, Inventory] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    closed: list[SessionError] = field(default_factory=list)


def who_changed(
    report: Report, access: Access, changes: Changes, asking: Asking | None = None
) -> tuple[Report, Trail]:
    """The report, in which drifts say who made them, and the answers that it rests on.

    `changes` names for probes the calls that change what they look at.
    """
    asked = suspects(report)
    trail = look(asked, access, asking or Asking())
    told = attach(report, asked, trail.kept.values(), changes)
    return replace(told, coverage=_covered(report.coverage, trail)), trail


def look(suspects_: Iterable[Suspect], access: Access, asking: Asking) -> Trail:
    """Ask about the suspects in their order, each in its account, as far as the calls go."""
    asked = [one for one in suspects_ if one.names and one.regions]
    trail, made = Trail(), dict[str | None, Clients]()
    try:
        if asked:
            opened = {one.id: one for one in _accounts(access, made, trail)}
            _ask(asked, opened, Asker(asking, asked, access.deadline), trail)
    finally:
        for clients in made.values():
            clients.close()
    return trail


def _accounts(access: Access, made: dict[str | None, Clients], trail: Trail) -> Iterator[Account]:
    """The accounts that the ways lead into."""
    for profile, role in access.ways():
        try:
            if profile not in made:
                made[profile] = Clients(profile, frozenset({LOOKUP.operation}), attempts=1)
            entering = partial(
                open_account, made[profile], access.regions, role, access.external_id
            )
            yield access.deadline.within(entering)
        except SessionError as error:
            trail.closed.append(error)
        except OutOfTime:
            return


def _ask(asked: list[Suspect], opened: Mapping[str, Account], asker: Asker, trail: Trail) -> None:
    trail.kept = asker.kept
    for account in sorted({one.account for one in asked} - opened.keys()):
        trail.left_out.append(f"who changed account {account} was not asked: no way leads into it")
    reached = [one for one in asked if one.account in opened]
    for done, suspect in enumerate(reached):
        try:
            for place, name in suspect.questions():
                asker.ask(opened[suspect.account], place, name)
        except (SpentError, OutOfTime) as error:
            trail.left_out.append(
                f"who changed {len(reached) - done} of {len(reached)} drifted resources was not"
                f" asked: {error}"
            )
            return


def _covered(coverage: Coverage, trail: Trail) -> Coverage:
    """The coverage with what asking took; whether it is complete stays as it was."""
    use = OperationUse(LOOKUP.operation)
    for inventory in trail.kept.values():
        for tally in inventory.tallies.values():
            use.calls += tally.calls
            use.pages += tally.pages
            use.answered += tally.answered
            use.refused += tally.refused
            use.retried += tally.retried
    others = [one for one in coverage.operations if one.operation != LOOKUP.operation]
    operations = sorted([*others, *([use] if use.calls else [])], key=lambda one: one.operation)
    refusals = [*coverage.refusals, *_refusals(trail)]
    notes = [*coverage.notes, *trail.left_out]
    return replace(coverage, operations=operations, refusals=refusals, notes=notes)


def _refusals(trail: Trail) -> list[RefusalSeen]:
    """One line for each place and reason, however many names were not answered for."""
    seen: dict[tuple[str, str, str], RefusalSeen] = {}
    for inventory in trail.kept.values():
        for answers in inventory.answers.values():
            for answer in answers.values():
                refusal = answer.refusal
                if refusal is None or refusal.code == CUT_SHORT:
                    continue
                place = refusal.place
                seen.setdefault(
                    (place.account, place.region, refusal.code),
                    RefusalSeen(
                        account=place.account,
                        region=place.region,
                        operation=refusal.operation,
                        why=refusal.why,
                        code=refusal.code,
                        message=refusal.message,
                        subject="",
                        grant=refusal.actions,
                        made_unknown=(),
                        accepted="",
                    ),
                )
    return list(seen.values())
