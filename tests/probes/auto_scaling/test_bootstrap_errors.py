import json

import boto3
import pytest

from probes.auto_scaling.bootstrap_errors import BootstrapErrors
from probes.aws import ec2
from tests.kit import Case, Gone, Refused, audit, check_case, findings_of, verdicts
from tests.probes.auto_scaling.fleet import group, launched, reference, version
from tests.probes.auto_scaling.scripts import (
    INSTANCE,
    LOOSE,
    OF_EKS,
    STRICT,
    by_configuration,
    by_instance,
    by_template,
    encoded,
    everywhere,
    live_template,
)

PROBE = BootstrapErrors()
MULTIPART = (
    'Content-Type: multipart/mixed; boundary="B"\n\n--B\n'
    "Content-Type: text/x-shellscript\n\n#!/bin/bash\n{}\n--B\n"
    "Content-Type: text/cloud-config\n\n#cloud-config\npackages: [jq]\n--B--\n"
)

CASES = [
    *everywhere(LOOSE),
    Case("a template, strict", by_template(STRICT), "pass"),
    Case("a template, loose", by_template(LOOSE), "gap", "no-error-exit", severity="low"),
    Case("by its shebang", by_template("#!/bin/bash -xe\nyum update -y\n"), "pass"),
    Case("by a trap", by_template("#!/bin/bash\ntrap 'exit 1' ERR\n"), "pass"),
    Case("off again", by_template(f"{STRICT}set +e\nfalse\n"), "pass", says="again on line 3"),
    Case("a launch configuration, strict", by_configuration(STRICT), "pass"),
    Case("a launch configuration, loose", by_configuration(LOOSE), "gap", "no-error-exit"),
    Case("an instance, strict", by_instance(STRICT), "pass"),
    Case("an instance, loose", by_instance(LOOSE), "gap", "no-error-exit"),
    Case("an instance without user data", by_instance(None), "not_applicable", "no-user-data"),
    Case(
        "an instance that may not be asked",
        by_instance(LOOSE) | {ec2.USER_DATA: {INSTANCE: Refused()}},
        "unknown",
    ),
    Case(
        "an older version",
        launched(
            [group(LaunchTemplate=reference("1"))],
            version(3, UserData=encoded(STRICT)),
            older={
                "lt-0a20b3c4d5e6f7890/['1']": [version(1, UserData=encoded(LOOSE))],
            },
        ),
        "gap",
    ),
    Case(
        "the latest is strict, and another group's default is not",
        launched(
            [group(), group("batch", LaunchTemplate=reference("$Default"))],
            version(3, UserData=encoded(STRICT)),
            version(2, default=True, UserData=encoded(LOOSE)),
        ),
        "gap",
    ),
    Case("no user data", by_template(None), "not_applicable", "no-user-data"),
    Case("cannot be decoded", by_template("\0\0"), "unknown", "undecodable"),
    Case("several parts, strict", by_template(MULTIPART.format("set -e")), "pass"),
    Case("several parts, loose", by_template(MULTIPART.format("true")), "gap"),
    Case(
        "cloud-config", by_template("#cloud-config\npackages: [jq]\n"), "not_applicable", "no-shell"
    ),
    Case("Bottlerocket", by_template("[settings.host]\na = 1\n"), "not_applicable", "no-shell"),
    Case("somewhere else", by_template("#include\nhttps://x/y\n"), "unknown", "elsewhere"),
    Case("PowerShell, loose", by_template("<powershell>\nGet-X\n</powershell>"), "gap"),
    Case(
        "PowerShell, strict",
        by_template("<powershell>\n$ErrorActionPreference = 'Stop'\n</powershell>"),
        "pass",
    ),
    Case("batch", by_template("<script>\ndir\n</script>"), "not_applicable", "no-shell"),
    Case(
        "EKS writes it",
        by_template(LOOSE, groups=[group(Tags=[OF_EKS])]),
        "not_applicable",
        "of-service",
    ),
    Case(
        "EKS writes it, and another group uses it",
        by_template(LOOSE, groups=[group(Tags=[OF_EKS]), group("mine")]),
        "gap",
    ),
    Case("nobody asks", by_template(LOOSE), "not_applicable", settings={"require_set_e": False}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_an_instance_that_vanished_has_no_finding():
    answers = by_instance(LOOSE) | {ec2.USER_DATA: {INSTANCE: Gone()}}
    assert findings_of(PROBE, Case("gone", answers, "pass")) == []


def test_a_finding_shows_a_digest_and_not_a_word_of_the_script():
    script = f"{LOOSE}export TOKEN=very-private-text\n"
    (finding,) = findings_of(PROBE, Case("evidence", by_template(script), "gap"))
    shown = {one.subject: one.value for one in finding.evidence}
    assert shown["bytes"] == len(script)
    assert len(shown["sha256"]) == 64
    assert "very-private-text" not in json.dumps([one.value for one in finding.evidence])


def test_the_groups_are_related():
    (finding,) = findings_of(PROBE, Case("related", by_template(LOOSE), "gap"))
    assert [(one.role, one.resource.name) for one in finding.related] == [("scaling group", "web")]


def test_on_an_account(aws):
    client, scaling = boto3.client("ec2", "us-east-1"), boto3.client("autoscaling", "us-east-1")
    live_template(client, scaling, "strict", STRICT)
    live_template(client, scaling, "loose", LOOSE)
    alone = client.run_instances(ImageId="ami-1", MinCount=1, MaxCount=1, UserData=LOOSE)
    (instance,) = (one["InstanceId"] for one in alone["Instances"])
    found = verdicts(audit(BootstrapErrors))
    assert (found["strict"], found["loose"], found[instance]) == ("pass", "gap", "gap")
