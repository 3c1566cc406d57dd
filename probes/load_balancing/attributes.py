"""Load balancers have the attributes that the baseline asks for.

Without access logs nobody can tell later who asked for what; without deletion protection one wrong
command takes the entrance down. Both are off by default and for a template that sets them to
`false` "for production" nothing changes; AWS cannot tell the two apart. Test stacks must be easy to
delete, so the baseline decides by environment. The idle timeout (60 s by default, API
`LoadBalancerAttribute`) should be shorter than the time that targets keep connections open; of a
network load balancer it is an attribute of the listener. Network load balancers log TLS requests
only, gateway load balancers nothing.

Fix: `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes
Key=deletion_protection.enabled,Value=true`; in CloudFormation `LoadBalancerAttributes`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable
from auditor.settings import Settings, setting
from probes.aws import elbv2
from probes.aws.elbv2 import APPLICATION, NETWORK, LoadBalancer
from probes.load_balancing._attributes import idle_timeout, logs, not_asked, switched_on
from probes.load_balancing._balancers import not_of_type


class Attributes(Settings):
    """What every load balancer must have."""

    idle_timeout_seconds: int = setting(60, "Idle timeout.", unit="s", ge=1, le=4000)
    deletion_protection: bool = setting(True, "Protected from deletion.", ephemeral=False)
    access_logs: bool = setting(True, "Access logs are written.", ephemeral=False)
    access_logs_bucket: str = setting("", "The bucket of the access logs; empty for any.")


class LoadBalancerAttributes(Probe[LoadBalancer, Attributes]):
    """Idle timeout, deletion protection and access logs."""

    subject = elbv2.LOAD_BALANCERS
    needs = (elbv2.LOAD_BALANCER_ATTRIBUTES, elbv2.LISTENERS)
    severity, settings = Severity.MEDIUM, Attributes
    parts = ("idle_timeout", "deletion_protection", "access_logs")
    sources = ("S0.4",)

    def judge_idle_timeout(
        self, balancer: LoadBalancer, facts: Facts, expected: Attributes
    ) -> Iterator[Remark]:
        other = not_of_type(balancer, APPLICATION)
        if other is not None:
            yield other
            return
        values = elbv2.values(facts.each(elbv2.LOAD_BALANCER_ATTRIBUTES))
        yield from idle_timeout(balancer, expected.idle_timeout_seconds, values)

    def judge_deletion_protection(
        self, balancer: LoadBalancer, facts: Facts, expected: Attributes
    ) -> Iterator[Remark]:
        other = not_asked(asked=expected.deletion_protection)
        if other is not None:
            yield other
            return
        values = elbv2.values(facts.each(elbv2.LOAD_BALANCER_ATTRIBUTES))
        yield from switched_on(balancer, "deletion_protection.enabled", values)

    def judge_access_logs(
        self, balancer: LoadBalancer, facts: Facts, expected: Attributes
    ) -> Iterator[Remark]:
        other = not_asked(asked=expected.access_logs)
        other = other or not_of_type(balancer, APPLICATION, NETWORK)
        if other is not None:
            yield other
        elif balancer.type == NETWORK and not any(
            listener.protocol == "TLS" for listener in facts.each(elbv2.LISTENERS)
        ):
            yield not_applicable("without a TLS listener it logs nothing", code="no-tls")
        else:
            values = elbv2.values(facts.each(elbv2.LOAD_BALANCER_ATTRIBUTES))
            yield from logs("access_logs", balancer, values, expected.access_logs_bucket)
