"""When a secret rotates, and what is wrong with that: the remarks of `rotation`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.analysis.answers import CannotTell
from probes.analysis.patterns import as_texts, fits
from probes.analysis.schedule import rotation_interval
from probes.analysis.secret_owners import DATABASES, FIXED
from probes.aws import rds
from probes.aws.secretsmanager import DETAILS, Secret, may_be_copy, why_not_here

_HOURS = re.compile(r"([0-9]{1,2})h")
_WHOLE_DAY = 24
_HEALTHY = frozenset({"active", "creating", "rotating"})


class Rotates(Settings):
    """How often, and which secrets."""

    max_rotation_days: int = setting(
        30, "Time between two rotations, at most.", unit="days", ge=1, le=1000
    )
    grace_days: int = setting(
        1, "How long after its date a rotation may still be done.", unit="days", ge=0, le=365
    )
    exempt: list[str] = setting(
        [], "Secrets that nothing can rotate: patterns of names, ARNs or tags as `Key=Value`."
    )
    databases: list[str] = setting(
        [], "Secrets that open databases, beside those that AWS keeps for them: patterns as above."
    )


def why_none(secret: Secret, facts: Facts, expected: Rotates) -> str:
    """Why the claim does not arise for a secret; nothing where it does."""
    if reason := why_not_here(secret, facts.region):
        return reason
    if secret.owning_service in FIXED:
        return f"{secret.owning_service} keeps it, and does not rotate"
    return "the baseline exempts it" if _means(expected.exempt, secret) else ""


def _means(patterns: Iterable[str], secret: Secret) -> bool:
    """Whether a pattern means the secret: by its name, its ARN, or a tag as `Key=Value`."""
    return fits(patterns, secret.name, secret.arn, *as_texts(secret.tags))


def severity(secret: Secret, facts: Facts, expected: Rotates) -> Severity:
    """High for what opens a database in production, medium for all else."""
    database = secret.owning_service in DATABASES or _means(expected.databases, secret)
    return Severity.HIGH if database and facts.environment == "production" else Severity.MEDIUM


def unless_copied(secret: Secret, facts: Facts, remark: Remark) -> Remark:
    """A violation, unless the secret is a copy of another account's, which rotates there."""
    if may_be_copy(secret):
        primary = facts.its(DETAILS).cross_account_primary
        if primary is not None:
            return not_applicable(f"it is a copy of {primary.primary_secret_arn}")
    return remark


def off(secret: Secret, expected: Rotates) -> Iterator[Remark]:
    """That rotation is off, if it is."""
    if secret.rotation_enabled:
        return
    never, owner = secret.rotation_enabled is None, secret.owning_service
    if never and owner and owner not in DATABASES:
        yield unknown(f"whether {owner} rotates it AWS does not say")
        return
    yield gap(
        "rotation was never configured" if never else "rotation was switched off",
        code="never-configured" if never else "off",
        expected="on",
        found="never configured" if never else "off",
        cli=_rotating(secret, expected.max_rotation_days) if secret.rotation_lambda_arn else (),
        cloudformation=_scheduled(secret, expected.max_rotation_days),
    )


def too_seldom(secret: Secret, expected: Rotates) -> Iterator[Remark]:
    """That the schedule leaves too much time between rotations, if it does."""
    days = interval(secret)
    if isinstance(days, CannotTell):
        yield unknown(f"how often it rotates cannot be told: {days.reason}", code="interval")
    elif days > expected.max_rotation_days:
        yield drift(
            "the secret rotates too seldom",
            code="interval-too-long",
            expected=expected.max_rotation_days,
            found=math.ceil(days),
            cli=(*_rotating(secret, expected.max_rotation_days), "--no-rotate-immediately"),
            cloudformation=_scheduled(secret, expected.max_rotation_days),
        )


