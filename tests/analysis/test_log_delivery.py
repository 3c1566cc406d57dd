from dataclasses import replace

import pytest

from probes.analysis.answers import Answer
from probes.analysis.log_delivery import Delivery, is_let_in
from probes.analysis.policy import parse

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
WEB = Delivery(ARN, "aws", "us-east-1", "123456789012", network=False, bucket="logs", prefix="web")
NET = replace(WEB, network=True)
NEWER = replace(WEB, region="il-central-1")
SERVICE = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
LOGS = {"Service": "delivery.logs.amazonaws.com"}
US_EAST_1 = {"AWS": "arn:aws:iam::127311923021:root"}
OURS = "arn:aws:s3:::logs/web/AWSLogs/123456789012/*"
BALANCERS = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/*"
DELIVERY_CONDITION = {
    "StringEquals": {
        "s3:x-amz-acl": "bucket-owner-full-control",
        "aws:SourceAccount": ["123456789012"],
    },
    "ArnLike": {"aws:SourceArn": ["arn:aws:logs:us-east-1:123456789012:*"]},
}


def policy(principal, resource=OURS, **more):
    one = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:PutObject",
        "Resource": resource,
    }
    return parse({"Version": "2012-10-17", "Statement": [{**one, **more}]})


def source(arn):
    return {"ArnLike": {"aws:SourceArn": arn}}


@pytest.mark.parametrize(
    ("delivery", "document", "expected"),
    [
        pytest.param(WEB, policy(SERVICE), Answer.YES, id="the service principal"),
        pytest.param(WEB, policy(SERVICE, Condition=source(BALANCERS)), Answer.YES, id="from our load balancers"),
        pytest.param(WEB, policy(SERVICE, Condition=source(f"{ARN}0")), Answer.NO, id="from another load balancer"),
        pytest.param(WEB, policy(US_EAST_1), Answer.YES, id="the region's account"),
        pytest.param(WEB, policy({"AWS": "127311923021"}), Answer.YES, id="the account by its number"),
        pytest.param(WEB, policy({"AWS": "797873946194"}), Answer.NO, id="another region's account"),
        pytest.param(NEWER, policy(US_EAST_1, "arn:aws:s3:::logs/*"), Answer.NO, id="a region without an account"),
        pytest.param(NEWER, policy(SERVICE, "arn:aws:s3:::logs/*"), Answer.YES, id="a newer region"),
        pytest.param(WEB, policy("*"), Answer.YES, id="anyone"),
        pytest.param(WEB, policy(LOGS), Answer.NO, id="the writer for network load balancers"),
        pytest.param(WEB, policy(SERVICE, "arn:aws:s3:::logs/AWSLogs/123456789012/*"), Answer.NO, id="without the prefix"),
        pytest.param(WEB, policy(SERVICE, f"{OURS[:-1]}elasticloadbalancing/us-east-1/2026/*"), Answer.CANNOT_TELL, id="only this year"),
        pytest.param(WEB, policy(SERVICE, Action="s3:GetObject"), Answer.NO, id="another action"),
        pytest.param(NET, policy(LOGS), Answer.YES, id="log delivery"),
        pytest.param(NET, policy(LOGS, Condition=DELIVERY_CONDITION), Answer.YES, id="log delivery as AWS writes it"),
        pytest.param(NET, policy(LOGS, Condition=source("arn:aws:logs:us-east-1:123456789012:delivery-source:x")), Answer.CANNOT_TELL, id="log delivery from one source"),
        pytest.param(NET, policy(SERVICE), Answer.NO, id="the writer for application load balancers"),
    ],
)  # fmt: skip
def test_the_writer_of_the_logs_is_let_in(delivery, document, expected):
    assert is_let_in(delivery, document) is expected


@pytest.mark.parametrize("prefix", ["", "web", "a/b"])
def test_the_objects_stand_under_the_prefix(prefix):
    objects = replace(WEB, prefix=prefix).objects
    start = f"arn:aws:s3:::logs/{prefix}/" if prefix else "arn:aws:s3:::logs/"
    assert objects == f"{start}AWSLogs/123456789012/elasticloadbalancing/us-east-1/*"
