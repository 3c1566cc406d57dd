"""Commands can be run in containers where the baseline asks for it.

ECS Exec opens a shell in a running container, which helps where things are tried out and is a way
in where they are not. It works only if the task role may use the message channels of Systems
Manager, the root file system can be written and the agent beside each container runs (ECS guide,
"Using Amazon ECS Exec to access a container"); a task that started before it was turned on stays
without it.

Fix: `aws ecs update-service --enable-execute-command --force-new-deployment`, and in the task role
an Allow for the four `ssmmessages` actions; in CloudFormation `EnableExecuteCommand`.
"""

from collections.abc import Iterator
from functools import partial
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, every, gap, not_applicable
from auditor.settings import Settings, setting
from probes.aws import ecs, ecs_running, ecs_tasks, iam
from probes.containers import _execution, _services


class Execution(Settings):
    """Whether commands may be run."""

    mode: Literal["on", "off", "any"] = setting(
        "any", "Whether ECS Exec must be on, must be off, or may be either.", ephemeral="on"
    )


class CommandExecution(Probe[ecs.Service, Execution]):
    """ECS Exec of each service."""

    subject = ecs.SERVICES
    needs = (ecs_tasks.TASK_DEFINITIONS, iam.ROLES, iam.POLICIES, ecs_running.RUNNING)
    severity, settings = Severity.INFORMATIONAL, Execution
    sources = ("S3.I4",)

    def judge(self, service: ecs.Service, facts: Facts, expected: Execution) -> Iterator[Remark]:
        reason = _services.left_alone(service)
        enabled = service.enable_execute_command
        if reason is not None:
            yield reason
        elif expected.mode == "any":
            yield not_applicable("the baseline leaves it open", code="not-asked")
        elif expected.mode == "off" and enabled:
            yield drift("commands can be run in its containers", **_turn(service, on=False))
        elif expected.mode == "on" and not enabled:
            yield gap("no commands can be run in its containers", **_turn(service, on=True))
        elif expected.mode == "on":
            judges = (_execution.not_allowed, _execution.not_writable, _execution.not_running)
            yield from every(*(partial(judge, service, facts) for judge in judges))


def _turn(service: ecs.Service, *, on: bool) -> dict[str, object]:
    flag = "--enable-execute-command" if on else "--disable-execute-command"
    return {
        "code": "exec-off" if on else "exec-on",
        "expected": on,
        "found": not on,
        "cli": _services.update(service, flag, "--force-new-deployment"),
        "cloudformation": {"EnableExecuteCommand": on},
    }
