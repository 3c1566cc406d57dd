"""Groups, templates and their versions in AWS's own words."""

from probes.aws import autoscaling, ec2_templates
from tests.kit import Case, findings_of

NAME, TEMPLATE = "web", "lt-0a20b3c4d5e6f7890"
GROUP_ARN = (
    "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:"
    "c95e1be3-e2ea-4450-992f-b0d44e1c560f:autoScalingGroupName/web"
)
OLDER = f"{TEMPLATE}/['1']"
"""How version 1 is asked for, where it is neither the latest nor the default."""


def reference(version="$Latest", **changes):
    named = {"LaunchTemplateId": TEMPLATE, "LaunchTemplateName": "web", "Version": version}
    return {k: v for k, v in {**named, **changes}.items() if v is not None}


def group(name=NAME, **changes):
    made = {
        "AutoScalingGroupName": name,
        "AutoScalingGroupARN": GROUP_ARN.removesuffix(NAME) + name,
        "LaunchTemplate": reference(),
        "MinSize": 1,
        "MaxSize": 4,
        "DesiredCapacity": 2,
        "DefaultCooldown": 300,
        "AvailabilityZones": ["us-east-1a"],
        "HealthCheckType": "EC2",
        "Instances": [instance("i-1"), instance("i-2")],
        "SuspendedProcesses": [],
        "EnabledMetrics": [],
        "Tags": [],
        **changes,
    }
    return {k: v for k, v in made.items() if v is not None}


def instance(name, state="InService", **changes):
    return {"InstanceId": name, "LifecycleState": state, "HealthStatus": "Healthy", **changes}


def tag(key, value="x", propagate=True, name=NAME):
    return {
        "ResourceId": name,
        "ResourceType": "auto-scaling-group",
        "Key": key,
        "Value": value,
        "PropagateAtLaunch": propagate,
    }


def mixed(base, *overrides):
    """A group with a mixed policy instead of a template."""
    template = {
        "LaunchTemplateSpecification": base,
        "Overrides": [
            {"InstanceType": "c5.large", "LaunchTemplateSpecification": one}
            if one
            else {"InstanceType": "c4.large"}
            for one in overrides
        ],
    }
    return group(LaunchTemplate=None, MixedInstancesPolicy={"LaunchTemplate": template})


def configured(**changes):
    """A group with a launch configuration."""
    return group(LaunchTemplate=None, LaunchConfigurationName="old", **changes)


CONFIGURATION = {
    "LaunchConfigurationName": "old",
    "LaunchConfigurationARN": "arn:aws:autoscaling:us-east-1:123456789012:launchConfiguration:"
    "121ee85c-3c59-41e2-a1c5-a9b469b6bd28:launchConfigurationName/old",
    "ImageId": "ami-9abea4fb",
    "UserData": "",
}
LISTED = {
    "LaunchTemplateId": TEMPLATE,
    "LaunchTemplateName": "web",
    "DefaultVersionNumber": 2,
    "LatestVersionNumber": 3,
    "Tags": [{"Key": "Team", "Value": "web"}],
}


def version(number, default=False, template=TEMPLATE, **data):
    return {
        "LaunchTemplateId": template,
        "LaunchTemplateName": "web" if template == TEMPLATE else template,
        "VersionNumber": number,
        "DefaultVersion": default,
        "CreatedBy": "arn:aws:iam::123456789012:user/admin",
        "LaunchTemplateData": {"ImageId": "ami-1", **data},
    }


def launched(groups, *versions, older=None, more=None):
    """Answers about a template, its versions and the groups that launch from it."""
    return {
        ec2_templates.LAUNCH_TEMPLATES: [LISTED],
        ec2_templates.VERSIONS: list(versions),
        ec2_templates.OLDER_VERSIONS: older or {},
        autoscaling.GROUPS: groups,
        **(more or {}),
    }


def live_groups(client, *names):
    """Empty groups on moto, with one launch configuration."""
    client.create_launch_configuration(
        LaunchConfigurationName="c", ImageId="ami-1", InstanceType="t3.nano"
    )
    for name in names:
        client.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName="c",
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=["us-east-1a"],
        )


def fix_of(probe, answers, settings=None):
    """How the one finding of these answers is to be mended."""
    (finding,) = findings_of(probe, Case("fix", answers, "gap", settings=settings or {}))
    assert finding.fix is not None
    return finding.fix
