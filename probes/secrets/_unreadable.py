"""Why a role cannot read a secret that its workload names: remarks of `readable_by_workload`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, Severity, every, gap, note, unknown
from auditor.resources import Related
from auditor.settings import Settings, setting
from probes.analysis.access import Access, Decision, Decisions, identity_access, own_actions
from probes.analysis.answers import Answer
from probes.analysis.conditions import Context
from probes.analysis.names import UnreadableName, arn
from probes.aws.secretsmanager import SECRETS, Secret, names_of
from probes.secrets import _readers
from probes.secrets._readers import Reader
from probes.secrets._workloads import Want

_WIDE = "SecretsManagerReadWrite"
_SUFFIX = "-??????"
_PARAMETERS = ("ssm:GetParameters",)


class Reads(Settings):
    """What a workload does with a secret."""

    secret_actions: list[str] = setting(
        ["secretsmanager:GetSecretValue"], "Actions that a workload needs on a secret it names."
    )


@dataclass(frozen=True, slots=True)
class Case:
    """One secret that a role has to read, and how much it matters."""

    want: Want
    facts: Facts
    actions: Sequence[str]
    severity: Severity

    @property
    def must_be_there(self) -> bool:
        """Whether the platform itself fetches the secret, so that nothing starts without it."""
        return self.severity is Severity.HIGH


def unreadable(case: Case) -> Iterator[Remark]:
    """What keeps the role from reading; nothing where it can."""
    want = case.want
    who = _readers.reader(case.facts, want.role) if want.role else None
    if who is None:
        yield gap(
            f"{want.where} names a secret, and " + _without(want),
            code="role-missing" if want.role else "no-role",
            severity=case.severity,
            expected=want.role or "a role",
            found="none",
        )
        return
    reader = who
    if want.reference.parameter:
        yield from _parameter(case, reader)
    if want.reference.secret:
        yield from _of_secret(case, reader)


def _without(want: Want) -> str:
    return f"the role {want.role} does not exist" if want.role else "there is no role to read it in"


def _of_secret(case: Case, who: Reader) -> Iterator[Remark]:
    text, here = case.want.reference.secret, case.facts
    account, region = _place(text, here)
    if account != here.account:
        yield from _abroad(case, who)
        return
    if region == here.region:
        secret = next(iter(here.where(SECRETS, names_of, text)), None)
    else:
        secret = here.named(SECRETS, text)
    if secret is None:
        yield from _nowhere(case, region)
        return
    yield from every(
        lambda: _refused(case, who, secret, _on_secret(case, who, secret)),
        lambda: _refused(case, who, secret, _readers.on_key(here, who, secret, ("Decrypt",))),
    )
    yield from _over_broad(case, who, secret)


def _place(text: str, facts: Facts) -> tuple[str, str]:
    """The account and region of a secret that an ARN names; a name is looked up here."""
    try:
        found = arn(text)
    except UnreadableName:
        return facts.account, facts.region
    return found.account, found.region


def _on_secret(case: Case, who: Reader, secret: Secret) -> Decisions:
    stage = case.want.reference.stage
    more = Context({"secretsmanager:VersionStage": (stage,)} if stage else {})
    return _readers.on_secret(case.facts, who, secret, case.actions, more)


def _refused(case: Case, who: Reader, secret: Secret, found: Decisions) -> Iterator[Remark]:
    """The actions that are refused on a secret or its key, and those that cannot be told."""
    role, related = who.role.role_name, _related(case, who, secret)
    if found.missing:
        refused = dict(found.by_action)
        first = refused[found.missing[0]]
        yield gap(
            f"{role} may not {', '.join(found.missing)} for {secret.name}, which {case.want.where} "
            f"names: {first.reason}",
            code=_code(first, found.missing[0], who, secret),
            severity=case.severity,
            expected={"role": role, "secret": secret.name, "may": sorted(refused)},
            found=sorted(set(refused) - set(found.missing)),
            evidence={"why": list(found.reasons)},
            related=related,
            **_fix(first, who, secret, found.missing),
        )
    if found.undecided:
        actions, why = ", ".join(found.undecided), "; ".join(found.reasons)
        yield unknown(
            f"whether {role} may {actions} for {secret.name} cannot be told: {why}", related=related
        )


def _code(access: Access, action: str, who: Reader, secret: Secret) -> str:
    if action.startswith("kms:"):
        return "key-not-allowed"
    if access.decision is Decision.DENIED:
        return "explicit-deny"
    return "boundary" if _readers.is_bounded_out(who, action, secret.arn) else "not-allowed"


def _fix(access: Access, who: Reader, secret: Secret, actions: Sequence[str]) -> dict[str, Any]:
    """A policy that would help; none where a statement or a boundary is in the way."""
    bounded = who.identity.boundary is not None
    if access.decision is Decision.DENIED or bounded or actions[0].startswith("kms:"):
        return {}
    return _readers.granting(who, secret, actions)


def _related(case: Case, who: Reader, secret: Secret) -> tuple[Related, ...]:
    facts = case.facts
    role = facts.related(f"the role that reads what {case.want.where} names", who.role)
    return role, facts.related("the secret", secret)


def _over_broad(case: Case, who: Reader, secret: Secret) -> Iterator[Remark]:
    """What a role may read besides, for whoever looks for less."""
    attached = {one.policy_name for one in who.role.attached_managed_policies}
    if _WIDE in attached:
        yield note(f"{who.role.role_name} has {_WIDE}, which opens every secret to it")
    elif all(_readers.reads_all(who, secret, action) for action in case.actions):
        yield note(f"{who.role.role_name} may read every secret of the account and region")


def _nowhere(case: Case, region: str) -> Iterator[Remark]:
    """That no secret has the name: fatal where the platform fetches it, else perhaps for show."""
    want = case.want
    said = f"{want.where} names {want.reference.secret}, which {region} does not have"
    if not case.must_be_there:
        yield note(said)
    elif region != case.facts.region:
        yield unknown(f"{said} under that whole name")
    else:
        yield gap(said, code="no-such-secret", expected=want.reference.secret, found="none")


def _abroad(case: Case, who: Reader) -> Iterator[Remark]:
    """What can be said of another account's secret: the role's own policies must allow it, too.

    A name without the suffix of the ARN stands for one with any.
    """
    text = case.want.reference.secret
    for action in case.actions:
        whole = identity_access(who.asks(action, text), who.identity)
        bare = identity_access(who.asks(action, text + _SUFFIX), who.identity)
        if whole.allowed is bare.allowed is Answer.NO:
            yield gap(
                f"{who.role.role_name} may not {action} for another account's {text}, which "
                f"{case.want.where} names: {whole.reason}",
                code="not-allowed",
                severity=case.severity,
                expected={"role": who.role.role_name, "secret": text, "may": [action]},
                found=[],
            )
    yield unknown(
        f"what another account says of {text}, which {case.want.where} names, is not read"
    )


def _parameter(case: Case, who: Reader) -> Iterator[Remark]:
    """Whether the role may fetch a parameter; what seals it is not read."""
    text, facts = case.want.reference.parameter, case.facts
    prefix = f"arn:{facts.partition}:ssm:{facts.region}:{facts.account}:parameter"
    resource = text if text.startswith("arn:") else f"{prefix}/{text.removeprefix('/')}"
    found = own_actions(who.asks("", resource), _PARAMETERS, who.identity)
    what = f"{', '.join(_PARAMETERS)} for {text}, which {case.want.where} names"
    if found.missing:
        yield gap(
            f"{who.role.role_name} may not {what}: {'; '.join(found.reasons)}",
            code="parameter-not-allowed",
            severity=case.severity,
            expected={"role": who.role.role_name, "parameter": text, "may": [*_PARAMETERS]},
            found=[],
        )
    elif found.undecided:
        yield unknown(f"whether {who.role.role_name} may {what} cannot be told")
