"""The commands for the work over time: waivers, and what becomes of findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli import options
from auditor.cli.given import (
    HERE,
    access_of,
    baseline_of,
    history_of,
    probes_of,
    progress_of,
    rules_of,
    writable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from auditor.over_time.history import History
    from auditor.over_time.state import State
    from auditor.report import Report
    from auditor.tickets.event import TicketEvent
    from auditor.tickets.ticket import Rules


@click.command()
@click.argument("finding_id")
@click.option("--reason", required=True, help="Why it is accepted.")
@click.option("--owner", required=True, help="Who answers for it.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The last day on which it is accepted (UTC).",
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(path_type=Path),
    help="The report (JSON) in which the finding stands.",
)
@options.kept
@options.baseline
@options.package
def waive(finding_id: str, reason: str, owner: str, until: datetime, **given: Any) -> None:
    """Accept one finding until a day, by a waiver in the baseline.

    FINDING_ID may be shortened to its first digits. The rest of the file stays as it is.
    """
    from auditor.over_time import waive as waiving

    _, known = probes_of(given)
    finding = waiving.finding_in(_reports(given), finding_id)
    entry = waiving.entry_for(finding, reason, owner, until.date(), _now().date())
    path = given["baseline_file"] or HERE
    line = waiving.waive(path, finding, entry, known)
    click.echo(f"{path}:{line}: {finding.probe} is accepted until {until:%Y-%m-%d}")


def _reports(given: dict[str, Any]) -> Iterator[Report]:
    """The reports that a finding is looked up in: a file, or all that a state keeps."""
    from auditor.over_time.history import read_report

    if bool(given["report_file"]) == bool(given["state"]):
        raise click.UsageError("say where the finding stands: --report FILE or --state DIR")
    if given["report_file"]:
        yield read_report(given["report_file"])
        return
    state = _state_of(given)
    for place in state.places():
        found = state.read(place)
        if found:
            yield found[0].report


def _state_of(given: dict[str, Any]) -> State:
    """The state that is named, which scans have made."""
    from auditor.over_time.history import open_state

    return open_state(given["state"], given["state_profile"], given["keep"])


def _now() -> datetime:
    """The time by this machine's clock: no AWS is asked."""
    import time
    from datetime import UTC, datetime

    return datetime.fromtimestamp(time.time(), UTC)


@click.command()
@click.argument("report", type=click.Path(path_type=Path), required=False)
@options.history
@click.option(
    "--ack",
    metavar="FILE",
    help="Take out what was delivered: the events printed, or their ids, a line each; - is stdin.",
)
@click.option("--regroup", is_flag=True, help="Go over to the baseline's grouping.")
@options.baseline
@options.package
def tickets(report: Path | None, ack: str | None, *, regroup: bool, **given: Any) -> None:
    """Print what a ticket system is to be told.

    One JSON object a line. Of one REPORT, perhaps compared with a --previous one; nothing is kept
    of it. Or of a --state: then events are printed again, with the same ids, until they are
    acknowledged (--ack).
    """
    from auditor.delivery import to_a_reader
    from auditor.reports.ticket_events import write_events
    from auditor.tickets.outbox import pending

    if (report is None) == (given["state"] is None):
        raise click.UsageError("say what to tell of: a REPORT or --state DIR")
    if report and (ack or regroup):
        raise click.UsageError("--ack and --regroup go with --state")
    if given["state"] and given["previous"]:
        raise click.UsageError("a REPORT continues --previous, a --state itself: not both")
    if ack:
        _acknowledge(ack, given)
        return
    _, known = probes_of(given)
    rules = rules_of(known, baseline_of(given, known))
    if report:
        told: Iterable[TicketEvent] = _told(report, history_of(given, known), rules)
    else:
        told = pending(_state_of(given), rules, regroup=regroup)
    with to_a_reader() as stream:
        write_events(told, stream)


def _told(path: Path, history: History, rules: Rules) -> list[TicketEvent]:
    from auditor.over_time.history import read_whole
    from auditor.tickets.desk import events_of

    return events_of(history.continue_with(read_whole(path)), rules)


def _acknowledge(file: str, given: dict[str, Any]) -> None:
    import sys

    from auditor.over_time.history import open_shelf
    from auditor.tickets.journal import acknowledge, ids_from, ids_in

    ids = ids_in(sys.stdin, "stdin") if file == "-" else ids_from(Path(file))
    done = acknowledge(open_shelf(given["state"], given["state_profile"], given["keep"]), ids)
    said = f"{done.taken_out} acknowledged, {done.unknown} unknown, {done.waiting} still waiting"
    click.echo(said, err=True)


@click.command()
@click.option("--probe", "patterns", multiple=True, metavar="PATTERN", help="Probes, by id.")
@click.option("--account", "accounts", multiple=True, metavar="ID", help="An account.")
@click.option("--region", "regions", multiple=True, help="A region; `global` is account-wide.")
@click.option("--dry-run", is_flag=True, help="Only say what it would retire.")
@options.kept
def retire(
    patterns: tuple[str, ...],
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    *,
    dry_run: bool,
    **given: Any,
) -> None:
    """Resolve the findings of what will not be looked at again.

    A probe, an account or a region is given up. What is named narrows: --account and --region
    together mean that region of that account. No variable of the environment sets what is retired.
    """
    from auditor.over_time.retirement import Abandoned
    from auditor.over_time.retirement import retire as retired
    from auditor.reports.escape import terminal

    if not (patterns or accounts or regions):
        raise click.UsageError("say what is abandoned: --probe, --account or --region")
    if not given["state"]:
        raise click.UsageError("say where the findings are kept: --state DIR")
    state = _state_of(given)
    abandoned = Abandoned(patterns, accounts, regions)
    count = 0
    for finding in retired(state, abandoned, _now(), dry_run=dry_run):
        name = finding.resource.name or finding.resource.id
        where = f"{finding.account} {finding.region}".strip()
        click.echo(terminal(f"{finding.id}  {finding.probe}  {name} ({where})"))
        count += 1
    what = "finding" if count == 1 else "findings"
    click.echo(f"{count} {what} {'would be ' if dry_run else ''}retired", err=True)


@click.command()
@click.argument("report_file", metavar="REPORT", type=click.Path(path_type=Path))
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to; - is stdout.")
@click.option(
    "--inventory",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Keep what CloudTrail answers in the inventory that the report was judged from.",
)
@options.who_calls
@options.access
@options.package
@options.quiet
def who(report_file: Path, output: str, inventory: Path | None, **given: Any) -> None:
    """Ask CloudTrail who made the drifts of a report.

    Prints the REPORT (JSON) with what CloudTrail says in it.
    """
    from auditor.catalogue import changes
    from auditor.delivery import deliver
    from auditor.over_time.history import read_report
    from auditor.trail.asking import Asking
    from auditor.trail.file import keep
    from auditor.trail.look_up import who_changed

    if output != "-":
        writable(Path(output))
    report = read_report(report_file)
    calls = changes(given["packages"])
    with progress_of(given) as progress:
        asking = Asking(given["who_calls"], progress=progress)
        told, trail = who_changed(report, access_of(given), calls, asking)
    if trail.closed and not trail.kept:
        raise trail.closed[0]
    if inventory:
        keep(inventory, trail.kept.values())
    deliver(told, [("json", output)])


COMMANDS = (who, waive, tickets, retire)
