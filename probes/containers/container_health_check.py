"""ECS checks the health of containers itself.

A load balancer sees only whether a port answers, and services without one are seen by nobody. A
HEALTHCHECK in the image does not count: ECS runs only what the task definition says (API model,
`HealthCheck`). Services behind a Classic Load Balancer cannot have it. The command runs in the
container: one that calls `curl` or a shell that the image lacks, as both sources' commands would
in a small image, always fails. Unless set, a check runs every 30 s, may take 5 s, may fail 3 times
and starts at once.

Fix: `aws ecs register-task-definition` with `healthCheck` in the container, then `aws ecs
update-service --task-definition FAMILY`; in CloudFormation `ContainerDefinitions[].HealthCheck`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable
from auditor.settings import Settings, setting
from probes.aws import ecs, ecs_tasks
from probes.containers import _checks, _services
from probes.containers._checks import Timing
from probes.groups import Sidecars


class Checked(Settings):
    """How containers are to be checked."""

    required: bool = setting(True, "Essential containers must have a health check.")
    load_balancer_suffices: bool = setting(
        False, "Whether a service behind a load balancer needs no check of its containers."
    )
    interval: int = setting(30, "Time between two checks, at most.", unit="s", ge=5, le=300)
    timeout: int = setting(5, "Time that a check may take, at most.", unit="s", ge=2, le=60)
    retries: int = setting(3, "Checks that may fail in a row, at most.", ge=1, le=10)
    start_period: int = setting(
        60, "Time in which failures do not count, at least.", unit="s", ge=0, le=300
    )
    sidecars: Sidecars = Sidecars()


class ContainerHealthCheck(Probe[ecs.Service, Checked]):
    """The essential containers of each service."""

    subject, needs = ecs.SERVICES, (ecs_tasks.TASK_DEFINITIONS,)
    severity, settings = Severity.LOW, Checked
    sources = ("S2.10", "S3.I5")

    def judge(self, service: ecs.Service, facts: Facts, expected: Checked) -> Iterator[Remark]:
        reason = _services.left_alone(service) or _not_asked(service, expected)
        if reason is not None:
            yield reason
            return
        found = tuple(_services.containers(service, facts, expected.sidecars.names))
        bare = [pair for pair in found if not (pair[1].health_check and pair[1].health_check.is_on)]
        timing = Timing(
            expected.interval, expected.timeout, expected.retries, expected.start_period
        )
        if bare:
            names = _services.named(container.name for _, container in bare)
            yield gap(f"nothing checks {names}", **_checks.missing(bare, timing, facts))
        yield from _checks.deviations(found, timing, facts)
        yield from _services.tasks(service, facts)[1]
        if not found:
            yield not_applicable("it has no containers of its own", code="sidecars")


def _not_asked(service: ecs.Service, expected: Checked) -> Remark | None:
    if not expected.required:
        return not_applicable("the baseline does not ask for it", code="not-asked")
    if any(one.load_balancer_name for one in service.load_balancers):
        return not_applicable("a Classic Load Balancer rules it out", code="classic")
    if expected.load_balancer_suffices and service.is_balanced:
        return not_applicable("its load balancer checks it", code="load-balancer")
    return None
