"""Tasks have a role of their own, apart from the execution role.

The execution role is for ECS: it opens every secret and repository that the task starts with. Code
in a container that has the same role can read them again, for as long as it runs, and what the
application needs is in reach of ECS (ECS developer guide, "Amazon ECS task execution IAM role" and
"Amazon ECS task IAM role"). A task without a role of its own is fine where its code calls no AWS
service; on EC2 it may reach the role of the instance. ECS must be able to take the role, and its
trust policy should say for which account (`aws:SourceAccount`), so that ECS is not talked into
taking it for others. ECS takes a role by its ARN or its name.

Fix: `aws ecs register-task-definition --task-role-arn ROLE --execution-role-arn OTHER`; in
CloudFormation `TaskRoleArn` and `ExecutionRoleArn`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from probes.access import _separate, _trusting
from probes.access._separate import Separate
from probes.access._tasks import each
from probes.aws import ecs_tasks, iam
from probes.aws.ecs import SERVICES, Service


class TaskRole(Probe[Service, Separate]):
    """Each service with the task definitions that it uses."""

    subject, needs = SERVICES, (ecs_tasks.TASK_DEFINITIONS, iam.ROLES)
    severity, settings = Severity.MEDIUM, Separate
    sources = ("S2.8", "S3.B13")
    parts = ("separate", "present", "trust")

    def judge_separate(
        self, service: Service, facts: Facts, expected: Separate
    ) -> Iterator[Remark]:
        yield from each(service, facts, lambda task: _separate.separate(task, facts, expected))

    def judge_present(self, service: Service, facts: Facts, expected: Separate) -> Iterator[Remark]:
        yield from each(service, facts, lambda task: _separate.present(task, facts, expected))

    def judge_trust(self, service: Service, facts: Facts, _: Separate) -> Iterator[Remark]:
        yield from each(service, facts, lambda task: _trusting.working(task, facts))
