"""New tasks have time to start before their health counts.

Without a grace period a load balancer that asks too early has each new task stopped, again and
again. The period covers Elastic Load Balancing, VPC Lattice and container health checks, is 0
unless set, and means nothing to a service with none of them (API model, `CreateService`).

Fix: `aws ecs update-service --health-check-grace-period-seconds 60`; in CloudFormation
`HealthCheckGracePeriodSeconds`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, any_of, drift, gap, not_applicable
from auditor.settings import Settings, setting
from probes.aws import ecs, ecs_tasks
from probes.containers import _services


class Grace(Settings):
    """How long a task may take."""

    seconds: int = setting(
        60, "Time until health counts, at least; 0 asks for none.", unit="s", ge=0, le=2147483647
    )
    exempt: list[str] = setting(
        [], "Services that are left alone: patterns of name, ARN or `Key=Value` of a tag."
    )


class GracePeriod(Probe[ecs.Service, Grace]):
    """The grace period of each service whose health is checked."""

    subject, needs = ecs.SERVICES, (ecs_tasks.TASK_DEFINITIONS,)
    severity, settings = Severity.LOW, Grace
    sources = ("S2.10",)

    def judge(self, service: ecs.Service, facts: Facts, expected: Grace) -> Iterator[Remark]:
        reason = _services.left_alone(service, expected.exempt)
        found = service.health_check_grace_period_seconds
        if reason is not None:
            yield reason
            return
        if found >= expected.seconds:
            return
        if not any_of(lambda: service.is_balanced, lambda: _is_checked(service, facts)):
            yield from _services.tasks(service, facts)[1] or (
                not_applicable("nothing checks the health of its tasks", code="not-checked"),
            )
            return
        say, code = (drift, "too-short") if found else (gap, "no-grace-period")
        yield say(
            "health checks count too early" if found else "health checks count from the start",
            code=code,
            expected=expected.seconds,
            found=found,
            cli=_services.update(
                service, "--health-check-grace-period-seconds", str(expected.seconds)
            ),
            cloudformation={"HealthCheckGracePeriodSeconds": expected.seconds},
        )


def _is_checked(service: ecs.Service, facts: Facts) -> bool:
    shown, _ = _services.tasks(service, facts)
    containers = (container for task in shown for container in task.container_definitions)
    return any(one.health_check and one.health_check.is_on for one in containers)
