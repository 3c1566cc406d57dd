"""The clients of one profile: each made once, guarded, sharing one transport.

Making a client costs milliseconds, and adaptive pacing works per client, so all accounts of a
profile share them. Whose credentials sign a call is decided when it is signed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError

from auditor import __version__
from auditor.transport import Transport, share

THREADS = 32
"""Calls under way at once; more gain nothing, for a call costs about a millisecond of CPU."""

ATTEMPTS = 8
"""Tries of one call before it counts as refused."""

CREDENTIAL_CALLS = frozenset(
    {
        "sts:GetCallerIdentity",
        "sts:AssumeRole",
        "sts:AssumeRoleWithWebIdentity",
        "sso:GetRoleCredentials",
        "sso-oidc:CreateToken",
    }
)
"""What it takes to find out who we are, beside the queries."""

REGIONS_CALL = "ec2:DescribeRegions"


class Forbidden(BotoCoreError):
    """A call that no query names, stopped before it left the process."""

    fmt = "the read-only guard stopped {operation}: no query of the catalogue names it"


_signing: ContextVar[Credentials] = ContextVar("signing")


class _Current(Credentials):
    """Stands for the credentials of whichever account the calling thread works for."""

    def __init__(self) -> None:
        super().__init__("current", "current", method="auditor")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _signing.get().get_frozen_credentials()


class Clients:
    """The clients of one profile, each made once, guarded, sharing one transport."""

    def __init__(
        self, profile: str | None, allowed: frozenset[str], threads: int = THREADS
    ) -> None:
        self.session = botocore.session.Session(profile=profile)
        self.session.get_component("event_emitter").register_first("before-call", self._guard)
        parsers = self.session.get_component("response_parser_factory")
        parsers.set_parser_defaults(timestamp_parser=_as_sent)
        self.allowed = allowed | CREDENTIAL_CALLS | {REGIONS_CALL}
        self.threads = threads
        self.config = Config(
            retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
            max_pool_connections=threads,
            connect_timeout=10,
            read_timeout=60,
            user_agent=f"aws-live-auditor/{__version__}",
            account_id_endpoint_mode="disabled",
            inject_host_prefix=False,
        )
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}
        self._transport: Transport | None = None

    def _guard(self, model: Any, **_: Any) -> None:
        operation = f"{model.service_model.service_name}:{model.name}"
        if operation not in self.allowed:
            raise Forbidden(operation=operation)

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region."""
        made = self._made.get((service, region))
        if made is not None:
            return made
        with self._lock:
            if (service, region) not in self._made:
                client = self._make(service, region, self.config)
                self._transport = share(client, self._transport, self.threads)
                self._made[service, region] = client
            return self._made[service, region]

    def _make(self, service: str, region: str, config: Config) -> Any:
        vars(self.session)["_credentials"] = _Current()  # the session's one place for them
        return self.session.create_client(service, region_name=region, config=config)

    def impatient(self, service: str, region: str) -> Any:
        """A client that gives up soon, for the first call."""
        hasty = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=5)
        with self._lock:
            return self._make(service, region, self.config.merge(hasty))

    def close(self) -> None:
        """Close the connections."""
        if self._transport is not None:
            self._transport.close()


@contextmanager
def signing(credentials: Credentials) -> Iterator[None]:
    """Calls of this thread are signed with these credentials."""
    token = _signing.set(credentials)
    try:
        yield
    finally:
        _signing.reset(token)


def _as_sent(value: Any) -> Any:
    """Times stay as AWS sent them; the shape reads those that somebody reads."""
    return value
