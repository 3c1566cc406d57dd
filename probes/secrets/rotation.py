"""Secrets rotate, often enough and on time.

A credential that never changes stays good for whoever has ever seen it. Rotation can be off, too
seldom, or on and failing: then AWS leaves the next date in the past (API model, `DescribeSecret`).
A copy rotates where its primary does, in another region or account; some services rotate what they
own and others never do ("Managed rotation"); managed rotation needs no function. While rotation is
off AWS still shows the old schedule, which proves nothing. For calendar schedules
`AutomaticallyAfterDays` is the last gap, not the longest, and so the expression decides.
What nothing can rotate, such as keys of third parties or passwords of registries, is exempted in
the baseline. A function is often built where none is needed: a master password of RDS, Aurora,
DocumentDB or Redshift is rotated by the service itself.

Fix: `aws secretsmanager rotate-secret --secret-id SECRET --rotation-lambda-arn FUNCTION
--rotation-rules AutomaticallyAfterDays=30`; for a master password rather `aws rds
modify-db-instance --manage-master-user-password`. In CloudFormation
`AWS::SecretsManager::RotationSchedule`, or `ManageMasterUserPassword: true`. What is impaired heals
when RDS may use the secret's key again, or when management is switched off and on.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable
from auditor.query import Query
from probes.aws import rds
from probes.aws.secretsmanager import DETAILS, SECRETS, Secret
from probes.secrets import _schedule
from probes.secrets._schedule import Rotates


class Rotation(Probe[Secret, Rotates]):
    """Rotation of each secret that can rotate."""

    subject, needs = SECRETS, (DETAILS, rds.INSTANCES, rds.CLUSTERS)
    severity, settings, sources = Severity.MEDIUM, Rotates, ("S1.3",)
    parts = ("enabled", "interval", "timely", "managed")

    def judge_enabled(self, secret: Secret, facts: Facts, expected: Rotates) -> Iterator[Remark]:
        return _judged(secret, facts, expected, lambda: _schedule.off(secret, expected))

    def judge_interval(self, secret: Secret, facts: Facts, expected: Rotates) -> Iterator[Remark]:
        return _if_on(secret, facts, expected, lambda: _schedule.too_seldom(secret, expected))

    def judge_timely(self, secret: Secret, facts: Facts, expected: Rotates) -> Iterator[Remark]:
        return _if_on(secret, facts, expected, lambda: _schedule.late(secret, facts.now, expected))

    def judge_managed(self, secret: Secret, facts: Facts, expected: Rotates) -> Iterator[Remark]:
        def judged_in(query: Query[rds.Database]) -> Iterator[Remark]:
            for database in facts.where(query, rds.master_secret_of, secret.arn):
                yield from _schedule.impaired(secret, database, facts)

        if secret.owning_service != "rds":
            yield not_applicable("no database service of RDS keeps it")
            return
        lists = [lambda query=query: judged_in(query) for query in (rds.INSTANCES, rds.CLUSTERS)]
        yield from _judged(secret, facts, expected, lambda: every(*lists))


def _if_on(
    secret: Secret, facts: Facts, expected: Rotates, judge: Callable[[], Iterator[Remark]]
) -> Iterator[Remark]:
    off = () if secret.rotation_enabled else (not_applicable("rotation is off"),)
    return iter(off) if off else _judged(secret, facts, expected, judge)


def _judged(
    secret: Secret, facts: Facts, expected: Rotates, judge: Callable[[], Iterator[Remark]]
) -> Iterator[Remark]:
    if reason := _schedule.why_none(secret, facts, expected):
        yield not_applicable(reason)
        return
    for remark in judge():
        found = (
            _schedule.unless_copied(secret, facts, remark) if remark.verdict.violates else remark
        )
        yield replace(found, severity=_schedule.severity(secret, facts, expected))
