"""The scalable target of a service: whether there is one, its bounds, and whether it may act."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from auditor.facts import Facts
from auditor.probe import Remark, drift, gap, not_applicable
from auditor.query import JSON
from auditor.settings import Settings, setting
from probes.aws import application_autoscaling as scaling
from probes.aws.application_autoscaling import ScalableTarget, ScalingPolicy
from probes.aws.ecs import Service
from probes.containers import _services

_COUNT = "ecs:service:DesiredCount"


class Metric(StrEnum):
    """What is tracked, as CloudWatch names it."""

    CPU = "CPUUtilization"
    MEMORY = "MemoryUtilization"

    @property
    def predefined(self) -> str:
        """What Application Auto Scaling calls it; the finer one ends in `HighResolution`."""
        return f"ECSServiceAverage{self}"


class Scales(Settings):
    """Between which bounds, and by what."""

    min_tasks: int = setting(2, "The lower bound, at least.", unit="tasks", ge=0)
    max_tasks: int = setting(10, "The upper bound, at least.", unit="tasks", ge=1)
    cpu_target_percent: int = setting(70, "CPU to be kept.", unit="%", ge=0, le=100)
    memory_target_percent: int = setting(80, "Memory to be kept.", unit="%", ge=0, le=100)
    tolerance_percent: int = setting(10, "How far a target may be off.", unit="%", ge=0, le=100)
    cooldown_seconds: int = setting(60, "Pause after scaling either way.", unit="s", ge=0)
    requests_suffice: bool = setting(
        False, "Whether tracking requests per target counts in place of CPU and memory."
    )
    skip_stopped: bool = setting(
        False, "Whether services that are to run no task are left alone.", ephemeral=True
    )
    exempt: list[str] = setting(
        [], "Services of fixed size: patterns of name, ARN or `Key=Value` of a tag."
    )


def not_asked(service: Service, expected: Scales) -> Remark | None:
    """Why nobody asks whether a service scales; None where it should."""
    reason = _services.left_alone(service, expected.exempt)
    if reason is not None:
        return reason
    if service.scheduling_strategy == "DAEMON":
        return not_applicable("a daemon runs once on each instance", code="daemon")
    if service.deployment_controller.type == "EXTERNAL":
        return not_applicable("an external controller scales it", code="controller")
    if expected.skip_stopped and service.desired_count == 0:
        return not_applicable("it is to run no task", code="stopped")
    return None


def resource_of(service: Service) -> str:
    """What Application Auto Scaling calls a service."""
    return f"service/{service.cluster}/{service.service_name}"


def target_of(service: Service, facts: Facts) -> ScalableTarget | None:
    """The scalable target of a service, or None. Needs `ECS_TARGETS`."""
    found = facts.where(scaling.ECS_TARGETS, scaling.scaled, resource_of(service))
    return next((one for one in found if one.scalable_dimension == _COUNT), None)


def policies_of(service: Service, facts: Facts) -> tuple[ScalingPolicy, ...]:
    """The policies of a service. Needs `ECS_POLICIES`."""
    return facts.where(scaling.ECS_POLICIES, scaling.scaled, resource_of(service))


def target(service: Service, facts: Facts, expected: Scales) -> Iterator[Remark]:
    """What there is to say of the scalable target of a service."""
    reason = not_asked(service, expected)
    if reason is not None:
        yield reason
        return
    found = target_of(service, facts)
    if found is None:
        yield _change(service, expected, None, facts)
        return
    short = found.min_capacity < expected.min_tasks or found.max_capacity < expected.max_tasks
    if short or found.min_capacity >= found.max_capacity:
        yield _change(service, expected, found, facts)
    yield from _suspended(service, found, facts)


def _change(
    service: Service, expected: Scales, found: ScalableTarget | None, facts: Facts
) -> Remark:
    """A target that has to be there, or to have other bounds."""
    least, most = expected.min_tasks, max(expected.max_tasks, expected.min_tasks + 1)
    if found is not None:
        least, most = max(least, found.min_capacity), max(most, found.max_capacity)
        most = max(most, least + 1)
    bounds = ("--min-capacity", str(least), "--max-capacity", str(most))
    properties = {
        "ServiceNamespace": "ecs",
        "ResourceId": resource_of(service),
        "ScalableDimension": _COUNT,
        "MinCapacity": least,
        "MaxCapacity": most,
    }
    say = gap if found is None else drift
    return say(
        "nothing scales the service" if found is None else "the bounds are not those wanted",
        code="no-target" if found is None else "range",
        expected={"min": expected.min_tasks, "max": expected.max_tasks},
        found={"min": found.min_capacity, "max": found.max_capacity} if found else None,
        related=(facts.related("the scalable target", found),) if found else (),
        cli=(*_register(service), *bounds),
        cloudformation={
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": properties,
        },
    )


def _suspended(service: Service, found: ScalableTarget, facts: Facts) -> Iterator[Remark]:
    states = found.suspended_state.model_dump()
    held = sorted(name.removesuffix("_suspended") for name, is_held in states.items() if is_held)
    if held:
        free = ",".join(f"{_camel(name)}=false" for name in sorted(states))
        nothing: JSON = []
        yield drift(
            f"held back: {', '.join(name.replace('_', ' ') for name in held)}",
            code="suspended",
            expected=nothing,
            found=held,
            related=(facts.related("the scalable target", found),),
            cli=(*_register(service), "--suspended-state", free),
        )


def _register(service: Service) -> tuple[str, ...]:
    return (
        "aws", "application-autoscaling", "register-scalable-target",
        "--service-namespace", "ecs", "--scalable-dimension", _COUNT,
        "--resource-id", resource_of(service),
    )  # fmt: skip


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
