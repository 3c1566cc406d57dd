"""What is expected: settings per probe, environment and workload, waivers, accepted blind spots.

The user's file lies over the shipped defaults key by key. In an environment, its own section of
`overrides` goes before `settings`; a workload goes before both, the most specific one first.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.baseline_file import BaselineFile, Environments, Section
from auditor.drift.declarable import Templates
from auditor.probe import Probe
from auditor.query import Query
from auditor.recording.file import Folder
from auditor.recording.recordable import SOURCES, Recordable
from auditor.settings import ENVIRONMENTS, Group, Settings, default_of, groups_of
from auditor.workloads import Workload
from auditor.yaml_file import FileError, YamlFile, parse, read

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting's value comes from; line 0 is the shipped default."""

    layer: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.layer}, line {self.line}" if self.line else self.layer


@dataclass(frozen=True, slots=True)
class Approved:
    """The recorded state that counts, and the kinds in it that this version can read.

    makers  what says which stack made a resource, where its tags do not
    """

    folder: Folder
    rows: tuple[Recordable, ...]
    makers: tuple[Query[Any], ...] = ()


@dataclass(eq=False)
class Baseline:
    """A baseline, checked against the probes that it sets."""

    content: BaselineFile
    file: YamlFile
    digest: str
    path: str = ""
    models: dict[str, type[Settings]] = field(default_factory=dict)
    approved: Approved | None = None
    templates: Templates | None = None
    _settings: dict[tuple[str, str, tuple[int, ...]], Settings] = field(default_factory=dict)

    @property
    def default_environment(self) -> str:
        """The environment of what nothing is known of."""
        return self.content.environments.default

    def environment(self, tags: dict[str, str], account: str) -> str | None:
        """The environment that tags name, or None; with no tags, that of the account."""
        known = self.content.environments
        for key in known.tags:
            if key in tags:
                return _named(known, tags[key].strip().lower())
        return known.accounts.get(account)

    def workloads(self, probe: Probe[Any, Any]) -> tuple[Workload, ...]:
        """The workloads that set something which a probe reads, the least specific first."""
        names = {probe.id, *(group.name for group in groups_of(probe.settings).values())}
        return self._that_set(names)

    def workloads_of(self, group: type[Group]) -> tuple[Workload, ...]:
        """The workloads that set something of a group, the least specific first."""
        return self._that_set({group.name})

    def _that_set(self, names: set[str]) -> tuple[Workload, ...]:
        found = [
            Workload(n, entry.match)
            for n, entry in enumerate(self.content.workloads)
            if names & entry.settings.keys()
        ]
        return tuple(sorted(found, key=lambda workload: workload.rank))

    def settings(
        self, probe: Probe[Any, Any], environment: str, workloads: tuple[int, ...] = ()
    ) -> Settings:
        """What a probe expects in an environment, and in workloads by number, the last first."""
        name = (probe.id, environment, workloads)
        if name not in self._settings:
            reader = _Reader(self, environment, workloads)
            self._settings[name] = reader.build(probe.settings, probe.id)
        return self._settings[name]

    def group(
        self, group: type[Group], environment: str, workloads: tuple[int, ...] = ()
    ) -> Settings:
        """What a group of settings says where no probe reads it, as `settings` says of a probe."""
        return _Reader(self, environment, workloads).build(group, group.name)

    def same_everywhere(self, probe: Probe[Any, Any]) -> bool:
        """Whether a probe expects the same in every environment."""
        first, *others = (self.settings(probe, name) for name in ENVIRONMENTS)
        return all(other == first for other in others)

    def origin(
        self, section: str, name: str, environment: str, workloads: tuple[int, ...] = ()
    ) -> Origin:
        """Where the value of a setting comes from."""
        shipped_first = self.shipped_override(section, name, environment)
        for path in _paths(section, name, environment, workloads):
            if path[0] == "settings" and shipped_first:
                return Origin("shipped default for this environment")
            if path in self.file.lines:
                return Origin(self.file.name, self.file.lines[path])
        return Origin("shipped default")

    def shipped_override(self, section: str, name: str, environment: str) -> bool:
        """Whether the shipped value for an environment is another than for the first."""
        model = self.models.get(section)
        if model is None or name not in model.model_fields:
            return False
        info = model.model_fields[name]
        return bool(default_of(info, environment) != default_of(info, ENVIRONMENTS[0]))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Puts the values of one environment and some workloads together."""

    baseline: Baseline
    environment: str
    workloads: tuple[int, ...]

    def build(self, model: type[Settings], section: str) -> Settings:
        groups = groups_of(model)
        values = self._values(model, section, skip=groups)
        for name, group in groups.items():
            values[name] = self.build(group, group.name)
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise self._complaint(error, section) from None

    def _values(self, model: type[Settings], section: str, skip: Iterable[str]) -> dict[str, Any]:
        content = self.baseline.content
        own = content.settings.get(section) or {}
        over = (content.overrides.get(self.environment) or {}).get(section) or {}  # type: ignore[call-overload]  # a Literal's name
        values = {
            name: default_of(info, self.environment)
            for name, info in model.model_fields.items()
            if name not in skip
        }
        shipped = self.baseline.shipped_override
        values |= {n: v for n, v in own.items() if not shipped(section, n, self.environment)}
        values |= over
        for number in self.workloads:
            values |= content.workloads[number].settings.get(section) or {}
        return values

    def _complaint(self, error: ValidationError, section: str) -> FileError:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        file = self.baseline.file
        paths = _paths(section, name, self.environment, self.workloads)
        path = next((p for p in paths if p in file.lines), paths[-1])
        return file.error(path, f"{section}.{name}: {_words(first)}")


def _paths(
    section: str, name: str, environment: str, workloads: tuple[int, ...]
) -> tuple[Path_, ...]:
    """Where in a file a setting can stand, what goes before others first."""
    return (
        *(("workloads", n, "settings", section, name) for n in reversed(workloads)),
        ("overrides", environment, section, name),
        ("settings", section, name),
    )


def _named(known: Environments, value: str) -> str | None:
    for environment, patterns in known.values.items():
        if value == environment or any(fnmatchcase(value, pattern) for pattern in patterns):
            return environment
    return None


def load(path: Path | None, probes: Iterable[Probe[Any, Any]]) -> Baseline:
    """The baseline of a file, or the shipped one; raises `FileError` where it is not sound."""
    if path is None:
        return check(parse("version: 1\n", "shipped"), probes)
    return check(read(path), probes, str(path))


def check(file: YamlFile, probes: Iterable[Probe[Any, Any]], path: str = "") -> Baseline:
    """A baseline out of a file's content, with every key and value checked against the probes."""
    probes = tuple(probes)
    try:
        content = BaselineFile.model_validate(file.value)
    except ValidationError as error:
        raise _misplaced(file, error) from None
    digest = sha256(repr(file.value).encode()).hexdigest()
    baseline = Baseline(content, file, digest, path, models=sections(probes))
    for path_, values in _sections(content):
        _check_names(baseline, path_, values or {})
    for probe in probes:
        for environment in ENVIRONMENTS:
            baseline.settings(probe, environment)
            for workload in baseline.workloads(probe):
                baseline.settings(probe, environment, (workload.number,))
    for n, waiver in enumerate(content.waivers):
        known = (*(probe.id for probe in probes), *SOURCES)
        if not any(fnmatchcase(name, waiver.probe) for name in known):
            raise file.error(("waivers", n, "probe"), _no_such("probe", waiver.probe, known))
    return baseline


