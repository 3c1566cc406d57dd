"""Whether a key policy lets CloudWatch Logs seal and open log groups with the key, and if not, why.

That the account's root is named does not help a service principal. AWS documents no grants for
CloudWatch Logs, so that none are looked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from probes.analysis.access import Access, Decision
from probes.analysis.answers import Answer
from probes.analysis.conditions import Context
from probes.analysis.kms_access import Circumstances, Key, can_use
from probes.analysis.logs_statements import (
    CONTEXT,
    NEEDED,
    all_elsewhere,
    context_values,
    demands,
    fits_any,
    for_logs,
    names,
    regions,
    treats_alike,
    uncovered,
)
from probes.analysis.policy import Policy, Statement
from probes.analysis.principals import Principal

_FROM_WORST = (Decision.DENIED, Decision.NOT_ALLOWED, Decision.DELEGATED, Decision.CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class Defect:
    """One way in which a policy fails CloudWatch Logs, with what proves it.

    `certain` is false where it cannot be told whether it fails.
    """

    code: str
    message: str
    found: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    certain: bool = True


@dataclass(frozen=True)
class LogsKey:
    """A key and the statements of its policy that are for CloudWatch Logs in its region."""

    key: Key
    region: str

    @cached_property
    def policy(self) -> Policy:
        return (self.key.policies or (Policy(()),))[0]

    @cached_property
    def named(self) -> tuple[Statement, ...]:
        """The statements for CloudWatch Logs, by whatever name."""
        return for_logs(self.policy)

    @cached_property
    def own(self) -> tuple[Statement, ...]:
        """Those that name it as AWS documents: by the key's own region."""
        return tuple(one for one in self.named if self.region in regions(one))

    @property
    def only_global(self) -> bool:
        """Whether it is named by the global name, which AWS does not document, and no other."""
        return bool(self.named) and all(regions(one) == {""} for one in self.named)

    @cached_property
    def direct(self) -> tuple[Statement, ...]:
        """The own statements that a service which calls as itself can satisfy."""
        return tuple(one for one in self.own if not demands(one, "kms:ViaService"))

    @cached_property
    def lacking(self) -> tuple[str, ...]:
        """The needed actions that no statement for CloudWatch Logs is about."""
        return uncovered(self.own or self.named)

    @cached_property
    def barred(self) -> tuple[str, ...]:
        """Those that only statements allow which the service cannot satisfy."""
        return tuple(action for action in uncovered(self.direct) if action not in self.lacking)

    @cached_property
    def rest(self) -> tuple[str, ...]:
        """The needed actions that it may have, if the conditions let it."""
        gone = {*self.lacking, *self.barred}
        return tuple(action for action in NEEDED if action not in gone)

    @cached_property
    def log_groups(self) -> str:
        """The pattern of all log groups of the key's account in its region."""
        partition = self.key.arn.split(":")[1]
        return f"arn:{partition}:logs:{self.region}:{self.key.account}:log-group:*"


def of_statements(logs: LogsKey) -> Iterator[Defect]:
    """What the statements for CloudWatch Logs lack, whatever log groups they are for."""
    if not logs.named:
        yield Defect("no-logs-statement", "no statement lets CloudWatch Logs use the key")
        return
    yield from _misnamed(logs)
    if logs.lacking:
        message = f"CloudWatch Logs lacks {', '.join(logs.lacking)}"
        yield Defect("missing-actions", message, found=logs.lacking)
    if logs.own and logs.barred:
        labels = ", ".join(one.label for one in logs.own if one not in logs.direct)
        message = f"{labels} asks for kms:ViaService, which a service that calls as itself lacks"
        yield Defect("via-service", message, found=logs.barred)


def of_groups(logs: LogsKey, groups: Sequence[str]) -> Iterator[Defect]:
    """What keeps CloudWatch Logs from using the key for log groups, by ARN, as far as it may."""
    if not groups or not logs.direct or not logs.rest:
        return
    alike = treats_alike(logs.policy, logs.log_groups)
    refused: dict[tuple[Decision, str], list[str]] = {}
    for group in groups[:1] if alike else groups:
        access = _decision(logs, group, logs.rest)
        if access.decision is not Decision.ALLOWED:
            refused.setdefault((access.decision, access.reason), []).append(group)
    for (decision, reason), found in refused.items():
        yield _refusal(logs, decision, reason, tuple(groups if alike else found))


def of_any_group(logs: LogsKey) -> Iterator[Defect]:
    """A policy under which no log group of the account could be sealed."""
    if not logs.direct or any(fits_any(one, logs.log_groups) for one in logs.direct):
        return
    values = context_values(logs.direct)
    code = "wrong-region" if all_elsewhere(values, logs.region) else "context-mismatch"
    yield Defect(code, "the conditions fit no log group of this account and region", values)


def _misnamed(logs: LogsKey) -> Iterator[Defect]:
    if logs.own:
        return
    everywhere = frozenset[str]().union(*map(regions, logs.named))
    if "" in everywhere:
        labels = tuple(one.label for one in logs.named if "" in regions(one))
        message = f"logs.amazonaws.com is named, not logs.{logs.region}.amazonaws.com"
        yield Defect("global-principal", message, found=labels)
    elsewhere = tuple(sorted(everywhere - {""}))
    if elsewhere:
        message = f"CloudWatch Logs of {', '.join(elsewhere)} is named, not that of {logs.region}"
        yield Defect("wrong-region", message, found=elsewhere)


def _refusal(logs: LogsKey, decision: Decision, reason: str, groups: tuple[str, ...]) -> Defect:
    if decision is Decision.DENIED:
        return Defect("denied", f"{reason} to CloudWatch Logs", groups=groups)
    if decision is not Decision.NOT_ALLOWED:
        return Defect("undecided", reason, groups=groups, certain=False)
    values = context_values(logs.own)
    code = "wrong-region" if all_elsewhere(values, logs.region) else "context-mismatch"
    message = "no condition of the statements for CloudWatch Logs lets these log groups through"
    return Defect(code, message, values, groups)


def _decision(logs: LogsKey, group: str, actions: tuple[str, ...]) -> Access:
    """The decision for one log group: by the best name, that of the action that fares worst."""
    known = {
        "aws:SourceAccount": (logs.key.account,),
        "aws:SourceArn": (group,),
        "aws:SecureTransport": ("true",),  # KMS takes nothing else
    }
    how = Circumstances(Context(known), {CONTEXT: group})
    by_name = (
        can_use(logs.key, Principal.of_service(name), actions, circumstances=how).by_action
        for name in names(logs.own, logs.region)
    )
    worst = (min((access for _, access in answers), key=_rank) for answers in by_name)
    return max(worst, key=_rank)


def _rank(access: Access) -> int:
    return _FROM_WORST.index(access.decision) if access.allowed is not Answer.YES else 4
