"""Who writes the access logs of a load balancer, and whether a bucket's policy lets it.

Sources: user guides, "Enable access logs for your Application Load Balancer" (the service
principal, and in older regions an account of Elastic Load Balancing's own) and "Enable access logs
for your Network Load Balancer" (the log delivery service).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from probes.analysis.access import Decision, resource_access
from probes.analysis.answers import Answer, any_of
from probes.analysis.conditions import Context
from probes.analysis.policy import Policy
from probes.analysis.principals import Principal
from probes.analysis.statements import Request

_OF_APPLICATION = Principal.of_service("logdelivery.elasticloadbalancing.amazonaws.com")
_OF_NETWORK = Principal.of_service("delivery.logs.amazonaws.com")
_ACCOUNTS = {
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
    "af-south-1": "098369216593",
    "ap-east-1": "754344448648",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ap-southeast-3": "589379963580",
    "ca-central-1": "985666609251",
    "eu-central-1": "054676820928",
    "eu-north-1": "897822967062",
    "eu-south-1": "635631232127",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "me-south-1": "076674570225",
    "sa-east-1": "507241528517",
    "us-gov-east-1": "190560391635",
    "us-gov-west-1": "048591011584",
    "cn-north-1": "638102146993",
    "cn-northwest-1": "037604701340",
}
"""Elastic Load Balancing's account by region; regions that came later have none."""
DELIVERY_ACCOUNTS = frozenset(_ACCOUNTS.values())
"""The same accounts, of whatever region."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Logs on their way: from which load balancer, into which bucket, under which prefix."""

    balancer_arn: str
    partition: str
    region: str
    account: str
    network: bool
    bucket: str
    prefix: str

    @property
    def objects(self) -> str:
        """The objects that are written, as a pattern."""
        path = f"AWSLogs/{self.account}/elasticloadbalancing/{self.region}/*"
        folder = f"{self.prefix}/" if self.prefix else ""
        return f"arn:{self.partition}:s3:::{self.bucket}/{folder}{path}"


def is_let_in(delivery: Delivery, policy: Policy) -> Answer:
    """Whether the bucket's policy lets one of those write who may be writing."""
    return any_of(
        _may_write(writer, source, delivery, policy) for writer, source in _writers(delivery)
    )


def _writers(delivery: Delivery) -> list[tuple[Principal, str]]:
    """Who may be writing, each with the `aws:SourceArn` of its request."""
    partition, region = delivery.partition, delivery.region
    if delivery.network:
        source = f"arn:{partition}:logs:{region}:{delivery.account}:load-balancer"
        return [(_OF_NETWORK, source)]
    own = _ACCOUNTS.get(region)
    root = [Principal.identity(f"arn:{partition}:iam::{own}:root")] if own else []
    return [(writer, delivery.balancer_arn) for writer in (_OF_APPLICATION, *root)]


def _may_write(writer: Principal, source: str, delivery: Delivery, policy: Policy) -> Answer:
    """Whether one writer is let in.

    The whole source of log delivery is not documented: a source that does not fit may be another.
    """
    known: dict[str, tuple[str, ...]] = {
        "aws:SecureTransport": ("true",),
        "aws:SourceAccount": (delivery.account,),
        "s3:x-amz-acl": ("bucket-owner-full-control",),
    }
    exact = _answer(writer, {**known, "aws:SourceArn": (source,)}, delivery, policy)
    if exact is Answer.YES or not delivery.network:
        return exact
    return _answer(writer, known, delivery, policy)


def _answer(
    writer: Principal, known: Mapping[str, tuple[str, ...]], delivery: Delivery, policy: Policy
) -> Answer:
    request = Request(writer, "s3:PutObject", delivery.objects, Context(known))
    access = resource_access(request, (policy,))
    # AWS's own account lets its service do what a bucket leaves to that account.
    return Answer.YES if access.decision is Decision.DELEGATED else access.allowed
