"""Elastic Load Balancing v2: load balancers, listeners with their rules, target groups."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.declaring import Beside, Declarable, Property
from auditor.query import JSON
from probes.declared._words import by_key, mappings, of_each, same
from probes.recorded import load_balancing


def subnets(value: JSON) -> JSON:
    """The subnets of mappings; addresses that stand in them follow from AWS."""
    return [one.get("SubnetId") for one in mappings(value)]


def rule(properties: Mapping[str, JSON]) -> JSON:
    """A rule as the listener lists it."""
    names = ("Priority", "Conditions", "Actions", "Transforms")
    kept = {name: properties[name] for name in names if name in properties}
    return [kept] if "Priority" in kept else []


LOAD_BALANCER = Declarable(
    load_balancing.LOAD_BALANCER,
    (
        *same("Scheme", "Type", "IpAddressType", "SecurityGroups"),
        Property("Subnets", "AvailabilityZones", seen=of_each("SubnetId")),
        Property("SubnetMappings", "AvailabilityZones", taken=subnets, seen=of_each("SubnetId")),
        Property("LoadBalancerAttributes", taken=by_key),
    ),
    silent={"Name"},
)
LISTENER = Declarable(
    load_balancing.LISTENER,
    same(
        "Port", "Protocol", "SslPolicy", "Certificates", "DefaultActions", "AlpnPolicy",
        "MutualAuthentication",
    ),
    beside=(Beside("AWS::ElasticLoadBalancingV2::ListenerRule", "ListenerArn", "Rules", rule),),
    silent={"LoadBalancerArn"},
)  # fmt: skip
TARGET_GROUP = Declarable(
    load_balancing.TARGET_GROUP,
    (
        *same(
            "Protocol", "Port", "VpcId", "HealthCheckProtocol", "HealthCheckPort",
            "HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds",
            "HealthyThresholdCount", "UnhealthyThresholdCount", "HealthCheckPath", "Matcher",
            "TargetType", "ProtocolVersion", "IpAddressType", "TargetControlPort",
        ),
        Property("TargetGroupAttributes", taken=by_key),
    ),
    silent={"Name"},
)  # fmt: skip
"""Its targets come and go: who registers them is not asked."""
