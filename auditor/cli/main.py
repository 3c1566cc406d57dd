"""The command line: options, calls and exit codes, and nothing else.

Modules that cost time to import are imported by the command that needs them.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from auditor import __version__
from auditor.cli import about as cli_about
from auditor.cli import history as cli_history
from auditor.cli import options
from auditor.cli import recorded as cli_recorded
from auditor.cli.given import (
    access_of,
    baseline_of,
    chosen_of,
    day_of,
    ending_of,
    hand_over,
    history_of,
    lock_of,
    one_line,
    probes_of,
    progress_of,
    rows_of,
    rules_of,
    sinks_of,
    templates_of,
    who_of,
    who_was_kept,
    writable,
)
from auditor.errors import UserError
from auditor.outcome import EXIT_CODES, FAULT, STOPPED, USAGE

EPILOG = "Exit codes: " + "; ".join(f"{code} {what}" for code, what in EXIT_CODES.items()) + "."


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(__version__, prog_name="auditor")
def main() -> None:
    """Audit live AWS accounts against a baseline: drift, gaps, and what could not be seen."""


@main.command(epilog=EPILOG)
@options.selection
@options.access
@options.baseline
@options.recorded
@options.against
@options.as_of
@options.history
@options.outputs
@options.bounds
@options.who
@options.endings
def scan(**given: Any) -> None:
    """Look at every account once and report."""
    from auditor.scan import scan as run

    access, sinks = access_of(given), sinks_of(given)
    with ending_of(given, sinks).watched(), lock_of(given):
        probes, baseline = chosen_of(given)
        history = history_of(given, probes)
        with progress_of(given) as progress:
            report = run(access, probes, baseline, progress, day_of(given))
            report.scope.named_probes = [*given["patterns"]]
            report = who_of(report, history, access, given, progress)
        hand_over(history.continue_with(report), sinks, given, rules_of(probes, baseline))


@main.command()
@options.selection
@options.access
@options.quiet
@options.bounds
@options.to_record
@options.against
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), required=True)
def collect(file: Path, *, record: bool, **given: Any) -> None:
    """Ask everything once; keep the answers in a file for `judge`."""
    from auditor.catalogue import needed_against, needed_to_record
    from auditor.scan import collect_to

    access = access_of(given)
    writable(file)
    with lock_of(given), progress_of(given) as progress:
        probes, _ = probes_of(given)
        rows = rows_of(given) if record else ()
        more = (*needed_to_record(rows), *needed_against(templates_of(given)))
        skipped = collect_to(file, access, probes, progress, more)
    for who, why in skipped:
        click.echo(f"not all collected: {who}: {one_line(why)}", err=True)
    sys.exit(3 if skipped else 0)


@main.command(epilog=EPILOG)
@click.argument("inventory", type=click.Path(path_type=Path))
@options.selection
@options.baseline
@options.recorded
@options.against
@options.as_of
@options.history
@options.outputs
@options.endings
def judge(inventory: Path, **given: Any) -> None:
    """Judge a collected inventory, offline."""
    from auditor.scan import judge_file

    sinks = sinks_of(given)
    with ending_of(given, sinks).watched():
        probes, baseline = chosen_of(given)
        history = history_of(given, probes)
        kept: list[Any] = []
        report = judge_file(inventory, probes, baseline, day_of(given), kept)
        report.scope.named_probes = [*given["patterns"]]
        report = who_was_kept(report, history, kept, given)
        hand_over(history.continue_with(report), sinks, given, rules_of(probes, baseline))


@main.command()
@click.option("--story", help="Only this one, in an account of its own, as it was found.")
@click.option("--repaired", is_flag=True, help="Only as it should be.")
@options.outputs
def demo(*, story: str | None, repaired: bool, **given: Any) -> None:
    """Scan a local account of broken and repaired applications."""
    from auditor.demo.run import demonstrate
    from auditor.demo.stories import applications

    sinks = sinks_of(given)
    built = applications(story, repaired=repaired)
    chosen, known = probes_of({})
    baseline = baseline_of({"quiet": given["quiet"]}, known)
    with progress_of(given) as progress:
        report = demonstrate(chosen, baseline, progress, built)
    hand_over(report, sinks, given, rules_of(known, baseline), tolerant=True)


for command in (*cli_about.COMMANDS, *cli_history.COMMANDS, *cli_recorded.COMMANDS):
    main.add_command(command)


def run() -> None:
    """The program: as `main`, with one sentence for what people can mend, and a quick Ctrl-C.

    A fault of the tool shows where it happened and ends with 4: never with 1, which Python would
    take and which means violations.
    """
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
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        click.echo(f"Error: {one_line(f'{named}{error.strerror or error}')}", err=True)
        sys.exit(USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        os._exit(STOPPED)  # threads that wait for AWS must not keep the process
    except Exception:  # noqa: BLE001 - whatever it is, it must not look like violations
        traceback.print_exc()
        sys.exit(FAULT)
