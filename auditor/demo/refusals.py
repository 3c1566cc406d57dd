"""AWS's way of refusing, in the wire format of the service that was asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

# Services that speak REST in XML; the other REST services answer in JSON.
_REST_XML = {"cloudfront", "route53", "s3", "s3express"}
_REQUEST_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Refusal:
    """Status line, content type and body of an error."""

    status: str
    content_type: str
    body: bytes
    code: str

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [
            ("Content-Type", self.content_type),
            ("Content-Length", str(len(self.body))),
            ("x-amzn-RequestId", _REQUEST_ID),
            ("x-amzn-ErrorType", self.code),
        ]


def unknown_operation(service: str, environ: Mapping[str, object]) -> Refusal:
    """What AWS says to an operation that it does not have: "Common Errors" of the API references.

    A service asked by `X-Amz-Target` speaks JSON; by a form, Query; else it is a REST service.
    """
    if "HTTP_X_AMZ_TARGET" in environ:
        return _json("400 Bad Request", "UnknownOperationException")
    form = str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")
    if form:
        return _xml("400 Bad Request", "InvalidAction", ec2=service == "ec2")
    if service in _REST_XML:
        return _xml("501 Not Implemented", "NotImplemented", ec2=False)
    return _json("404 Not Found", "UnknownOperationException")


def internal_failure(service: str, environ: Mapping[str, object]) -> Refusal:
    """What AWS says when it fails itself."""
    if "HTTP_X_AMZ_TARGET" in environ:
        return _json("500 Internal Server Error", "InternalFailure")
    form = str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")
    if form or service in _REST_XML:
        return _xml("500 Internal Server Error", "InternalFailure", ec2=service == "ec2")
    return _json("500 Internal Server Error", "InternalFailure")


def _message(code: str) -> str:
    if code == "InternalFailure":
        return "The local account failed to answer; this says nothing about AWS."
    return "The local account does not offer this operation."


def _json(status: str, code: str) -> Refusal:
    body = json.dumps({"__type": code, "message": _message(code)}).encode()
    return Refusal(status, "application/x-amz-json-1.1", body, code)


def _xml(status: str, code: str, *, ec2: bool) -> Refusal:
    error = f"<Error><Code>{escape(code)}</Code><Message>{escape(_message(code))}</Message></Error>"
    if ec2:
        text = f"<Response><Errors>{error}</Errors><RequestID>{_REQUEST_ID}</RequestID></Response>"
    else:
        text = f"<ErrorResponse>{error}<RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
    return Refusal(status, "text/xml", text.encode(), code)
