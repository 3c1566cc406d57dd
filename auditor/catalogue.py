"""All probes and all queries there are: found by walking packages; nothing registers itself."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

from auditor.drift.declarable import Templates
from auditor.errors import UserError
from auditor.probe import Probe
from auditor.query import Query, closure
from auditor.recording.recordable import Recordable

RECORDABLE = "recorded"
"""The package below the probes package that says what can be recorded."""

DECLARED = "declared.stacks"
"""The module below the probes package that says what templates declare, as `TEMPLATES`."""

CHANGES = "changes"
"""The module of a package that says which calls change what its probes look at."""

KNOWLEDGE = ("aws", "analysis", "references", RECORDABLE, "declared")
"""Packages below the probes package that hold no probes."""


class CatalogueError(UserError):
    """A package, probe or pattern that is not there; the message is for the reader."""


def load(packages: Iterable[str] = ()) -> tuple[Probe[Any, Any], ...]:
    """Every probe of `probes` and of the named packages, in the order of their ids.

    Raises `CatalogueError` for a package that cannot be imported or that repeats an id.
    """
    found: dict[str, Probe[Any, Any]] = {}
    for package in ("probes", *packages):
        folder = _package(package)
        references = _references(package)
        for probe in _probes_in(folder):
            probe.references = references.get(probe.id, ())
            if probe.id in found:
                message = f"{package} holds a second probe named {probe.id}"
                raise CatalogueError(message)
            _check_parts(probe)
            found[probe.id] = probe
    return tuple(found[name] for name in sorted(found))


def select(
    probes: Iterable[Probe[Any, Any]], patterns: Iterable[str]
) -> tuple[Probe[Any, Any], ...]:
    """The probes whose id one of the patterns matches; all where there is no pattern.

    Raises `CatalogueError` for a pattern that matches none.
    """
    probes, wanted = tuple(probes), tuple(patterns)
    for pattern in wanted:
        if not any(fnmatchcase(probe.id, pattern) for probe in probes):
            near = _near(pattern, (probe.id for probe in probes))
            hint = near or "; `auditor probes` lists them"
            message = f"no probe is named {pattern!r}{hint}"
            raise CatalogueError(message)
    return tuple(p for p in probes if not wanted or any(fnmatchcase(p.id, w) for w in wanted))


def _near(pattern: str, names: Iterable[str]) -> str:
    """What may have been meant: several at once, or the name that is most alike."""
    if "," in pattern:
        return "; name one at a time"
    near = difflib.get_close_matches(pattern, sorted(names), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def changes(packages: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """Probe id -> the calls that change what it looks at, of packages that say so.

    Raises `CatalogueError` for a package that cannot be imported.
    """
    found: dict[str, tuple[str, ...]] = {}
    for package in ("probes", *packages):
        name = f"{_package(package).__name__}.{CHANGES}"
        if importlib.util.find_spec(name) is not None:
            found |= _module(name).CHANGES
    return found


def needed(probes: Iterable[Probe[Any, Any]]) -> tuple[Query[Any], ...]:
    """The queries that the probes need, with all that those hang on, each once."""
    return closure(query for probe in probes for query in (*probe.subjects, *probe.needs))


def recordables(packages: Iterable[str] = ()) -> tuple[Recordable, ...]:
    """Every kind of resource that can be recorded, by CloudFormation's names of kinds.

    Raises `CatalogueError` for a package that cannot be imported or that repeats a kind.
    """
    found: dict[str, Recordable] = {}
    for package in ("probes", *packages):
        name = f"{_package(package).__name__}.{RECORDABLE}"
        if importlib.util.find_spec(name) is None:
            continue
        for module in pkgutil.iter_modules(_module(name).__path__):
            for row in vars(_module(f"{name}.{module.name}")).values():
                if isinstance(row, Recordable) and found.setdefault(row.type, row) is not row:
                    message = f"{package} holds a second row for {row.type}"
                    raise CatalogueError(message)
    return tuple(found[name] for name in sorted(found))


def makers() -> tuple[Query[Any], ...]:
    """What says which stack made a resource that is recorded."""
    found: tuple[Query[Any], ...] = _module(f"probes.{RECORDABLE}").MAKERS
    return found


def templates() -> Templates:
    """What comparing with templates takes."""
    found: Templates = _module(f"probes.{DECLARED}").TEMPLATES
    return found


def select_rows(rows: Iterable[Recordable], patterns: Iterable[str]) -> tuple[Recordable, ...]:
    """The rows whose kind one of the patterns matches; all where there is no pattern.

    Raises `CatalogueError` for a pattern that matches none.
    """
    rows, wanted = tuple(rows), tuple(patterns)
    for pattern in wanted:
        if not any(fnmatchcase(row.type, pattern) for row in rows):
            near = _near(pattern, (row.type for row in rows))
            message = f"no kind of resource that can be recorded is named {pattern!r}{near}"
            raise CatalogueError(message)
    return tuple(r for r in rows if not wanted or any(fnmatchcase(r.type, w) for w in wanted))


def needed_to_record(rows: Iterable[Recordable]) -> tuple[Query[Any], ...]:
    """The queries that recording takes, with all that those hang on, each once."""
    asked = tuple(query for row in rows for query in row.queries)
    return closure((*asked, *makers())) if asked else ()


def needed_against(compared: Templates | None) -> tuple[Query[Any], ...]:
    """The queries that comparing with templates takes, with all that those hang on."""
    return closure(compared.queries) if compared else ()


def known_queries(
    probes: Iterable[Probe[Any, Any]],
    rows: Iterable[Recordable] = (),
    compared: Templates | None = None,
) -> dict[str, Query[Any]]:
    """Every query that some probe needs, or that recording and comparing take, by id.

    Raises `CatalogueError` where two queries share an id.
    """
    by_id: dict[str, Query[Any]] = {}
    asked = (*needed(probes), *needed_to_record(rows), *needed_against(compared))
    for query in closure(asked):
        if by_id.setdefault(query.id, query) is not query:
            message = f"two queries are named {query.id}: give one a label"
            raise CatalogueError(message)
    return by_id


def _package(name: str) -> ModuleType:
    found = _module(name)
    if not hasattr(found, "__path__"):
        message = f"{name!r} is a module, not a package of probes"
        raise CatalogueError(message)
    return found


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except (ImportError, SyntaxError, TypeError, ValueError) as error:
        message = f"{name!r} cannot be imported: {error}"
        raise CatalogueError(message) from None


def _check_parts(probe: Probe[Any, Any]) -> None:
    for part in probe.parts:
        if not hasattr(probe, f"judge_{part}"):
            message = f"the probe {probe.id} has a part {part!r} and no judge_{part}"
            raise CatalogueError(message)


def _references(package: str) -> dict[str, tuple[str, ...]]:
    """The table of other frameworks' names, where the package has one."""
    if importlib.util.find_spec(f"{package}.references") is None:
        return {}
    table: dict[str, tuple[str, ...]] = importlib.import_module(f"{package}.references").REFERENCES
    return table


def _probes_in(package: ModuleType) -> Iterator[Probe[Any, Any]]:
    for concern in pkgutil.iter_modules(package.__path__):
        if concern.ispkg and concern.name not in KNOWLEDGE:
            folder = _module(f"{package.__name__}.{concern.name}")
            for module in pkgutil.iter_modules(folder.__path__):
                yield from _probes_of(_module(f"{folder.__name__}.{module.name}"))


def _probes_of(module: ModuleType) -> Iterator[Probe[Any, Any]]:
    for value in vars(module).values():
        if (
            inspect.isclass(value)
            and issubclass(value, Probe)
            and value.__module__ == module.__name__
        ):
            yield value()
