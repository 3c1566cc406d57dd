"""The command line: options, calls and exit codes, and nothing else.

Modules that cost time to import are imported by the command that needs them.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor import __version__, options
from auditor.errors import UserError
from auditor.outcome import EXIT_CODES, STOPPED, USAGE, exit_code

if TYPE_CHECKING:
    from auditor.baseline import Baseline
    from auditor.report import Report
    from auditor.scan import Access, Probes

EPILOG = "Exit codes: " + "; ".join(f"{code} {what}" for code, what in EXIT_CODES.items()) + "."


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(__version__, prog_name="auditor")
def main() -> None:
    """Audit live AWS accounts against a baseline: drift, gaps, and what could not be seen."""


@main.command(epilog=EPILOG)
@options.selection
@options.access
@options.baseline
@options.outputs
def scan(**given: Any) -> None:
    """Look at every account once and report."""
    from auditor.scan import scan as run

    sinks = _sinks(given)
    probes, baseline = _chosen(given)
    with _progress(given) as progress:
        report = run(_access(given), probes, baseline, progress)
    _deliver(report, sinks, given)


@main.command()
@options.selection
@options.access
@options.quiet
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), required=True)
def collect(file: Path, **given: Any) -> None:
    """Ask everything once and keep the answers in a file, for `judge`."""
    from auditor.scan import collect_to

    _writable(file)
    probes, _ = _probes(given)
    with _progress(given) as progress:
        skipped = collect_to(file, _access(given), probes, progress)
    for who, why in skipped:
        click.echo(f"not all collected: {who}: {_one_line(why)}", err=True)
    sys.exit(3 if skipped else 0)


@main.command(epilog=EPILOG)
@click.argument("inventory", type=click.Path(path_type=Path))
@options.selection
@options.baseline
@options.outputs
def judge(inventory: Path, **given: Any) -> None:
    """Judge a collected inventory, offline."""
    from auditor.scan import judge_file

    sinks = _sinks(given)
    probes, baseline = _chosen(given)
    _deliver(judge_file(inventory, probes, baseline), sinks, given)


@main.command()
@options.selection
@options.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def probes(style: str, **given: Any) -> None:
    """List the probes."""
    import json

    from auditor.explain import described

    chosen, _ = _probes(given)
    if style == "json":
        click.echo(json.dumps([described(probe) for probe in chosen], indent=2))
        return
    width = max((len(probe.id) for probe in chosen), default=0)
    for probe in chosen:
        click.echo(f"{probe.id:<{width}}  {probe.severity.value:<13}  {probe.title}")


@main.command()
@click.argument("probe")
@options.package
@options.baseline
@click.option("--resource", help="What counts for this resource: its ARN, id or name.")
@click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    help="With --resource: look it up in this file; else AWS is asked.",
)
@options.access
def explain(probe: str, resource: str | None, **given: Any) -> None:
    """Say what a probe looks at, why, how to fix it, and where its settings come from."""
    from auditor.explain import explained

    chosen, known = _probes({**given, "patterns": (probe,)})
    baseline = _baseline(given, known)
    if resource:
        lines = _explained_for(resource, chosen, baseline, given)
    else:
        lines = [line for one in chosen for line in explained(one, baseline)]
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        click.echo(click.wrap_text(line, width, initial_indent=indent, subsequent_indent=indent))


@main.command()
@options.selection
def permissions(**given: Any) -> None:
    """Print the exact read-only policy that a scan takes."""
    import json

    from auditor.catalogue import needed
    from auditor.permissions import actions_for, policies

    chosen, _ = _probes(given)
    for policy in policies(actions_for(needed(chosen))):
        click.echo(json.dumps(policy, indent=2))


@main.group()
def baseline() -> None:
    """Work on baseline files."""


@baseline.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@options.package
def baseline_check(file: Path, **given: Any) -> None:
    """Say whether a baseline file is sound."""
    from auditor.baseline import load

    _, known = _probes(given)
    found = load(file, known)
    entries = f"{len(found.content.settings)} sections, {len(found.content.waivers)} waivers"
    click.echo(f"{file}: sound ({entries})")


@main.command()
@options.outputs
def demo(**given: Any) -> None:
    """Start a local account with a broken and a repaired application, and scan it."""
    from auditor.demo.run import demonstrate

    sinks = _sinks(given)
    chosen, known = _probes({})
    with _progress(given) as progress:
        report = demonstrate(chosen, _baseline({}, known), progress)
    _deliver(report, sinks, given, tolerant=True)


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is not current.")
def generate(*, check: bool) -> None:
    """Write what is generated from the code: tables, schemas, baseline, policy."""
    from auditor.generate import run

    stale = run(write=not check)
    for path in stale:
        click.echo(f"{path} {'is not current' if check else 'written'}")
    sys.exit(1 if check and stale else 0)


# -- what the commands share ----------------------------------------------------------------------


def _probes(given: dict[str, Any]) -> tuple[Probes, Probes]:
    """The chosen probes, and all that there are."""
    from auditor.catalogue import load, select
    from auditor.probe import Severity

    known = load(given.get("packages", ()))
    chosen = select(known, given.get("patterns", ()))
    if given.get("severity"):
        least = Severity(given["severity"])
        chosen = tuple(probe for probe in chosen if probe.severity.at_least(least))
    return chosen, known


def _chosen(given: dict[str, Any]) -> tuple[Probes, Baseline]:
    chosen, known = _probes(given)
    return chosen, _baseline(given, known)


def _baseline(given: dict[str, Any], known: Probes) -> Baseline:
    from auditor.baseline import load

    here = Path("config/baseline.yaml")
    return load(given.get("baseline_file") or (here if here.is_file() else None), known)


def _access(given: dict[str, Any]) -> Access:
    from auditor.scan import Access

    return Access(given["profiles"], given["roles"], given["external_id"], given["regions"])


def _explained_for(
    resource: str, chosen: Probes, baseline: Baseline, given: dict[str, Any]
) -> list[str]:
    from auditor.explain_resource import explained_for, look_up, subject_queries
    from auditor.reports.escape import terminal
    from auditor.scan import inventories, stored

    file: Path | None = given["inventory"]
    queries = subject_queries(chosen)
    found = stored(file, chosen) if file else inventories(_access(given), queries)
    seen = look_up(resource, chosen, baseline, found)
    return [terminal(line) for one in seen for line in explained_for(one, baseline)]


def _progress(given: dict[str, Any]) -> Any:
    from auditor.console import watching

    return watching(quiet=given["quiet"])


def _sinks(given: dict[str, Any]) -> list[tuple[str, str]]:
    """Each format with where it goes; checked before anything is asked of AWS."""
    formats = given["formats"] or ("table",)
    files = [*given["files"], *["-"] * (len(formats) - len(given["files"]))]
    if len(files) > len(formats):
        raise click.UsageError("there are more --output than --format")
    if files.count("-") > 1:
        raise click.UsageError("two formats would go to stdout: give one of them an --output")
    for file in files:
        if file != "-":
            _writable(Path(file))
    return list(zip(formats, files, strict=True))


def _writable(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or path.is_dir():
        message = f"cannot write {path}: {folder} is no folder that can be written to"
        raise click.UsageError(message)


def _deliver(
    report: Report, sinks: list[tuple[str, str]], given: dict[str, Any], *, tolerant: bool = False
) -> None:
    """Write the report everywhere and end with its exit code."""
    from auditor.delivery import deliver

    deliver(report, sinks, frozenset(given["only"]))
    code = exit_code(report, given["fail_on"])
    sys.exit(0 if tolerant and code == 1 else code)


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
        click.echo(f"Error: {_one_line(error)}", err=True)
        sys.exit(USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        os._exit(STOPPED)  # threads that wait for AWS must not keep the process


def _one_line(error: Exception | str) -> str:
    from auditor.reports.escape import terminal

    return terminal(" ".join(str(error).split()))
