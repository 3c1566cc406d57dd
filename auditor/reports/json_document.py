"""The report as one JSON document, described by the JSON Schema beside this file."""

from __future__ import annotations

from functools import cache
from typing import IO, Any

from pydantic import TypeAdapter

from auditor.query import JSON
from auditor.report import Report
from auditor.reports import Show


@cache
def adapter() -> TypeAdapter[Any]:
    """Pydantic's view of the report's dataclasses."""
    return TypeAdapter(Report)


def schema() -> JSON:
    """The JSON Schema of the report."""
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Audit report"}
    return {**title, **adapter().json_schema(mode="serialization")}


def write(report: Report, stream: IO[str], show: Show) -> None:
    """Write the document; ASCII only, so that no terminal is told anything by it."""
    del show
    stream.write(adapter().dump_json(report, indent=2, ensure_ascii=True).decode())
    stream.write("\n")
