from typing import Any

import boto3
import pytest

from probes.auto_scaling.scales_both_ways import ScalesBothWays
from probes.aws.autoscaling import GROUPS
from probes.aws.autoscaling_policies import POLICIES, SCHEDULED_ACTIONS
from probes.aws.cloudwatch import ALARMS
from tests.kit import Case, Refused, audit, check_case
from tests.probes.auto_scaling.fleet import fix_of, group

PROBE = ScalesBothWays()
_ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}}


def policy(name, kind, alarms=(), group_name="web", **more):
    return {
        "PolicyARN": f"arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:policyName/{name}",
        "PolicyName": name,
        "AutoScalingGroupName": group_name,
        "PolicyType": kind,
        "Enabled": True,
        "Alarms": [{"AlarmName": alarm, "AlarmARN": _ALARM + alarm} for alarm in alarms],
        **more,
    }


def tracking(name="cpu", **more):
    configuration = {**CPU, "TargetValue": 50.0, **more}
    return policy(name, "TargetTrackingScaling", TargetTrackingConfiguration=configuration)


def step(name, *adjustments, alarms=("high",), kind="ChangeInCapacity"):
    steps = [{"ScalingAdjustment": one} for one in adjustments]
    return policy(name, "StepScaling", alarms, AdjustmentType=kind, StepAdjustments=steps)


def simple(name, adjustment, alarms=("high",)):
    kind = "PercentChangeInCapacity"
    return policy(name, "SimpleScaling", alarms, AdjustmentType=kind, ScalingAdjustment=adjustment)


def predictive(mode=None):
    configuration = {"MetricSpecifications": []} | ({"Mode": mode} if mode else {})
    return policy("forecast", "PredictiveScaling", PredictiveScalingConfiguration=configuration)


def alarm(name, enabled=True):
    return {"AlarmArn": _ALARM + name, "AlarmName": name, "ActionsEnabled": enabled}


def scaled(*policies, alarms=(), actions=(), **changes):
    return {
        GROUPS: [group(**changes)],
        POLICIES: list(policies),
        ALARMS: list(alarms),
        SCHEDULED_ACTIONS: list(actions),
    }


def action(name, **sizes):
    arn = f"arn:aws:autoscaling:us-east-1:123456789012:scheduledUpdateGroupAction:1:{name}"
    return {
        "ScheduledActionARN": arn,
        "ScheduledActionName": name,
        "AutoScalingGroupName": "web",
        **sizes,
    }


def untyped(one):
    return {name: value for name, value in one.items() if name != "PolicyType"}


WIRED = (step("out", 1), step("in", -1, alarms=("low",)))
LIVE = (alarm("high"), alarm("low"))
OWN_METRIC: dict[str, Any] = {
    "PredefinedMetricSpecification": None,
    "CustomizedMetricSpecification": {},
}

