import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.aws import elbv2
from probes.load_balancing.health_check import HealthCheck
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.load_balancing.made import (
    FUNCTION,
    GROUP,
    fix_of,
    group,
    live_group,
    vpc_with_two_subnets,
)

PROBE = HealthCheck()


def case(part, name, made, verdict, code=None, **more):
    return Case(f"{part}: {name}", {elbv2.TARGET_GROUPS: [made]}, verdict, code, part=part, **more)


API = {"hc_path": "/api/v1/health"}
TCP = group(HealthCheckProtocol="TCP", HealthCheckPath=None, Matcher=None, Protocol="TCP")
GRPC = group(ProtocolVersion="GRPC", Matcher={"GrpcCode": "12"}, HealthCheckPath="/pkg.Svc/check")
IDLE = group(**FUNCTION)
NUMBERS = {
    "interval": ("HealthCheckIntervalSeconds", 30, 10),
    "timeout": ("HealthCheckTimeoutSeconds", 5, 6),
    "healthy_threshold": ("HealthyThresholdCount", 2, 5),
    "unhealthy_threshold": ("UnhealthyThresholdCount", 3, 2),
}
CASES = [
    case("enabled", "on", group(), "pass"),
    case("enabled", "off", group(HealthCheckEnabled=False), "gap", "health-checks-off", severity="medium"),
    case("enabled", "off for a function", IDLE, "not_applicable", "lambda"),
    case("enabled", "on another port", group(HealthCheckPort="9000"), "pass", says="port 9000"),
    case("path", "as wanted", group(), "pass"),
    case("path", "another", group(HealthCheckPath="/health"), "drift", "health-check-path", severity="low", expected="/", found="/health"),
    case("path", "the bare default", group(), "drift", severity="medium", settings=API),
    case("path", "neither default nor wanted", group(HealthCheckPath="/x"), "drift", severity="low", settings=API),
    case("path", "another for this group", group(HealthCheckPath="/health"), "pass", settings={"hc_paths": {"we?": "/health"}}),
    case("path", "another for other groups", group(), "pass", settings={"hc_paths": {"api": "/health"}}),
    case("path", "TCP", TCP, "not_applicable", "tcp"),
    case("path", "gRPC", GRPC, "not_applicable", "grpc"),
    case("path", "a function that is not checked", IDLE, "not_applicable", "health-checks-off"),
    case("path", "a function that is checked", group(**{**FUNCTION, "HealthCheckEnabled": True}), "pass"),
    case("path", "not stated", group(HealthCheckPath=None), "unknown"),
    case("path", "an unknown protocol", group(HealthCheckProtocol="SMTP"), "unknown", "unknown-protocol"),
    *(case(part, "as wanted", group(), "pass") for part in NUMBERS),
    *(
        case(
            part, "other", group(**{field: other}), "drift", f"health-check-{part.replace('_', '-')}",
            severity="low", expected=wanted, found=other,
        )
        for part, (field, wanted, other) in NUMBERS.items()
    ),
    *(case(p, "not stated", group(**{f: None}), "unknown") for p, (f, *_) in NUMBERS.items()),
    *(case(part, "a function", IDLE, "not_applicable") for part in NUMBERS),
    case("success_codes", "nobody asks", group(), "not_applicable", "not-asked"),
    case("success_codes", "failures count", group(Matcher={"HttpCode": "200-499"}), "not_applicable", says="take answers of failure"),
    case("success_codes", "as wanted", group(), "pass", settings={"hc_success_codes": "200"}),
    case("success_codes", "other", group(Matcher={"HttpCode": "200,302"}), "drift", "success-codes", settings={"hc_success_codes": "200"}),
    case("success_codes", "not stated", group(Matcher=None), "unknown", settings={"hc_success_codes": "200"}),
    case("success_codes", "TCP", TCP, "not_applicable", "tcp"),
    case("success_codes", "gRPC", GRPC, "not_applicable", "grpc"),
    case("encryption", "nobody asks", group(), "not_applicable", "not-asked"),
    case("encryption", "HTTPS", group(HealthCheckProtocol="HTTPS"), "pass", settings={"hc_encrypted": True}),
    case("encryption", "HTTP", group(), "drift", "health-check-protocol", settings={"hc_encrypted": True}),
    case("encryption", "a function", group(**{**FUNCTION, "HealthCheckEnabled": True}), "not_applicable", settings={"hc_encrypted": True}),
    case("encryption", "GENEVE", group(Protocol="GENEVE"), "not_applicable", "other-kind", settings={"hc_encrypted": True}),
    case("encryption", "an unknown protocol", group(HealthCheckProtocol="SMTP"), "unknown", settings={"hc_encrypted": True}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


@given(st.text(max_size=50))
def test_codes_of_any_text_never_break_the_judgement(text):
    made = group(Matcher={"HttpCode": text})
    found = findings_of(PROBE, case("success_codes", "odd", made, "not_applicable"))
    assert {f.verdict.value for f in found if f.part == "success_codes"} == {"not_applicable"}


def test_the_fix_sets_what_is_wanted():
    made = group(HealthCheckIntervalSeconds=10)
    found = findings_of(PROBE, case("interval", "10 s", made, "drift"))
    fix = fix_of(found, "interval")
    assert f"--target-group-arn {GROUP} --health-check-interval-seconds 30 " in fix.cli
    assert "HealthCheckIntervalSeconds: 30" in fix.cloudformation


def test_on_an_account(aws):
    client = boto3.client("elbv2", "us-east-1")
    vpc, _ = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    live_group(client, vpc, "default")
    live_group(
        client,
        vpc,
        "tuned",
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=3,
        HealthCheckPath="/health",
    )
    found = audit(HealthCheck, settings={"hc_paths": {"tuned": "/health"}})
    assert verdicts(found, "path") == {"default": "pass", "tuned": "pass"}
    assert verdicts(found, "healthy_threshold") == {"default": "drift", "tuned": "pass"}
    assert verdicts(found, "unhealthy_threshold") == {"default": "drift", "tuned": "pass"}
