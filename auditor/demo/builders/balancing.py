"""Load balancers with their listeners, target groups and log buckets."""

from __future__ import annotations

import json
from typing import Any

from auditor.demo.application import Balancer, Listener
from auditor.demo.builders import network
from auditor.demo.builders.site import Site, logical
from auditor.demo.documents import ACCOUNT, balancer_logs


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
    target = _target_group(site, balancer)
    for listener in balancer.listeners:
        _listener(site, balancer, arn, target, listener)


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


def _target_group(site: Site, balancer: Balancer) -> str:
    elbv2, name = site.client("elbv2"), logical(balancer.role, "target-group")
    arn = elbv2.create_target_group(
        Name=site.name(balancer.role),
        Protocol="HTTP",
        Port=8080,
        VpcId=site.refs["vpc:main"],
        TargetType=balancer.target_type,
        Tags=site.pairs(name, site.name(balancer.role)),
        **balancer.health_check,
    )["TargetGroups"][0]["TargetGroupArn"]
    if balancer.target_attributes:
        elbv2.modify_target_group_attributes(
            TargetGroupArn=arn,
            Attributes=[{"Key": k, "Value": v} for k, v in balancer.target_attributes.items()],
        )
    return site.make(
        "AWS::ElasticLoadBalancingV2::TargetGroup", name, str(arn), f"target:{balancer.role}"
    )


def _listener(site: Site, balancer: Balancer, arn: str, target: str, listener: Listener) -> None:
    name = logical(balancer.role, listener.protocol.lower(), "listener")
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
        DefaultActions=[_action(listener, target)],
        Tags=site.pairs(name, site.name(balancer.role)),
        **settings,
    )["Listeners"][0]["ListenerArn"]
    site.make("AWS::ElasticLoadBalancingV2::Listener", name, made)


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
    s3, bucket = site.client("s3"), f"{site.name('logs')}-{ACCOUNT}"
    place = {"CreateBucketConfiguration": {"LocationConstraint": site.region}}
    s3.create_bucket(Bucket=bucket, **({} if site.region == "us-east-1" else place))
    closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(closed, True)
    )
    sse = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [sse]})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    expiry = {
        "ID": "old-logs",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": 90},
    }
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [expiry]})
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(balancer_logs(bucket)))
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": site.own_pairs("LogBucket", bucket)})
    # S3 refuses tags of AWS's own from callers; CloudFormation sets them all the same.
    store = site.store("s3")
    store.tagger.tag_resource(store.get_bucket(bucket).arn, site.pairs("LogBucket", bucket))
    site.make("AWS::S3::Bucket", "LogBucket", bucket, "bucket:logs")
