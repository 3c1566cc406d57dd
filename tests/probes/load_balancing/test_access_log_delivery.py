import json

import boto3
import pytest

from probes.aws import elbv2, s3
from probes.load_balancing.access_log_delivery import AccessLogDelivery
from tests.kit import Absent, Case, audit, check_case, findings_of, verdicts
from tests.probes.load_balancing.made import (
    GWLB,
    LB,
    NLB,
    attributes,
    balancer,
    live_balancer,
    vpc_with_two_subnets,
)

PROBE = AccessLogDelivery()
SERVICE = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}


def statement(principal=SERVICE, resource="arn:aws:s3:::web-logs/AWSLogs/123456789012/*", **more):
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:PutObject",
        "Resource": resource,
        **more,
    }


def policy(*statements):
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


def answers(of_bucket, arn=LB, **changes):
    values = {
        "access_logs__s3__enabled": "true",
        "access_logs__s3__bucket": "web-logs",
        "access_logs__s3__prefix": "",
        **changes,
    }
    return {
        elbv2.LOAD_BALANCERS: [balancer(arn)],
        elbv2.LOAD_BALANCER_ATTRIBUTES: {arn: attributes(**values)},
        s3.BUCKETS: [{"Name": "web-logs"}],
        s3.POLICY: {"web-logs": of_bucket},
    }


NO_POLICY = Absent("NoSuchBucketPolicy")
DENY_ALL = statement("*", "arn:aws:s3:::web-logs/*", Effect="Deny", Action="s3:*")
CASES = [
    Case("AWS's own policy", answers(policy(statement())), "pass"),
    Case("no policy", answers(NO_POLICY), "gap", "logs-undeliverable", severity="medium", found="no policy"),
    Case(
        "a policy for somebody else",
        answers(policy(statement({"Service": "cloudtrail.amazonaws.com"}))),
        "gap",
        "logs-undeliverable",
        expected={"s3:PutObject": "arn:aws:s3:::web-logs/AWSLogs/123456789012/elasticloadbalancing/us-east-1/*"},
    ),
    Case(
        "a policy for another prefix",
        answers(policy(statement()), access_logs__s3__prefix="web"),
        "gap",
        "logs-undeliverable",
    ),
    Case("a deny", answers(policy(statement(), DENY_ALL)), "gap", "logs-undeliverable"),
    Case("a policy that is none", answers({"Policy": "{"}), "unknown", "bucket-policy"),
    Case(
        "a condition that no service meets",
        answers(policy(statement(Condition={"StringEquals": {"aws:PrincipalOrgPaths": "o-1/r-1"}}))),
        "gap",
    ),
    Case(
        "a bucket that is not this account's",
        answers(policy(statement()), access_logs__s3__bucket="central-logs"),
        "unknown",
        "bucket-elsewhere",
    ),
    Case("logs are off", answers(NO_POLICY, access_logs__s3__enabled="false"), "not_applicable", "logs-off"),
    Case("a new word", answers(NO_POLICY, access_logs__s3__enabled="perhaps"), "unknown", "unknown-value"),
    Case("a network load balancer, and a policy for others", answers(policy(statement()), NLB), "gap"),
    Case("a network load balancer", answers(policy(statement({"Service": "delivery.logs.amazonaws.com"})), NLB), "pass"),
    Case("a gateway load balancer", answers(NO_POLICY, GWLB), "not_applicable", "other-type"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_bucket_is_named_beside_the_load_balancer():
    finding = findings_of(PROBE, Case("no policy", answers(NO_POLICY), "gap"))[0]
    assert [(r.role, r.resource.arn) for r in finding.related] == [
        ("bucket of the access logs", "arn:aws:s3:::web-logs")
    ]


def test_on_an_account(aws):
    client, buckets = boto3.client("elbv2", "us-east-1"), boto3.client("s3", "us-east-1")
    _, subnets = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    for name in ("open", "shut"):
        buckets.create_bucket(Bucket=name)
    document = policy(statement(resource="arn:aws:s3:::open/AWSLogs/123456789012/*"))["Policy"]
    buckets.put_bucket_policy(Bucket="open", Policy=document)
    for name in ("open", "shut", "gone"):
        values = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": name}
        client.modify_load_balancer_attributes(
            LoadBalancerArn=live_balancer(client, subnets, name),
            Attributes=[{"Key": k, "Value": v} for k, v in values.items()],
        )
    live_balancer(client, subnets, "silent")
    assert verdicts(audit(AccessLogDelivery)) == {
        "open": "pass",
        "shut": "gap",
        "gone": "unknown",
        "silent": "not_applicable",
    }
