"""The command line: options, calls and exit codes, and nothing else.

Modules that cost time to import are imported by the command that needs them.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

import click

from auditor import __version__, cli_about, cli_history, options
from auditor.errors import UserError
from auditor.given import (
    access_of,
    baseline_of,
    chosen_of,
    day_of,
    hand_over,
    history_of,
    one_line,
    probes_of,
    progress_of,
    sinks_of,
    writable,
)
from auditor.outcome import EXIT_CODES, STOPPED, USAGE

EPILOG = "Exit codes: " + "; ".join(f"{code} {what}" for code, what in EXIT_CODES.items()) + "."


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(__version__, prog_name="auditor")
def main() -> None:
    """Audit live AWS accounts against a baseline: drift, gaps, and what could not be seen."""


@main.command(epilog=EPILOG)
@options.selection
@options.access
@options.baseline
@options.as_of
@options.history
@options.outputs
def scan(**given: Any) -> None:
    """Look at every account once and report."""
    from auditor.scan import scan as run

    sinks = sinks_of(given)
    probes, baseline = chosen_of(given)
    history = history_of(given, probes)
    with progress_of(given) as progress:
        report = run(access_of(given), probes, baseline, progress, day_of(given))
    hand_over(history.continue_with(report), sinks, given)


@main.command()
@options.selection
@options.access
@options.quiet
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), required=True)
def collect(file: Path, **given: Any) -> None:
    """Ask everything once and keep the answers in a file, for `judge`."""
    from auditor.scan import collect_to

    writable(file)
    probes, _ = probes_of(given)
    with progress_of(given) as progress:
        skipped = collect_to(file, access_of(given), probes, progress)
    for who, why in skipped:
        click.echo(f"not all collected: {who}: {one_line(why)}", err=True)
    sys.exit(3 if skipped else 0)


@main.command(epilog=EPILOG)
@click.argument("inventory", type=click.Path(path_type=Path))
@options.selection
@options.baseline
@options.as_of
@options.history
@options.outputs
def judge(inventory: Path, **given: Any) -> None:
    """Judge a collected inventory, offline."""
    from auditor.scan import judge_file

    sinks = sinks_of(given)
    probes, baseline = chosen_of(given)
    history = history_of(given, probes)
    report = judge_file(inventory, probes, baseline, day_of(given))
    hand_over(history.continue_with(report), sinks, given)


@main.command()
@click.option("--story", help="Only this one, in an account of its own, as it was found.")
@click.option("--repaired", is_flag=True, help="Only as it should be.")
@options.outputs
def demo(*, story: str | None, repaired: bool, **given: Any) -> None:
    """Start a local account with broken and repaired applications, and scan it."""
    from auditor.demo.run import demonstrate
    from auditor.demo.stories import applications

    sinks = sinks_of(given)
    built = applications(story, repaired=repaired)
    chosen, known = probes_of({})
    with progress_of(given) as progress:
        report = demonstrate(chosen, baseline_of({}, known), progress, built)
    hand_over(report, sinks, given, tolerant=True)


for command in (*cli_about.COMMANDS, *cli_history.COMMANDS):
    main.add_command(command)


def run() -> None:
    """The program: as `main`, with one sentence for what people can mend, and a quick Ctrl-C."""
    # An inventory is a great many objects without a cycle among them; to look for cycles again and
    # again took more time than judging.
    gc.set_threshold(200_000, 50, 1000)
    try:
        sys.exit(main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UserError as error:
        click.echo(f"Error: {one_line(error)}", err=True)
        sys.exit(USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        os._exit(STOPPED)  # threads that wait for AWS must not keep the process
