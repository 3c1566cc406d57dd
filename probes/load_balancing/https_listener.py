"""Load balancers have a listener that encrypts.

Without an HTTPS listener every request travels in the clear, and a redirect to HTTPS has nowhere to
go; to open port 443 in a security group adds no listener. Where CloudFront is in front, the way
from there is in the clear, too; the evidence names the distributions. A network load balancer
encrypts with TLS or QUIC; what it passes on as TCP may be encrypted by the target, which cannot be
seen from here. An application load balancer all of whose target groups are empty serves nothing
yet. Security Hub ELB.18 also fails every HTTP listener that redirects; here those are right.

Fix: `aws elbv2 create-listener --load-balancer-arn ARN --protocol HTTPS --port 443 --certificates
CertificateArn=CERTIFICATE --ssl-policy ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09
--default-actions Type=forward,TargetGroupArn=GROUP`; in CloudFormation an
`AWS::ElasticLoadBalancingV2::Listener` with `Protocol: HTTPS` and `Certificates`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable
from auditor.settings import Settings
from probes.aws import elbv2
from probes.aws.elbv2 import APPLICATION, NETWORK, LoadBalancer
from probes.groups import Https
from probes.load_balancing._balancers import not_of_type, not_working
from probes.load_balancing._encryption import application, network
from probes.load_balancing._in_front import QUERIES as IN_FRONT


class Encrypts(Settings):
    """Which load balancers must speak HTTPS."""

    https: Https = Https()


class HttpsListener(Probe[LoadBalancer, Encrypts]):
    """The listeners of each application and network load balancer."""

    subject = elbv2.LOAD_BALANCERS
    needs = (elbv2.LISTENERS, elbv2.TARGET_GROUPS, elbv2.TARGET_HEALTH, *IN_FRONT)
    severity, settings = Severity.HIGH, Encrypts
    sources = ("S2.3",)

    def judge(self, balancer: LoadBalancer, facts: Facts, expected: Encrypts) -> Iterator[Remark]:
        facing, https = balancer.internet_facing, expected.https
        other = not_of_type(balancer, APPLICATION, NETWORK) or not_working(balancer)
        if other is not None:
            yield other
        elif not (https.required if facing else https.required_internal):
            yield not_applicable("the baseline asks for no HTTPS here")
        elif balancer.type == APPLICATION:
            yield from application(balancer, facts, https.port)
        else:
            yield from network(facts)
