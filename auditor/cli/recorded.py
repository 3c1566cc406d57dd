"""The commands for recorded state and for differences."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli import options
from auditor.cli.given import access_of, lock_of, one_line, probes_of, progress_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.diff.difference import Difference, Entry, Kind
    from auditor.recording.write import Written

Paths = tuple[Path, Path]


@click.command()
@options.types
@options.package
@click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    help="Record what this file says (`auditor collect --record`), not what AWS says now.",
)
@options.access
@options.bounds
@options.quiet
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), required=True)
def record(folder: Path, inventory: Path | None, **given: Any) -> None:
    """Keep the configuration as the approved state.

    One file per account and region, for git. Kinds that are not chosen, and lists that cannot be
    read, stay as they were recorded.
    """
    access = access_of(given)
    if folder.exists() and not folder.is_dir():
        message = f"cannot write {folder}: it is no folder"
        raise click.UsageError(message)
    with lock_of(given):
        rows = rows_of(given)
        if inventory:
            from auditor.scan import record_file

            written = record_file(folder, inventory, rows)
        else:
            from auditor.scan import record as run

            with progress_of(given) as progress:
                written = run(folder, access, rows, progress)
    _tell(written, quiet=given["quiet"])
    sys.exit(3 if written.unread else 0)


def _tell(written: Written, *, quiet: bool) -> None:
    for path, count in written.files:
        click.echo(f"{path}: {count} resources")
    if quiet:
        return
    for said in written.unread:
        click.echo(f"not recorded: {one_line(said)}", err=True)


@click.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@options.option(
    "--format", "style", type=click.Choice(["table", "markdown", "json"]), default="table"
)
@click.option("--exit-code", "telling", is_flag=True, help="Exit 1 where something differs.")
@options.package
def diff(first: Path, second: Path, style: str, *, telling: bool, **given: Any) -> None:
    """Say what differs between two reports, inventories or states.

    What appeared, went and changed; the states are recorded ones (`auditor record`).
    """
    from auditor.delivery import to_a_reader
    from auditor.diff.show import write

    found = _difference((first, second), given)
    with to_a_reader() as stream:
        write(found, style, stream)
    sys.exit(1 if telling and found.entries else 0)


def _difference(paths: Paths, given: dict[str, Any]) -> Difference:
    from auditor.diff.difference import DiffError, difference, kind_of

    of, other = (kind_of(path) for path in paths)
    if of is not other:
        raise DiffError(f"{paths[0]} and {paths[1]} are of two kinds: {of.value}, {other.value}")
    return difference(of, paths, _entries(of, paths, given))


def _entries(of: Kind, paths: Paths, given: dict[str, Any]) -> Iterable[Entry]:
    from auditor.catalogue import known_queries
    from auditor.diff.difference import Kind, of_reports
    from auditor.diff.states import of_inventories, of_recorded

    rows = rows_of(given)
    if of is Kind.RECORDED:
        return of_recorded(*paths, {row.type: row for row in rows})
    _, probes = probes_of(given)
    if of is Kind.INVENTORIES:
        return of_inventories(*paths, known_queries(probes, rows))
    return of_reports(*paths, {old: one.id for one in probes for old in one.formerly})


COMMANDS = (record, diff)