CASES = [
    Case("a tracked target scales both ways", scaled(tracking()), "pass"),
    Case(
        "a tracked target that does not scale in",
        scaled(tracking(DisableScaleIn=True)),
        "gap",
        "no-scale-in",
        severity="medium",
        expected=["scales in"],
        found=[],
    ),
    Case(
        "scaling in is not wanted",
        scaled(tracking(DisableScaleIn=True)),
        "pass",
        settings={"require_scale_in": False},
    ),
    Case(
        "one of two targets scales in",
        scaled(tracking(DisableScaleIn=True), tracking("requests")),
        "pass",
    ),
    Case("steps with alarms, both ways", scaled(*WIRED, alarms=LIVE), "pass"),
    Case("steps of one policy, both ways", scaled(step("both", 2, -1), alarms=LIVE), "pass"),
    Case(
        "a step out alone",
        scaled(step("out", 1), alarms=LIVE),
        "gap",
        "no-scale-in",
        survives=(ALARMS,),
    ),
    Case(
        "a step in alone",
        scaled(step("in", -1, alarms=("low",)), alarms=LIVE),
        "gap",
        "no-scale-out",
        survives=(ALARMS,),
    ),
    Case(
        "simple policies",
        scaled(simple("out", 10), simple("in", -10, alarms=("low",)), alarms=LIVE),
        "pass",
    ),
    Case(
        "no type means simple",
        scaled(untyped(simple("out", 10)), alarms=LIVE),
        "gap",
        "no-scale-in",
        survives=(ALARMS,),
    ),
    Case(
        "an exact size between the bounds",
        scaled(step("two", 2, kind="ExactCapacity"), alarms=LIVE),
        "pass",
    ),
    Case(
        "an exact size at the upper bound",
        scaled(step("four", 4, kind="ExactCapacity"), alarms=LIVE),
        "gap",
        "no-scale-in",
        survives=(ALARMS,),
    ),
    Case(
        "a policy that no alarm calls",
        scaled(tracking(DisableScaleIn=True), step("in", -1, alarms=())),
        "gap",
        "policy-unwired",
        says="in",
    ),
    Case(
        "a policy whose alarm was deleted",
        scaled(tracking(DisableScaleIn=True), step("in", -1, alarms=("low",))),
        "gap",
        "policy-unwired",
    ),
    Case(
        "a policy whose alarm does not act",
        scaled(
            tracking(DisableScaleIn=True),
            step("in", -1, alarms=("low",)),
            alarms=[alarm("low", enabled=False)],
        ),
        "gap",
        "policy-unwired",
    ),
    Case(
        "one of two alarms acts",
        scaled(step("both", 1, -1, alarms=("off", "low")), alarms=[alarm("off", False), *LIVE]),
        "pass",
    ),
    Case(
        "nobody calls either way",
        scaled(step("out", 1, alarms=()), simple("in", -1, alarms=())),
        "gap",
        "policy-unwired",
        says="out",
    ),
    Case("no policies", scaled(), "gap", "none", expected=["scales out", "scales in"]),
    Case("all policies are disabled", scaled(tracking() | {"Enabled": False}), "gap", "none"),
    Case("a step of nothing", scaled(step("idle", 0)), "gap", "none"),
    Case("a simple policy without a step", scaled(simple("idle", None)), "gap", "none"),
    Case(
        "another group's policy",
        scaled(tracking() | {"AutoScalingGroupName": "api"}),
        "gap",
        "none",
    ),
    Case("a forecast only forecasts", scaled(predictive()), "gap", "none"),
    Case(
        "a forecast that scales never scales in",
        scaled(predictive("ForecastAndScale")),
        "gap",
        "no-scale-in",
    ),
    Case("a forecast beside a target", scaled(predictive("ForecastOnly"), tracking()), "pass"),
    Case("a mode that is not known", scaled(predictive("ForecastAndGuess")), "unknown"),
    Case("a type that is not known", scaled(policy("new", "QuantumScaling")), "unknown"),
    Case(
        "a type that is not known, beside a target",
        scaled(policy("new", "QuantumScaling"), tracking()),
        "pass",
    ),
    Case(
        "a type that is not known may scale in",
        scaled(policy("new", "QuantumScaling"), tracking(DisableScaleIn=True)),
        "unknown",
    ),
    Case("an adjustment that is not known", scaled(step("new", 1, kind="Fraction")), "unknown"),
    Case(
        "a target that AWS does not show", scaled(policy("t", "TargetTrackingScaling")), "unknown"
    ),
    Case("a policy that does not fit", scaled(tracking(), {"PolicyARN": "arn"}), "unknown"),
    Case(
        "a step in beside a target is noted",
        scaled(tracking(), step("in", -1, alarms=("low",)), alarms=LIVE),
        "pass",
        says="work against it",
    ),
    Case(
        "alarms are refused, but a way is missing anyway",
        scaled(step("out", 1)) | {ALARMS: Refused()},
        "gap",
        "no-scale-in",
        survives=(ALARMS,),
    ),
    Case("alarms are refused", scaled(*WIRED) | {ALARMS: Refused()}, "unknown"),
    Case(
        "an alarm that was read before the list broke off",
        scaled(step("both", 1, -1)) | {ALARMS: Refused(items=(alarm("high"),))},
        "pass",
    ),
    Case(
        "a schedule does not count",
        scaled(actions=[action("up", DesiredCapacity=3), action("down", DesiredCapacity=1)]),
        "gap",
        "none",
    ),
    Case(
        "a schedule counts where it may",
        scaled(actions=[action("up", DesiredCapacity=4), action("down", DesiredCapacity=1)]),
        "pass",
        settings={"schedule_counts": True},
    ),
    Case(
        "a schedule of bounds",
        scaled(actions=[action("up", MinSize=3), action("down", MinSize=0, MaxSize=2)]),
        "pass",
        settings={"schedule_counts": True},
    ),
    Case(
        "a schedule that only grows",
        scaled(actions=[action("up", MinSize=3)]),
        "gap",
        "no-scale-in",
        settings={"schedule_counts": True},
    ),
    Case("a fixed size", scaled(MinSize=4), "not_applicable", says="fixed size"),
    Case("being deleted", scaled(Status="Delete in progress"), "not_applicable"),
    *(
        Case(
            f"owned by another: {key}",
            scaled(Tags=[{"Key": key, "Value": "x"}]),
            "not_applicable",
            says=owner,
        )
        for key, owner in {
            "eks:nodegroup-name": "EKS",
            "k8s.io/cluster-autoscaler/enabled": "cluster autoscaler",
            "elasticbeanstalk:environment-name": "Beanstalk",
            "AWSBatchServiceTag": "Batch",
        }.items()
    ),
    Case(
        "scaled by a capacity provider",
        scaled(tracking("ECSManagedAutoScalingPolicy-1b2c", DisableScaleIn=True)),
        "not_applicable",
        says="ECS",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_turns_scaling_in_on_for_the_target_that_is_tracked():
    fix = fix_of(PROBE, scaled(tracking("load", DisableScaleIn=True, TargetValue=65.0)))
    assert "--policy-name load" in fix.cli
    assert '"TargetValue": 65.0, "DisableScaleIn": false' in fix.cli


def test_the_fix_keeps_the_label_of_a_balancers_metric():
    metric = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": "app/web/1"}
    fix = fix_of(PROBE, scaled(tracking(DisableScaleIn=True, PredefinedMetricSpecification=metric)))
    assert '"ResourceLabel": "app/web/1"' in fix.cli


def test_a_metric_of_the_customers_own_is_not_replaced_by_the_fix():
    fix = fix_of(PROBE, scaled(tracking(DisableScaleIn=True, **OWN_METRIC)))
    assert fix.cli == ""
    assert fix.cloudformation == ""


def test_the_fix_adds_a_target_where_none_is_tracked():
    fix = fix_of(PROBE, scaled())
    assert "--policy-name web-cpu --policy-type TargetTrackingScaling" in fix.cli
    assert "AWS::AutoScaling::ScalingPolicy" in fix.cloudformation


def test_on_an_account(aws):
    client = boto3.client("autoscaling", "us-east-1")
    watch = boto3.client("cloudwatch", "us-east-1")
    client.create_launch_configuration(
        LaunchConfigurationName="c", ImageId="ami-1", InstanceType="t3.nano"
    )
    for name in ("target", "grows", "unwired", "still"):
        client.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName="c",
            MinSize=0,
            MaxSize=4,
            AvailabilityZones=["us-east-1a"],
        )
    client.put_scaling_policy(
        AutoScalingGroupName="target",
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={**CPU, "TargetValue": 50.0},
    )
    for name, wired in (("grows", True), ("unwired", False)):
        arn = client.put_scaling_policy(
            AutoScalingGroupName=name,
            PolicyName=f"{name}-out",
            PolicyType="StepScaling",
            AdjustmentType="ChangeInCapacity",
            StepAdjustments=[{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        )["PolicyARN"]
        watch.put_metric_alarm(
            AlarmName=f"{name}-high",
            Namespace="AWS/EC2",
            MetricName="CPUUtilization",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=2,
            Threshold=80.0,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[arn] if wired else [],
        )
    said = {one.resource.name: (one.verdict.value, one.code) for one in audit(ScalesBothWays)}
    assert said == {
        "target": ("pass", ""),
        "grows": ("gap", "no-scale-in"),
        "unwired": ("gap", "policy-unwired"),
        "still": ("gap", "none"),
    }
