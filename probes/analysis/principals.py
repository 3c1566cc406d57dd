"""Who asks, and who is named: the principals of requests and of policies.

Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from probes.analysis.answers import Answer
from probes.analysis.conditions import Context
from probes.analysis.wildcards import has_wildcard

_IAM_ARN = re.compile(r"arn:[a-z0-9-]+:(?:iam|sts)::([0-9]{12}):(.+)", re.DOTALL)
_ACCOUNT = re.compile(r"[0-9]{12}")
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,124}")
_SESSION_PARTS = 3


class Match(Enum):
    """How an entry of a Principal element meets the one who asks, the stronger the later."""

    NO = "is not meant"
    DELEGATED = "belongs to an account that is named"
    CANNOT_TELL = "may be meant"
    NAMED = "is named"
    SESSION = "is named by its session"
    ANYONE = "is anyone"


_STRENGTH = {match: strength for strength, match in enumerate(Match)}


@dataclass(frozen=True, slots=True)
class Named:
    """One entry of a Principal element, such as `AWS` and a role's ARN. `*` alone is `*` `*`."""

    kind: str
    value: str

    @property
    def is_anyone(self) -> bool:
        return self.value == "*" and self.kind in ("*", "AWS")

    @property
    def account(self) -> str | None:
        """The account that an `AWS` entry belongs to, where the entry says it."""
        if self.kind != "AWS":
            return None
        if _ACCOUNT.fullmatch(self.value):
            return self.value
        arn = _IAM_ARN.fullmatch(self.value)
        return arn[1] if arn else None

    @property
    def is_account(self) -> bool:
        """Whether it names a whole account: its number, or the ARN of its root."""
        if self.kind != "AWS":
            return False
        arn = _IAM_ARN.fullmatch(self.value)
        return _ACCOUNT.fullmatch(self.value) is not None or (arn is not None and arn[2] == "root")

    @property
    def is_dangling(self) -> bool:
        """Whether it is a unique id, which is what AWS shows once the user or role is deleted."""
        return self.kind == "AWS" and _UNIQUE_ID.fullmatch(self.value) is not None


@dataclass(frozen=True, slots=True)
class Principal:
    """The one who asks: a role, user or root of an account, or an AWS service.

    `bounded` says that a permissions boundary is set on it. `session` is the ARN of one session of
    a role; without it the role is meant, in whatever session.
    """

    account: str | None = None
    arn: str | None = None
    unique_id: str | None = None
    service: str | None = None
    session: str | None = None
    bounded: bool = False

    @classmethod
    def identity(
        cls,
        arn: str,
        *,
        unique_id: str | None = None,
        session: str | None = None,
        bounded: bool = False,
    ) -> "Principal":
        """The role, user or root of this ARN. Raises ValueError if it is no ARN of IAM."""
        parts = _IAM_ARN.fullmatch(arn)
        if parts is None:
            raise ValueError(f"not the ARN of a role, a user or an account's root: {arn!r}")
        return cls(parts[1], arn, unique_id, None, session, bounded)

    @classmethod
    def of_service(cls, name: str) -> "Principal":
        """The service principal of this name, such as `logs.eu-west-1.amazonaws.com`."""
        return cls(service=name)

    @property
    def kind(self) -> str:
        """`role`, `user`, `root` or `service`."""
        if self.arn is None:
            return "service"
        return self.arn.split(":", 5)[5].partition("/")[0]

    def __str__(self) -> str:
        return self.arn or self.service or "nobody"

    def context(self) -> Context:
        """The condition keys that follow from who asks.

        Source: IAM User Guide, "AWS global condition context keys". A service principal belongs to
        no organisation and has no user name and no MFA.
        """
        if self.arn is None or self.account is None:
            return Context(
                {
                    "aws:PrincipalIsAWSService": ("true",),
                    "aws:PrincipalServiceName": _one(self.service),
                },
                frozenset({"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:username", _MFA}),
                ("aws:PrincipalTag/",),
            )
        known = {
            "aws:PrincipalArn": (self.arn,),
            "aws:PrincipalAccount": (self.account,),
            "aws:PrincipalIsAWSService": ("false",),
        }
        absent = {"aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"}
        if self.kind == "user":
            known["aws:username"] = (self.arn.rpartition("/")[2],)
        else:
            absent.add("aws:username")
        return Context(known, frozenset(absent))


