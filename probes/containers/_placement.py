"""In which subnets the tasks of a service are, and whether they get public addresses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, every, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.analysis import routes
from probes.analysis.answers import Answer
from probes.aws import ec2_routes
from probes.aws.ec2_routes import Subnet
from probes.aws.ecs import Service
from probes.containers import _services


class Private(Settings):
    """Where tasks may be."""

    assign_public_ip_allowed: bool = setting(False, "Whether tasks may have public addresses.")
    subnet_tier: Literal["private", "isolated", "any"] = setting(
        "private", "Subnets without an internet gateway, without any way out, or any."
    )
    exempt: list[str] = setting(
        [], "Services that are left alone: patterns of name, ARN or `Key=Value` of a tag."
    )


def not_asked(service: Service, expected: Private) -> Remark | None:
    """Why nobody asks where a service is; None where it counts."""
    reason = _services.left_alone(service, expected.exempt)
    if reason is None and not service.networks:
        message = "its tasks share the network of their instances"
        return not_applicable(message, code="no-interface")
    return reason


def addresses(service: Service, facts: Facts) -> Iterator[Remark]:
    """What there is to say of public addresses."""
    found = {network.assign_public_ip for network in service.networks}
    if "ENABLED" in found:
        yield drift(
            "its tasks get public addresses",
            code="public-ip",
            expected="DISABLED",
            found="ENABLED",
            severity=_weight(Severity.HIGH, facts),
            **_change(service),
        )
    strange = sorted(found - {"ENABLED", "DISABLED"})
    if strange:
        yield unknown("assignPublicIp has a value that is not known here", found=strange)


def subnets(service: Service, facts: Facts, expected: Private) -> Iterator[Remark]:
    """What there is to say of the subnets."""
    names = sorted({name for network in service.networks for name in network.subnets})
    yield from every(*(partial(_subnet, name, facts, expected) for name in names))


def found_in(service: Service, facts: Facts) -> list[Subnet]:
    """The subnets of a service that EC2 lists. Needs `SUBNETS`."""
    names = dict.fromkeys(name for network in service.networks for name in network.subnets)
    found = (facts.named(ec2_routes.SUBNETS, name) for name in names)
    return [subnet for subnet in found if subnet is not None]


def _subnet(name: str, facts: Facts, expected: Private) -> Iterator[Remark]:
    subnet = facts.named(ec2_routes.SUBNETS, name)
    if subnet is None:
        yield unknown(f"EC2 does not list the subnet {name}")
        return
    isolated = expected.subnet_tier == "isolated"
    ways = routes.INTERNET | routes.EGRESS if isolated else routes.INTERNET
    reach = ec2_routes.reach_of(subnet, facts)
    leads = reach.leads(ways)
    if leads is Answer.YES:
        through = sorted({path.way.value for path in reach.paths if path.way in ways})
        yield drift(
            f"the subnet {name} is not {expected.subnet_tier}",
            code="public-subnet"
            if routes.Way.INTERNET_GATEWAY.value in through
            else "not-isolated",
            expected={name: expected.subnet_tier},
            found={name: through},
            severity=_weight(Severity.MEDIUM, facts),
            related=(facts.related("a subnet of the service", subnet),),
            evidence={"route table": reach.table_id},
        )
    elif leads is Answer.CANNOT_TELL:
        reasons = dict.fromkeys(doubt.reason for doubt in reach.doubts)
        yield unknown("; ".join(reasons) or f"the route table of {name} is not listed")


def _weight(severity: Severity, facts: Facts) -> Severity:
    return severity.lowered() if facts.environment == "ephemeral" else severity


def _change(service: Service) -> dict[str, object]:
    network = next(one for one in service.networks if one.assign_public_ip == "ENABLED")
    groups = f"securityGroups=[{','.join(network.security_groups)}],"
    said = f"subnets=[{','.join(network.subnets)}],{groups}assignPublicIp=DISABLED"
    properties = {"AwsvpcConfiguration": {"AssignPublicIp": "DISABLED"}}
    change = ("--network-configuration", f"awsvpcConfiguration={{{said}}}")
    return {
        "cli": _services.update(service, *change) if not service.task_sets else (),
        "cloudformation": {"NetworkConfiguration": properties},
    }
