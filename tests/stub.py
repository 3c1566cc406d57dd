"""A small server that answers as AWS does, for what moto cannot do: refuse, throttle, hang."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

XML = "text/xml"
QUERY_SERVICES = {
    "sts",
    "iam",
    "elasticloadbalancing",
    "autoscaling",
    "rds",
    "sns",
    "cloudformation",
    "sqs",
}
IDENTITY = """<GetCallerIdentityResponse><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/auditor</Arn><UserId>AIDA</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


@dataclass(frozen=True)
class Said:
    """One HTTP answer."""

    status: int
    body: str
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def error(code: str, message: str, protocol: str, status: int = 400) -> Said:
    """An error in the words of a protocol."""
    if protocol == "ec2":
        body = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
        return Said(status, body, XML)
    if protocol == "query":
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        return Said(status, body, XML)
    if protocol == "s3":
        return Said(status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>", XML)
    return Said(
        status, json.dumps({"__type": code, "message": message}), headers={"x-amzn-ErrorType": code}
    )


def protocol_of(service: str) -> str:
    if service in {"ec2", "s3"}:
        return service
    return "query" if service in QUERY_SERVICES else "json"


def denied(service: str, operation: str) -> Said:
    """Everything but who we are is denied."""
    protocol = protocol_of(service)
    code = "UnauthorizedOperation" if protocol == "ec2" else "AccessDeniedException"
    return error(code, f"not authorized to perform {service}:{operation}", protocol, 403)


class Stub:
    """Answers by `service:Operation`; what is not in `answers` goes to `otherwise`."""

    def __init__(self) -> None:
        self.answers: dict[str, Said] = {"sts:GetCallerIdentity": Said(200, IDENTITY, XML)}
        self.otherwise: Callable[[str, str], Said] = denied
        self.calls: list[str] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                scope = self.headers.get("Authorization", "").partition("Credential=")[2].split("/")
                service = scope[3] if len(scope) > 3 else ""
                target = self.headers.get("X-Amz-Target", "")
                operation = (
                    target.rpartition(".")[2] or parse_qs(body).get("Action", [self.path])[0]
                )
                said = stub.say(service, operation)
                sent = said.body.encode()
                self.send_response(said.status)
                for name, value in {"Content-Type": said.kind, **said.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST  # noqa: N815 - the name that http.server calls

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def say(self, service: str, operation: str) -> Said:
        self.calls.append(f"{service}:{operation}")
        return self.answers.get(f"{service}:{operation}") or self.otherwise(service, operation)

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
