import boto3
import pytest

from probes.auto_scaling.detailed_monitoring import DetailedMonitoring
from probes.aws import autoscaling, ec2
from probes.aws.ec2_templates import OLDER_VERSIONS
from tests.kit import Absent, Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.auto_scaling.fleet import (
    CONFIGURATION,
    OLDER,
    TEMPLATE,
    configured,
    fix_of,
    group,
    launched,
    mixed,
    reference,
    version,
)

PROBE = DetailedMonitoring()
ON, OFF = {"Monitoring": {"Enabled": True}}, {"Monitoring": {"Enabled": False}}
OTHER = reference("$Latest", LaunchTemplateId="lt-other", LaunchTemplateName="lt-other")


def using(number, *versions, **more):
    return launched([group(LaunchTemplate=reference(number))], *versions, **more)


def watched(state):
    return {
        ec2.INSTANCES: [
            {"InstanceId": "i-1", "State": {"Name": "running"}, "Monitoring": {"State": state}},
            {"InstanceId": "i-9", "State": {"Name": "running"}, "Monitoring": {"State": state}},
        ]
    }


def configuration(**changes):
    return {
        autoscaling.LAUNCH_CONFIGURATIONS: [{**CONFIGURATION, **changes}],
        autoscaling.GROUPS: [configured()],
    }


CASES = [
    Case("the latest version asks for it", using("$Latest", version(3, **ON)), "pass"),
    Case(
        "the latest version does not",
        using("$Latest", version(3, **OFF), version(2, default=True, **ON)),
        "gap",
        "basic-monitoring",
        severity="low",
        expected="detailed",
        found="basic",
        survives=(ec2.INSTANCES,),
    ),
    Case(
        "the version says nothing",
        using("$Latest", version(3)),
        "gap",
        survives=(ec2.INSTANCES,),
    ),
    Case(
        "the default version counts where it is named",
        using("$Default", version(3, **ON), version(2, default=True)),
        "gap",
        survives=(ec2.INSTANCES,),
    ),
    Case(
        "the default version counts where none is named",
        using(None, version(3), version(2, default=True, **ON)),
        "pass",
    ),
    Case(
        "an older version is named by number",
        using("1", version(3, **ON), older={OLDER: version(1)}),
        "gap",
        survives=(ec2.INSTANCES,),
    ),
    Case(
        "a number that is the latest",
        using("3", version(3, **ON), version(2, default=True)),
        "pass",
    ),
    Case(
        "the older version is gone",
        using("1", version(3, **ON), older={OLDER: Absent()}),
        "unknown",
        "version-missing",
    ),
    Case("the older version was not asked for", using("1", version(3, **ON)), "unknown"),
    Case("a version of no known form", using("$Newest", version(3, **ON)), "unknown"),
    Case("no version is the default", using("$Default", version(3, **ON)), "unknown"),
    Case(
        "the group names the template by name only",
        launched([group(LaunchTemplate=reference(LaunchTemplateId=None))], version(3)),
        "gap",
        survives=(ec2.INSTANCES,),
    ),
    Case(
        "an override uses another version",
        launched(
            [mixed(OTHER, None, reference("$Default"))],
            version(3, **ON),
            version(2, default=True),
        ),
        "gap",
        survives=(ec2.INSTANCES,),
    ),
    Case(
        "the base of a mixed group", launched([mixed(reference(), OTHER)], version(3, **ON)), "pass"
    ),
    Case(
        "one group's version is proven, another's is refused",
        launched(
            [group(), group("api", LaunchTemplate=reference("1"))],
            version(3),
            older={OLDER: Refused()},
        ),
        "gap",
        survives=(ec2.INSTANCES, OLDER_VERSIONS),
    ),
    Case("no group uses the template", launched([mixed(OTHER)], version(3)), "not_applicable"),
    Case(
        "advice in ephemeral environments",
        using("$Latest", version(3)),
        "gap",
        severity="informational",
        environment="ephemeral",
        survives=(ec2.INSTANCES,),
    ),
    Case(
        "not asked for",
        using("$Latest", version(3)),
        "not_applicable",
        settings={"required": False},
    ),
    Case("a launch configuration has it by default", configuration(), "pass"),
    Case(
        "a launch configuration says so",
        configuration(InstanceMonitoring={"Enabled": True}),
        "pass",
    ),
    Case(
        "a launch configuration without it",
        configuration(InstanceMonitoring={"Enabled": False}),
        "gap",
        "basic-monitoring",
        survives=(ec2.INSTANCES,),
    ),
    Case(
        "no group uses the launch configuration",
        {**configuration(InstanceMonitoring={"Enabled": False}), autoscaling.GROUPS: []},
        "not_applicable",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


@pytest.mark.parametrize(("state", "named"), [("disabled", ["i-1"]), ("enabled", [])])
def test_evidence_names_the_instances_of_the_group_that_have_basic_monitoring(state, named):
    case = Case("evidence", using("$Latest", version(3), more=watched(state)), "gap")
    evidence = {one.subject: one.value for one in findings_of(PROBE, case)[0].evidence}
    assert evidence["with basic monitoring"] == named


def test_the_fix_makes_a_version_out_of_the_one_in_use():
    fix = fix_of(PROBE, using("$Latest", version(3)))
    assert f"--launch-template-id {TEMPLATE} --source-version '$Latest'" in fix.cli
    assert '{"Monitoring": {"Enabled": true}}' in fix.cli


def test_the_group_is_related_to_the_finding():
    finding = findings_of(PROBE, Case("related", using("$Latest", version(3)), "gap"))[0]
    assert [(one.role, one.resource.name) for one in finding.related] == [("scaling group", "web")]


def test_on_an_account(aws):
    ec2_client = boto3.client("ec2", "us-east-1")
    scaling = boto3.client("autoscaling", "us-east-1")
    for name, enabled in (("basic", False), ("detailed", True), ("unused", False)):
        data = {"ImageId": "ami-1", "Monitoring": {"Enabled": not enabled}}
        ec2_client.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
        for monitored in (enabled, not enabled):
            data = {"ImageId": "ami-1", "Monitoring": {"Enabled": monitored}}
            ec2_client.create_launch_template_version(
                LaunchTemplateName=name, LaunchTemplateData=data
            )
        if name != "unused":
            scaling.create_auto_scaling_group(
                AutoScalingGroupName=name,
                LaunchTemplate={"LaunchTemplateName": name, "Version": "2"},
                MinSize=0,
                MaxSize=1,
                AvailabilityZones=["us-east-1a"],
            )
    expected = {"basic": "gap", "detailed": "pass", "unused": "not_applicable"}
    assert verdicts(audit(DetailedMonitoring)) == expected
