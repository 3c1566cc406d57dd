"""Elastic Load Balancing v2: load balancers, listeners with their rules, target groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from auditor.query import JSON
from auditor.recording.recordable import Fold, Recordable, Rule, by_name, the_list, whole
from probes.aws import elbv2
from probes.recorded._documents import inside

_ATTRIBUTES = by_name("Key", "Value")
_ACTIONS = inside(ClientSecret=lambda _: None)
_RULES = whole(
    elbv2.HTTP_RULES, "Priority", "Conditions", "Actions", "IsDefault", "Transforms",
    reduced={"Actions": _ACTIONS}, label="every", when=None,
)  # fmt: skip
_GROUP_ATTRIBUTES = replace(elbv2.TARGET_GROUP_ATTRIBUTES, label="every", when=None)


def by_priority(rules: JSON) -> JSON:
    """The rules of a listener by their priorities, which are unique; their ARNs end in chance.

    The default rule repeats the default actions of the listener, and says nothing by itself.
    """
    listed = rules if isinstance(rules, list) else []
    return {
        str(rule.get("Priority")): {
            name: rule.get(name) for name in ("Conditions", "Actions", "Transforms")
        }
        for rule in listed
        if isinstance(rule, Mapping) and not rule.get("IsDefault")
    }


LOAD_BALANCER = Recordable(
    elbv2.LOAD_BALANCERS,
    keeps=(
        "Scheme", "VpcId", "Type", "AvailabilityZones", "SecurityGroups", "IpAddressType",
        "CustomerOwnedIpv4Pool", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
        "EnablePrefixForIpv6SourceNat", "IpamPools",
    ),
    leaves=(
        "LoadBalancerArn", "LoadBalancerName", "DNSName", "CanonicalHostedZoneId", "CreatedTime",
        "State",
    ),
    folds=(Fold("LoadBalancerAttributes", elbv2.LOAD_BALANCER_ATTRIBUTES, _ATTRIBUTES),),
    keyed={"AvailabilityZones": "ZoneName"},
    names={
        "AvailabilityZones": "SubnetMappings",
        "AvailabilityZones.LoadBalancerAddresses": "",
        "AvailabilityZones.OutpostId": "",
        "AvailabilityZones.SourceNatIpv6Prefixes": "SourceNatIpv6Prefix",
        "CustomerOwnedIpv4Pool": "",
        "IpamPools": "Ipv4IpamPoolId",
        "IpamPools.Ipv4IpamPoolId": ".",
        "LoadBalancerAttributes.*": "*",
        "VpcId": "",
    },
)  # fmt: skip
LISTENER = Recordable(
    elbv2.LISTENERS,
    keeps=(
        "Port", "Protocol", "Certificates", "SslPolicy", "DefaultActions", "AlpnPolicy",
        "MutualAuthentication",
    ),
    leaves=("ListenerArn", "LoadBalancerArn"),
    folds=(Fold("Rules", _RULES, the_list),),
    rules={"Rules": Rule(by_priority)},
    reduced={"DefaultActions": _ACTIONS},
    volatile={"MutualAuthentication.TrustStoreAssociationStatus"},
    ordered={"AlpnPolicy"},
    keyed={"Rules": "Priority"},
    names={"Rules": "AWS::ElasticLoadBalancingV2::ListenerRule", "Rules.*": "*"},
)  # fmt: skip
TARGET_GROUP = Recordable(
    elbv2.TARGET_GROUPS,
    keeps=(
        "Protocol", "Port", "VpcId", "HealthCheckProtocol", "HealthCheckPort",
        "HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount", "UnhealthyThresholdCount", "HealthCheckPath", "Matcher",
        "LoadBalancerArns", "TargetType", "ProtocolVersion", "IpAddressType", "TargetControlPort",
    ),
    leaves=("TargetGroupArn", "TargetGroupName"),
    folds=(Fold("TargetGroupAttributes", _GROUP_ATTRIBUTES, _ATTRIBUTES),),
    names={"LoadBalancerArns": "", "TargetGroupAttributes.*": "*"},
)  # fmt: skip
