"""Whether a request is allowed: what identity, resource and boundary policies say together.

Service control policies, resource control policies and session policies cannot be read from a
member account. They can only take away: who reports an ALLOWED says that they were not read.

Sources: IAM User Guide, "Policy evaluation logic", "Permissions boundaries for IAM entities" and
"AWS JSON policy elements: Principal".
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial

from probes.analysis.answers import Answer, all_of
from probes.analysis.policy import Policy
from probes.analysis.principals import Principal
from probes.analysis.statements import Request, Side, Tally, either, tally, together

_NO_POLICIES = Side(Answer.NO, doubt="a service principal has no IAM policies")
_UNREAD = Side(Answer.CANNOT_TELL, doubt="the IAM policies were not read")
_INCOMPLETE = Side(Answer.CANNOT_TELL, doubt="not all of the IAM policies could be read")


class Decision(Enum):
    """What the policies that were read say to a request."""

    ALLOWED = "allowed"
    DENIED = "denied by a statement"
    NOT_ALLOWED = "allowed by no statement"
    DELEGATED = "left to the account's IAM policies"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Access:
    """A decision, the statements (or grants) that it rests on, and the reason in a sentence."""

    decision: Decision
    by: tuple[str, ...] = ()
    reason: str = ""

    @property
    def allowed(self) -> Answer:
        """Whether the request goes through; a delegation alone does not answer that."""
        if self.decision is Decision.ALLOWED:
            return Answer.YES
        if self.decision in (Decision.DENIED, Decision.NOT_ALLOWED):
            return Answer.NO
        return Answer.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class Identity:
    """The policies of a role or user: all attached and inline ones, and its boundary if it has one.

    `complete` is false if a policy is missing here because it could not be read or parsed; a
    boundary that could not be is an empty one.
    """

    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    complete: bool = True


SERVICE_LINKED = Identity()
"""A service-linked role of which AWS's own policy has none of the actions asked about."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decision on each of several actions."""

    by_action: tuple[tuple[str, Access], ...]

    @property
    def allowed(self) -> Answer:
        """Whether all of them go through."""
        return all_of(access.allowed for _, access in self.by_action)

    @property
    def missing(self) -> tuple[str, ...]:
        """The actions that are refused, whether by a statement or for want of one."""
        return self._with(Answer.NO)

    @property
    def undecided(self) -> tuple[str, ...]:
        """The actions that cannot be told."""
        return self._with(Answer.CANNOT_TELL)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why those that do not certainly go through do not, each reason once."""
        doubtful = (access for _, access in self.by_action if access.allowed is not Answer.YES)
        return tuple(dict.fromkeys(access.reason for access in doubtful))

    def _with(self, answer: Answer) -> tuple[str, ...]:
        return tuple(action for action, access in self.by_action if access.allowed is answer)


def identity_access(request: Request, identity: Identity) -> Access:
    """What the principal's own policies say: their Allows, within the boundary, less every Deny."""
    denied, granted, _ = identity_sides(request, identity)
    return settle(request, denied, granted)


def resource_access(request: Request, policies: Sequence[Policy]) -> Access:
    """What the policies of a resource say: DELEGATED if they only name the principal's account."""
    heard = tally(policies, request, attached=True)
    direct = settle(request, heard.denied, heard.limited, heard.unlimited)
    if direct.decision is not Decision.NOT_ALLOWED or heard.delegated.answer is Answer.NO:
        return direct
    access = settle(request, heard.denied, heard.delegated)
    if access.decision is not Decision.ALLOWED:
        return access
    reason = f"{', '.join(access.by)} leaves it to the IAM policies of the account"
    return Access(Decision.DELEGATED, access.by, reason)


def effective_access(
    request: Request, identity: Identity | None, policies: Sequence[Policy], *, owner: str
) -> Access:
    """What identity and resource policies say together, for a resource of the account `owner`.

    Within one account either suffices, across accounts both are needed. An identity of None could
    not be read. Not for KMS keys and trust policies, which IAM policies alone never open.
    """
    request = with_boundary(request, identity)
    denied, granted, boundary = identity_sides(request, identity)
    heard = tally(policies, request, attached=True)
    routes = resource_routes(heard, granted, boundary, request.principal, owner)
    if request.principal.account == owner:
        routes = (granted, *routes)
    return settle(request, either(denied, heard.denied), *routes)


def missing_actions(
    request: Request, actions: Iterable[str], decide: Callable[[Request], Access]
) -> Decisions:
    """The decision on each action, all else as in the request; statements may share them out."""
    return Decisions(tuple((action, decide(replace(request, action=action))) for action in actions))


def own_actions(request: Request, actions: Iterable[str], identity: Identity) -> Decisions:
    """What the principal's own policies say of each action."""
    return missing_actions(request, actions, partial(identity_access, identity=identity))


def with_boundary(request: Request, identity: Identity | None) -> Request:
    """The request of a principal that is known to have a boundary, if its policies say so."""
    if identity is None or identity.boundary is None or request.principal.bounded:
        return request
    return replace(request, principal=replace(request.principal, bounded=True))


def identity_sides(request: Request, identity: Identity | None) -> tuple[Side, Side, Side]:
    """What denies, what grants within the boundary, and what the boundary itself lets through."""
    if request.principal.service:
        return Side(Answer.NO), _NO_POLICIES, Side(Answer.YES)
    if identity is None:
        return _UNREAD, _UNREAD, _UNREAD
    heard = tally(identity.policies, request, attached=False)
    denied, granted, boundary = heard.denied, heard.unlimited, Side(Answer.YES)
    if identity.boundary is not None:
        limit = tally((identity.boundary,), request, attached=False)
        denied, boundary = either(denied, limit.denied), limit.unlimited
        granted = together(granted, boundary)
    if not identity.complete:
        denied, granted, boundary = (
            either(side, _INCOMPLETE) for side in (denied, granted, boundary)
        )
    return denied, granted, boundary


def resource_routes(
    heard: Tally, granted: Side, boundary: Side, principal: Principal, owner: str
) -> tuple[Side, ...]:
    """The ways through a resource's policies for a principal with these IAM policies.

    A role that is named by its ARN stays within its boundary; a session, a user and anyone do not.
    """
    direct = (together(heard.limited, boundary), heard.unlimited)
    delegated = together(heard.delegated, granted)
    if principal.account in (None, owner):
        return (*direct, delegated)
    return (*(together(route, granted) for route in direct), delegated)


def settle(request: Request, denied: Side, *routes: Side) -> Access:
    """The decision, given what denies and the routes of which any one allows."""
    if denied.answer is Answer.YES:
        return Access(Decision.DENIED, denied.by, f"{', '.join(denied.by)} denies it")
    open_route = next((route for route in routes if route.answer is Answer.YES), None)
    doubts = [route for route in routes if route.answer is Answer.CANNOT_TELL]
    if open_route is None and not doubts:
        reason = f"no statement allows it to {request.principal}"
        return Access(Decision.NOT_ALLOWED, (), reason)
    if denied.answer is Answer.CANNOT_TELL:
        doubts = [denied]
    elif open_route is not None:
        by = open_route.by
        return Access(Decision.ALLOWED, by, f"{', '.join(by)} allows it")
    reason = "; ".join(dict.fromkeys(side.doubt for side in doubts))
    by = tuple(dict.fromkeys(label for side in doubts for label in side.by))
    return Access(Decision.CANNOT_TELL, by, reason)
