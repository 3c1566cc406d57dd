"""The doors of a load balancer, and which of them its security groups keep shut."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from auditor.facts import Facts
from auditor.probe import Remark, gap, note, unknown
from probes.analysis.admission import Clients, Door, admitted, internet_versions
from probes.analysis.answers import Answer
from probes.analysis.network import ListReference, Rule
from probes.aws import ec2, ec2_groups, elbv2
from probes.network import _rules

_ONLY_IPV6 = "dualstack-without-public-ipv4"


def remarks(balancer: elbv2.LoadBalancer, facts: Facts, doors: Sequence[Door]) -> Iterator[Remark]:
    """A gap for the doors that no rule opens, what cannot be told, and who is not let in."""
    rules = _rules.ingress(facts, balancer.security_groups)
    foreign = [
        group_id
        for group_id in balancer.security_groups
        if facts.named(ec2_groups.SECURITY_GROUPS, group_id) is None
    ]
    only_ipv6 = balancer.internet_facing and balancer.ip_address_type == _ONLY_IPV6
    left = list(doors)
    for around in _rules.stages(facts, rules):
        clients = Clients(around, only_ipv6)
        answers = {door: admitted(rules, door, clients) for door in left}
        shut = [door for door, answer in answers.items() if answer is Answer.NO]
        if shut and not foreign:
            yield _gap(balancer, facts, shut)
        for door in (door for door, answer in answers.items() if answer is Answer.YES):
            yield from _not_let_in(balancer, rules, door, clients)
        left = [door for door, answer in answers.items() if answer is Answer.CANNOT_TELL]
        left += shut if foreign else []
        if not left:
            return
    groups = f"; the account does not list {', '.join(foreign)}" if foreign else ""
    closed = ", ".join(map(str, left))
    yield unknown(f"whether {closed} is open cannot be told{groups}", code="unreadable-rule")


def _gap(balancer: elbv2.LoadBalancer, facts: Facts, shut: Sequence[Door]) -> Remark:
    groups = [facts.named(ec2_groups.SECURITY_GROUPS, one) for one in balancer.security_groups]
    cli, resource = _permission(balancer.security_groups[0], shut[0], _source(balancer, facts))
    return gap(
        f"no rule lets clients in at {', '.join(map(str, shut))}",
        code="https-port-closed",
        expected={str(door): "open" for door in shut},
        found={str(door): "shut" for door in shut},
        related=tuple(facts.related("security group", group) for group in groups if group),
        cli=cli,
        cloudformation=resource,
    )


def _source(balancer: elbv2.LoadBalancer, facts: Facts) -> str:
    """Whom to let in: the world, or the block of the load balancer's own VPC if it is known."""
    if balancer.internet_facing:
        return "::/0" if balancer.ip_address_type == _ONLY_IPV6 else "0.0.0.0/0"
    vpcs = (vpc for vpc in facts.seen(ec2.VPCS) if vpc.vpc_id == balancer.vpc_id)
    return next((vpc.cidr_block for vpc in vpcs), "")


def _permission(
    group_id: str, door: Door, source: str
) -> tuple[tuple[str, ...], dict[str, object] | None]:
    """The command and the resource that open a door; neither where the source is not known."""
    if not source:
        return (), None
    protocol, block = door.transport.name.lower(), "CidrIpv6" if ":" in source else "CidrIp"
    ports = {"IpProtocol": protocol, "FromPort": door.port, "ToPort": door.port}
    ranges = {"CidrIp": "IpRanges", "CidrIpv6": "Ipv6Ranges"}[block]
    permission = json.dumps([{**ports, ranges: [{block: source}]}])
    cli = ("aws", "ec2", "authorize-security-group-ingress", "--group-id", group_id)
    properties: dict[str, object] = {"GroupId": group_id, **ports, block: source}
    resource: dict[str, object] = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": properties,
    }
    return (*cli, "--ip-permissions", permission), resource


def _not_let_in(
    balancer: elbv2.LoadBalancer, rules: Sequence[Rule], door: Door, clients: Clients
) -> Iterator[Remark]:
    """A note where the internet, or its half that speaks IPv6, does not get in."""
    unread = any(
        isinstance(rule.peer, ListReference) and rule.peer.list_id not in clients.around.lists
        for rule in rules
    )
    if not balancer.internet_facing or unread:
        return
    versions = internet_versions(rules, door, clients)
    if not versions:
        yield note(f"the internet is not let in at {door}")
    elif balancer.ip_address_type == "dualstack" and 6 not in versions:
        yield note(f"clients with IPv6 are not let in at {door}")
