"""Whom a key policy lets in that it should not, one function for each way."""

from collections.abc import Collection, Iterator

from auditor.probe import Remark, Severity, drift, gap, note, unknown
from probes.analysis import key_policies, policy_exposure
from probes.analysis.answers import Answer
from probes.analysis.logs_statements import is_logs
from probes.analysis.narrowing import Narrowing
from probes.analysis.policy import Policy
from probes.analysis.policy_exposure import Foreign
from probes.analysis.principals import Named
from probes.analysis.statements import covers_action
from probes.encryption._policies import Opened, labels, put_policy

_NO_SOURCE = frozenset({"events.amazonaws.com"})
_USES = ("kms:decrypt", "kms:creategrant")


def anyone(opened: Opened) -> Iterator[Remark]:
    """Statements for everyone that no condition narrows down to known ones."""
    found = policy_exposure.public_statements(opened.policy)
    for narrowing, severity, code, message in (
        (Narrowing.NONE, Severity.CRITICAL, "public", "any AWS account may use the key"),
        (Narrowing.WEAK, Severity.MEDIUM, "address-only", "only addresses keep others out"),
    ):
        statements = tuple(one.statement for one in found if one.narrowing is narrowing)
        if statements:
            amended = key_policies.with_condition(
                opened.document,
                [one.index for one in statements],
                "StringEquals",
                "kms:CallerAccount",
                opened.account,
            )
            yield drift(
                f"{message}: {', '.join(labels(statements))}",
                code=code,
                severity=severity,
                expected="principals that are known",
                found=labels(statements),
                **put_policy(opened.arn, amended),
            )
    doubtful = tuple(o.statement for o in found if o.narrowing is Narrowing.CANNOT_TELL)
    if doubtful:
        yield unknown(f"whether {', '.join(labels(doubtful))} is narrowed cannot be told")


def services(opened: Opened) -> Iterator[Remark]:
    """Statements for services that do not say on whose behalf the service may come."""
    for one in policy_exposure.unguarded_services(opened.policy):
        named = sorted(s for s in one.services if not is_logs("Service", s))
        open_to = [service for service in named if service not in _NO_SOURCE]
        if one.narrowing is Narrowing.CANNOT_TELL and open_to:
            yield unknown(f"whether {one.statement.label} is narrowed cannot be told")
        elif open_to:
            alone = {p.kind for p in one.statement.principals or ()} == {"Service"}
            amended = key_policies.with_condition(
                opened.document,
                [one.statement.index],
                "StringEquals",
                "aws:SourceAccount",
                opened.account,
            )
            yield gap(
                f"{one.statement.label} lets {', '.join(open_to)} in on behalf of anyone",
                code="service-confused-deputy",
                severity=Severity.LOW,
                expected="aws:SourceAccount, aws:SourceArn or an encryption context",
                found=open_to,
                **(put_policy(opened.arn, amended) if alone else {}),
            )
        elif named:
            yield note(f"{', '.join(named)} cannot be held to a source")


def other_accounts(
    opened: Opened, policy: Policy, trusted: Collection[str], how: str = "by its policy"
) -> Iterator[Remark]:
    """Other accounts, not trusted, that may use the key as a whole."""
    foreign = policy_exposure.foreign_accounts(policy, opened.account, trusted)
    wide = [one for one in foreign if _is_whole(one)]
    everything = [one for one in wide if covers_action(one.statement, "kms:*") is Answer.YES]
    using = [one for one in wide if one not in everything and _uses(one)]
    for severity, found, may in (
        (Severity.HIGH, everything, "do everything with the key"),
        (Severity.MEDIUM, using, "use the key"),
    ):
        accounts = sorted({one.account for one in found})
        if accounts:
            yield drift(
                f"accounts {', '.join(accounts)} may {may} {how}",
                code="cross-account",
                severity=severity,
                expected=sorted(trusted),
                found=accounts,
                evidence={"statements": labels(tuple(one.statement for one in found))},
                **(_without(opened, frozenset(accounts)) if policy is opened.policy else {}),
            )
    others = sorted({one.named for one in foreign if one not in (*everything, *using)})
    if others:
        yield note(f"{', '.join(others)} of other accounts may do single things {how}")


def _is_whole(foreign: Foreign) -> bool:
    """Whether an account is let in as a whole: by number, root, or a pattern of principals."""
    return foreign.named.endswith((foreign.account, ":root")) or "*" in foreign.named


def _uses(foreign: Foreign) -> bool:
    return any(covers_action(foreign.statement, use) is not Answer.NO for use in _USES)


def _without(opened: Opened, accounts: Collection[str | None]) -> dict[str, object]:
    """The fix that takes accounts out of the policy, where they are named as principals."""

    def meant(kind: str, value: str) -> bool:
        return Named(kind, value).account in accounts

    amended = key_policies.without_principals(opened.document, meant)
    whole = key_policies.with_statements(opened.document)
    return put_policy(opened.arn, amended) if amended != whole else {}


def ghosts(opened: Opened) -> Iterator[Remark]:
    """Users and roles that were deleted and are named still."""
    found = policy_exposure.dangling_principals(opened.policy)
    if not found:
        return

    def meant(kind: str, value: str) -> bool:
        return Named(kind, value).is_dangling

    ids = sorted({named.value for _, named in found})
    yield drift(
        f"the policy names principals that were deleted: {', '.join(ids)}",
        code="dangling-principal",
        severity=Severity.LOW,
        expected=[],
        found=ids,
        evidence={"statements": labels(tuple(statement for statement, _ in found))},
        **put_policy(opened.arn, key_policies.without_principals(opened.document, meant)),
    )


def administrators(opened: Opened) -> Iterator[Remark]:
    """Users and roles that may do everything with the key, using and deleting it included."""
    found = policy_exposure.wide_principals(opened.policy, "kms")
    if found:
        named = sorted({one.value for _, one in found})
        yield drift(
            f"{', '.join(named)} may do everything with the key",
            code="wide-admin",
            severity=Severity.MEDIUM,
            expected="the actions that each needs",
            found=named,
            evidence={"statements": labels(tuple(statement for statement, _ in found))},
        )


def keepers(opened: Opened) -> Iterator[Remark]:
    """Whether anybody in the key's own account may still change the policy."""
    action = "kms:PutKeyPolicy"
    match policy_exposure.is_administered((opened.policy,), opened.account, action):
        case Answer.NO:
            yield gap(
                f"nobody in account {opened.account} may change the key policy",
                code="lockout",
                severity=Severity.HIGH,
                expected=f"{action} for the account's root or one of its principals",
                found="nobody",
            )
        case Answer.CANNOT_TELL:
            yield unknown(f"whether anybody in the account has {action} cannot be told")
    if opened.idle:
        yield note(f"{', '.join(opened.idle)} has no effect: its Resource is not this key")
