"""ECS can start the tasks of a service in their execution role.

On Fargate and on managed instances ECS pulls from private repositories and sends logs by `awslogs`
in the execution role alone; secrets and registry credentials it fetches in it everywhere, on EC2
the instance's role does the rest (ECS developer guide, "Amazon ECS task execution IAM role").
Without the role or its rights no task starts. The CDK makes the role where it is needed, a raw
template does not. `AmazonECSTaskExecutionRolePolicy` lets ECS pull and log, but not create groups
(`awslogs-create-group`) nor read secrets: that is `secrets.readable_by_workload`. Public images
need no rights. Across accounts the repository's policy must allow it, too, which is not readable
from here. Tasks on machines outside AWS are not judged. Actions of the application on this role
are in reach of nothing that needs them.

Fix: register a revision, `aws ecs register-task-definition --execution-role-arn ROLE`, with
`service-role/AmazonECSTaskExecutionRolePolicy` on the role; in CloudFormation `ExecutionRoleArn`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from probes.access import _execution, _trusting
from probes.access._execution import Executing
from probes.access._tasks import each
from probes.aws import ecr, ecr_builds, ecs_tasks, iam
from probes.aws.ecs import SERVICES, Service


class ExecutionRole(Probe[Service, Executing]):
    """Each service with the task definitions that it uses."""

    subject = SERVICES
    needs = (ecs_tasks.TASK_DEFINITIONS, iam.ROLES, iam.POLICIES, ecr.REPOSITORIES,
             ecr_builds.POLICY, ecr.CACHE_RULES)  # fmt: skip
    severity, settings = Severity.HIGH, Executing
    sources = ("S2.8", "S3.B13")
    parts = ("given", "pull", "logs", "trust", "overreach")

    def judge_given(self, service: Service, facts: Facts, _: Executing) -> Iterator[Remark]:
        yield from each(service, facts, lambda task: _execution.given(task, facts))

    def judge_pull(self, service: Service, facts: Facts, _: Executing) -> Iterator[Remark]:
        pulling = _execution.pulling
        yield from each(service, facts, lambda task: _execution.by_role(task, facts, pulling))

    def judge_logs(self, service: Service, facts: Facts, _: Executing) -> Iterator[Remark]:
        logging = _execution.logging
        yield from each(service, facts, lambda task: _execution.by_role(task, facts, logging))

    def judge_trust(self, service: Service, facts: Facts, _: Executing) -> Iterator[Remark]:
        yield from each(service, facts, lambda task: _trusting.executing(task, facts))

    def judge_overreach(
        self, service: Service, facts: Facts, expected: Executing
    ) -> Iterator[Remark]:
        yield from each(service, facts, lambda t: _execution.overreaching(t, facts, expected))
