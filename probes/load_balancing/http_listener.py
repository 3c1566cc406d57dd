"""Internet-facing load balancers that speak HTTPS answer HTTP as well.

Who types a bare host name may still be sent to port 80. Without a listener there the connection
times out, or is refused, depending on the security groups; nothing is exposed by that, so this is
advice on convenience and no fault of security, whatever rank some lists give it.

Fix: `aws elbv2 create-listener --load-balancer-arn ARN --protocol HTTP --port 80 --default-actions
'Type=redirect,RedirectConfig={Protocol=HTTPS,Port=443,StatusCode=HTTP_301}'`; in CloudFormation an
`AWS::ElasticLoadBalancingV2::Listener` with a `redirect` in `DefaultActions`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable
from auditor.settings import Settings, setting
from probes.aws import elbv2
from probes.groups import Https
from probes.load_balancing._balancers import https_ports, not_of_type
from probes.load_balancing._redirects import shorthand, wanted


class Answers(Settings):
    """Whether HTTP is to be answered at all."""

    http_listener_required: bool = setting(
        True, "Internet-facing load balancers must answer HTTP, too."
    )
    https: Https = Https()


class HttpListener(Probe[elbv2.LoadBalancer, Answers]):
    """The HTTP listener beside HTTPS; what it does is `http_redirect`'s concern."""

    subject, needs = elbv2.LOAD_BALANCERS, (elbv2.LISTENERS,)
    severity, settings = Severity.INFORMATIONAL, Answers
    sources = ("S0.2",)

    def judge(
        self, balancer: elbv2.LoadBalancer, facts: Facts, expected: Answers
    ) -> Iterator[Remark]:
        other = not_of_type(balancer, elbv2.APPLICATION)
        if other is not None:
            yield other
            return
        if not (expected.http_listener_required and balancer.internet_facing):
            yield not_applicable("the baseline asks for no HTTP listener here")
            return
        listeners = facts.each(elbv2.LISTENERS)
        ports = https_ports(listeners)
        if not ports:
            yield not_applicable("there is no HTTPS to redirect to", code="no-https")
            return
        if any(elbv2.speaks_http(listener) for listener in listeners):
            return
        arn = balancer.load_balancer_arn
        to = wanted(expected.https.port if expected.https.port in ports else min(ports))
        yield gap(
            "nothing answers HTTP",
            code="no-http-listener",
            expected="an HTTP listener",
            found=sorted({listener.protocol for listener in listeners}),
            cli=(
                "aws", "elbv2", "create-listener", "--load-balancer-arn", arn,
                "--protocol", "HTTP", "--port", "80", "--default-actions", shorthand(to),
            ),
            cloudformation={
                "Type": "AWS::ElasticLoadBalancingV2::Listener",
                "Properties": {
                    "LoadBalancerArn": arn,
                    "Protocol": "HTTP",
                    "Port": 80,
                    "DefaultActions": [{"Type": "redirect", "RedirectConfig": to}],
                },
            },
        )  # fmt: skip
