"""CloudFormation's own schemas of resources, as cfn-lint ships them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint

FOLDER = Path(cfnlint.__file__).parent / "data" / "schemas"
CHOICES = ("anyOf", "oneOf", "allOf")
Schema = Mapping[str, Any]


@cache
def _files() -> Mapping[str, str]:
    """Kind of resource -> the file that describes it, in the region that has them all."""
    found: dict[str, str] = json.loads((FOLDER / "providers" / "us-east-1.json").read_text())
    return found


@cache
def _schema(kind: str) -> Schema:
    found: Schema = json.loads((FOLDER / "resources" / f"{_files()[kind]}.json").read_text())
    return found


def is_kind(kind: str) -> bool:
    """Whether CloudFormation has such a kind of resource."""
    return kind in _files()


def may_declare(kind: str, path: str) -> bool:
    """Whether a template may declare a property, by its path; of a free document anything."""
    root = _schema(kind)
    if f"/properties/{path.replace('.', '/')}" in root.get("readOnlyProperties", ()):
        return False
    here: list[Schema] = [root]
    for name in path.split("."):
        if here != [root] and any(_is_free(root, one) for one in here):
            return True
        here = [below for one in here for found, below in _properties(root, one) if found == name]
    return bool(here)


def _resolved(root: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _properties(root: Schema, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The properties of an object, or of the members of a list."""
    schema = _resolved(root, schema)
    if "items" in schema:
        yield from _properties(root, schema["items"])
    for choice in CHOICES:
        for one in schema.get(choice, ()):
            yield from _properties(root, one)
    yield from schema.get("properties", {}).items()


def _is_free(root: Schema, schema: Schema) -> bool:
    """Whether it is an object of which the schema does not say what is in it."""
    schema = _resolved(root, schema)
    kinds = schema.get("type", ())
    if "object" in ((kinds,) if isinstance(kinds, str) else kinds):
        return not schema.get("properties")
    return any(_is_free(root, one) for choice in CHOICES for one in schema.get(choice, ()))
