import boto3
import pytest

from probes.aws import application_autoscaling, cloudwatch
from probes.containers.service_scaling import ServiceScaling
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.containers.made import ACCOUNT, SERVICE, only, service

PROBE = ServiceScaling()
TARGETS, POLICIES = application_autoscaling.ECS_TARGETS, application_autoscaling.ECS_POLICIES
ALARMS = cloudwatch.ALARMS
RESOURCE = "service/shop/web"
ALARM = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:busy"
CPU, MEMORY = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"
SCALED = {
    "ServiceNamespace": "ecs",
    "ResourceId": RESOURCE,
    "ScalableDimension": "ecs:service:DesiredCount",
}


def target(least=2, most=10, **more):
    return {**SCALED, "MinCapacity": least, "MaxCapacity": most, **more}


def policy(kind="TargetTrackingScaling", name="keep", **more):
    arn = f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:scalingPolicy:x:resource/ecs/{RESOURCE}:{name}"
    return {**SCALED, "PolicyARN": arn, "PolicyName": name, "PolicyType": kind, **more}


def tracking(metric, value, name="keep", **more):
    said = {
        "TargetValue": value,
        "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        "ScaleInCooldown": 60,
        "ScaleOutCooldown": 60,
        **more,
    }
    return policy(name=name, TargetTrackingScalingPolicyConfiguration=said)


def custom(**metric):
    said = {"TargetValue": 70.0, "CustomizedMetricSpecification": metric}
    return policy(TargetTrackingScalingPolicyConfiguration=said)


def steps(*by, alarms=(ALARM,)):
    adjustments = [{"ScalingAdjustment": one} for one in by]
    return policy(
        "StepScaling",
        StepScalingPolicyConfiguration={"StepAdjustments": adjustments},
        Alarms=[{"AlarmName": "busy", "AlarmARN": arn} for arn in alarms],
    )


def alarm(metric="CPUUtilization", name="web", **more):
    dimensions = [{"Name": "ServiceName", "Value": name}, {"Name": "ClusterName", "Value": "shop"}]
    return {
        "AlarmArn": ALARM,
        "AlarmName": "busy",
        "ActionsEnabled": True,
        "Namespace": "AWS/ECS",
        "MetricName": metric,
        "Dimensions": dimensions,
        **more,
    }


def scaled(*policies, to=None, alarms=(), **more):
    return only(service(**more)) | {
        TARGETS: [target()] if to is None else to,
        POLICIES: list(policies),
        ALARMS: list(alarms),
    }


BOTH = (tracking(CPU, 70.0, "cpu"), tracking(MEMORY, 80.0, "memory"))
SUSPENDED = target(SuspendedState={"DynamicScalingInSuspended": True})


def part(name, cases):
    return [Case(**{**one.__dict__, "id": f"{name}: {one.id}", "part": name}) for one in cases]