def sections(probes: Iterable[Probe[Any, Any]]) -> dict[str, type[Settings]]:
    """Every name that can stand under `settings`, with what it sets: probes and groups."""
    found: dict[str, type[Settings]] = {}
    for probe in probes:
        found[probe.id] = probe.settings
        for group in groups_of(probe.settings).values():
            found[group.name] = group
    return found


def _sections(content: BaselineFile) -> Iterator[tuple[Path_, Section | None]]:
    for section, values in content.settings.items():
        yield ("settings", section), values
    for environment, overrides in content.overrides.items():
        for section, values in overrides.items():
            yield ("overrides", environment, section), values
    for n, workload in enumerate(content.workloads):
        for section, values in workload.settings.items():
            yield ("workloads", n, "settings", section), values


def _check_names(baseline: Baseline, path: Path_, values: Section) -> None:
    section = str(path[-1])
    models, file = baseline.models, baseline.file
    if section not in models:
        raise file.error(path, _no_such("probe or group", section, models))
    own = set(models[section].model_fields) - set(groups_of(models[section]))
    for name in values:
        if name not in own:
            raise file.error((*path, name), _no_such(f"setting of {section}", name, own))


def _no_such(kind: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1)
    return f"there is no {kind} named {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _misplaced(file: YamlFile, error: ValidationError) -> FileError:
    first = error.errors(include_url=False)[0]
    path = tuple(part for part in first["loc"] if part != "[key]")
    where = ".".join(str(part) for part in path)
    return file.error(path, f"{where}: {_words(first)}" if where else _words(first))


def _words(error: Any) -> str:
    """Pydantic's complaint in the words of somebody who edits a file."""
    if error["type"] == "extra_forbidden":
        return "there is no such key"
    if error["type"] == "missing":
        return "this key is missing"
    said = str(error["msg"])
    return said[:1].lower() + said[1:]
