from datetime import timedelta

import boto3
import pytest
from moto.core.utils import utcnow

from probes.auto_scaling.failed_activities import FailedActivities
from probes.aws.autoscaling import ACTIVITIES, GROUPS
from tests.kit import ACCOUNT, NOW, Case, Refused, audit, check_case, findings_of
from tests.probes.auto_scaling.fleet import GROUP_ARN, group, instance

PROBE = FailedActivities()
KEY = (
    "Launching a new EC2 instance: i-0f. Status Reason: Instance became unhealthy while waiting "
    "for instance to be in InService state. Termination Reason: Client.InvalidKMSKey.InvalidState: "
    "The KMS key provided is in an incorrect state"
)
CAPACITY = "We currently do not have sufficient t3.small capacity in the Availability Zone"
LAUNCH, END = "Launching a new EC2 instance: i-0f", "Terminating EC2 instance: i-0e"
SHORT = [instance("i-1")]


def activity(hours, status="Failed", message=KEY, description=LAUNCH, **changes):
    return {
        "ActivityId": f"{status}-{hours}",
        "AutoScalingGroupName": "web",
        "AutoScalingGroupARN": GROUP_ARN,
        "Description": description,
        "Cause": "At 2026-11-21T11:00:00Z an instance was started.",
        "StartTime": (NOW - timedelta(hours=hours)).isoformat(),
        "StatusCode": status,
        "StatusMessage": message,
        "Progress": 100,
        **changes,
    }


def happened(*activities, **changes):
    return {GROUPS: [group(**changes)], ACTIVITIES: list(activities)}


CASES = [
    Case("nothing happened", happened(), "pass"),
    Case("launches succeed", happened(activity(1, "Successful", "")), "pass"),
    Case("a launch is under way", happened(activity(1, "InProgress", "")), "pass"),
    Case(
        "the last launch failed and the group is too small",
        happened(activity(1), Instances=SHORT),
        "drift",
        "failed-kms",
        severity="high",
        expected=[],
        found=["key-state-or-access"],
        says="the key's state and policy decide",
    ),
    Case(
        "the last launch failed and the group has enough",
        happened(activity(1)),
        "drift",
        "failed-kms",
        severity="medium",
    ),
    Case(
        "instances that are not in service do not count",
        happened(activity(1), Instances=[*SHORT, instance("i-2", "Pending")]),
        "drift",
        severity="high",
    ),
    Case(
        "instances count for what they weigh",
        happened(activity(1), Instances=[instance("i-1", WeightedCapacity="2")]),
        "drift",
        severity="medium",
    ),
    Case(
        "a weight that is no number counts for nothing",
        happened(activity(1), Instances=[instance("i-1", WeightedCapacity="9" * 5000)]),
        "drift",
        severity="high",
    ),
    Case(
        "a group that counts otherwise may be too small",
        happened(activity(1), DesiredCapacityType="vcpu"),
        "drift",
        severity="high",
    ),
    Case(
        "a termination succeeded since",
        happened(activity(2), activity(1, "Successful", "", END), Instances=SHORT),
        "drift",
        severity="medium",
    ),
    Case(
        "a launch is tried again",
        happened(activity(2), activity(1, "InProgress", ""), Instances=SHORT),
        "drift",
        severity="high",
    ),
    Case(
        "a launch succeeded since",
        happened(activity(2), activity(1, "Successful", "")),
        "pass",
    ),
    Case(
        "a launch succeeded before",
        happened(activity(2, "Successful", ""), activity(1)),
        "drift",
    ),
    Case(
        "a launch succeeded beside it",
        happened(activity(1, "Successful", ""), activity(1)),
        "drift",
    ),
    Case(
        "a cancelled launch",
        happened(activity(1, "Cancelled", CAPACITY)),
        "drift",
        "failed-capacity",
        found=["no-capacity"],
    ),
    Case(
        "several causes, the newest first",
        happened(activity(3, message=CAPACITY), activity(1), activity(2, "Cancelled")),
        "drift",
        "failed-kms",
        found=["key-state-or-access", "no-capacity"],
    ),
    Case(
        "template drift",
        happened(activity(1, message="The security group 'sg-1' does not exist")),
        "drift",
        "failed-template-drift",
    ),
    Case(
        "the message says nothing, the cause does",
        happened(activity(1, message="", Cause="taken out of service: ELB system health check")),
        "drift",
        "failed-application",
    ),
    Case(
        "no cause is known",
        happened(activity(1, message="Something new")),
        "drift",
        "failed-unknown",
    ),
    Case("a failure at the start of the window", happened(activity(24)), "drift", "failed-kms"),
    Case("a failure just before the window", happened(activity(24.001)), "pass", says="older"),
    Case(
        "an older failure is noted",
        happened(activity(30)),
        "pass",
        says="no launch has succeeded since an older failure",
    ),
    Case(
        "the window is wider",
        happened(activity(30)),
        "drift",
        settings={"activity_window_hours": 48},
    ),
    Case(
        "an older failure that was made good",
        happened(activity(40), activity(30, "Successful")),
        "pass",
    ),
    Case(
        "another group's failure",
        happened(activity(1) | {"AutoScalingGroupName": "api"}),
        "pass",
    ),
    Case(
        "an earlier group of the same name",
        happened(activity(1, AutoScalingGroupARN=GROUP_ARN.replace("c95e", "0000"))),
        "pass",
    ),
    Case(
        "a status that is not known",
        happened(activity(1, "Postponed")),
        "unknown",
        says="Postponed",
    ),
    Case(
        "a status that is not known, beside a failure",
        happened(activity(1, "Postponed"), activity(2)),
        "drift",
    ),
    Case(
        "a time without a zone", happened(activity(1, StartTime="2026-11-21T11:00:00")), "unknown"
    ),
    Case("refused", happened() | {ACTIVITIES: Refused()}, "unknown"),
    Case("being deleted", happened(activity(1), Status="Delete in progress"), "not_applicable"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_evidence_shows_the_newest_activities_with_their_causes():
    case = Case("evidence", happened(*(activity(hours) for hours in range(1, 9))), "drift")
    evidence = {one.subject: one.value for one in findings_of(PROBE, case)[0].evidence}
    assert evidence["failed"] == 8
    assert [one["activity"] for one in evidence["newest"]] == [f"Failed-{n}" for n in range(1, 6)]
    assert evidence["newest"][0]["cause"] == "key-state-or-access"


def test_on_an_account(aws):
    """Moto has no activities of its own: the local account answers with planted ones."""
    from auditor.demo.exchange import backend, memory

    client = boto3.client("autoscaling", "us-east-1")
    client.create_launch_configuration(
        LaunchConfigurationName="c", ImageId="ami-1", InstanceType="t3.nano"
    )
    planted = memory(backend("autoscaling", ACCOUNT, "us-east-1"), "activities")
    for name, status in (("fails", "Cancelled"), ("launches", "Successful")):
        client.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName="c",
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=["us-east-1a"],
        )
        listed = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])
        planted[name] = {
            "ActivityId": name,
            "AutoScalingGroupName": name,
            "AutoScalingGroupARN": listed["AutoScalingGroups"][0]["AutoScalingGroupARN"],
            "Description": LAUNCH,
            "Cause": "a difference between desired and actual capacity",
            "StartTime": utcnow() - timedelta(hours=1),
            "StatusCode": status,
            "StatusMessage": KEY if status == "Cancelled" else "",
            "Progress": 100,
        }
    said = {one.resource.name: (one.verdict.value, one.code) for one in audit(FailedActivities)}
    assert said == {"fails": ("drift", "failed-kms"), "launches": ("pass", "")}
