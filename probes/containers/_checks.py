"""Health checks of containers: where they are missing, and where they deviate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift
from auditor.query import JSON
from probes.aws.ecs_tasks import ContainerDefinition, HealthCheck, TaskDefinition
from probes.containers import _services

Pair = tuple[TaskDefinition, ContainerDefinition]
_COMMAND = ["CMD-SHELL", "curl -f http://localhost/health || exit 1"]


@dataclass(frozen=True, slots=True)
class Timing:
    """How long and how often at most, and the time to start at least; in seconds."""

    interval: int
    timeout: int
    retries: int
    start_period: int

    def differs(self, check: HealthCheck) -> dict[str, int]:
        """What of a check deviates."""
        found = {name: getattr(check, name) for name in asdict(self)}
        late = check.start_period < self.start_period
        over = {name for name, most in asdict(self).items() if found[name] > most}
        wrong = over - {"start_period"} | ({"start_period"} if late else set())
        return {name: found[name] for name in sorted(wrong)}


def missing(bare: Iterable[Pair], timing: Timing, facts: Facts) -> dict[str, Any]:
    """What a remark says of containers that nothing checks."""
    pairs = tuple(bare)
    properties = {
        "ContainerDefinitions": [
            {"Name": container.name, "HealthCheck": _template(timing)} for _, container in pairs
        ]
    }
    return {
        "code": "no-health-check",
        "expected": "a health check in the task definition",
        "found": {container.name: None for _, container in pairs},
        "cloudformation": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties},
        **_services.related(facts, [task for task, _ in pairs]),
    }


def deviations(found: Iterable[Pair], timing: Timing, facts: Facts) -> Iterator[Remark]:
    """Checks that are slower or more impatient than the baseline asks."""
    for task, container in found:
        check = container.health_check
        wrong = timing.differs(check) if check and check.is_on else {}
        if wrong:
            yield drift(
                f"the check of {container.name} deviates in {', '.join(wrong)}",
                code="deviates",
                expected={name: asdict(timing)[name] for name in wrong},
                found=wrong,
                severity=Severity.INFORMATIONAL,
                **_services.related(facts, (task,)),
            )


def _template(timing: Timing) -> dict[str, JSON]:
    return {
        "Command": _COMMAND,
        "Interval": timing.interval,
        "Timeout": timing.timeout,
        "Retries": timing.retries,
        "StartPeriod": timing.start_period,
    }
