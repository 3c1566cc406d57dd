"""Environment variables of containers hold no secrets and name their own environment.

Whoever may describe a task definition reads its variables; secrets belong into `secrets`. A value
that names another environment or account is one that was copied. AWS shows what a template came
to, never that a value was written into it: a fixed `production` in production is right. The values
themselves are not kept: while they arrive, each is reduced to whether it looks like a secret, words
for environments, and the accounts and regions of ARNs. What stands in files in S3 is not read.

Fix: `aws ecs register-task-definition` with `secrets` in place of the variable, or with the right
value, then `aws ecs update-service`; in CloudFormation `Value: !Ref EnvironmentSuffix`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from probes.aws import ecs, ecs_tasks
from probes.containers import _names, _references, _variables, _words
from probes.containers._variables import Expected


class EnvironmentValues(Probe[ecs.Service, Expected]):
    """The variables of the containers of each service."""

    subject, needs = ecs.SERVICES, (ecs_tasks.TASK_DEFINITIONS,)
    severity, settings = Severity.HIGH, Expected
    sources = ("S3.B9",)
    parts = ("secrets", "environment", "required", "references")

    def judge_secrets(
        self, service: ecs.Service, facts: Facts, expected: Expected
    ) -> Iterator[Remark]:
        yield from _variables.judged(service, facts, expected, _variables.secrets)

    def judge_environment(
        self, service: ecs.Service, facts: Facts, expected: Expected
    ) -> Iterator[Remark]:
        yield from _variables.judged(service, facts, expected, _words.environment)

    def judge_required(
        self, service: ecs.Service, facts: Facts, expected: Expected
    ) -> Iterator[Remark]:
        yield from _variables.judged(service, facts, expected, _names.required)

    def judge_references(
        self, service: ecs.Service, facts: Facts, expected: Expected
    ) -> Iterator[Remark]:
        yield from _variables.judged(service, facts, expected, _references.references)
