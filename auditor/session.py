"""From credentials to accounts: who we are, the partition, the regions."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import BotoCoreError, ClientError, UnknownRegionError

from auditor.answer import Place, Refusal, Why
from auditor.clients import REGIONS_CALL, Clients, signing, told
from auditor.errors import UserError
from auditor.inventory import NOT_SELECTED
from auditor.parsing import UnreadableAnswer


class SessionError(UserError):
    """Credentials, a profile, a role or a region that does not work; the message is for people."""


@dataclass(eq=False)
class Account:
    """One account to look at: where it is, who looks, and with what."""

    id: str
    partition: str
    caller: str
    home: str
    started: datetime
    credentials: Credentials
    clients: Clients
    regions: tuple[str, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)
    unlisted: Refusal | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """The regions to look at."""
        return tuple(Place(self.partition, self.id, region) for region in self.regions)

    def client(self, service: str, region: str) -> Any:
        """The shared client; sign with `acting()` around the call."""
        doubtful = bool(region) and not self.offers(service, region)
        return self.clients.client(service, region or self.home, doubtful=doubtful)

    def acting(self) -> AbstractContextManager[None]:
        """Calls of this thread are signed for this account."""
        return signing(self.credentials)

    def offers(self, service: str, region: str) -> bool:
        """Whether AWS offers a service in a region, by botocore's endpoint data.

        The data is older than AWS: what it does not know is asked, and only where nobody can be
        reached there is nothing.
        """
        offered = self.clients.regions_of(service, self.partition)
        known = self.clients.regions_of("ec2", self.partition)
        return not offered or region in offered or region not in known


def open_account(
    clients: Clients,
    regions: Iterable[str],
    role: str | None = None,
    external_id: str | None = None,
) -> Account:
    """The account that the profile's credentials, or the role assumed with them, belong to.

    Raises `SessionError` where they do not work.
    """
    try:
        return _open(clients, tuple(dict.fromkeys(regions)), role, external_id)
    except (BotoCoreError, ClientError, OSError, ValueError, RuntimeError) as error:
        raise SessionError(_sentence(error, role)) from None


def _open(
    clients: Clients, wanted: tuple[str, ...], role: str | None, external_id: str | None
) -> Account:
    home = wanted[0] if wanted else clients.session.get_config_variable("region") or "us-east-1"
    partition = _partition(clients, (*wanted, home))
    credentials = _credentials(clients, home, role, external_id)
    credentials.get_frozen_credentials()
    with signing(credentials):
        identity = clients.impatient("sts", home).get_caller_identity()
    date = identity["ResponseMetadata"]["HTTPHeaders"].get("date")
    started = _in_utc(parsedate_to_datetime(date)) if date else _no_clock()
    if not (identity.get("Account") and identity.get("Arn")):
        raise UnreadableAnswer(what="GetCallerIdentity does not say who we are")
    account = Account(
        identity["Account"], partition, identity["Arn"], home, started, credentials, clients
    )
    _choose_regions(account, wanted)
    return account


def _in_utc(time: datetime) -> datetime:
    """A time with its zone: `-0000` in a Date header is Greenwich's, of whoever's clock."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _no_clock() -> datetime:
    message = "the endpoint's answers carry no Date header: not AWS, or a proxy that strips it"
    raise SessionError(message)


def _partition(clients: Clients, regions: Iterable[str]) -> str:
    partitions = set()
    for region in regions:
        try:
            partitions.add(clients.session.get_partition_for_region(region))
        except UnknownRegionError:
            several = "; repeat --region for each" if "," in region else ""
            message = f"there is no region named {region!r}{several}"
            raise SessionError(message) from None
    if len(partitions) > 1:
        message = f"regions of several partitions in one run: {', '.join(sorted(partitions))}"
        raise SessionError(message)
    return str(partitions.pop())


def _credentials(
    clients: Clients, home: str, role: str | None, external_id: str | None
) -> Credentials:
    session = clients.session
    source: Credentials | None = session.get_component("credential_provider").load_credentials()
    if source is None:
        message = (
            "no credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID, name a --profile,"
            " or run where a role is attached"
        )
        raise SessionError(message)
    if role is None:
        return source
    extra = {"RoleSessionName": "aws-live-auditor"}
    if external_id:
        extra["ExternalId"] = external_id

    def sts(service: str, **kwargs: Any) -> Any:
        kwargs.setdefault("region_name", home)
        return session.create_client(service, **kwargs)

    fetcher = AssumeRoleCredentialFetcher(sts, source, role, extra_args=extra)
    return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def _choose_regions(account: Account, wanted: tuple[str, ...]) -> None:
    """The wanted regions, else all that are enabled for the account."""
    try:
        with account.acting():
            status = _regions_of(account.client("ec2", account.home))
    except (BotoCoreError, ClientError) as error:
        account.regions = wanted or (account.home,)
        account.unlisted = _regions_refusal(account, error)
        return
    enabled = [name for name, opted in status.items() if opted != "not-opted-in"]
    for region in wanted:
        if region not in enabled:
            state = "not enabled for" if region in status else "unknown to"
            message = f"region {region!r} is {state} account {account.id}"
            raise SessionError(message)
    account.regions = wanted or tuple(sorted(enabled))
    account.skipped = {name: "not enabled" for name in status if name not in enabled}
    if wanted:
        account.skipped |= {name: NOT_SELECTED for name in enabled if name not in wanted}


def _regions_of(ec2: Any) -> dict[str, str]:
    """The regions that there are, and whether each is enabled; never none."""
    listed = ec2.describe_regions(AllRegions=True).get("Regions", ())
    named = (region for region in listed if region.get("RegionName"))
    status = {r["RegionName"]: r.get("OptInStatus", "opt-in-not-required") for r in named}
    if not status:
        raise UnreadableAnswer(what="DescribeRegions names no region")
    return status


def _regions_refusal(account: Account, error: Exception) -> Refusal:
    said, asked = told(error), REGIONS_CALL
    place = Place(account.partition, account.id, account.home)
    actions = (asked,) if said.why is Why.DENIED else ()
    return Refusal(asked, asked, place, said.why, said.code, said.message, actions=actions)


def _sentence(error: Exception, role: str | None) -> str:
    """What went wrong before the first question, in one line."""
    who = f"role {role}" if role else "these credentials"
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        return f"AWS does not accept {who}: {said.get('Code')}: {said.get('Message')}"
    return f"cannot find out who {who} belong to: {error}" if not role else f"{who}: {error}"
