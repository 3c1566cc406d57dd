"""Load balancers with their listeners, target groups and log buckets."""

from __future__ import annotations

import json
from typing import Any

from auditor.demo.application import Balancer, Listener
from auditor.demo.builders import network, storage
from auditor.demo.builders.site import Site, logical
from auditor.demo.documents import balancer_logs
from auditor.demo.parts import Bucket


def build(site: Site) -> None:
    """Make the balancers, and the bucket of their logs where one of them wants it."""
    if any(balancer.logs for balancer in site.app.balancers):
        _log_bucket(site)
    for balancer in site.app.balancers:
        _balancer(site, balancer)


def _balancer(site: Site, balancer: Balancer) -> None:
    tier = "public" if balancer.scheme == "internet-facing" else "private"
    name = logical(balancer.role, "load-balancer")
    groups = site.groups(balancer.groups)
    arn = site.client("elbv2").create_load_balancer(
        Name=site.name(balancer.role),
        Subnets=site.subnets(tier),
        SecurityGroups=groups,
        Scheme=balancer.scheme,
        Tags=site.pairs(name, site.name(balancer.role)),
    )["LoadBalancers"][0]["LoadBalancerArn"]
    site.make("AWS::ElasticLoadBalancingV2::LoadBalancer", name, arn, f"balancer:{balancer.role}")
    suffix = arn.partition(":loadbalancer/")[2]
    network.attach(site, groups, site.subnets(tier), f"ELB {suffix}")
    _attributes(site, balancer, arn)
    for role in (balancer.role, *balancer.further_targets):
        _target_group(site, balancer, role)
    for listener in balancer.listeners:
        _listener(site, balancer, arn, listener)


def _attributes(site: Site, balancer: Balancer, arn: str) -> None:
    values = dict(balancer.attributes)
    if balancer.logs:
        values |= {
            "access_logs.s3.enabled": "true",
            "access_logs.s3.bucket": site.refs["bucket:logs"],
        }
    if values:
        site.client("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": k, "Value": v} for k, v in values.items()]
        )


def _target_group(site: Site, balancer: Balancer, role: str) -> None:
    elbv2, name = site.client("elbv2"), logical(role, "target-group")
    arn = elbv2.create_target_group(
        Name=site.name(role),
        Protocol="HTTP",
        Port=8080,
        VpcId=site.refs["vpc:main"],
        TargetType=balancer.target_type,
        Tags=site.pairs(name, site.name(role)),
        **balancer.health_check,
    )["TargetGroups"][0]["TargetGroupArn"]
    if balancer.target_attributes:
        elbv2.modify_target_group_attributes(
            TargetGroupArn=arn,
            Attributes=[{"Key": k, "Value": v} for k, v in balancer.target_attributes.items()],
        )
    site.make("AWS::ElasticLoadBalancingV2::TargetGroup", name, str(arn), f"target:{role}")


def _listener(site: Site, balancer: Balancer, arn: str, listener: Listener) -> None:
    role = listener.target or balancer.role
    name = logical(role, listener.protocol.lower(), "listener")
    settings: dict[str, Any] = {}
    if listener.protocol == "HTTPS":
        settings = {
            "SslPolicy": listener.tls_policy,
            "Certificates": [{"CertificateArn": _certificate(site, balancer)}],
        }
    made = site.client("elbv2").create_listener(
        LoadBalancerArn=arn,
        Protocol=listener.protocol,
        Port=listener.port,
        DefaultActions=[_action(listener, site.refs[f"target:{role}"])],
        Tags=site.pairs(name, site.name(balancer.role)),
        **settings,
    )["Listeners"][0]["ListenerArn"]
    site.make(
        "AWS::ElasticLoadBalancingV2::Listener", name, made, f"listener:{role}{listener.port}"
    )


def _action(listener: Listener, target: str) -> dict[str, Any]:
    if not listener.redirect:
        return {"Type": "forward", "TargetGroupArn": target}
    to_https = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    return {"Type": "redirect", "RedirectConfig": to_https}


def _certificate(site: Site, balancer: Balancer) -> str:
    """A certificate that AWS has issued; moto would let it wait a minute for its validation."""
    name = logical(balancer.role, "certificate")
    arn = site.client("acm").request_certificate(
        DomainName=f"{balancer.role}.{site.app.name}.example.com",
        ValidationMethod="DNS",
        Tags=site.own_pairs(name, site.name(balancer.role)),
    )["CertificateArn"]
    site.store("acm").get_certificate(arn).status = "ISSUED"
    return site.make("AWS::CertificateManager::Certificate", name, str(arn))


def _log_bucket(site: Site) -> None:
    name = storage.bucket(site, Bucket("logs"))
    document = balancer_logs(name)
    site.client("s3").put_bucket_policy(Bucket=name, Policy=json.dumps(document))
    site.make("AWS::S3::BucketPolicy", "LogsBucketPolicy", name)
    written = site.portable(document, LogsBucket=name)
    site.declare("LogsBucketPolicy", Bucket={"Ref": "LogsBucket"}, PolicyDocument=written)
