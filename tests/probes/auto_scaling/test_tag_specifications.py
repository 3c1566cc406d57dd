import boto3
import pytest

from probes.auto_scaling.tag_specifications import TagSpecifications
from probes.aws import autoscaling, ec2_volumes
from probes.aws.autoscaling import GROUP_TAGS
from probes.aws.ec2_templates import OLDER_VERSIONS
from tests.kit import Absent, Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.auto_scaling.fleet import (
    CONFIGURATION,
    OLDER,
    configured,
    fix_of,
    group,
    launched,
    reference,
    tag,
    version,
)

PROBE = TagSpecifications()
KEYS = {"tags": {"required": ["Team", "Application"]}}
ALL = {"Team": "web", "Application": "shop"}
VOLUMES = (ec2_volumes.VOLUMES,)


def specifications(**kinds):
    pairs = {k.replace("_", "-"): tags for k, tags in kinds.items()}
    return {
        "TagSpecifications": [
            {"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
            for kind, tags in pairs.items()
        ]
    }


def tagging(tags=(), groups=None, **kinds):
    groups = groups or [group()]
    return launched(groups, version(3, **specifications(**kinds)), more={GROUP_TAGS: list(tags)})


CASES = [
    Case("tags both", tagging(instance=ALL, volume=ALL), "pass", settings=KEYS),
    Case(
        "no volume specification",
        tagging(instance=ALL),
        "gap",
        "no-volume-spec",
        severity="low",
        expected={"volume": ["Application", "Team"]},
        found={"volume": []},
        settings=KEYS,
        survives=VOLUMES,
    ),
    Case(
        "a volume specification lacks a key",
        tagging(instance=ALL, volume={"Team": "web"}),
        "gap",
        "missing-key",
        found={"volume": ["Team"]},
        settings=KEYS,
        survives=VOLUMES,
    ),
    Case(
        "the group does not reach volumes",
        tagging([tag("Team"), tag("Application")], instance=ALL),
        "gap",
        "no-volume-spec",
        settings=KEYS,
        survives=VOLUMES,
    ),
    Case(
        "no instance specification", tagging(volume=ALL), "gap", "no-instance-spec", settings=KEYS
    ),
    Case(
        "the group propagates what instances lack",
        tagging([tag("Team"), tag("Application")], volume=ALL),
        "pass",
        settings=KEYS,
    ),
    Case(
        "the group keeps what instances lack to itself",
        tagging([tag("Team"), tag("Application", propagate=False)], volume=ALL),
        "gap",
        "no-instance-spec",
        found={"instance": ["Team"]},
        settings=KEYS,
    ),
    Case(
        "only one of two groups propagates it",
        tagging(
            [tag("Team"), tag("Application"), tag("Team", name="api")],
            [group(), group("api")],
            volume=ALL,
        ),
        "gap",
        found={"instance": ["Team"]},
        settings=KEYS,
    ),
    Case(
        "case counts",
        tagging(instance=ALL, volume={"team": "web", "Application": "shop"}),
        "gap",
        "missing-key",
        settings=KEYS,
        survives=VOLUMES,
    ),
    Case(
        "a value that the baseline refuses",
        tagging(instance=ALL, volume={**ALL, "Team": "webb"}),
        "drift",
        "bad-value",
        expected={"volume": {"Team": ["web", "data-*"]}},
        found={"volume": {"Team": "webb"}},
        settings={"tags": {**KEYS["tags"], "allowed_values": {"Team": ["web", "data-*"]}}},
    ),
    Case(
        "a value that a pattern allows",
        tagging(instance=ALL, volume={**ALL, "Team": "data-lake"}),
        "pass",
        settings={"tags": {**KEYS["tags"], "allowed_values": {"Team": ["web", "data-*"]}}},
    ),
    Case(
        "an empty value",
        tagging(instance=ALL, volume={**ALL, "Team": " "}),
        "drift",
        "bad-value",
        settings=KEYS,
    ),
    Case(
        "the group's value wins over a refused one on instances",
        tagging([tag("Team", "web")], instance={**ALL, "Team": ""}, volume=ALL),
        "pass",
        settings=KEYS,
    ),
    Case(
        "another type is wanted",
        tagging(instance=ALL, volume=ALL),
        "gap",
        "no-network-interface-spec",
        settings={**KEYS, "tag_resource_types": ["instance", "network-interface"]},
    ),
    Case(
        "instances' tags are refused, volumes are proven",
        tagging(volume={"Team": "web"}) | {GROUP_TAGS: Refused()},
        "gap",
        "missing-key",
        settings=KEYS,
        survives=(*VOLUMES, GROUP_TAGS),
    ),
    Case(
        "the version is gone",
        launched([group(LaunchTemplate=reference("1"))], version(3), older={OLDER: Absent()}),
        "unknown",
        settings=KEYS,
    ),
    Case(
        "an older version that AWS will not show, a newer one that is proven",
        launched(
            [group(), group("api", LaunchTemplate=reference("1"))],
            version(3),
            older={OLDER: Refused()},
        ),
        "gap",
        "no-instance-spec",
        settings=KEYS | {"tag_resource_types": ["instance"]},
        survives=(OLDER_VERSIONS,),
    ),
    Case("no group uses it", launched([], version(3)), "not_applicable", settings=KEYS),
    Case("no tags required", tagging(), "not_applicable", settings={"tags": {"required": []}}),
    Case(
        "a launch configuration",
        {autoscaling.LAUNCH_CONFIGURATIONS: [CONFIGURATION], autoscaling.GROUPS: [configured()]},
        "not_applicable",
        says="move to a launch template",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def volume(name, instance, *keys):
    tags = [{"Key": key, "Value": "x"} for key in keys]
    return {"VolumeId": name, "Attachments": [{"InstanceId": instance}], "Tags": tags}


def test_evidence_names_the_volumes_of_the_groups_instances_that_lack_keys():
    volumes = [
        volume("vol-bare", "i-1"),
        volume("vol-half", "i-2", "Team"),
        volume("vol-good", "i-2", "Team", "Application"),
        volume("vol-other", "i-9"),
    ]
    answers = tagging(instance=ALL) | {ec2_volumes.VOLUMES: volumes}
    finding = findings_of(PROBE, Case("evidence", answers, "gap", settings=KEYS))[0]
    evidence = {one.subject: one.value for one in finding.evidence}
    assert evidence["volumes that lack keys"] == ["vol-bare", "vol-half"]


def test_the_fix_keeps_the_tags_that_are_there_and_adds_what_is_missing():
    fix = fix_of(PROBE, tagging(instance={"Name": "web"}, volume=ALL), KEYS)
    assert '{"Key": "Name", "Value": "web"}' in fix.cli
    assert '{"Key": "Team", "Value": "VALUE"}' in fix.cli
    assert '{"Key": "Team", "Value": "web"}' in fix.cli


def test_on_an_account(aws):
    ec2 = boto3.client("ec2", "us-east-1")
    scaling = boto3.client("autoscaling", "us-east-1")
    kinds = {"both": {"instance": ALL, "volume": ALL}, "instances": {"instance": ALL}}
    for name, given in kinds.items():
        ec2.create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData={"ImageId": "ami-1", **specifications(**given)},
            TagSpecifications=[
                {"ResourceType": "launch-template", "Tags": [{"Key": "Team", "Value": "web"}]}
            ],
        )
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchTemplate={"LaunchTemplateName": name, "Version": "$Latest"},
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=["us-east-1a"],
        )
    findings = audit(TagSpecifications, settings=KEYS)
    assert verdicts(findings) == {"both": "pass", "instances": "gap"}
