"""Target groups check the health of their targets as the baseline asks.

A path that is always answered says nothing of the service behind it; thresholds and intervals
decide how long clients meet a target that is ill. What a template leaves out is not missing: AWS
fills in interval 30 s, timeout 6 or 10 s by protocol, thresholds 5 and 2, and other values for
functions and gateways (API `CreateTargetGroup`). TCP checks have neither path nor codes, gRPC
checks name a method, checks of functions are off unless asked for. Codes from 400 up (`200-499`)
take failures for health, and a path behind a login answers 401 or 302.

Fix: `aws elbv2 modify-target-group --target-group-arn ARN --health-check-timeout-seconds 5
--healthy-threshold-count 2 --unhealthy-threshold-count 3`; in CloudFormation the `HealthCheck...`
properties, `HealthyThresholdCount` and `UnhealthyThresholdCount`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from probes.aws import elbv2
from probes.aws.elbv2 import TargetGroup
from probes.load_balancing import _health_checks as health
from probes.load_balancing._health_checks import Checks

Remarks = Iterator[Remark]


class HealthCheck(Probe[TargetGroup, Checks]):
    """One part for each setting of the health checks of a target group."""

    subject, severity, settings = elbv2.TARGET_GROUPS, Severity.LOW, Checks
    sources = ("S3.B8", "S2.16")
    parts = (
        "enabled", "path", "interval", "timeout", "healthy_threshold", "unhealthy_threshold",
        "success_codes", "encryption",
    )  # fmt: skip

    def judge_enabled(self, group: TargetGroup, _facts: Facts, _expected: Checks) -> Remarks:
        return health.checks(group)

    def judge_path(self, group: TargetGroup, _facts: Facts, expected: Checks) -> Remarks:
        return health.path(group, expected.path_of(group.target_group_name))

    def judge_interval(self, group: TargetGroup, _facts: Facts, expected: Checks) -> Remarks:
        found, wanted = group.health_check_interval_seconds, expected.hc_interval_seconds
        return health.number(group, health.INTERVAL, found, wanted)

    def judge_timeout(self, group: TargetGroup, _facts: Facts, expected: Checks) -> Remarks:
        found, wanted = group.health_check_timeout_seconds, expected.hc_timeout_seconds
        return health.number(group, health.TIMEOUT, found, wanted)

    def judge_healthy_threshold(
        self, group: TargetGroup, _facts: Facts, expected: Checks
    ) -> Remarks:
        found, wanted = group.healthy_threshold_count, expected.hc_healthy_threshold
        return health.number(group, health.HEALTHY, found, wanted)

    def judge_unhealthy_threshold(
        self, group: TargetGroup, _facts: Facts, expected: Checks
    ) -> Remarks:
        found, wanted = group.unhealthy_threshold_count, expected.hc_unhealthy_threshold
        return health.number(group, health.UNHEALTHY, found, wanted)

    def judge_success_codes(self, group: TargetGroup, _facts: Facts, expected: Checks) -> Remarks:
        return health.success_codes(group, expected.hc_success_codes)

    def judge_encryption(self, group: TargetGroup, _facts: Facts, expected: Checks) -> Remarks:
        return health.encryption(group, asked=expected.hc_encrypted)
