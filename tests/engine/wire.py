"""AWS as a table: calls are answered before they leave the process, and remembered.

Beside it the small queries and probes that the engine's tests judge by.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from pydantic import Field

from auditor.clients import Clients
from auditor.collect import collect
from auditor.inventory import Inventory
from auditor.probe import Probe, Severity
from auditor.query import Query, Shape
from auditor.resources import Tags
from auditor.session import Account, open_account
from tests.kit import ACCOUNT, REGION

DATE = "Sat, 21 Nov 2026 12:00:00 GMT"


@dataclass(frozen=True)
class Fault:
    """What AWS says instead of an answer."""

    code: str
    status: int = 400
    message: str = "because"


@dataclass(frozen=True)
class Call:
    """One call as it would have left the process."""

    operation: str
    params: dict[str, Any]
    access_key: str
    region: str


class _Raw(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterable[bytes]:
        yield self.read()


class Wire:
    """Answers by operation: a dict, a `Fault`, an exception, bytes, or a function of the call."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = {
            "GetCallerIdentity": self._identity,
            "DescribeRegions": regions(REGION),
            "AssumeRole": self._role,
            **answers,
        }
        self.calls: list[Call] = []
        self.accounts = {"testing": ACCOUNT}
        self.headers = {"date": DATE}
        self._lock = threading.Lock()

    def serve(self, clients: Clients) -> None:
        events = clients.session.get_component("event_emitter")
        events.register_first("before-send", self._send)

    def asked(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    def _send(self, request: Any, event_name: str, **_: Any) -> AWSResponse:
        call = _call(request, event_name.rpartition(".")[2])
        with self._lock:
            self.calls.append(call)
        answer = self.answers[call.operation]
        answer = answer(call) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        status, body = 200, answer
        if isinstance(answer, Fault):
            status = answer.status
            body = {"__type": answer.code, "message": answer.message}
            if call.operation in {"GetCallerIdentity", "AssumeRole", "DescribeRegions"}:
                body = _xml_fault(answer)
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return AWSResponse(request.url, status, self.headers, _Raw(sent))

    def _identity(self, call: Call) -> bytes:
        account = self.accounts.get(call.access_key)
        if account is None:
            return _xml_fault(Fault("InvalidClientTokenId"))
        return (
            "<GetCallerIdentityResponse><GetCallerIdentityResult>"
            f"<Arn>arn:aws:iam::{account}:user/auditor</Arn><Account>{account}</Account>"
            "</GetCallerIdentityResult></GetCallerIdentityResponse>"
        ).encode()

    def _role(self, call: Call) -> bytes:
        """Credentials that are good for an hour, named after the role's account."""
        account = call.params["RoleArn"].split(":")[4]
        self.accounts[f"ROLE{account}"] = account
        return credentials(f"ROLE{account}", "2099-01-01T00:00:00Z")


def credentials(access_key: str, expires: str) -> bytes:
    return (
        "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
        f"<AccessKeyId>{access_key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
        f"<SessionToken>t</SessionToken><Expiration>{expires}</Expiration>"
        "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    ).encode()


def regions(*names: str, off: tuple[str, ...] = ()) -> bytes:
    status = dict.fromkeys(names, "opt-in-not-required") | dict.fromkeys(off, "not-opted-in")
    items = "".join(
        f"<item><regionName>{name}</regionName><optInStatus>{said}</optInStatus></item>"
        for name, said in status.items()
    )
    return (
        f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
    ).encode()


def _xml_fault(fault: Fault) -> bytes:
    return (
        f"<ErrorResponse><Error><Code>{fault.code}</Code><Message>{fault.message}</Message>"
        "</Error></ErrorResponse>"
    ).encode()


def _call(request: Any, operation: str) -> Call:
    body = request.body or b""
    text = body.decode() if isinstance(body, bytes) else body
    params = (
        json.loads(text)
        if text.startswith("{")
        else {name: values[0] for name, values in parse_qs(text).items()}
    )
    signature = request.headers.get("Authorization", b"")
    signed = signature.decode() if isinstance(signature, bytes) else signature
    scope = signed.partition("Credential=")[2].split("/")
    return Call(operation, params, scope[0], scope[2] if len(scope) > 2 else "")


def opened(
    wire: Wire | None,
    queries: Iterable[Query[Any]],
    *,
    wanted: tuple[str, ...] = (REGION,),
    role: str | None = None,
    threads: int = 4,
    attempts: int = 1,
) -> Account:
    """An account that is answered by a wire, or by whatever else stands before the network."""
    clients = Clients(None, frozenset(query.operation for query in queries), threads)
    retries = Config(retries={"mode": "standard", "total_max_attempts": attempts})
    clients.config = clients.config.merge(retries)
    if wire:
        wire.serve(clients)
    return open_account(clients, wanted, role)


def collected(wire: Wire | None, *queries: Query[Any], **how: Any) -> Inventory:
    """What a wire answers to queries, and to those that they hang on."""
    from auditor.query import closure

    asked = closure(queries)
    account = opened(wire, asked, **how)
    try:
        return collect(account, asked)
    finally:
        account.clients.close()


# -- queries and probes ---------------------------------------------------------------------------


class Key(Shape):
    key_arn: str
    key_id: str


class Metadata(Shape):
    key_state: str


class Rotation(Shape):
    key_rotation_enabled: bool


class Secret(Shape):
    name: str
    tags: Tags = Field(default_factory=dict)


class Cluster(Shape):
    cluster_arn: str
    status: str = ""


GONE = {"NotFoundException"}
KEYS = Query(
    "kms:ListKeys", Key, each="Keys", key="KeyArn", arn="KeyArn", name="KeyId", type="AWS::KMS::Key"
)
KEY = Query(
    "kms:DescribeKey", Metadata, at="KeyMetadata", of=KEYS, given={"KeyId": "KeyArn"}, gone=GONE
)
ROTATION = Query(
    "kms:GetKeyRotationStatus",
    Rotation,
    of=KEYS,
    given={"KeyId": "KeyArn"},
    absent={"UnsupportedOperationException"},
    gone=GONE,
)
SECRETS = Query(
    "secretsmanager:ListSecrets",
    Secret,
    each="SecretList",
    key="Name",
    tags="Tags",
    type="AWS::SecretsManager::Secret",
)


def arn(name: str) -> str:
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"


def keys(*names: str) -> dict[str, Any]:
    """The answer of `ListKeys`."""
    return {"Keys": [{"KeyArn": arn(name), "KeyId": name} for name in names]}


def state(said: str = "Enabled") -> dict[str, Any]:
    """The answer of `DescribeKey`."""
    return {"KeyMetadata": {"KeyState": said, "KeyId": "k"}}


def probe_of(judge: Callable[..., Any] | None, **more: Any) -> Probe[Any, Any]:
    """A probe that judges by a function of subject, facts and settings."""
    said: dict[str, Any] = {
        "id": "engine.example",
        "paragraphs": ("Keys are well.", "Why it matters.", "Fix: mend the key."),
        "severity": Severity.MEDIUM,
        "subject": KEYS,
        **more,
    }
    if judge:
        said["judge"] = lambda _, subject, facts, expected: judge(subject, facts, expected)
    made: Probe[Any, Any] = type("Example", (Probe,), said)()
    return made