def late(secret: Secret, now: datetime, expected: Rotates) -> Iterator[Remark]:
    """That a rotation should have been done and was not, if so.

    A value that was put in by hand counts as a rotation and moves the next one (API model,
    `RotationRulesType`), and is seen only as a change of the secret. So a last rotation of long ago
    proves nothing unless nothing has changed since. Nor does none: rotation may just have been
    switched on, which is a change, too.
    """
    grace = timedelta(days=expected.grace_days)
    due = secret.next_rotation_date
    days = interval(secret)
    overdue = due is not None and due + grace < now
    if overdue or _has_slept(secret, days, now - grace):
        never = secret.last_rotated_date is None
        yield drift(
            "no rotation has ever succeeded" if never else "the rotation is overdue",
            code="never-succeeded" if never else "overdue",
            expected="rotated as scheduled",
            found="never rotated" if never else "overdue",
            cli=("aws", "secretsmanager", "rotate-secret", "--secret-id", secret.arn),
            evidence=_dates(secret),
        )
    elif due is None and (secret.last_changed_date is None or isinstance(days, CannotTell)):
        yield unknown("AWS names neither the next rotation nor what it could be told from")
    elif secret.last_rotated_date is None:
        yield note("it has not rotated yet")


def impaired(secret: Secret, database: rds.Database, facts: Facts) -> Iterator[Remark]:
    """That RDS cannot rotate a master password, if it says so."""
    status = database.master_user_secret.secret_status if database.master_user_secret else ""
    name = facts.resource(database).name
    if status == "impaired":
        yield drift(
            f"RDS cannot rotate the master password of {name}",
            code="managed-impaired",
            expected=sorted(_HEALTHY),
            found=status,
            evidence={"key": secret.kms_key_id or "aws/secretsmanager"},
            related=(facts.related("the database it opens", database),),
        )
    elif status not in _HEALTHY:
        yield unknown(f"the status {status!r} of {name}'s secret is not known here")


def interval(secret: Secret) -> float | CannotTell:
    """The longest time in days that the schedule leaves between two rotations."""
    rules = secret.rotation_rules
    if rules is None:
        return CannotTell("AWS shows no rules of its rotation")
    return rotation_interval(rules.automatically_after_days, rules.schedule_expression)


def _has_slept(secret: Secret, days: float | CannotTell, now: datetime) -> bool:
    """Whether neither a rotation nor any change came within the interval and its window."""
    known = [at for at in (secret.last_rotated_date, secret.last_changed_date) if at is not None]
    if isinstance(days, CannotTell) or secret.last_changed_date is None:
        return False
    return max(known) + timedelta(days=days, hours=_window(secret)) < now


def _window(secret: Secret) -> int:
    """Hours in which a rotation may start; to the end of the day, at most (API model)."""
    found = _HOURS.fullmatch(secret.rotation_rules.duration) if secret.rotation_rules else None
    return int(found[1]) if found else _WHOLE_DAY


def _dates(secret: Secret) -> dict[str, object]:
    dates = {
        "last rotated": secret.last_rotated_date,
        "last changed": secret.last_changed_date,
        "next rotation": secret.next_rotation_date,
        "created": secret.created_date,
    }
    shown: dict[str, object] = {name: at.isoformat() for name, at in dates.items() if at}
    return shown | {"a rotation is stuck at AWSPENDING": secret.has_stuck_rotation}


def _rotating(secret: Secret, days: int) -> tuple[str, ...]:
    function = secret.rotation_lambda_arn
    by_function = ("--rotation-lambda-arn", function) if function else ()
    rules = ("--rotation-rules", f"AutomaticallyAfterDays={days}")
    return (
        "aws",
        "secretsmanager",
        "rotate-secret",
        "--secret-id",
        secret.arn,
        *by_function,
        *rules,
    )


def _scheduled(secret: Secret, days: int) -> dict[str, object] | None:
    """The schedule as a resource of its own; None where nobody is known to rotate it."""
    function = secret.rotation_lambda_arn
    if not (function or secret.owning_service or secret.type):
        return None
    by_function = {"RotationLambdaARN": function} if function else {}
    rules = {"RotationRules": {"AutomaticallyAfterDays": days}}
    properties = {"SecretId": secret.arn, **by_function, **rules}
    return {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": properties}
