"""The workloads that a security group is on, as far as load balancers send them traffic.

A group is tied to a target group by what AWS states: a registered target has the group on its
interface; a service registers its tasks, and names the group; a scaling group registers its
instances, and launches them with the group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.facts import Facts
from probes.analysis.answers import Answer
from probes.analysis.network import GroupReference, Rule, confined_to
from probes.analysis.ports import PortRange, Transport
from probes.aws import autoscaling, ec2, ec2_templates, ecs, elbv2
from probes.network import _rules

NEEDS = (
    elbv2.TARGET_GROUPS,
    elbv2.TARGET_HEALTH,
    elbv2.LOAD_BALANCERS,
    ec2.NETWORK_INTERFACES,
    ecs.SERVICES,
    autoscaling.GROUPS,
    autoscaling.LAUNCH_CONFIGURATIONS,
    ec2_templates.VERSIONS,
    ec2_templates.OLDER_VERSIONS,
)
_ROUTED = {"instance", "ip"}
# Where Linux and ECS take the ports of containers from that are given none (ECS API, HostPort).
_LONGEST_PORT = 5
_DYNAMIC = PortRange(32768, 65535)


@dataclass(frozen=True, slots=True)
class Workload:
    """What sends traffic to the members of a group: load balancers, at which ports, from where."""

    target_groups: tuple[elbv2.TargetGroup, ...]
    balancers: tuple[elbv2.LoadBalancer, ...]
    ports: tuple[PortRange, ...]
    unlisted: tuple[str, ...] = ()

    @property
    def why_not(self) -> str:
        """Why it cannot be asked that only load balancers come; nothing where it can."""
        if not self.target_groups:
            return "it is not behind a load balancer"
        if any(one.type == elbv2.GATEWAY for one in self.balancers):
            return "a gateway load balancer leaves the clients' addresses as they are"
        if any(one.type == elbv2.NETWORK and not one.security_groups for one in self.balancers):
            return "a network load balancer without groups lets clients' own addresses through"
        return ""

    @property
    def doubt(self) -> str:
        """What leaves it open who sends the traffic; nothing where all is known."""
        strange = {one.type for one in self.balancers} - elbv2.LOAD_BALANCER_TYPES
        if strange:
            return f"load balancers of type {', '.join(sorted(strange))} are not known here"
        if self.unlisted:
            return f"the account does not list {', '.join(self.unlisted)}"
        bare = [one.load_balancer_name for one in self.balancers if not one.security_groups]
        return f"AWS names no security group of {', '.join(bare)}" if bare else ""

    @property
    def senders(self) -> frozenset[str]:
        """The security groups of the load balancers."""
        return frozenset(group for one in self.balancers for group in one.security_groups)

    def sends(self, rule: Rule) -> bool:
        """Whether a rule lets a load balancer in."""
        return isinstance(rule.peer, GroupReference) and rule.peer.group_id in self.senders

    def is_wide(self, rule: Rule) -> bool:
        """Whether a rule lets more in than what load balancers send."""
        return confined_to(rule, Transport.TCP, self.ports) is not Answer.YES


def workload_of(group_id: str, facts: Facts) -> Workload:
    """The load balancers before the members of a group, with none where there are none."""
    ports: dict[str, set[int]] = {}
    for arn, port in _targets(group_id, facts):
        ports.setdefault(arn, set()).update({port} if port else ())
    found = [facts.named(elbv2.TARGET_GROUPS, arn) for arn in ports]
    routed = [g for g in found if g and g.target_type in _ROUTED and g.load_balancer_arns]
    arns = sorted({arn for group in routed for arn in group.load_balancer_arns})
    balancers = {arn: facts.named(elbv2.LOAD_BALANCERS, arn) for arn in arns}
    return Workload(
        tuple(routed),
        tuple(one for one in balancers.values() if one),
        tuple(p for group in routed for p in _ports(group, ports[group.target_group_arn])),
        tuple(arn for arn, one in balancers.items() if one is None),
    )


def _ports(group: elbv2.TargetGroup, registered: set[int]) -> Iterator[PortRange]:
    """The ports by which a load balancer speaks to the targets of a group."""
    at = group.health_check_port  # a number, or `traffic-port`
    checked = int(at) if at.isdecimal() and len(at) <= _LONGEST_PORT else None
    for port in (group.port, checked, *sorted(registered)):
        if port is not None:
            yield PortRange(port, port)
    if group.target_type == "instance":
        yield _DYNAMIC


def _targets(group_id: str, facts: Facts) -> Iterator[tuple[str, int | None]]:
    """ARNs of target groups, with the port of a target where one is registered."""
    for interface in _rules.interfaces(facts, group_id):
        yield from _registered(interface, facts)
    for service in facts.where(ecs.SERVICES, ecs.security_groups_of, group_id):
        yield from ((arn, None) for arn in service.target_groups)
    for group in _launching(group_id, facts):
        yield from ((arn, None) for arn in group.target_group_arns)


def _registered(interface: ec2.NetworkInterface, facts: Facts) -> Iterator[tuple[str, int | None]]:
    """The target groups in which an interface is registered, by an address or its instance."""
    instance = interface.attachment.instance_id if interface.attachment else ""
    for name in (*interface.addresses, instance):
        for health in facts.where(elbv2.TARGET_HEALTH, elbv2.target_of, name) if name else ():
            group = facts.of(health).parent(elbv2.TARGET_GROUPS)
            if group.vpc_id == interface.vpc_id:
                yield group.target_group_arn, health.target.port


def _launching(group_id: str, facts: Facts) -> Iterator[autoscaling.Group]:
    """The scaling groups whose instances are launched with a security group."""
    for query in (ec2_templates.VERSIONS, ec2_templates.OLDER_VERSIONS):
        for version in facts.where(query, ec2_templates.security_groups_of, group_id):
            yield from ec2_templates.groups_using(version, facts)
    for one in facts.where(
        autoscaling.LAUNCH_CONFIGURATIONS, autoscaling.security_groups_of, group_id
    ):
        name = one.launch_configuration_name
        yield from facts.where(autoscaling.GROUPS, autoscaling.configuration_named, name)
