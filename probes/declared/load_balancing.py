"""Elastic Load Balancing v2: load balancers, listeners with their rules, target groups."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.drift.declarable import Beside, Changer, Declarable, NotComparable, Property
from auditor.query import JSON
from probes.declared._changers import listener_of, says
from probes.declared._words import by_key, mappings, of_each, same
from probes.recorded import load_balancing


def subnets(value: JSON) -> JSON:
    """The subnets of mappings; addresses that stand in them follow from AWS."""
    return [one.get("SubnetId") for one in mappings(value)]


def rule(properties: Mapping[str, JSON]) -> JSON:
    """A rule as the listener lists it."""
    names = ("Priority", "Conditions", "Actions", "Transforms")
    if "Priority" not in properties:
        message = "its priority is not known"
        raise NotComparable(message)
    return [{name: properties[name] for name in names if name in properties}]


_FORWARDS = ("DefaultActions", "Rules.*.Actions")
_OF_CODE_DEPLOY = "CodeDeploy changes with each deployment where it forwards to"
_GROUP_PAIRS = "LoadBalancerInfo.TargetGroupPairInfoList"
_ROUTED = "LoadBalancers.AdvancedConfiguration"
_DEPLOYED = (
    Changer(
        "AWS::CodeDeploy::DeploymentGroup",
        (f"{_GROUP_PAIRS}.ProdTrafficRoute.ListenerArns",
         f"{_GROUP_PAIRS}.TestTrafficRoute.ListenerArns"),
        _FORWARDS,
        _OF_CODE_DEPLOY,
    ),
    Changer(
        "AWS::ECS::Service",
        ("LoadBalancers.TargetGroupArn",),
        _FORWARDS,
        _OF_CODE_DEPLOY,
        mentioned=True,
        when=says("DeploymentController.Type", "CODE_DEPLOY", "EXTERNAL"),
    ),
    Changer(
        "AWS::ECS::Service",
        (f"{_ROUTED}.ProductionListenerRule", f"{_ROUTED}.TestListenerRule"),
        _FORWARDS,
        "ECS changes with each deployment where it forwards to",
        called=listener_of,
    ),
)  # fmt: skip
"""Who sends traffic elsewhere (CodeDeploy user guide, "Deployments on an Amazon ECS compute
platform"; ECS developer guide, "Amazon ECS blue/green deployments"). A group of CodeDeploy may be
in no template: then the target group that its service declares tells the listener."""

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
    changed_by=_DEPLOYED,
    none={"Rules"},
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
