"""Answers off the wire: one that cannot be read is no answer, and never an empty one.

botocore's parsers forgive much: a body that is no JSON, or that is a proxy's page, reads as an
answer that says nothing; an object or a text where a list should stand is a list of its keys or
letters; any word that is not `true` is false. Absence would be concluded from all of these. What
the parsers do not forgive they stumble over, with whatever error Python has for it.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

from botocore.exceptions import BotoCoreError
from botocore.parsers import (
    PROTOCOL_PARSERS,
    BaseJSONParser,
    BaseXMLResponseParser,
    ResponseParser,
    ResponseParserFactory,
)

ERRORS = 300
"""The status from which on an answer is an error."""

NO_CONTENT = 204


class UnreadableAnswer(BotoCoreError):
    """An answer that is not what the operation answers; of what it holds nothing is repeated."""

    fmt = "the answer could not be read: {what}"


class Parsers(ResponseParserFactory):
    """Makes botocore's parsers, none of which takes what is unreadable for an answer."""

    def create_parser(self, protocol_name: str) -> ResponseParser:
        """The parser of a protocol, stricter than it is."""
        how = self._defaults  # type: ignore[attr-defined]  # not in the stubs
        parser: ResponseParser = _strict(PROTOCOL_PARSERS[protocol_name])(**how)
        return parser


@cache
def _strict(parser: type[ResponseParser]) -> type[ResponseParser]:
    kinds = {BaseJSONParser: _StrictJSON, BaseXMLResponseParser: _StrictXML}
    stricter = next((mine for kind, mine in kinds.items() if issubclass(parser, kind)), _Strict)
    return type(f"Strict{parser.__name__}", (stricter, parser), {})


class _Strict(ResponseParser):
    """Whatever a parser stumbles over, it is the answer that cannot be read."""

    def parse(self, response: Any, shape: Any) -> Any:
        """Raises `UnreadableAnswer`; an error that cannot be read is told by its status."""
        failed = response["status_code"] >= ERRORS
        try:
            parsed = super().parse(response, shape)
            if not failed and _holds_nothing(parsed) and _should_hold_something(response, shape):
                self.prove_empty(response["body"])
        except Exception as error:
            # Nothing of ours runs in here, so it is no bug of ours that is taken for AWS's.
            if failed:
                return _by_status(response, shape)
            if isinstance(error, UnreadableAnswer):
                raise
            what = f"it is nothing that the operation answers ({type(error).__name__})"
            raise UnreadableAnswer(what=what) from None
        return parsed if not failed or _tells(parsed, shape) else _by_status(response, shape)

    def prove_empty(self, body: bytes) -> None:
        """Raise where a body that reads as an answer without content is none at all."""


class _StrictJSON(_Strict):
    def prove_empty(self, body: bytes) -> None:
        if not isinstance(json.loads(body), dict):
            raise UnreadableAnswer(what="it is no JSON object")

    def _handle_list(self, shape: Any, node: Any) -> Any:
        in_header = shape.serialization.get("location") == "header"  # there a list is a text
        if not isinstance(node, list) and not in_header:
            raise UnreadableAnswer(what=f"{shape.name} is no list")
        return super()._handle_list(shape, node)  # type: ignore[misc]  # not in the stubs


class _StrictXML(_Strict):
    def prove_empty(self, body: bytes) -> None:
        root = ET.fromstring(body).tag.rpartition("}")[2]  # noqa: S314 - as botocore reads it; expat bounds entities
        if root.lower() in ("html", "error", "errorresponse"):
            raise UnreadableAnswer(what=f"it is <{root}>")

    def _handle_list(self, shape: Any, node: Any) -> Any:
        flat = shape.serialization.get("flattened") or isinstance(node, list)
        if not flat and (node.text or "").strip():
            raise UnreadableAnswer(what=f"{shape.name} is no list")
        return super()._handle_list(shape, node)  # type: ignore[misc]  # not in the stubs

    def _handle_boolean(self, shape: Any, node: Any) -> Any:
        """A word that is neither is left as it is: the shape refuses it when it is read."""
        text = getattr(node, "text", node)
        known = text in ("true", "false")
        return super()._handle_boolean(shape, node) if known else text  # type: ignore[misc]  # not in the stubs


def _holds_nothing(parsed: Any) -> bool:
    """Whether there is nothing in an answer, or in the one object that it consists of."""
    fields = parsed.items() if isinstance(parsed, Mapping) else ()
    return all(name == "ResponseMetadata" or value in ({}, None) for name, value in fields)


def _should_hold_something(response: Mapping[str, Any], shape: Any) -> bool:
    said = response["body"] or response["status_code"] != NO_CONTENT
    return bool(shape and shape.members and said)


def _tells(parsed: Any, shape: Any) -> bool:
    """Whether an error has its code and message where botocore looks for them, as text."""
    if _is_modeled(shape):
        return isinstance(parsed, dict)
    said = parsed.get("Error") if isinstance(parsed, dict) else None
    return isinstance(said, dict) and all(
        isinstance(said.get(name, ""), str) for name in ("Code", "Message")
    )


def _by_status(response: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    """An error as its status tells it: so a page that a proxy sent is tried again, or denied."""
    if _is_modeled(shape):
        return {}
    status = response["status_code"]
    headers = {name.lower(): value for name, value in response["headers"].items()}
    return {
        "Error": {"Code": str(status), "Message": http.client.responses.get(status, "")},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers},
    }


def _is_modeled(shape: Any) -> bool:
    """Whether only the fields of an error that was already read are looked for."""
    return shape is not None and bool(shape.metadata.get("exception", False))
