"""What is expected: settings per probe and environment, waivers, accepted blind spots.

The user's file lies over the shipped defaults key by key. In an environment, its own section of
`overrides` goes before `settings`.
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
from auditor.probe import Probe
from auditor.settings import ENVIRONMENTS, Settings, default_of, groups_of
from auditor.yaml_file import FileError, YamlFile, parse, read


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting's value comes from; line 0 is the shipped default."""

    layer: str
    line: int = 0


@dataclass(eq=False)
class Baseline:
    """A baseline, checked against the probes that it sets."""

    content: BaselineFile
    file: YamlFile
    digest: str
    path: str = ""
    models: dict[str, type[Settings]] = field(default_factory=dict)
    _settings: dict[tuple[str, str], Settings] = field(default_factory=dict)

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

    def settings(self, probe: Probe[Any, Any], environment: str) -> Settings:
        """What a probe expects in an environment."""
        name = (probe.id, environment)
        if name not in self._settings:
            self._settings[name] = self._build(probe.settings, probe.id, environment)
        return self._settings[name]

    def same_everywhere(self, probe: Probe[Any, Any]) -> bool:
        """Whether a probe expects the same in every environment."""
        first, *others = (self.settings(probe, name) for name in ENVIRONMENTS)
        return all(other == first for other in others)

    def origin(self, section: str, name: str, environment: str) -> Origin:
        """Where the value of a setting in an environment comes from."""
        for path in (("overrides", environment, section, name), ("settings", section, name)):
            if path in self.file.lines:
                return Origin(self.file.name, self.file.lines[path])
            if path[0] == "overrides" and self._shipped_override(section, name, environment):
                return Origin("shipped default for this environment")
        return Origin("shipped default")

    def _shipped_override(self, section: str, name: str, environment: str) -> bool:
        model = self.models.get(section)
        if model is None or name not in model.model_fields:
            return False
        info = model.model_fields[name]
        return bool(default_of(info, environment) != default_of(info, ENVIRONMENTS[0]))

    def _build(self, model: type[Settings], section: str, environment: str) -> Settings:
        groups = groups_of(model)
        values = self._values(model, section, environment, skip=groups)
        for name, group in groups.items():
            values[name] = self._build(group, group.name, environment)
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise self._complaint(error, section, environment) from None

    def _values(
        self, model: type[Settings], section: str, environment: str, skip: Iterable[str]
    ) -> dict[str, Any]:
        own = self.content.settings.get(section) or {}
        over = (self.content.overrides.get(environment) or {}).get(section) or {}  # type: ignore[call-overload]  # a Literal's name
        shipped = {
            name: default_of(info, environment)
            for name, info in model.model_fields.items()
            if name not in skip
        }
        mine = {n: v for n, v in own.items() if not self._shipped_override(section, n, environment)}
        return {**shipped, **mine, **over}

    def _complaint(self, error: ValidationError, section: str, environment: str) -> FileError:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        paths = (("overrides", environment, section, name), ("settings", section, name))
        path = next((p for p in paths if p in self.file.lines), paths[-1])
        return self.file.error(path, f"{section}.{name}: {_words(first)}")


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
    for n, waiver in enumerate(content.waivers):
        if not any(fnmatchcase(probe.id, waiver.probe) for probe in probes):
            raise file.error(
                ("waivers", n, "probe"), _no_such("probe", waiver.probe, (p.id for p in probes))
            )
    return baseline


def sections(probes: Iterable[Probe[Any, Any]]) -> dict[str, type[Settings]]:
    """Every name that can stand under `settings`, with what it sets: probes and groups."""
    found: dict[str, type[Settings]] = {}
    for probe in probes:
        found[probe.id] = probe.settings
        for group in groups_of(probe.settings).values():
            found[group.name] = group
    return found


def _sections(content: BaselineFile) -> Iterator[tuple[tuple[str, ...], Section | None]]:
    for section, values in content.settings.items():
        yield ("settings", section), values
    for environment, overrides in content.overrides.items():
        for section, values in overrides.items():
            yield ("overrides", environment, section), values


def _check_names(baseline: Baseline, path: tuple[str, ...], values: Section) -> None:
    section = path[-1]
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
