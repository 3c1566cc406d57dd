"""Health checks of a target group: which of their settings apply, and how they deviate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.probe import Remark, Severity, drift, gap, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.analysis.patterns import first
from probes.aws.elbv2 import TargetGroup
from probes.load_balancing._attributes import not_asked

_CODES = re.compile(r"[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?)*")
_FAILURE = 400
_WITHOUT_PATH = frozenset({"TCP"})
_WITH_PATH = frozenset({"HTTP", "HTTPS"})


class Checks(Settings):
    """How targets are checked."""

    hc_path: str = setting("/", "The path that is asked for.")
    hc_paths: dict[str, str] = setting({}, "Other paths, by names or patterns of target groups.")
    hc_interval_seconds: int = setting(30, "Time between two checks.", unit="s", ge=5, le=300)
    hc_timeout_seconds: int = setting(5, "Time to wait for an answer.", unit="s", ge=2, le=120)
    hc_healthy_threshold: int = setting(2, "Successes to be healthy.", unit="checks", ge=2, le=10)
    hc_unhealthy_threshold: int = setting(3, "Failures to be ill.", unit="checks", ge=2, le=10)
    hc_success_codes: str = setting("", "Codes of health as AWS writes them; empty for any.")
    hc_encrypted: bool = setting(False, "Checks must use HTTPS.")

    def path_of(self, name: str) -> str:
        """The path for a target group: of the first pattern that its name fits."""
        found = first(self.hc_paths, name)
        return self.hc_path if found is None else found


@dataclass(frozen=True, slots=True)
class Check:
    """One setting of health checks: in words, and its names in CLI and CloudFormation."""

    name: str
    option: str
    property: str


INTERVAL = Check("interval", "--health-check-interval-seconds", "HealthCheckIntervalSeconds")
TIMEOUT = Check("timeout", "--health-check-timeout-seconds", "HealthCheckTimeoutSeconds")
HEALTHY = Check("healthy threshold", "--healthy-threshold-count", "HealthyThresholdCount")
UNHEALTHY = Check("unhealthy threshold", "--unhealthy-threshold-count", "UnhealthyThresholdCount")
_PATH = Check("path", "--health-check-path", "HealthCheckPath")
_PROTOCOL = Check("protocol", "--health-check-protocol", "HealthCheckProtocol")


def switched_off(group: TargetGroup) -> Remark | None:
    """That targets are not checked at all; None where they are."""
    if group.health_check_enabled:
        return None
    return not_applicable("health checks are off", code="health-checks-off")


def no_path(group: TargetGroup) -> Remark | None:
    """Why a health check has no path of its own choosing; None where it has."""
    if group.health_check_protocol in _WITHOUT_PATH:
        return not_applicable("a TCP health check has no path and no codes", code="tcp")
    if group.protocol_version == "GRPC":
        return not_applicable("a gRPC health check names a method", code="grpc")
    if group.target_type == "lambda" or group.health_check_protocol in _WITH_PATH:
        return None
    message = f"health checks by {group.health_check_protocol!r} are not known here"
    return unknown(message, code="unknown-protocol")


def checks(group: TargetGroup) -> Iterator[Remark]:
    """What there is to say of whether targets are checked, and on which port."""
    if not group.health_check_enabled and group.target_type == "lambda":
        yield not_applicable(
            "checks of functions are off by default, and cost calls", code="lambda"
        )
    elif not group.health_check_enabled:
        yield gap(
            "health checks are off",
            code="health-checks-off",
            severity=Severity.MEDIUM,
            expected="on",
            found="off",
            cli=_command(group, "--health-check-enabled"),
            cloudformation={"HealthCheckEnabled": True},
        )
    elif group.health_check_port not in {"", "traffic-port"}:
        yield note(f"health checks go to port {group.health_check_port}, not to that of traffic")


def number(group: TargetGroup, check: Check, found: int | None, wanted: int) -> Iterator[Remark]:
    """What there is to say of a setting that is a number."""
    other = switched_off(group)
    if other is not None:
        yield other
    elif found is None:
        yield unknown(f"AWS does not state the {check.name} of the health check")
    elif found != wanted:
        yield _deviation(group, check, found, wanted)


def path(group: TargetGroup, wanted: str) -> Iterator[Remark]:
    """What there is to say of the path; the bare default where another is wanted weighs more."""
    other, found = switched_off(group) or no_path(group), group.health_check_path
    if other is not None:
        yield other
    elif not found:
        yield unknown("AWS does not state the path of the health check")
    elif found != wanted:
        severity = Severity.MEDIUM if found == "/" else Severity.LOW
        yield _deviation(group, _PATH, found, wanted, severity=severity)


def encryption(group: TargetGroup, *, asked: bool) -> Iterator[Remark]:
    """What there is to say of checks that must be encrypted."""
    found = group.health_check_protocol
    other = not_asked(asked=asked) or switched_off(group)
    if other is not None:
        yield other
    elif group.target_type == "lambda" or group.protocol == "GENEVE":
        yield not_applicable("a check of this kind cannot be encrypted", code="other-kind")
    elif found not in _WITH_PATH | _WITHOUT_PATH:
        yield unknown(f"health checks by {found!r} are not known here", code="unknown-protocol")
    elif found != "HTTPS":
        yield _deviation(group, _PROTOCOL, found, "HTTPS")


def success_codes(group: TargetGroup, wanted: str) -> Iterator[Remark]:
    """What there is to say of the codes that count as healthy."""
    found = group.matcher.http_code if group.matcher else ""
    other = switched_off(group) or no_path(group)
    if other is not None:
        yield other
        return
    if _counts_failures(found):
        yield note(f"the codes {found} take answers of failure for health")
    other = not_asked(asked=wanted)
    if other is not None:
        yield other
    elif not found:
        yield unknown("AWS does not state which codes are healthy")
    elif found != wanted:
        yield drift(
            f"the codes {found} are healthy",
            code="success-codes",
            expected=wanted,
            found=found,
            cli=_command(group, "--matcher", f"HttpCode={wanted}"),
            cloudformation={"Matcher": {"HttpCode": wanted}},
        )


def _counts_failures(codes: str) -> bool:
    if _CODES.fullmatch(codes) is None:
        return False
    return any(int(code[-3:]) >= _FAILURE for code in codes.split(","))


def _deviation(
    group: TargetGroup, check: Check, found: str | int, wanted: str | int, **more: Any
) -> Remark:
    return drift(
        f"the {check.name} of the health check is {found}",
        code=f"health-check-{check.name.replace(' ', '-')}",
        expected=wanted,
        found=found,
        evidence={"health check": _all_of(group)},
        cli=_command(group, check.option, str(wanted)),
        cloudformation={check.property: wanted},
        **more,
    )


def _all_of(group: TargetGroup) -> dict[str, str | int | None]:
    return {
        "protocol": group.health_check_protocol,
        "port": group.health_check_port,
        "path": group.health_check_path,
        "interval": group.health_check_interval_seconds,
        "timeout": group.health_check_timeout_seconds,
        "healthy": group.healthy_threshold_count,
        "unhealthy": group.unhealthy_threshold_count,
    }


def _command(group: TargetGroup, *arguments: str) -> tuple[str, ...]:
    arn = group.target_group_arn
    return ("aws", "elbv2", "modify-target-group", "--target-group-arn", arn, *arguments)
