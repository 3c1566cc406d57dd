"""Bootstrap scripts, and what holds them, in AWS's own words and on moto."""

from base64 import b64encode

from probes.aws import autoscaling, ec2
from tests.kit import Case
from tests.probes.auto_scaling.fleet import (
    CONFIGURATION,
    TEMPLATE,
    configured,
    group,
    launched,
    reference,
    version,
)

STRICT = "#!/bin/bash\nset -euo pipefail\n"
LOOSE = "#!/bin/bash\nyum update -y\n"
STUB = f"{STRICT}aws s3 cp s3://bucket/boot.sh /tmp/boot.sh\nbash /tmp/boot.sh\n"
INSTANCE = "i-0a1b2c3d4e5f67890"
STOCK = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
OF_EKS = {"Key": "eks:nodegroup-name", "Value": "nodes"}


def encoded(script):
    return b64encode(script.encode()).decode()


def by_template(script, image="ami-1", groups=None, more=None, **data):
    """A template in use, with a script or none."""
    data = data | ({} if script is None else {"UserData": encoded(script)})
    made = version(3, ImageId=image, **data)
    return launched(groups or [group()], made, more=more)


def by_configuration(script, **more):
    old = {**CONFIGURATION, "UserData": encoded(script) if script else ""}
    return {autoscaling.LAUNCH_CONFIGURATIONS: [old], autoscaling.GROUPS: [configured()], **more}


def by_instance(script, image="ami-1", tags=(), state="running", more=None):
    """An instance that stands alone, unless its tags say otherwise."""
    alone = {
        "InstanceId": INSTANCE,
        "ImageId": image,
        "State": {"Code": 16, "Name": state},
        "Tags": list(tags),
    }
    held = {"Value": encoded(script)} if script else {}
    return {
        ec2.INSTANCES: [alone],
        ec2.USER_DATA: {INSTANCE: {"InstanceId": INSTANCE, "UserData": held}},
        **(more or {}),
    }


IN_GROUP = [{"Key": "aws:autoscaling:groupName", "Value": "web"}]


def everywhere(script, part=""):
    """Cases that hold for every probe of scripts: what is not judged, whatever the script."""
    missing = reference("1", LaunchTemplateName=None)
    answers = {
        "no group uses the template": (
            by_template(script, groups=[group(LaunchTemplate=None)]),
            "not_applicable",
        ),
        "a version that is not there": (
            launched([group(LaunchTemplate=missing)], version(3), older={f"{TEMPLATE}/['1']": []}),
            "unknown",
        ),
        "an instance of a group": (by_instance(script, tags=IN_GROUP), "not_applicable"),
        "an instance that is gone": (by_instance(script, state="terminated"), "not_applicable"),
    }
    return [Case(name, *stated, part=part) for name, stated in answers.items()]


def live_template(client, scaling, name, script, image=STOCK, tags=()):
    data = {"ImageId": image, "UserData": encoded(script)}
    client.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchTemplate={"LaunchTemplateName": name, "Version": "$Latest"},
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["us-east-1a"],
        Tags=[{"Key": k, "Value": v, "PropagateAtLaunch": False} for k, v in tags],
    )
