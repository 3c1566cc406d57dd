"""The security groups of a load balancer admit clients where it listens for HTTPS.

A listener whose port is shut serves nobody. What counts is the port of the listener, not 443, and
any source that can be a client: another group, a company's block or CloudFront's prefix list are as
good as the whole internet. QUIC needs UDP. A rule for a stale peer admits nobody, and clients on
the internet reach a load balancer without public IPv4 addresses by IPv6 alone (ELB guides).
Network load balancers made without groups filter nothing, gateway ones have none.

The source opens 443 and adds no HTTPS listener: an open port serves nothing by itself. Where the
listener is missing and the port is shut too, this says so, informational.

Fix: `aws ec2 authorize-security-group-ingress --group-id GROUP --protocol tcp --port 443 --cidr
CIDR`; in CloudFormation an `AWS::EC2::SecurityGroupIngress`.
"""

from collections.abc import Iterator
from dataclasses import replace

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable, unknown
from auditor.settings import Settings
from probes.analysis.admission import Door, encrypted_doors
from probes.analysis.ports import Transport
from probes.aws import ec2, ec2_groups, elbv2
from probes.groups import Https
from probes.network import _doors, _rules


class HttpsPort(Settings):
    """Where HTTPS is expected at all."""

    https: Https = Https()


class HttpsAdmitted(Probe[elbv2.LoadBalancer, HttpsPort]):
    """Each port at which a load balancer encrypts, against the union of its groups."""

    subject = elbv2.LOAD_BALANCERS
    needs = (elbv2.LISTENERS, ec2_groups.SECURITY_GROUPS, *_rules.RULES, *_rules.LISTS, ec2.VPCS)
    severity, settings = Severity.HIGH, HttpsPort
    sources = ("S1.4",)

    def judge(
        self, balancer: elbv2.LoadBalancer, facts: Facts, expected: HttpsPort
    ) -> Iterator[Remark]:
        if balancer.type not in elbv2.LOAD_BALANCER_TYPES:
            yield unknown(
                f"load balancers of type {balancer.type!r} are not known here", code="unknown-type"
            )
            return
        if not balancer.security_groups and balancer.type != elbv2.APPLICATION:
            yield not_applicable("it has no security groups", code="no-security-groups")
            return
        if not balancer.security_groups:
            yield unknown("AWS names none of its security groups", code="no-security-groups")
            return
        listeners = facts.each(elbv2.LISTENERS)
        read = [(one.protocol, encrypted_doors(one.protocol, one.port)) for one in listeners]
        strange = sorted({protocol for protocol, doors in read if doors is None})
        if strange:
            yield unknown(
                f"protocol {', '.join(strange)} is not known here", code="unknown-protocol"
            )
        doors = sorted({door for _, found in read for door in found or ()})
        if doors:
            yield from _doors.remarks(balancer, facts, doors)
        elif not strange:
            yield from self._without_listener(balancer, facts, expected.https)

    def _without_listener(
        self, balancer: elbv2.LoadBalancer, facts: Facts, https: Https
    ) -> Iterator[Remark]:
        yield not_applicable("it has no HTTPS listener", code="no-https-listener")
        wanted = https.required if balancer.internet_facing else https.required_internal
        if wanted and balancer.type == elbv2.APPLICATION:
            for remark in _doors.remarks(balancer, facts, [Door(Transport.TCP, https.port)]):
                if remark.verdict.violates:
                    yield replace(remark, severity=Severity.INFORMATIONAL, code="closed-too")
