"""Whether tasks on Fargate can fetch their images from ECR where no route leads out."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, Severity, gap, not_applicable, note
from probes.analysis import container_images, routes
from probes.analysis.answers import Answer
from probes.aws import ec2_routes
from probes.aws.ec2_routes import Subnet
from probes.aws.ecs import Service
from probes.aws.ecs_tasks import ContainerDefinition
from probes.containers import _placement, _services

_OUT = routes.INTERNET | routes.EGRESS | routes.ONWARD
_TO_PULL = frozenset({"ecr.api", "ecr.dkr", "s3"})
_LOGS = "logs"


def judge(service: Service, facts: Facts) -> Iterator[Remark]:
    """What there is to say of the ways by which images come.

    Only a subnet of which all routes are known to stay inside counts as closed.
    """
    if not service.is_on_fargate:
        yield not_applicable("instances fetch the images of its tasks", code="instances")
        return
    shown, unshown = _services.tasks(service, facts)
    wanted = _wanted([one for task in shown for one in task.container_definitions])
    if not wanted:
        yield from unshown or (
            not_applicable("it has no images in private registries of ECR", code="no-ecr"),
        )
        return
    for subnet in _placement.found_in(service, facts):
        leads = ec2_routes.reach_of(subnet, facts).leads(_OUT)
        missing = sorted(wanted - _endpoints(subnet, facts)) if leads is Answer.NO else []
        if missing:
            yield _closed(subnet, missing, facts)
        elif leads is Answer.CANNOT_TELL:
            yield note(f"it cannot be told whether a route leads out of {subnet.subnet_id}")


def _wanted(containers: list[ContainerDefinition]) -> frozenset[str]:
    """The services that must be in reach for the images and logs of containers."""
    images = (container_images.image(one.image) for one in containers)
    if not any(isinstance(image, container_images.Image) for image in images):
        return frozenset()
    logs = {one.log_configuration.log_driver for one in containers if one.log_configuration}
    return _TO_PULL | {_LOGS} if "awslogs" in logs else _TO_PULL


def _endpoints(subnet: Subnet, facts: Facts) -> set[str]:
    """The services that have an endpoint in the VPC, as `ecr.dkr`: names end in them."""
    found = facts.where(ec2_routes.VPC_ENDPOINTS, ec2_routes.endpoints_in, subnet.vpc_id)
    names = [one.service_name for one in found if one.state.lower() == "available"]
    return {short for short in (*_TO_PULL, _LOGS) for name in names if name.endswith(f".{short}")}


def _closed(subnet: Subnet, missing: list[str], facts: Facts) -> Remark:
    return gap(
        f"no route leads out of {subnet.subnet_id}, and endpoints are missing",
        code="no-egress",
        expected={subnet.subnet_id: "a way out, or endpoints"},
        found={subnet.subnet_id: {"missing": missing}},
        severity=Severity.INFORMATIONAL,
        related=(facts.related("a subnet of the service", subnet),),
    )
