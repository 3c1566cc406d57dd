import boto3
import pytest

from probes.auto_scaling.suspended_processes import SuspendedProcesses
from probes.aws.autoscaling import GROUPS
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.auto_scaling.fleet import fix_of, group, live_groups

PROBE = SuspendedProcesses()


def suspended(*names, **changes):
    processes = [
        {"ProcessName": name, "SuspensionReason": "User suspended at 2026-11-01T00:00:00Z"}
        for name in names
    ]
    return {GROUPS: [group(SuspendedProcesses=processes, **changes)]}


CASES = [
    Case("none", suspended(), "pass"),
    Case("AWS leaves the list out", {GROUPS: [group(SuspendedProcesses=None)]}, "pass"),
    *(
        Case(name, suspended(name), "drift", "suspended", severity="medium", found=[name])
        for name in ("AlarmNotification", "Launch", "Terminate")
    ),
    Case(
        "several, in order",
        suspended("Terminate", "Launch", "AZRebalance"),
        "drift",
        found=["Launch", "Terminate"],
        expected=[],
    ),
    Case("others do not stop scaling", suspended("AZRebalance", "HealthCheck", "Unheard"), "pass"),
    Case(
        "the baseline lets one be suspended",
        suspended("Terminate"),
        "pass",
        settings={"processes": ["Launch", "AlarmNotification"]},
    ),
    Case("a fixed size", suspended("Launch", MinSize=4), "not_applicable"),
    Case("being deleted", suspended("Launch", Status="Delete in progress"), "not_applicable"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_resumes_only_what_must_run():
    fix = fix_of(PROBE, suspended("Launch", "AZRebalance"))
    assert "--auto-scaling-group-name web --scaling-processes Launch --region" in fix.cli


def test_on_an_account(aws):
    client = boto3.client("autoscaling", "us-east-1")
    live_groups(client, "running", "stopped")
    client.suspend_processes(AutoScalingGroupName="stopped", ScalingProcesses=["Launch"])
    assert verdicts(audit(SuspendedProcesses)) == {"running": "pass", "stopped": "drift"}
