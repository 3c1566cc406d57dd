"""Recorded state as files: one per account and region, readable, in a stable order, made for git.

`FOLDER/ACCOUNT/REGION.yaml`, and `FOLDER/ACCOUNT/global.yaml` for what an account has only once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor import __version__
from auditor.answer import Place
from auditor.errors import UserError
from auditor.query import JSON
from auditor.resources import Resource, Stack
from auditor.store import whole_file
from auditor.yaml_file import YamlFile, read

FORMAT = 1
KIND = "auditor recorded state"
ACCOUNT_WIDE = "global"
HEAD = """\
# What is approved of account {account}, {region}: written by `auditor record`, made for review.
# `auditor scan --recorded FOLDER` reports what differs from it. What an entry does not name was
# empty; what `not_read` names was not known when this was written, and is compared with nothing.
"""
ACCOUNT, REGION = re.compile(r"[0-9]{12}"), re.compile(r"[a-z0-9-]{1,40}")
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class RecordedError(UserError):
    """A folder of recorded state that cannot be used, in one sentence."""


class StackOf(BaseModel):
    """The stack that made a resource, and what the stack calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="Name of the stack.")
    logical_id: str = Field("", description="Logical id of the resource in the stack.")


class RecordedResource(BaseModel):
    """One resource as it was approved."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("", description="What people know it by.")
    arn: str = Field("", description="Its ARN on the day of recording.")
    stack: StackOf | None = Field(None, description="The stack that made it.")
    not_read: tuple[str, ...] = Field((), description="Attributes that AWS would not say.")
    config: dict[str, Any] = Field({}, description="Attributes in normal form.")


class RecordedType(BaseModel):
    """All resources of a kind as they were approved."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attributes: tuple[str, ...] = Field(description="What is recorded of each resource.")
    not_read: str = Field("", description="Why there may be more resources than are recorded.")
    resources: dict[str, RecordedResource] = Field({}, description="By their lasting names.")


class RecordedFile(BaseModel):
    """The approved configuration of one account and region."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["auditor recorded state"] = Field(description="What this file is.")
    format: Literal[1] = Field(description="Version of this format.")
    tool: str = Field(description="Version of the tool that wrote it.")
    partition: str = Field(description="`aws`, `aws-cn`, `aws-us-gov`, ...")
    account: str = Field(pattern="^[0-9]{12}$", description="Account id.")
    region: str = Field(
        pattern="^[a-z0-9-]{1,40}$",
        description="Region; `global` for what an account has only once.",
    )
    types: dict[str, RecordedType] = Field(description="By CloudFormation's names of kinds.")

    @property
    def place(self) -> Place:
        """The account and region."""
        region = "" if self.region == ACCOUNT_WIDE else self.region
        return Place(self.partition, self.account, region)


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A file of recorded state, and where it stands."""

    path: Path
    content: RecordedFile
    file: YamlFile | None = None

    def line(self, type_: str, key: str = "") -> str:
        """File and line of a kind, or of one of its resources, for who reads a finding."""
        where = ("types", type_, "resources", key) if key else ("types", type_)
        return f"{self.path}:{self.file.line(where)}" if self.file else str(self.path)


@dataclass(frozen=True, slots=True)
class Folder:
    """All files of a folder of recorded state, by place."""

    path: Path
    places: Mapping[Place, PlaceRecord] = field(default_factory=dict)

    @property
    def types(self) -> frozenset[str]:
        """Every kind that some file records."""
        return frozenset(t for one in self.places.values() for t in one.content.types)


def path_of(place: Place) -> Path:
    """Where the file of a place stands in its folder; raises `RecordedError` for what is none."""
    region = place.region or ACCOUNT_WIDE
    if not (ACCOUNT.fullmatch(place.account) and REGION.fullmatch(region)):
        message = f"{place}: is no account and region"
        raise RecordedError(message)
    return Path(place.account) / f"{region}.yaml"


def new_file(place: Place, types: Mapping[str, RecordedType]) -> RecordedFile:
    """The file of a place, written by this version."""
    return RecordedFile(
        kind=KIND,
        format=FORMAT,
        tool=__version__,
        partition=place.partition,
        account=place.account,
        region=place.region or ACCOUNT_WIDE,
        types=dict(types),
    )


def resource_of(type_: str, key: str, recorded: RecordedResource) -> Resource:
    """What a finding says of a resource that is recorded and was not found."""
    stack = recorded.stack
    return Resource(
        type_,
        key,
        recorded.arn,
        recorded.name or key,
        recorded.config.get("Tags"),
        Stack(stack.name, logical_id=stack.logical_id) if stack else None,
    )


def schema() -> JSON:
    """The JSON Schema of a file of recorded state."""
    schema_ = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**schema_, **RecordedFile.model_json_schema()}


# -- writing --------------------------------------------------------------------------------------


def write(folder: Path, content: RecordedFile) -> Path:
    """Write the file of a place; raises `RecordedError` where that cannot be done."""
    path = folder / path_of(content.place)
    text = dump(content)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as stream:
            stream.write(text)
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise RecordedError(message) from None
    return path


def dump(content: RecordedFile) -> str:
    """The text of a file; ASCII only, so that no name in it can mislead who reviews it."""
    value = content.model_dump(mode="json", exclude_defaults=True)
    value["types"] = {name: _type(content.types[name]) for name in sorted(content.types)}
    apart = json.loads(json.dumps(value))  # no aliases in the YAML
    body = yaml.dump(apart, Dumper=DUMPER, sort_keys=False, allow_unicode=False, width=10_000)
    return HEAD.format(account=content.account, region=content.region) + str(body)


def _type(recorded: RecordedType) -> JSON:
    said: dict[str, JSON] = {"attributes": list(recorded.attributes)}
    if recorded.not_read:
        said["not_read"] = recorded.not_read
    said["resources"] = {
        key: recorded.resources[key].model_dump(mode="json", exclude_defaults=True)
        for key in sorted(recorded.resources)
    }
    return said


# -- reading --------------------------------------------------------------------------------------


def load(path: Path) -> Folder:
    """The recorded state of a folder, or of one file of it.

    Raises `RecordedError` where there is none, and `FileError` with the line where it is not sound.
    """
    files = [path] if path.is_file() else sorted(path.glob("*/*.yaml"))
    if not files:
        message = f"{path}: holds no recorded state; `auditor record -o {path}` writes it"
        raise RecordedError(message)
    places: dict[Place, PlaceRecord] = {}
    for one in files:
        found = read_place(one)
        place = found.content.place
        if place in places:
            message = f"{one}: records {place}, as {places[place].path} does"
            raise RecordedError(message)
        places[place] = found
    return Folder(path, places)


def read_place(path: Path) -> PlaceRecord:
    """One file; raises `FileError` with the line where it is not sound."""
    file = read(path)
    head = file.value if isinstance(file.value, dict) else {}
    if head.get("kind") != KIND:
        raise file.error(("kind",), "this is no recorded state of this tool")
    if head.get("format") != FORMAT:
        said = f"is of format {head.get('format')}; this version reads format {FORMAT}"
        raise file.error(("format",), said)
    try:
        return PlaceRecord(path, RecordedFile.model_validate(file.value), file)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = tuple(part for part in first["loc"] if part != "[key]")
        said = ".".join(str(part) for part in where)
        raise file.error(where, f"{said}: {_words(first)}") from None


def _words(error: Any) -> str:
    said = {"extra_forbidden": "there is no such key", "missing": "this key is missing"}
    return said.get(error["type"]) or str(error["msg"])[:1].lower() + str(error["msg"])[1:]
