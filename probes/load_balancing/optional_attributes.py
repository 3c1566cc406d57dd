"""Load balancers have the optional attributes that the baseline asks for.

Headers with names that no standard allows, and requests that front and back read differently, are
the stuff of request smuggling (Security Hub ELB.4 and ELB.12). Connection logs tell why a handshake
failed, health check logs why a target did, and a zonal shift takes a zone that is ill out of
service. All but zonal shift are attributes of application load balancers only (API
`LoadBalancerAttribute`). None is asked for unless the baseline says so.

Fix: `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes
Key=routing.http.drop_invalid_header_fields.enabled,Value=true`; in CloudFormation
`LoadBalancerAttributes`. Logs need a bucket that exists and lets Elastic Load Balancing write.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from auditor.settings import Settings, setting
from probes.aws import elbv2
from probes.aws.elbv2 import NETWORK, LoadBalancer
from probes.load_balancing._attributes import desync, logs, switched_on, where_asked

_INVALID = "routing.http.drop_invalid_header_fields.enabled"


class Extras(Settings):
    """What load balancers may have, too."""

    connection_logs: bool = setting(False, "Connection logs are written.")
    health_check_logs: bool = setting(False, "Health check logs are written.")
    drop_invalid_headers: bool = setting(False, "Invalid header fields are dropped.")
    desync_modes: list[str] = setting(
        [], "Desync mitigation modes that may be set (monitor, defensive, strictest); empty: any."
    )
    zonal_shift: bool = setting(False, "Zonal shift is enabled.")


class OptionalAttributes(Probe[LoadBalancer, Extras]):
    """One part for each attribute."""

    subject, needs = elbv2.LOAD_BALANCERS, (elbv2.LOAD_BALANCER_ATTRIBUTES,)
    severity, settings = Severity.MEDIUM, Extras
    parts = ("connection_logs", "health_check_logs", "invalid_headers", "desync", "zonal_shift")
    sources = ("S0.4",)

    def judge_connection_logs(
        self, balancer: LoadBalancer, facts: Facts, expected: Extras
    ) -> Iterator[Remark]:
        said = partial(logs, "connection_logs", balancer)
        return where_asked(balancer, facts, said, asked=expected.connection_logs)

    def judge_health_check_logs(
        self, balancer: LoadBalancer, facts: Facts, expected: Extras
    ) -> Iterator[Remark]:
        said = partial(logs, "health_check_logs", balancer)
        return where_asked(balancer, facts, said, asked=expected.health_check_logs)

    def judge_invalid_headers(
        self, balancer: LoadBalancer, facts: Facts, expected: Extras
    ) -> Iterator[Remark]:
        said = partial(switched_on, balancer, _INVALID)
        return where_asked(balancer, facts, said, asked=expected.drop_invalid_headers)

    def judge_desync(
        self, balancer: LoadBalancer, facts: Facts, expected: Extras
    ) -> Iterator[Remark]:
        said = partial(desync, balancer, expected.desync_modes)
        return where_asked(balancer, facts, said, asked=expected.desync_modes)

    def judge_zonal_shift(
        self, balancer: LoadBalancer, facts: Facts, expected: Extras
    ) -> Iterator[Remark]:
        said = partial(switched_on, balancer, "zonal_shift.config.enabled")
        return where_asked(balancer, facts, said, NETWORK, asked=expected.zonal_shift)