_MFA = "aws:MultiFactorAuthPresent"


def match(entry: Named, principal: Principal) -> Match:
    """How one entry meets the one who asks; CANNOT_TELL for kinds of entry that are not known."""
    if entry.kind == "AWS":
        return _match_aws(entry, principal)
    if entry.is_anyone:
        return Match.ANYONE
    if entry.kind == "Service":
        named = entry.value in ("*", principal.service)
        return Match.NAMED if principal.service and named else Match.NO
    if entry.kind == "Federated" or (entry.kind == "CanonicalUser" and principal.service):
        return Match.NO
    return Match.CANNOT_TELL


def best_match(entries: Iterable[Named], principal: Principal) -> Match:
    """The strongest way in which a list of entries meets the one who asks."""
    met = (match(entry, principal) for entry in entries)
    return max(met, key=_STRENGTH.__getitem__, default=Match.NO)


def match_all_but(entries: tuple[Named, ...], principal: Principal) -> Match:
    """How `Allow` with NotPrincipal meets the one who asks: as anyone, unless he is listed."""
    met = best_match(entries, principal)
    if met is Match.NO:
        return Match.ANYONE
    return Match.CANNOT_TELL if met in (Match.CANNOT_TELL, Match.DELEGATED) else Match.NO


def denied_by_not_principal(entries: tuple[Named, ...], principal: Principal) -> Answer:
    """Whether `Deny` with NotPrincipal is meant for the one who asks.

    AWS may check the account, then the role, then the session, and deny if one of them is not
    listed: only a list of all of them exempts for certain, a list of some of them cannot be told.
    A principal with a permissions boundary is always denied.
    """
    met = {match(entry, principal) for entry in entries}
    if principal.service:
        return _exempt(met, {Match.NAMED})
    if principal.bounded:
        return Answer.YES
    if principal.kind == "root":
        return _exempt(met, {Match.NAMED})
    if principal.kind == "user":
        return _exempt(met, {Match.NAMED, Match.DELEGATED})
    return _exempt(met, {Match.NAMED, Match.DELEGATED, Match.SESSION})


def _exempt(met: set[Match], forms: set[Match]) -> Answer:
    if Match.ANYONE in met or forms <= met:
        return Answer.NO
    return Answer.CANNOT_TELL if met & (forms | {Match.CANNOT_TELL}) else Answer.YES


def _match_aws(entry: Named, principal: Principal) -> Match:
    if entry.is_anyone:
        # `{"AWS": "*"}` is everyone; whether that takes in services, AWS does not say.
        return Match.ANYONE if principal.arn else Match.CANNOT_TELL
    if principal.arn and entry.value in (principal.arn, principal.unique_id):
        return Match.NAMED
    if entry.is_account:
        return _match_account(entry, principal)
    return _match_session(entry, principal)


def _match_account(entry: Named, principal: Principal) -> Match:
    if entry.account != principal.account:
        return Match.NO
    return Match.NAMED if principal.kind == "root" else Match.DELEGATED


def _match_session(entry: Named, principal: Principal) -> Match:
    """A session named in a policy against a role of which the session may not be known."""
    # A wildcard inside a principal is no wildcard, and an id that AWS shows is one that it could
    # not translate to a name: either matches nobody.
    if principal.arn is None or entry.is_dangling or has_wildcard(entry.value):
        return Match.NO
    if entry.account is None:
        return Match.NO if entry.value.startswith("arn:") else Match.CANNOT_TELL
    if entry.value == principal.session:
        return Match.SESSION
    resource = entry.value.split(":", 5)[5].split("/")
    if principal.session or principal.kind != "role" or resource[0] != "assumed-role":
        return Match.NO
    if len(resource) != _SESSION_PARTS or entry.account != principal.account:
        return Match.NO
    same_role = str(principal.arn).rpartition("/")[2] == resource[1]
    return Match.CANNOT_TELL if same_role else Match.NO


def _one(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()
