"""Which names CloudTrail is asked for, where, and whose events count."""

import pytest

from auditor.resources import Resource
from auditor.trail.names import is_of, names_of, regions_of

LB = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/50dc6c495c0c9188"
KEY = "arn:aws:kms:us-east-1:1:key/1234"
TOPIC = "arn:aws:sns:us-east-1:1:alarms"
ROLE = "arn:aws:iam::1:role/Deploy"


@pytest.mark.parametrize(
    ("resource", "names"),
    [
        (Resource("AWS::EC2::SecurityGroup", "sg-1", "arn:x", "default"), ("sg-1",)),
        (Resource("AWS::EC2::LaunchTemplate", "lt-1", "arn:x", "web"), ("lt-1", "web")),
        (Resource("AWS::IAM::Role", ROLE, ROLE, "Deploy"), ("Deploy", ROLE)),
        (Resource("AWS::KMS::Key", KEY, KEY, "1234"), (KEY, "1234")),
        (Resource("AWS::SNS::Topic", TOPIC, TOPIC, TOPIC), (TOPIC, "alarms")),
        (Resource("AWS::ElasticLoadBalancingV2::LoadBalancer", LB, LB, "web"), (LB, "web")),
        (Resource("AWS::ElasticLoadBalancingV2::Listener", LB, LB, "web HTTP:80"), (LB,)),
        (Resource("AWS::S3::Bucket", "logs", "arn:aws:s3:::logs", "logs"),
         ("logs", "arn:aws:s3:::logs")),
        (Resource("AWS::New::Thing", "t-1", "", "t-1"), ("t-1",)),
        (Resource("AWS::Region", "us-east-1", "", "us-east-1"), ()),
        (Resource("", "x"), ()),
        (Resource("AWS::Logs::LogGroup", "a\nb", "", "a\x1b[31mb"), ()),
        (Resource("AWS::Logs::LogGroup", "x", "", "_" * 1001), ()),
    ],
    ids=lambda value: value.type + value.name[:8] if isinstance(value, Resource) else "",
)  # fmt: skip
def test_a_resource_is_asked_for_by_the_names_that_callers_use(resource, names):
    assert names_of(resource) == names


@pytest.mark.parametrize(
    ("kind", "region", "partition", "asked"),
    [
        ("AWS::KMS::Key", "eu-west-1", "aws", ("eu-west-1",)),
        ("AWS::IAM::Role", "", "aws", ("us-east-1",)),
        ("AWS::IAM::Role", "", "aws-us-gov", ("us-gov-west-1",)),
        ("AWS::CloudFront::Distribution", "", "aws-cn", ("cn-north-1", "cn-northwest-1")),
        ("AWS::IAM::Role", "", "aws-new", ("r-1", "r-2")),
        ("AWS::S3::Bucket", "", "aws", ("r-1", "r-2")),
    ],
)
def test_events_are_where_the_resource_is(kind, region, partition, asked):
    assert regions_of(Resource(kind, "x"), region, partition, ("r-1", "r-2")) == asked


@pytest.mark.parametrize(
    ("kind", "source", "counts"),
    [
        ("AWS::EC2::Volume", "ec2.amazonaws.com", True),
        ("AWS::KMS::Key", "ec2.amazonaws.com", False),
        ("AWS::KMS::Key", "tagging.amazonaws.com", True),
        ("AWS::ElasticLoadBalancingV2::Listener", "elasticloadbalancing.amazonaws.com", True),
        ("AWS::CloudWatch::Alarm", "monitoring.amazonaws.com", True),
        ("AWS::CloudWatch::Alarm", "evil.example", False),
    ],
)
def test_only_the_service_of_a_resource_changes_it(kind, source, counts):
    assert is_of(source, Resource(kind, "x")) is counts
