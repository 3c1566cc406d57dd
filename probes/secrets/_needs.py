"""What the role of a rotation function must be allowed to do, and what it is not.

Source: Secrets Manager user guide, "Lambda rotation function execution role permissions".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, Severity, every, gap, not_applicable, note, unknown
from probes.analysis.access import Decisions, own_actions
from probes.analysis.answers import Answer
from probes.analysis.conditions import Context
from probes.analysis.names import arn
from probes.aws.lambda_rotation import Rotator, function_of
from probes.aws.secretsmanager import Secret
from probes.secrets import _readers
from probes.secrets._readers import Reader

_ON_SECRET = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)
_PASSWORD = "secretsmanager:GetRandomPassword"  # noqa: S105 - the name of an action
_ON_KEY = ("Decrypt", "DescribeKey", "GenerateDataKey")
_INTERFACES = ("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface")
_LIST_INTERFACES = "ec2:DescribeNetworkInterfaces"
_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
# Without these a function of one's own may still do; AWS's templates do not.
_PERHAPS = frozenset({_PASSWORD, "kms:DescribeKey"})


def lacking(secret: Secret, rotator: Rotator, facts: Facts) -> Iterator[Remark]:
    """What the function's role lacks, on the secret, on its key, and in a VPC."""
    who = _readers.reader(facts, rotator.role)
    if who is None:
        yield not_applicable("the function's role does not exist")
        return
    yield from every(
        lambda: _on_secret(facts, who, secret),
        lambda: _lacking(_readers.on_key(facts, who, secret, _ON_KEY)),
        lambda: _in_vpc(facts, who, rotator),
        lambda: _logs(who, rotator),
    )


def _on_secret(facts: Facts, who: Reader, secret: Secret) -> Iterator[Remark]:
    """What it lacks on the secret, and to make a new password."""
    calling = Context({"lambda:SourceFunctionArn": (function_of(secret),)})
    password = who.asks(_PASSWORD, "*", calling)
    yield from _lacking(own_actions(password, (_PASSWORD,), who.identity))
    yield from _lacking(
        _readers.on_secret(facts, who, secret, _ON_SECRET, calling),
        **_readers.granting(who, secret, _ON_SECRET),
    )


def _in_vpc(facts: Facts, who: Reader, rotator: Rotator) -> Iterator[Remark]:
    """What it lacks to have interfaces in a VPC; AWS's managed policy for that detaches none."""
    if not rotator.vpc_config.subnet_ids:
        return
    prefix = f"arn:{facts.partition}:ec2:{facts.region}:{facts.account}"
    interfaces = who.asks("", f"{prefix}:network-interface/*")
    listing = own_actions(who.asks("", "*"), (_LIST_INTERFACES,), who.identity)
    yield from _lacking(_joined(own_actions(interfaces, _INTERFACES, who.identity), listing))


def _logs(who: Reader, rotator: Rotator) -> Iterator[Remark]:
    """That nobody will read why a rotation failed."""
    found = arn(rotator.function_arn)
    name = found.resource_id.partition(":")[0]
    place = f"arn:{found.partition}:logs:{found.region}:{found.account}"
    request = who.asks("", f"{place}:log-group:/aws/lambda/{name}:log-stream:*")
    if own_actions(request, _LOGS, who.identity).allowed is Answer.NO:
        yield note("the function may not write its log")


def _joined(*decisions: Decisions) -> Decisions:
    return Decisions(tuple(one for found in decisions for one in found.by_action))


def _lacking(found: Decisions, **fix: Any) -> Iterator[Remark]:
    if found.missing:
        wanted = sorted(action for action, _ in found.by_action)
        yield gap(
            f"the function's role may not {', '.join(sorted(found.missing))}",
            code="missing-permissions",
            severity=Severity.MEDIUM if set(found.missing) <= _PERHAPS else Severity.HIGH,
            expected=wanted,
            found=[action for action in wanted if action not in found.missing],
            evidence={"missing": sorted(found.missing), "why": list(found.reasons)},
            **fix,
        )
    if found.undecided:
        actions, why = ", ".join(found.undecided), "; ".join(found.reasons)
        yield unknown(f"whether the role may {actions} cannot be told: {why}")
