"""A replaying proxy before the mock, so that what is measured is the auditor and not the mock.

The first time that a request is seen it goes to the mock and its answer is kept; from then on the
answer is replayed from memory after the chosen latency, and throttled at the chosen rate for each
service and region. Two requests are the same when method, path, target, service, region and body
are; signatures and dates do not count. Binds to 127.0.0.1, and ends after an hour by itself.

A role of any account can be assumed: what its credentials ask is answered as the one account of the
mock answers, under the role's account.

`GET /__bench__/stats`, `POST /__bench__/reset`, `POST /__bench__/config {"latency_ms": 20, "rate": 0}`.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

LONGEST_LIFE = 3600
CONTROL = "/__bench__/"
DROPPED = {"content-length", "transfer-encoding", "connection", "date", "server"}
BURST = 100
ACCOUNT = "123456789012"
"""The account that the mock answers for."""

KEYS = "ASIA"
"""How access keys begin that `assumed` hands out; the account follows."""


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def scope(self) -> tuple[str, str]:
        """(service, region) of the credential scope."""
        parts = self.headers.get("authorization", "").partition("Credential=")[2].split("/")
        return (parts[3], parts[2]) if len(parts) > 4 else ("", "")

    @property
    def account(self) -> str:
        """The account that asks."""
        key = self.headers.get("authorization", "").partition("Credential=")[2].split("/")[0]
        return key.removeprefix(KEYS)[:12] if key.startswith(KEYS) else ACCOUNT

    def of(self, account: str) -> Request:
        """The same, asked by another account."""
        mine = self.account
        headers = {name: value.replace(mine, account) for name, value in self.headers.items()}
        body = self.body.replace(mine.encode(), account.encode())
        return Request(self.method, self.path.replace(mine, account), headers, body)

    @property
    def operation(self) -> str:
        target = self.headers.get("x-amz-target", "").rpartition(".")[2]
        action = parse_qs(self.body.decode("utf-8", "replace")).get("Action", [""])[0]
        rest = f"{self.method} {urlsplit(self.path).path.split('/')[1]}"
        return f"{self.scope[0]}:{target or action or rest}"


@dataclass
class Answer:
    status: int
    head: bytes
    body: bytes

    def of(self, account: str) -> Answer:
        """The same of another account; its id is as long, so that the length stays."""
        mine, other = ACCOUNT.encode(), account.encode()
        return Answer(self.status, self.head.replace(mine, other), self.body.replace(mine, other))


@dataclass
class Stats:
    calls: int = 0
    throttled: int = 0
    misses: int = 0
    in_flight: int = 0
    peak: int = 0
    connections: int = 0
    first: float = 0.0
    last: float = 0.0
    operations: Counter[str] = field(default_factory=Counter)


class Proxy:
    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream)
        self.answers: dict[tuple[object, ...], Answer] = {}
        self.stats = Stats()
        self.latency, self.rate = 0.0, 0.0
        self.buckets: dict[tuple[str, str], tuple[float, float]] = {}
        self.gate = asyncio.Semaphore(4)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.stats.connections += 1
        try:
            while (request := await read_request(reader, writer)) is not None:
                answer = await self.answer(request)
                date = formatdate(time.time(), usegmt=True).encode()
                writer.write(answer.head + b"Date: " + date + b"\r\n\r\n" + answer.body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def answer(self, request: Request) -> Answer:
        if request.path.startswith(CONTROL):
            return self.control(request)
        stats = self.stats
        stats.first = stats.first or time.time()
        stats.calls += 1
        stats.in_flight += 1
        stats.peak = max(stats.peak, stats.in_flight)
        stats.operations[request.operation] += 1
        try:
            if self.rate and self.throttled(request):
                stats.throttled += 1
                await asyncio.sleep(self.latency)
                return refusal(request)
            if request.operation == "sts:AssumeRole":
                answer = assumed(request)
            elif request.account == ACCOUNT:
                answer = await self.kept(request)
            else:
                answer = (await self.kept(request.of(ACCOUNT))).of(request.account)
            await asyncio.sleep(self.latency)
            return answer
        finally:
            stats.in_flight -= 1
            stats.last = time.time()

    async def kept(self, request: Request) -> Answer:
        """The mock's answer, from memory if it was asked before."""
        key = (
            request.method,
            request.path,
            request.scope,
            request.headers.get("x-amz-target"),
            request.body,
        )
        answer = self.answers.get(key)
        if answer is None:
            self.stats.misses += 1
            async with self.gate:
                answer = await asyncio.to_thread(self.ask, request)
            self.answers[key] = answer
        return answer

    def throttled(self, request: Request) -> bool:
        """A token bucket for each service and region."""
        now = time.monotonic()
        tokens, then = self.buckets.get(request.scope, (BURST, now))
        tokens = min(BURST, tokens + (now - then) * self.rate)
        self.buckets[request.scope] = (tokens if tokens < 1 else tokens - 1, now)
        return tokens < 1

    def ask(self, request: Request) -> Answer:
        connection = http.client.HTTPConnection(
            str(self.upstream.hostname), self.upstream.port, timeout=120
        )
        headers = {
            k: v
            for k, v in request.headers.items()
            if k not in {"connection", "content-length", "expect"}
        }
        connection.request(request.method, request.path, body=request.body or None, headers=headers)
        response = connection.getresponse()
        body = response.read()
        kept = [(k, v) for k, v in response.getheaders() if k.lower() not in DROPPED]
        connection.close()
        return made(response.status, kept, body)

    def control(self, request: Request) -> Answer:
        what = request.path.removeprefix(CONTROL)
        if what == "reset":
            self.stats, self.buckets = Stats(), {}
        elif what == "config":
            wanted = json.loads(request.body)
            self.latency = wanted.get("latency_ms", 0) / 1000
            self.rate = wanted.get("rate", 0)
        body = json.dumps({**vars(self.stats), "operations": dict(self.stats.operations)}).encode()
        return made(200, [("Content-Type", "application/json")], body)


