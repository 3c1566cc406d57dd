"""The commands that tell about the tool: probes, settings, permissions, generated files."""

from __future__ import annotations

import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli import options
from auditor.cli.given import access_of, baseline_of, probes_of, rows_of, templates_of

if TYPE_CHECKING:
    from auditor.baseline import Baseline
    from auditor.scan import Probes


@click.command()
@options.selection
@options.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def probes(style: str, **given: Any) -> None:
    """List the probes."""
    import json

    from auditor.explain import described

    chosen, _ = probes_of(given)
    if style == "json":
        click.echo(json.dumps([described(probe) for probe in chosen], indent=2))
        return
    width = max((len(probe.id) for probe in chosen), default=0)
    for probe in chosen:
        click.echo(f"{probe.id:<{width}}  {probe.severity.value:<13}  {probe.title}")


@click.command()
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
    """Say what a probe looks at, why, and how to fix it.

    And what its settings are, and where they come from.
    """
    from auditor.explain import explained

    chosen, known = probes_of({**given, "patterns": (probe,)})
    baseline = baseline_of(given, known)
    if resource:
        lines = _explained_for(resource, chosen, baseline, given)
    else:
        lines = [line for one in chosen for line in explained(one, baseline)]
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    for line in lines:
        click.echo(_wrapped(line, width))


@click.command()
@options.selection
@options.to_record
@options.against
@options.option("--who", is_flag=True, help="With what `scan --who` takes beyond a scan.")
def permissions(*, record: bool, who: bool, **given: Any) -> None:
    """Print the exact read-only policy that a scan takes."""
    import json

    from auditor.catalogue import needed, needed_against, needed_to_record
    from auditor.permissions import actions_for, policies
    from auditor.trail.events import LOOKUP

    chosen, _ = probes_of(given)
    more = needed_to_record(rows_of(given)) if record else ()
    asked = (*needed_against(templates_of(given)), *((LOOKUP,) if who else ()))
    for policy in policies(actions_for((*needed(chosen), *more, *asked))):
        click.echo(json.dumps(policy, indent=2))


@click.group()
def baseline() -> None:
    """Work on baseline files."""


@baseline.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@options.package
def baseline_check(file: Path, **given: Any) -> None:
    """Say whether a baseline file is sound."""
    from auditor.baseline import load

    _, known = probes_of(given)
    found = load(file, known)
    entries = f"{len(found.content.settings)} sections, {len(found.content.waivers)} waivers"
    click.echo(f"{file}: sound ({entries})")


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is not current.")
def generate(*, check: bool) -> None:
    """Write what is generated from the code.

    Tables, schemas, the baseline and the policy.
    """
    from auditor.generate import run

    stale = run(write=not check)
    for path in stale:
        click.echo(f"{path} {'is not current' if check else 'written'}")
    sys.exit(1 if check and stale else 0)


def _wrapped(line: str, width: int) -> str:
    """A line in lines of that width; names and options stay whole, so that they can be copied."""
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(
        line.lstrip(),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _explained_for(
    resource: str, chosen: Probes, baseline: Baseline, given: dict[str, Any]
) -> list[str]:
    from auditor.explain_resource import explained_for, look_up, subject_queries
    from auditor.reports.escape import terminal
    from auditor.scan import inventories, stored

    file: Path | None = given["inventory"]
    queries = subject_queries(chosen)
    found = stored(file, chosen) if file else inventories(access_of(given), queries)
    seen = look_up(resource, chosen, baseline, found)
    return [terminal(line) for one in seen for line in explained_for(one, baseline)]


COMMANDS = (probes, explain, permissions, baseline, generate)
