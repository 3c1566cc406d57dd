"""Elastic Load Balancing: attributes in full, states, security policies, target groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend

_LOGS = ("access_logs.s3", "connection_logs.s3", "health_check_logs.s3")
_APPLICATION = {
    **{f"{log}.{key}": value for log in _LOGS for key, value in (("bucket", ""), ("prefix", ""))},
    **{f"{log}.enabled": "false" for log in _LOGS},
    "client_keep_alive.seconds": "3600",
    "deletion_protection.enabled": "false",
    "idle_timeout.timeout_seconds": "60",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
_NETWORK = {
    "access_logs.s3.bucket": "",
    "access_logs.s3.enabled": "false",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "dns_record.client_routing_policy": "any_availability_zone",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "false",
    "secondary_ips.auto_assigned.per_subnet": "0",
    "zonal_shift.config.enabled": "false",
}
_GATEWAY = {"deletion_protection.enabled": "false", "load_balancing.cross_zone.enabled": "false"}
# What a load balancer has before anybody sets it: API LoadBalancerAttribute.
_BALANCER_DEFAULTS = {"application": _APPLICATION, "network": _NETWORK, "gateway": _GATEWAY}

# Of an application load balancer's group: API TargetGroupAttribute.
_GROUP_DEFAULTS = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.enabled": "false",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.type": "lb_cookie",
}

# Policies that AWS offers and moto does not list, by their lowest protocol: "Security policies for
# your Application Load Balancer".
_TLS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_MODERN_POLICIES = {
    "1.3": ("1-3-PQ-2025-09", "1-3-FIPS-2023-04", "1-3-FIPS-PQ-2025-09"),
    "1.2": (
        "1-2-PQ-2025-09",
        "1-2-Res-PQ-2025-09",
        "1-2-Ext1-PQ-2025-09",
        "1-2-Ext2-PQ-2025-09",
        "1-2-FIPS-2023-04",
        "1-2-FIPS-PQ-2025-09",
        "1-2-Res-FIPS-2023-04",
        "1-2-Res-FIPS-PQ-2025-09",
        "1-2-Ext0-FIPS-2023-04",
        "1-2-Ext1-FIPS-2023-04",
        "1-2-Ext2-FIPS-2023-04",
    ),
    "1.1": ("1-1-FIPS-2023-04",),
    "1.0": ("1-0-PQ-2025-09", "1-0-FIPS-2023-04", "1-0-FIPS-PQ-2025-09"),
}


def _policies_beyond_moto() -> Mapping[str, tuple[str, ...]]:
    """Name -> protocols, the newest first, as AWS lists them."""
    lowest = {"1.0": 0, "1.1": 1, "1.2": 2, "1.3": 3}
    return {
        f"ELBSecurityPolicy-TLS13-{suffix}": tuple(reversed(_TLS[lowest[floor] :]))
        for floor, suffixes in _MODERN_POLICIES.items()
        for suffix in suffixes
    }


def _security_policies(exchange: Exchange, answer: dict[str, Any]) -> None:
    listed = answer.setdefault("SslPolicies", [])
    known = {policy["Name"] for policy in listed}
    wanted = set(exchange.params.get("Names", ()))
    for name, protocols in _policies_beyond_moto().items():
        if name not in known and (not wanted or name in wanted):
            listed.append({"Name": name, "SslProtocols": list(protocols)})
    for policy in listed:
        policy.setdefault("SupportedLoadBalancerTypes", ["application", "network"])


def _balancers(exchange: Exchange, answer: dict[str, Any]) -> None:
    """A balancer that was made is active, and without groups of its own it has the VPC's default.

    API CreateLoadBalancer: only application load balancers fall back to the default group.
    """
    for balancer in answer.get("LoadBalancers", ()):
        balancer["State"] = {"Code": "active"}
        if balancer["Type"] == "application" and not balancer.get("SecurityGroups"):
            group = exchange.backend("ec2").get_default_security_group(balancer["VpcId"])
            balancer["SecurityGroups"] = [group.id] if group else []


def _balancer_attributes(exchange: Exchange, answer: dict[str, Any]) -> None:
    balancer = exchange.backend("elbv2").load_balancers[exchange.params["LoadBalancerArn"]]
    defaults = dict(_BALANCER_DEFAULTS.get(balancer.type, {}))
    given = {a["Key"]: a.get("Value", "") for a in answer.get("Attributes", ())}
    if balancer.type == "application":
        # Always on for application load balancers, which moto makes with it off.
        given.pop("load_balancing.cross_zone.enabled", None)
    defaults.update({key: value for key, value in given.items() if key in defaults})
    answer["Attributes"] = [{"Key": k, "Value": v} for k, v in sorted(defaults.items())]


def _listeners(_: Exchange, answer: dict[str, Any]) -> None:
    """Only encrypted listeners have a policy (API Listener)."""
    for listener in answer.get("Listeners", ()):
        if listener["Protocol"] not in {"HTTPS", "TLS"}:
            listener.pop("SslPolicy", None)
            listener.pop("Certificates", None)


def _target_groups(_: Exchange, answer: dict[str, Any]) -> None:
    """Moto names a balancer once for each of its listeners."""
    for group in answer.get("TargetGroups", ()):
        group["LoadBalancerArns"] = list(dict.fromkeys(group.get("LoadBalancerArns", ())))


def _target_group_attributes(_: Exchange, answer: dict[str, Any]) -> None:
    values = dict(_GROUP_DEFAULTS)
    given = {a["Key"]: a["Value"] for a in answer.get("Attributes", ())}
    # An attribute of load balancers, which moto has on groups.
    given.pop("waf.fail_open.enabled", None)
    values.update(given)
    answer["Attributes"] = [{"Key": k, "Value": v} for k, v in sorted(values.items())]


ANSWERS: Mapping[str, Answer] = {}
MENDS: Mapping[str, Mend] = {
    "elbv2:DescribeListeners": _listeners,
    "elbv2:DescribeLoadBalancerAttributes": _balancer_attributes,
    "elbv2:DescribeLoadBalancers": _balancers,
    "elbv2:DescribeSSLPolicies": _security_policies,
    "elbv2:DescribeTargetGroupAttributes": _target_group_attributes,
    "elbv2:DescribeTargetGroups": _target_groups,
}
