import boto3
import pytest

from probes.auto_scaling.bootstrap_agent import BootstrapAgent
from probes.aws import ec2_images
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.auto_scaling.fleet import group, mixed, reference
from tests.probes.auto_scaling.scripts import (
    LOOSE,
    OF_EKS,
    STOCK,
    STRICT,
    STUB,
    by_configuration,
    by_instance,
    by_template,
    everywhere,
    live_template,
)

PROBE = BootstrapAgent()
INSTALLS = f"{STRICT}yum install -y amazon-cloudwatch-agent\n"
CONTROL = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
STARTS = f"{CONTROL} -a fetch-config -m ec2 -s -c ssm:agent\n"
BOTH = INSTALLS + STARTS


def images(*found):
    key = str([{"Name": "image-id", "Values": ["ami-1"]}])
    return {ec2_images.IMAGES: {key: list(found)}}


def image(name="al2023-ami-2023.6-kernel-6.1-x86_64", alias="amazon"):
    more = {"ImageOwnerAlias": alias} if alias else {}
    return {"ImageId": "ami-1", "Name": name, "OwnerId": "137112412989", "Public": True, **more}


def own_image():
    """A mixed group of which one type has an image of its own."""
    made = mixed(reference(), None)
    made["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"][0]["ImageId"] = "ami-1"
    return made


CASES = [
    *everywhere(LOOSE),
    Case("installed and started", by_template(BOTH), "pass"),
    Case("installed only", by_template(INSTALLS), "gap", "agent-not-started", severity="low"),
    Case("started only", by_template(STRICT + STARTS), "pass", says="does not install"),
    Case("neither, on Amazon Linux", by_template(LOOSE, STOCK), "gap", "agent-not-installed"),
    Case(
        "neither, on Amazon Linux by id",
        by_template(LOOSE, more=images(image())),
        "gap",
        "agent-not-installed",
    ),
    Case(
        "neither, on an image of one's own",
        by_template(LOOSE, more=images(image("base", None))),
        "unknown",
        "by-image",
    ),
    Case(
        "neither, on an image that only looks so",
        by_template(LOOSE, more=images(image(alias=None))),
        "unknown",
        "by-image",
    ),
    Case(
        "neither, on an image for ECS",
        by_template(LOOSE, more=images(image("al2023-ami-ecs-hvm-2023"))),
        "unknown",
        "by-image",
    ),
    Case(
        "neither, on an image that cannot be seen",
        by_template(LOOSE, more=images()),
        "unknown",
        "by-image",
    ),
    Case(
        "neither, and images are refused",
        by_template(
            LOOSE,
            more=images()
            | {ec2_images.IMAGES: {str([{"Name": "image-id", "Values": ["ami-1"]}]): Refused()}},
        ),
        "unknown",
    ),
    Case(
        "neither, and one type has another image",
        by_template(LOOSE, STOCK, groups=[own_image()], more=images(image("base", None))),
        "unknown",
        "by-image",
    ),
    Case("no user data, on Amazon Linux", by_template(None, STOCK), "gap", "agent-not-installed"),
    Case(
        "no user data, on an image of one's own",
        by_template(None, more=images(image("base", None))),
        "unknown",
        "by-image",
    ),
    Case("a stub", by_template(STUB, STOCK), "unknown", "elsewhere"),
    Case("cannot be decoded", by_template("\0", STOCK), "unknown", "undecodable"),
    Case("Bottlerocket", by_template("[settings.host]\na = 1\n"), "not_applicable", "no-shell"),
    Case("a program", by_template("#!/usr/bin/python3\nprint(1)\n"), "unknown", "elsewhere"),
    Case(
        "EKS writes it",
        by_template(LOOSE, STOCK, groups=[group(Tags=[OF_EKS])]),
        "not_applicable",
        "of-service",
    ),
    Case("a launch configuration", by_configuration(INSTALLS), "gap", "agent-not-started"),
    Case("an instance", by_instance(INSTALLS), "gap", "agent-not-started"),
    Case(
        "an instance of Amazon Linux",
        by_instance(LOOSE, more=images(image())),
        "gap",
        "agent-not-installed",
    ),
    Case(
        "an instance of another image",
        by_instance(LOOSE, more=images(image("base", None))),
        "unknown",
        "by-image",
    ),
    Case(
        "nobody asks",
        by_template(LOOSE, STOCK),
        "not_applicable",
        settings={"require_cw_agent": False},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client, scaling = boto3.client("ec2", "us-east-1"), boto3.client("autoscaling", "us-east-1")
    for name, script in (("watched", BOTH), ("asleep", INSTALLS), ("bare", LOOSE)):
        live_template(client, scaling, name, script)
    expected = {"watched": "pass", "asleep": "gap", "bare": "gap"}
    assert verdicts(audit(BootstrapAgent)) == expected
