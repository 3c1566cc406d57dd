"""Access logs can be written to their bucket.

A load balancer goes on saying that it logs when its bucket was deleted or the bucket's policy no
longer lets Elastic Load Balancing write: AWS checks both only when logging is switched on. The
policy must let the service principal of log delivery write, or in older regions the account of
Elastic Load Balancing (user guide, "Enable access logs for your Application Load Balancer"). A
bucket that is not this account's is another account's, or gone: the two look alike from here.

Fix: put AWS's bucket policy with `aws s3api put-bucket-policy --bucket BUCKET --policy
file://policy.json`, or log elsewhere with `aws elbv2 modify-load-balancer-attributes
--load-balancer-arn ARN --attributes Key=access_logs.s3.bucket,Value=BUCKET`; in CloudFormation
an `AWS::S3::BucketPolicy`, and `access_logs.s3.bucket` in `LoadBalancerAttributes`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, unknown
from auditor.settings import Settings
from probes.analysis.answers import Answer
from probes.analysis.log_delivery import Delivery, is_let_in
from probes.analysis.policy import Policy, read_policy
from probes.aws import elbv2, s3
from probes.aws.elbv2 import APPLICATION, NETWORK, LoadBalancer
from probes.load_balancing._attributes import unreadable
from probes.load_balancing._balancers import not_of_type


class AccessLogDelivery(Probe[LoadBalancer, Settings]):
    """The bucket of each load balancer that logs, as far as it is this account's."""

    subject = elbv2.LOAD_BALANCERS
    needs = (elbv2.LOAD_BALANCER_ATTRIBUTES, s3.BUCKETS, s3.POLICY)
    severity = Severity.MEDIUM
    sources = ("S0.4",)

    def judge(self, balancer: LoadBalancer, facts: Facts, _expected: Settings) -> Iterator[Remark]:
        other = not_of_type(balancer, APPLICATION, NETWORK)
        if other is not None:
            yield other
            return
        values = elbv2.values(facts.each(elbv2.LOAD_BALANCER_ATTRIBUTES))
        switch, name = values.get("access_logs.s3.enabled"), values.get("access_logs.s3.bucket", "")
        if switch != "true":
            off = not_applicable("access logs are off", code="logs-off")
            yield off if switch == "false" else unreadable("access_logs.s3.enabled", switch)
            return
        delivery = Delivery(
            balancer.load_balancer_arn, facts.partition, facts.region, facts.account,
            balancer.type == NETWORK, name, values.get("access_logs.s3.prefix", ""),
        )  # fmt: skip
        bucket = facts.named(s3.BUCKETS, name)
        if bucket is not None:
            yield from _judged(bucket, delivery, facts)
            return
        message = f"the bucket {name} is another account's, or gone"
        yield unknown(message, code="bucket-elsewhere", found=name)


def _judged(bucket: s3.Bucket, delivery: Delivery, facts: Facts) -> Iterator[Remark]:
    found = facts.of(bucket).found(s3.POLICY)
    policy = facts.once(read_policy, found.policy) if found else Policy(())
    answer = is_let_in(delivery, policy) if isinstance(policy, Policy) else Answer.CANNOT_TELL
    if answer is Answer.CANNOT_TELL:
        yield unknown("whether the bucket's policy lets logs in is not clear", code="bucket-policy")
    elif answer is Answer.NO:
        yield gap(
            "the bucket's policy does not let the logs in",
            code="logs-undeliverable",
            expected={"s3:PutObject": delivery.objects},
            found="no policy" if found is None else "not allowed",
            related=(facts.related("bucket of the access logs", bucket),),
        )
