"""The clients of one profile: each made once, guarded, sharing one transport.

Making a client costs milliseconds, and adaptive pacing works per client, so all accounts of a
profile share them. Whose credentials sign a call is decided when it is signed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.exceptions import (
    ConnectionError as EndpointError,
)

from auditor import __version__
from auditor.answer import Why
from auditor.deadline import OutOfTime
from auditor.parsing import Parsers, UnreadableAnswer
from auditor.transport import Transport, share

THREADS = 32
"""Calls under way at once; more gain nothing, for a call costs about a millisecond of CPU."""

ATTEMPTS = 8
"""Tries of one call before it counts as refused."""

HASTY = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=5)
"""For calls to where perhaps nobody is."""

LONGEST = 1000
"""Characters that are kept of what an error says: behind a proxy it may be a whole page."""

CREDENTIAL_CALLS = frozenset(
    {
        "sts:GetCallerIdentity",
        "sts:AssumeRole",
        "sts:AssumeRoleWithWebIdentity",
        "sso:GetRoleCredentials",
        "sso-oidc:CreateToken",
        "signin:CreateOAuth2Token",
    }
)
"""What it takes to find out who we are, beside the queries."""

REGIONS_CALL = "ec2:DescribeRegions"

DENIALS = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
     "AuthorizationErrorException", "AuthFailure", "UnauthorizedException", "Forbidden", "403"}
)  # fmt: skip
THROTTLES = frozenset(
    {"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
     "RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException",
     "ProvisionedThroughputExceededException", "BandwidthLimitExceeded", "SlowDown",
     "LimitExceededException", "PriorRequestNotComplete", "EC2ThrottledException"}
)  # fmt: skip
"""The codes that botocore's own retry handlers know, and the shorter forms of query services."""

SPENT = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId",
     "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch",
     "InvalidSignatureException", "IncompleteSignature", "MissingAuthenticationToken"}
)  # fmt: skip
"""Of credentials that no longer count: answered with 403, but no permission would help."""

EXPECTED = (ClientError, BotoCoreError, OutOfTime)
"""What AWS, the network, botocore or the end of a run may answer; all else is a bug of the tool."""


class Misconfigured(BotoCoreError):
    """A client that cannot be made of what the environment or the profile says."""

    fmt = "no client of {service} can be made: {error}"


class Forbidden(BotoCoreError):
    """A call that no query names, stopped before it left the process."""

    fmt = "the read-only guard stopped {operation}: no query of the catalogue names it"


_signing: ContextVar[Credentials] = ContextVar("signing")


class _Current(Credentials):
    """Stands for the credentials of whichever account the calling thread works for."""

    def __init__(self) -> None:
        super().__init__("current", "current", method="auditor")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        try:
            return _signing.get().get_frozen_credentials()
        except (ClientError, RuntimeError, OSError, ValueError) as error:
            # they could not be renewed: that is not what the call itself was answered
            raise CredentialRetrievalError(provider="auditor", error_msg=error) from error


class Clients:
    """The clients of one profile, each made once, guarded, sharing one transport.

    With one attempt nothing is paced or tried again: whoever asks keeps a pace of its own.
    """

    def __init__(
        self,
        profile: str | None,
        allowed: frozenset[str],
        threads: int = THREADS,
        attempts: int = ATTEMPTS,
    ) -> None:
        self.session = botocore.session.Session(profile=profile)
        self.session.get_component("event_emitter").register_first("before-call", self._guard)
        parsers = Parsers()
        parsers.set_parser_defaults(timestamp_parser=_as_sent)
        self.session.register_component("response_parser_factory", parsers)
        self.allowed = allowed | CREDENTIAL_CALLS | {REGIONS_CALL}
        self.threads = threads
        self.config = Config(
            retries={
                "mode": "adaptive" if attempts > 1 else "standard",
                "total_max_attempts": attempts,
            },
            max_pool_connections=threads,
            connect_timeout=10,
            read_timeout=60,
            user_agent=f"aws-live-auditor/{__version__}",
            account_id_endpoint_mode="disabled",
            inject_host_prefix=False,
        )
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}
        self._regions: dict[tuple[str, str], frozenset[str]] = {}
        self._transport: Transport | None = None

    def _guard(self, model: Any, **_: Any) -> None:
        operation = f"{model.service_model.service_name}:{model.name}"
        if operation not in self.allowed:
            raise Forbidden(operation=operation)

    def client(self, service: str, region: str, *, doubtful: bool = False) -> Any:
        """The client of a service in a region; one that gives up soon where it may not be."""
        made = self._made.get((service, region))
        if made is not None:
            return made
        with self._lock:
            if (service, region) not in self._made:
                config = self.config.merge(HASTY) if doubtful else self.config
                client = self._make(service, region, config)
                self._transport = share(client, self._transport, self.threads)
                self._made[service, region] = client
            return self._made[service, region]

    def _make(self, service: str, region: str, config: Config) -> Any:
        vars(self.session)["_credentials"] = _Current()  # the session's one place for them
        try:
            return self.session.create_client(service, region_name=region, config=config)
        except ValueError as error:  # such as AWS_ENDPOINT_URL_KMS being no URL
            raise Misconfigured(service=service, error=error) from error

    def regions_of(self, service: str, partition: str) -> frozenset[str]:
        """The regions that botocore's endpoint data has for a service; looked up once."""
        if (service, partition) not in self._regions:
            found = self.session.get_available_regions(service, partition)
            self._regions[service, partition] = frozenset(found)
        return self._regions[service, partition]

    def impatient(self, service: str, region: str) -> Any:
        """A client that gives up soon, for the first call."""
        with self._lock:
            return self._make(service, region, self.config.merge(HASTY))

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


@dataclass(frozen=True, slots=True)
class Told:
    """Why a call has no answer, in AWS's own words where it said any."""

    why: Why
    code: str
    message: str


def told(error: Exception) -> Told:
    """What an error of a call means."""
    if not isinstance(error, ClientError):
        return Told(_unheard(error), type(error).__name__, str(error)[:LONGEST])
    said = error.response.get("Error", {})
    code, status = str(said.get("Code", "")), error.response.get("ResponseMetadata", {})
    why = Why.OTHER
    if code in THROTTLES:
        why = Why.THROTTLED
    elif code in DENIALS or (status.get("HTTPStatusCode") == 403 and code not in SPENT):
        why = Why.DENIED
    return Told(why, code[:LONGEST], str(said.get("Message", ""))[:LONGEST])


def _unheard(error: Exception) -> Why:
    if isinstance(error, OutOfTime):
        return Why.OUT_OF_TIME
    if isinstance(error, ReadTimeoutError):
        return Why.TIMED_OUT
    if isinstance(error, EndpointError | HTTPClientError):
        return Why.UNREACHABLE
    if isinstance(error, ParamValidationError | UnreadableAnswer):
        return Why.MALFORMED
    return Why.OTHER


def _as_sent(value: Any) -> Any:
    """Times stay as AWS sent them; the shape reads those that somebody reads."""
    return value
