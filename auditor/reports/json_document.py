"""The report as one JSON document, described by the JSON Schema beside this file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import IO, Any, get_type_hints

from pydantic import TypeAdapter

from auditor.query import JSON
from auditor.report import Report
from auditor.reports import Show

AT_ONCE = 500
"""Members of a list that are written together: the text of a whole report can fill the memory."""


@cache
def adapter() -> TypeAdapter[Any]:
    """Pydantic's view of the report's dataclasses."""
    return TypeAdapter(Report)


@cache
def of_field(name: str) -> TypeAdapter[Any]:
    """Pydantic's view of one field of the report."""
    return TypeAdapter(get_type_hints(Report)[name])


def schema() -> JSON:
    """The JSON Schema of the report."""
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Audit report"}
    return {**title, **adapter().json_schema(mode="serialization")}


def write(report: Report, stream: IO[str], show: Show) -> None:
    """Write the document; ASCII only, so that no terminal is told anything by it."""
    del show
    before = "{\n"
    for field in fields(report):
        stream.write(f'{before}  "{field.name}": ')
        for piece in _pieces(field.name, getattr(report, field.name)):
            stream.write(piece)
        before = ",\n"
    stream.write("\n}\n")


def _pieces(name: str, value: Any) -> Iterator[str]:
    """The text of one field, long lists in several pieces."""
    if not isinstance(value, list) or len(value) <= AT_ONCE:
        yield _text(name, value)
        return
    before = "["
    for members in chunks(value):
        # without its brackets: the line that opens the list, and the last line break with "]"
        yield before + _text(name, members)[1:].rpartition("\n")[0]
        before = ","
    yield "\n  ]"


def chunks(members: list[Any]) -> Iterator[list[Any]]:
    """A list in parts that can be written at once."""
    return (members[start : start + AT_ONCE] for start in range(0, len(members), AT_ONCE))


def _text(name: str, value: Any) -> str:
    """The value as it stands in the document: a string holds no line break of its own."""
    text = of_field(name).dump_json(value, indent=2, ensure_ascii=True).decode()
    return text.replace("\n", "\n  ")
