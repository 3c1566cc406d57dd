"""The statements of a key policy that are for CloudWatch Logs: whom they name, what they ask for.

CloudWatch Logs calls KMS as the service principal of its region, with the ARN of the log group in
the encryption context (CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS
Key Management Service").
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from probes.analysis.answers import Answer, any_of
from probes.analysis.conditions import Condition, read_operator
from probes.analysis.narrowing import Narrowing, of_service
from probes.analysis.policy import Policy, Statement
from probes.analysis.statements import covers_action
from probes.analysis.wildcards import arn_covers, has_wildcard, matches, may_overlap

CONTEXT = "aws:logs:arn"
CONTEXT_KEY = f"kms:EncryptionContext:{CONTEXT}"
NEEDED = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)
"""What AWS documents, its patterns written out without pairs of keys, which seal no data."""

_DOCUMENTED = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")
_SERVICE = re.compile(r"logs(?:\.([a-z0-9-]{1,40}))?\.amazonaws\.com(?:\.cn)?")
_REGION_PART, _ARN_PARTS = 3, 6


@dataclass(frozen=True, slots=True)
class Guard:
    """How a statement that lets CloudWatch Logs use a key is held to known log groups."""

    statement: Statement
    by_context: Narrowing
    by_source: Narrowing
    whole_account: bool


def is_logs(kind: str, value: str) -> bool:
    """Whether an entry of a Principal element is CloudWatch Logs, in whatever region."""
    return kind == "Service" and _SERVICE.fullmatch(value) is not None


def regions(one: Statement) -> frozenset[str]:
    """The regions of the CloudWatch Logs that a statement names; empty text for the global name."""
    found = (_SERVICE.fullmatch(p.value) for p in one.principals or () if p.kind == "Service")
    return frozenset(match[1] or "" for match in found if match)


def names(statements: Iterable[Statement], region: str) -> tuple[str, ...]:
    """The names by which statements mean CloudWatch Logs in a region: in China there are two."""
    named = (p.value for one in statements for p in one.principals or () if p.kind == "Service")
    found = (value for value in named if (m := _SERVICE.fullmatch(value)) and m[1] == region)
    return tuple(dict.fromkeys(found))


def for_logs(policy: Policy) -> tuple[Statement, ...]:
    """The Allows that name CloudWatch Logs."""
    return tuple(one for one in policy.statements if one.allows and regions(one))


def documented(partition: str, region: str, account: str) -> dict[str, object]:
    """AWS's statement, for all log groups of one account in the key's region."""
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return {
        "Sid": "CloudWatchLogs",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.{suffix}"},
        "Action": [*_DOCUMENTED, "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnLike": {CONTEXT_KEY: f"arn:{partition}:logs:{region}:{account}:*"}},
    }


def uncovered(
    statements: Sequence[Statement], actions: tuple[str, ...] = NEEDED
) -> tuple[str, ...]:
    """The needed actions that no statement is about, whatever its conditions."""
    return tuple(
        action
        for action in actions
        if any_of(covers_action(one, action.lower()) for one in statements) is Answer.NO
    )


def guards(policy: Policy, log_groups: str) -> tuple[Guard, ...]:
    """How each statement that lets CloudWatch Logs use data is held to known log groups.

    `log_groups` is the pattern of all log groups of the account in the region.
    """
    data = NEEDED[:-1]
    using = (one for one in for_logs(policy) if uncovered((one,), data) != data)
    return tuple(_guard(policy, one, log_groups) for one in using)


def _guard(policy: Policy, one: Statement, log_groups: str) -> Guard:
    context = contexts(one)
    others = tuple(condition for condition in one.conditions if condition not in context)
    wide = any(
        arn_covers(value, log_groups) is Answer.YES
        for condition in context
        for value in condition.values
    )
    by_context = of_service(policy, replace(one, conditions=context))
    return Guard(one, by_context, of_service(policy, replace(one, conditions=others)), wide)


def contexts(one: Statement) -> tuple[Condition, ...]:
    """The conditions of a statement on the log group."""
    return demands(one, CONTEXT_KEY)


def demands(one: Statement, key: str) -> tuple[Condition, ...]:
    """The conditions of a statement that hold only for a request that carries the key."""
    return tuple(c for c in one.conditions if c.key.lower() == key.lower() and _demands(c))


def _demands(condition: Condition) -> bool:
    operator = read_operator(condition.operator)
    return operator is not None and operator.when_absent() is Answer.NO


def context_values(statements: Iterable[Statement]) -> tuple[str, ...]:
    """All patterns of log groups in the conditions of statements."""
    conditions = (condition for one in statements for condition in contexts(one))
    return tuple(sorted({value for condition in conditions for value in condition.values}))


def all_elsewhere(values: Sequence[str], region: str) -> bool:
    """Whether every pattern is about log groups of other regions."""
    parts = [value.split(":", _ARN_PARTS - 1) for value in values]
    named = [part[_REGION_PART] if len(part) == _ARN_PARTS else "*" for part in parts]
    return bool(named) and not any(matches(one, region) for one in named)


def fits_any(one: Statement, log_groups: str) -> bool:
    """Whether some log group could satisfy the statement's conditions on log groups."""
    return all(_could_match(condition, log_groups) for condition in contexts(one))


def _could_match(condition: Condition, log_groups: str) -> bool:
    if condition.operator.rpartition(":")[2].startswith("StringEquals"):
        # Wildcards are ordinary characters there, and no log group has them in its name.
        plain = (value for value in condition.values if not has_wildcard(value))
        return any("${" in value or matches(log_groups, value) for value in plain)
    return any("${" in value or may_overlap(value, log_groups) for value in condition.values)


def treats_alike(policy: Policy, log_groups: str) -> bool:
    """Whether a policy certainly says the same to all log groups of the account.

    Then one of them may stand for all: there can be hundreds of thousands.
    """
    told_by = {CONTEXT_KEY.lower(), "aws:sourcearn"}
    return all(
        condition.operator.startswith(("Arn", "StringLike", "StringNotLike"))
        and all(arn_covers(value, log_groups) is Answer.YES for value in condition.values)
        for one in policy.statements
        for condition in one.conditions
        if condition.key.lower() in told_by
    )
