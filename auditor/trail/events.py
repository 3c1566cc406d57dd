"""What is kept of CloudTrail's event history: which call, when, by whom, from where.

The event itself (`CloudTrailEvent`) is JSON that anybody who may call AWS helped to write; its
request parameters can hold secrets. It is reduced as it arrives, and only what names the caller is
kept (CloudTrail user guide, "CloudTrail record contents" and "CloudTrail userIdentity element").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from auditor.inventory import Inventory
from auditor.query import JSON, Query, Reduced, Shape

LONGEST_EVENT = 1_000_000
"""Characters of one event that are parsed; CloudTrail's own bound is 256 KB (user guide, "Quotas in
AWS CloudTrail"), and escapes can make more characters of it."""

LONGEST_WORD = 600
LONGEST_AGENT = 60

Fields = Mapping[str, Any]


class Actor(Shape):
    """Who made a call and from where, as far as its event says; empty is what it does not say.

    `kind` is the type of identity; `principal` the ARN behind the credentials (of an assumed role
    the role), or whatever else names the caller; `session` the name that the caller gave to the
    session of a role, or the user behind a federated one. `source` is an address or a service.
    """

    kind: str = ""
    principal: str = ""
    session: str = ""
    source: str = ""
    agent: str = ""
    region: str = ""
    read_only: str = ""
    error: str = ""
    readable: bool = False


def actor_of(text: Any) -> JSON:
    """The caller out of an event's JSON; an event that cannot be read names nobody."""
    if not isinstance(text, str) or len(text) > LONGEST_EVENT:
        return {}
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(event, Mapping):
        return {}
    identity = _inner(event, "userIdentity")
    kind = _word(identity, "type")
    principal, session = NAMED_BY.get(kind, _by_arn)(identity)
    return {
        "Kind": kind,
        "Principal": principal,
        "Session": session,
        "Source": _word(identity, "invokedBy") or _word(event, "sourceIPAddress"),
        "Agent": _short(_word(event, "userAgent")),
        "Region": _word(event, "awsRegion"),
        "ReadOnly": _flag(event, "readOnly"),
        "Error": _word(event, "errorCode"),
        "Readable": True,
    }


# -- identities -----------------------------------------------------------------------------------


def _by_arn(identity: Fields) -> tuple[str, str]:
    """Root, IAM users, and whatever else has an ARN; another account is named by its number."""
    names = ("arn", "principalId", "invokedBy", "accountId", "userName")
    return next(filter(None, (_word(identity, name) for name in names)), ""), ""


def _by_session(identity: Fields) -> tuple[str, str]:
    """An assumed role or a federated user: who stands behind the session, and its name.

    The ARN of a session ends in its name, as `principalId` does after a colon.
    """
    issuer = _word(_inner(_inner(identity, "sessionContext"), "sessionIssuer"), "arn")
    own, number = _word(identity, "arn"), _word(identity, "principalId")
    session = own.rpartition("/")[2] if "/" in own else number.partition(":")[2]
    return issuer or own or number, session


def _by_service(identity: Fields) -> tuple[str, str]:
    return _word(identity, "invokedBy") or _word(identity, "arn"), ""


def _by_provider(identity: Fields) -> tuple[str, str]:
    """Somebody known to an identity provider (SAML, OpenID) and not yet to AWS."""
    known_by = _word(identity, "identityProvider") or _word(identity, "principalId")
    return known_by, _word(identity, "userName")


def _by_identity_center(identity: Fields) -> tuple[str, str]:
    """A person of IAM Identity Center, without a role: the store and the user's id in it."""
    person = _inner(identity, "onBehalfOf")
    store = _word(person, "identityStoreArn") or _word(identity, "accountId")
    return store, _word(person, "userId")


NAMED_BY: Mapping[str, Callable[[Fields], tuple[str, str]]] = {
    "AssumedRole": _by_session,
    "FederatedUser": _by_session,
    "AWSService": _by_service,
    "SAMLUser": _by_provider,
    "WebIdentityUser": _by_provider,
    "IdentityCenterUser": _by_identity_center,
}


# -- reading what nobody vouches for --------------------------------------------------------------


def _inner(holder: Fields, name: str) -> Fields:
    found = holder.get(name)
    return found if isinstance(found, Mapping) else {}


def _word(holder: Fields, name: str) -> str:
    """A text, not longer than names are; anything else says nothing."""
    found = holder.get(name)
    return found[:LONGEST_WORD] if isinstance(found, str) else ""


def _flag(holder: Fields, name: str) -> str:
    found = holder.get(name)
    return str(found).lower() if isinstance(found, bool) else ""


def _short(agent: str) -> str:
    """A user agent's first words: the tool and its version."""
    if len(agent) <= LONGEST_AGENT:
        return agent
    return agent[:LONGEST_AGENT].rpartition(" ")[0] or agent[:LONGEST_AGENT]


def _instant(sent: Any) -> JSON:
    """An event's time as text; AWS sends seconds since 1970 (API model, "timestamp")."""
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        return sent
    try:
        return datetime.fromtimestamp(sent, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        return sent


class Event(Shape):
    """One call in the event history. `read_only` is a text, and perhaps none."""

    event_id: str
    event_name: str
    event_time: Annotated[AwareDatetime, Reduced(_instant)]
    event_source: str = ""
    read_only: str = ""
    username: str = ""
    by: Annotated[Actor, Reduced(actor_of)] = Field(Actor(), alias="CloudTrailEvent")

    @property
    def wrote(self) -> bool:
        """Whether it is known to be a call that changes something, and to have been let through."""
        said = self.read_only or self.by.read_only
        return said.lower() == "false" and not self.by.error


LOOKUP = Query(
    "cloudtrail:LookupEvents",
    Event,
    each="Events",
    key="EventId",
    label="who",
    private=True,
)
"""Asked by name of a resource, and only where somebody wants to know who changed it: no probe needs
it, and the guard lets it through for nobody else."""


def taken_out(inventory: Inventory) -> Inventory:
    """What an inventory holds of the event history, apart from what is judged."""
    apart = Inventory(places=inventory.places, times=inventory.times)
    for key in [key for key in inventory.answers if key[0] == LOOKUP.id]:
        apart.answers[key] = inventory.answers.pop(key)
    for key in [key for key in inventory.tallies if key[0] == LOOKUP.id]:
        apart.tallies[key] = inventory.tallies.pop(key)
    return apart