LEFT_ALONE = [
    Case("a daemon", scaled(to=[], schedulingStrategy="DAEMON"), "not_applicable", "daemon"),
    Case("from outside", scaled(to=[], deploymentController={"type": "EXTERNAL"}),
         "not_applicable", "controller"),
    Case("stopped in ephemeral", scaled(to=[], desiredCount=0), "not_applicable", "stopped",
         environment="ephemeral"),
    Case("left alone", scaled(to=[]), "not_applicable", settings={"exempt": ["web"]}),
    Case("being deleted", scaled(to=[], status="DRAINING"), "not_applicable", "inactive"),
]  # fmt: skip
OF_TARGET = [
    Case("within bounds", scaled(*BOTH), "pass"),
    Case("no target", scaled(to=[]), "gap", "no-target", severity="medium",
         expected={"min": 2, "max": 10}),
    Case("of another service", scaled(to=[target(ResourceId="service/shop/other")]), "gap"),
    Case("of another dimension", scaled(to=[target(ScalableDimension="ecs:new")]), "gap"),
    Case("too few at least", scaled(to=[target(1, 10)]), "drift", "range",
         found={"min": 1, "max": 10}),
    Case("too few at most", scaled(to=[target(2, 4)]), "drift", "range"),
    Case("wider than asked", scaled(to=[target(3, 40)]), "pass"),
    Case("a fixed size", scaled(to=[target(10, 10)]), "drift", "range"),
    Case("held back", scaled(to=[SUSPENDED]), "drift", "suspended",
         found=["dynamic_scaling_in"]),
    Case("by CodeDeploy", scaled(deploymentController={"type": "CODE_DEPLOY"}), "pass"),
    Case("stopped in production", scaled(to=[], desiredCount=0), "gap", "no-target"),
    *LEFT_ALONE,
]  # fmt: skip
STEPPED = scaled(steps(2, -1), alarms=[alarm()])
OF_CPU = [
    Case("kept", scaled(*BOTH), "pass"),
    Case("kept within tolerance", scaled(tracking(CPU, 78.0)), "pass"),
    Case("kept by the finer metric", scaled(tracking(f"{CPU}HighResolution", 70.0)), "pass"),
    Case("not kept", scaled(tracking(MEMORY, 80.0)), "gap", "no-cpu",
         expected={"metric": CPU, "target": 70}),
    Case("kept elsewhere", scaled(tracking(CPU, 95.0)), "drift", "cpu-target",
         found={"targets": [95.0]}),
    Case("never scales in", scaled(tracking(CPU, 70.0, DisableScaleIn=True)), "drift",
         "cpu-scale-in"),
    Case("one of two is right", scaled(tracking(CPU, 95.0, "a"), tracking(CPU, 70.0, "b")), "pass"),
    Case("kept as a metric of one's own",
         scaled(custom(Namespace="AWS/ECS", MetricName="CPUUtilization")), "pass"),
    Case("kept in metric math", scaled(custom(Metrics=[
        {"Id": "a", "MetricStat": {"Metric": {"Namespace": "AWS/ECS",
                                              "MetricName": "CPUUtilization"}, "Stat": "Average"}},
    ])), "pass"),
    Case("what is tracked is not shown",
         scaled(policy(TargetTrackingScalingPolicyConfiguration={"TargetValue": 70.0})), "gap"),
    Case("another metric of one's own",
         scaled(custom(Namespace="Shop", MetricName="CPUUtilization")), "gap"),
    Case("by steps", STEPPED, "pass", says="by steps"),
    Case("by steps on metric math", scaled(steps(1), alarms=[alarm(MetricName="", Metrics=[
        {"Id": "a", "MetricStat": {"Metric": {
            "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Dimensions":
            alarm()["Dimensions"]}, "Stat": "Average"}}])]), "pass"),
    Case("by steps that nothing calls", scaled(steps(2, alarms=())), "gap", "no-cpu"),
    Case("by steps whose alarm is gone", scaled(steps(2)), "gap", "no-cpu"),
    Case("by steps whose alarm is silent", scaled(steps(2), alarms=[alarm(ActionsEnabled=False)]),
         "gap", "no-cpu"),
    Case("by steps on memory", scaled(steps(2), alarms=[alarm("MemoryUtilization")]), "gap"),
    Case("by steps on another service", scaled(steps(2), alarms=[alarm(name="other")]), "gap"),
    Case("by steps that do nothing", scaled(steps(0), alarms=[alarm()]), "gap"),
    Case("by forecast alone", scaled(policy("PredictiveScaling")), "gap", "no-cpu"),
    Case("by a new type", scaled(policy("Magic")), "unknown", says="Magic"),
    Case("by requests", scaled(tracking("ALBRequestCountPerTarget", 100.0)), "gap"),
    Case("by requests that suffice", scaled(tracking("ALBRequestCountPerTarget", 100.0)), "pass",
         settings={"requests_suffice": True}),
    Case("requests would suffice", scaled(policy("PredictiveScaling")), "gap",
         settings={"requests_suffice": True}),
    Case("no target at all", scaled(to=[]), "not_applicable", "no-target"),
    *LEFT_ALONE,
]  # fmt: skip
OF_MEMORY = [
    Case("kept", scaled(*BOTH), "pass"),
    Case("not kept", scaled(tracking(CPU, 70.0)), "gap", "no-memory",
         expected={"metric": MEMORY, "target": 80}),
    Case("by steps", scaled(steps(1), alarms=[alarm("MemoryUtilization")]), "pass"),
]  # fmt: skip
OF_COOLDOWN = [
    Case("as asked", scaled(*BOTH), "pass"),
    Case("left to the defaults", scaled(custom(Namespace="x", MetricName="y")), "drift",
         "cooldown", severity="low", found={"in": 300, "out": 300}),
    Case("another time out", scaled(tracking(CPU, 70.0, ScaleOutCooldown=0)), "drift",
         found={"in": 60, "out": 0}),
    Case("no policy", scaled(), "not_applicable", "no-policy"),
    Case("a daemon", scaled(schedulingStrategy="DAEMON"), "not_applicable", "daemon"),
]  # fmt: skip
CASES = [
    *part("target", OF_TARGET),
    *part("cpu", OF_CPU),
    *part("memory", OF_MEMORY),
    *part("cooldown", OF_COOLDOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fixes_are_commands_for_this_service():
    by_part = {f.part: f for f in findings_of(PROBE, Case("x", scaled(to=[]), "gap"))}
    assert "--resource-id service/shop/web --min-capacity 2" in by_part["target"].fix.cli
    by_part = {f.part: f for f in findings_of(PROBE, Case("x", scaled(), "gap"))}
    assert "--policy-name web-cpu" in by_part["cpu"].fix.cli
    assert "TargetValue: 80" in by_part["memory"].fix.cloudformation
    by_part = {f.part: f for f in findings_of(PROBE, Case("x", scaled(to=[SUSPENDED]), "gap"))}
    assert "DynamicScalingInSuspended=false" in by_part["target"].fix.cli


def test_a_range_is_never_made_smaller():
    answers = scaled(to=[target(1, 40)])
    by_part = {f.part: f for f in findings_of(PROBE, Case("x", answers, "drift"))}
    assert "--min-capacity 2 --max-capacity 40" in by_part["target"].fix.cli


def test_on_an_account(aws):
    client = boto3.client("ecs", "us-east-1")
    client.create_cluster(clusterName="shop")
    task = {"name": "web", "image": "redis", "memory": 512}
    client.register_task_definition(family="web", containerDefinitions=[task])
    for name in ("fixed", "web"):
        client.create_service(
            cluster="shop", serviceName=name, taskDefinition="web", desiredCount=1
        )
    assert SERVICE.endswith("shop/web")
    scaling = boto3.client("application-autoscaling", "us-east-1")
    scaling.register_scalable_target(**SCALED, MinCapacity=2, MaxCapacity=10)
    assert verdicts(audit(ServiceScaling), "cpu") == {"fixed": "not_applicable", "web": "gap"}
    for name, metric, value in (("cpu", CPU, 70.0), ("memory", MEMORY, 80.0)):
        scaling.put_scaling_policy(
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": value,
                "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
                "ScaleInCooldown": 60,
                "ScaleOutCooldown": 60,
            },
            **SCALED,
        )
    found = audit(ServiceScaling)
    assert verdicts(found, "target") == {"fixed": "gap", "web": "pass"}
    for one in ("cpu", "memory", "cooldown"):
        assert verdicts(found, one)["web"] == "pass"