def assumed(request: Request) -> Answer:
    """Credentials for a role, good for an hour."""
    role = parse_qs(request.body.decode())["RoleArn"][0]
    account = role.split(":")[4]
    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + LONGEST_LIFE))
    user = f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/bench"
    body = (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>'
        f"<Credentials><AccessKeyId>{KEYS}{account}</AccessKeyId>"
        "<SecretAccessKey>bench</SecretAccessKey><SessionToken>bench</SessionToken>"
        f"<Expiration>{ends}</Expiration></Credentials><AssumedRoleUser><Arn>{escape(user)}</Arn>"
        f"<AssumedRoleId>AROA:bench</AssumedRoleId></AssumedRoleUser></AssumeRoleResult>"
        "<ResponseMetadata><RequestId>bench</RequestId></ResponseMetadata></AssumeRoleResponse>"
    )
    return made(200, [("Content-Type", "text/xml")], body.encode())


def made(status: int, headers: list[tuple[str, str]], body: bytes) -> Answer:
    lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"Content-Length: {len(body)}", ""]
    return Answer(status, "\r\n".join(lines).encode("latin-1"), body)


def refusal(request: Request) -> Answer:
    """Throttling in the words of the request's protocol."""
    if request.scope[0] == "ec2":
        body = b"<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow</Message></Error></Errors></Response>"
        return made(503, [("Content-Type", "text/xml")], body)
    if b"Action=" in request.body:
        body = b"<ErrorResponse><Error><Code>Throttling</Code><Message>slow</Message></Error></ErrorResponse>"
        return made(400, [("Content-Type", "text/xml")], body)
    body = b'{"__type": "ThrottlingException", "message": "slow"}'
    return made(
        400,
        [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("x-amzn-ErrorType", "ThrottlingException"),
        ],
        body,
    )


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
        if name
    }
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, headers, body)


async def main(upstream: str) -> None:
    proxy = Proxy(upstream)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.sleep(LONGEST_LIFE)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
