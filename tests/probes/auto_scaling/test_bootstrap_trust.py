import boto3
import pytest

from probes.auto_scaling.bootstrap_trust import BootstrapTrust
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.auto_scaling.scripts import (
    LOOSE,
    STRICT,
    by_configuration,
    by_instance,
    by_template,
    everywhere,
    live_template,
)

PROBE = BootstrapTrust()
PLAIN = f"{STRICT}curl -s http://example.com/install.sh | bash\n"
SECURE = f"{STRICT}curl -s https://example.com/install.sh | bash\n"
UNFILLED = f"{STRICT}aws configure set region ${{AWS::Region}}\n"


def downloads(name, answers, verdict, code=None, **more):
    return Case(name, answers, verdict, code, part="downloads", **more)


def placeholders(name, answers, verdict, code=None, **more):
    return Case(name, answers, verdict, code, part="placeholders", **more)


CASES = [
    *everywhere(PLAIN, part="downloads"),
    downloads("no downloads", by_template(LOOSE), "pass"),
    downloads("over HTTPS", by_template(SECURE), "pass"),
    downloads(
        "over plain HTTP",
        by_template(PLAIN),
        "drift",
        "piped-to-shell-over-http",
        severity="medium",
    ),
    downloads("cannot be decoded", by_template("\0"), "unknown", "undecodable"),
    placeholders("all filled in", by_template(f"{STRICT}echo ${{HOME}}\n"), "pass"),
    placeholders("one left", by_template(UNFILLED), "drift", "unresolved-placeholder"),
    placeholders("one left in a configuration", by_configuration(UNFILLED), "drift"),
    placeholders("one left on an instance", by_instance(UNFILLED), "drift"),
    placeholders("no user data", by_template(None), "not_applicable", "no-user-data"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client, scaling = boto3.client("ec2", "us-east-1"), boto3.client("autoscaling", "us-east-1")
    for name, script in (("sound", LOOSE), ("trusting", PLAIN), ("unfilled", UNFILLED)):
        live_template(client, scaling, name, script)
    findings = audit(BootstrapTrust)
    expected = {"sound": "pass", "trusting": "drift", "unfilled": "pass"}
    assert verdicts(findings, "downloads") == expected
    expected = {"sound": "pass", "trusting": "pass", "unfilled": "drift"}
    assert verdicts(findings, "placeholders") == expected
