import boto3
import pytest

from probes.auto_scaling.tags_propagate import TagsPropagate
from probes.aws.autoscaling import GROUP_TAGS, GROUPS
from probes.aws.ec2_templates import OLDER_VERSIONS, VERSIONS
from tests.kit import Absent, Case, Refused, audit, check_case, verdicts
from tests.probes.auto_scaling.fleet import (
    OLDER,
    configured,
    fix_of,
    group,
    mixed,
    reference,
    tag,
    version,
)

PROBE = TagsPropagate()
KEYS = {"tags": {"required": ["Team", "Application"]}}
ALL = [tag("Team", "web"), tag("Application", "shop")]
TEAM_ONLY = [tag("Team", "web")]
KEPT = [tag("Team", "web"), tag("Application", "shop", propagate=False)]


def carrying(tags, *versions, groups=None, older=None):
    return {
        GROUPS: groups or [group()],
        GROUP_TAGS: tags,
        VERSIONS: list(versions),
        OLDER_VERSIONS: older or {},
    }


def gives(number, default=False, kind="instance", **tags):
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    given = {"ResourceType": kind, "Tags": pairs}
    return version(number, default=default, TagSpecifications=[given])


CASES = [
    Case("all propagate", carrying(ALL), "pass", settings=KEYS),
    Case(
        "a key is missing",
        carrying(TEAM_ONLY, gives(3, Name="web")),
        "gap",
        "missing-key",
        severity="low",
        expected=["Application"],
        found=[],
        settings=KEYS,
    ),
    Case("no tags at all", carrying([], gives(3, Name="web")), "gap", "missing-key", settings=KEYS),
    Case(
        "case counts",
        carrying([tag("team"), tag("Application")], gives(3, Name="web")),
        "gap",
        "missing-key",
        settings=KEYS,
    ),
    Case(
        "a key stays on the group",
        carrying(KEPT, gives(3, Name="web")),
        "drift",
        "not-propagated",
        expected=["Application"],
        settings=KEYS,
    ),
    Case(
        "a key stays on the group, and may",
        carrying(KEPT),
        "pass",
        settings={**KEYS, "must_propagate": False},
    ),
    Case(
        "the template gives instances the key",
        carrying(KEPT, gives(3, Application="shop")),
        "pass",
        says="Application from the launch template only",
        settings=KEYS,
    ),
    Case(
        "the template gives instances the missing key",
        carrying(TEAM_ONLY, gives(3, Application="shop")),
        "pass",
        says="Application from the launch template only",
        settings=KEYS,
    ),
    Case(
        "the template may not stand in",
        carrying(TEAM_ONLY, gives(3, Application="shop")),
        "gap",
        "missing-key",
        settings={**KEYS, "template_may_tag": False},
    ),
    Case(
        "the template gives it to volumes only",
        carrying(TEAM_ONLY, gives(3, kind="volume", Application="shop")),
        "gap",
        "missing-key",
        settings=KEYS,
    ),
    Case(
        "the template gives it a value that is refused",
        carrying(TEAM_ONLY, gives(3, Application="")),
        "gap",
        "missing-key",
        settings=KEYS,
    ),
    Case(
        "an override has another version, without the key",
        carrying(
            TEAM_ONLY,
            gives(3, Application="shop"),
            gives(2, default=True),
            groups=[mixed(reference(), reference("$Default"), None)],
        ),
        "gap",
        "missing-key",
        settings=KEYS,
    ),
    Case(
        "an override has another version, with the key",
        carrying(
            TEAM_ONLY,
            gives(3, Application="shop"),
            gives(2, default=True, Application="shop"),
            groups=[mixed(reference(), reference("$Default"))],
        ),
        "pass",
        settings=KEYS,
    ),
    Case(
        "the version that the group names is gone",
        carrying(
            TEAM_ONLY,
            gives(3, Application="shop"),
            groups=[group(LaunchTemplate=reference("1"))],
            older={OLDER: Absent()},
        ),
        "gap",
        settings=KEYS,
    ),
    Case(
        "the version that the group names is refused",
        carrying(
            TEAM_ONLY,
            gives(3),
            groups=[group(LaunchTemplate=reference("1"))],
            older={OLDER: Refused()},
        ),
        "unknown",
        settings=KEYS,
    ),
    Case(
        "a launch configuration gives nothing",
        carrying(TEAM_ONLY, groups=[configured()]),
        "gap",
        "missing-key",
        settings=KEYS,
    ),
    Case(
        "a value that is not allowed",
        carrying([tag("Team", "webb"), tag("Application", "shop")]),
        "drift",
        "bad-value",
        expected={"Team": ["web"]},
        found={"Team": "webb"},
        settings={"tags": {**KEYS["tags"], "allowed_values": {"Team": ["web"]}}},
    ),
    Case(
        "a refused value stands though the template is refused",
        carrying([tag("Team", "")]) | {VERSIONS: Refused()},
        "drift",
        "bad-value",
        settings=KEYS,
        survives=(VERSIONS, OLDER_VERSIONS),
    ),
    Case("no tags required", carrying([]), "not_applicable", settings={"tags": {"required": []}}),
    Case(
        "being deleted",
        carrying([], groups=[group(Status="Delete in progress")]),
        "not_applicable",
        settings=KEYS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_keeps_the_value_that_the_group_has():
    fix = fix_of(PROBE, carrying(KEPT, gives(3, Name="web")), KEYS)
    assert '"Key": "Application", "Value": "shop", "PropagateAtLaunch": true' in fix.cli


def test_on_an_account(aws):
    client = boto3.client("autoscaling", "us-east-1")
    client.create_launch_configuration(
        LaunchConfigurationName="c", ImageId="ami-1", InstanceType="t3.nano"
    )
    for name, propagate in (("hands-on", True), ("keeps", False)):
        client.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName="c",
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=["us-east-1a"],
            Tags=[tag(key, "x", propagate, name) for key in ("Team", "Application")],
        )
    assert verdicts(audit(TagsPropagate, settings=KEYS)) == {"hands-on": "pass", "keeps": "drift"}
