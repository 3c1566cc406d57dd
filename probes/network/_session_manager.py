"""Whether Session Manager lets operators in to an instance.

It needs an agent that answers. Where none does yet, it needs a role with the rights of AWS's policy
AmazonSSMManagedInstanceCore, and a way to the endpoints `ssm` and `ssmmessages` (Systems Manager
user guide, "Configure instance permissions" and "VPC endpoints"). An agent may answer without any
role of its own: an account can give one to all ("Default Host Management Configuration").
"""

from __future__ import annotations

from auditor.facts import Facts
from probes.analysis import answers
from probes.analysis.access import Identity, own_actions
from probes.analysis.answers import Answer
from probes.analysis.routes import EGRESS, INTERNET, ONWARD
from probes.analysis.statements import Request
from probes.aws import ec2, ec2_groups, ec2_routes, iam, ssm

NEEDS = (
    ssm.MANAGED_INSTANCES,
    iam.ROLES,
    iam.POLICIES,
    ec2_routes.SUBNETS,
    ec2_routes.ROUTE_TABLES,
    ec2_routes.NAT_GATEWAYS,
    ec2_routes.VPC_ENDPOINTS,
    ec2_groups.PREFIX_LISTS,
    ec2_groups.PREFIX_LIST_ENTRIES,
)
CORE = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What the agent must be allowed (AmazonSSMManagedInstanceCore)."""

_PING = {"Online": Answer.YES, "ConnectionLost": Answer.NO, "Inactive": Answer.NO}
_ENDPOINTS = ("ssm", "ssmmessages")


def answers_now(instance: ec2.Instance, facts: Facts) -> Answer:
    """Whether the agent of an instance answers."""
    found = facts.named(ssm.MANAGED_INSTANCES, instance.instance_id)
    return _PING.get(found.ping_status, Answer.CANNOT_TELL) if found else Answer.NO


def may_answer(instance: ec2.Instance, facts: Facts) -> Answer:
    """Whether the agent of an instance has the rights to answer, and a way to do so."""
    permitted = _is_permitted(instance, facts)
    if permitted is Answer.NO:
        return Answer.NO
    return answers.all_of((permitted, _has_way(instance, facts)))


def _is_permitted(instance: ec2.Instance, facts: Facts) -> Answer:
    if instance.iam_instance_profile is None:
        return Answer.NO
    roles = facts.where(iam.ROLES, iam.profiles_of, instance.iam_instance_profile.arn)
    if not roles:
        return Answer.NO  # a profile without a role
    return _may(roles[0], iam.identity(roles[0], facts))


def _may(role: iam.Role, identity: Identity) -> Answer:
    try:
        principal = iam.principal(role)
    except ValueError:
        return Answer.CANNOT_TELL
    return own_actions(Request(principal, "", "*"), CORE, identity).allowed


def _has_way(instance: ec2.Instance, facts: Facts) -> Answer:
    """Whether an instance reaches Systems Manager: over the internet, or by endpoints."""
    subnet = facts.named(ec2_routes.SUBNETS, instance.subnet_id)
    if subnet is None:
        return Answer.CANNOT_TELL
    endpoints = _has_endpoints(subnet.vpc_id, facts)
    if endpoints is Answer.YES:
        return Answer.YES
    reach = ec2_routes.reach_of(subnet, facts)
    public = Answer.of(bool(instance.public_ip_address or instance.ipv6_address))
    # What lies behind a transit gateway or a peering cannot be seen from here.
    beyond = Answer.NO if reach.leads(ONWARD) is Answer.NO else Answer.CANNOT_TELL
    by_gateway = answers.all_of((reach.leads(INTERNET), public))
    return answers.any_of((endpoints, reach.leads(EGRESS), by_gateway, beyond))


def _has_endpoints(vpc_id: str, facts: Facts) -> Answer:
    found = facts.where(ec2_routes.VPC_ENDPOINTS, ec2_routes.endpoints_in, vpc_id)
    return answers.all_of(
        answers.any_of(
            Answer.YES if one.private_dns_enabled else Answer.CANNOT_TELL
            for one in found
            if one.service_name.endswith(f".{facts.region}.{name}")
            and one.state.lower() == "available"
        )
        for name in _ENDPOINTS
    )
