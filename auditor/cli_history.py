"""The commands for the work over time: waivers, and what becomes of findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor import options
from auditor.given import HERE, probes_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from auditor.report import Report


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
    """Accept one finding until a day: write a waiver into the baseline file.

    FINDING_ID may be shortened to its first digits. The rest of the file stays as it is.
    """
    from auditor import waive as waiving

    _, known = probes_of(given)
    finding = waiving.finding_in(_reports(given), finding_id)
    entry = waiving.entry_for(finding, reason, owner, until.date())
    path = given["baseline_file"] or HERE
    line = waiving.waive(path, finding, entry, known)
    click.echo(f"{path}:{line}: {finding.probe} is accepted until {until:%Y-%m-%d}")


def _reports(given: dict[str, Any]) -> Iterator[Report]:
    """The reports that a finding is looked up in: a file, or all that a state keeps."""
    from auditor.history import open_shelf, read_report
    from auditor.state import State

    if bool(given["report_file"]) == bool(given["state"]):
        raise click.UsageError("say where the finding stands: --report FILE or --state DIR")
    if given["report_file"]:
        yield read_report(given["report_file"])
        return
    state = State(open_shelf(given["state"], given["state_profile"], given["keep"]))
    for place in state.places():
        found = state.read(place)
        if found:
            yield found[0].report


COMMANDS = (waive,)
