"""The scaling group with its policies, and what has happened to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from moto.core.utils import utcnow

from auditor.demo.application import Fleet, Policy
from auditor.demo.builders import launching
from auditor.demo.builders.site import Site, logical
from auditor.demo.exchange import memory

_CPU_TARGET = 60.0
_MINIMUM, _MAXIMUM = 2, 6


def build(site: Site) -> None:
    """Make the fleet, and its past."""
    fleet = site.app.fleet
    if fleet is None:
        return
    launching.default_encryption(site, fleet)
    template = launching.template(site, fleet, launching.image(site, fleet))
    _group(site, fleet, template)
    for policy in fleet.policies:
        _policy(site, policy)
    if fleet.refreshed_under is not None:
        _refresh(site, fleet.refreshed_under)
    if fleet.failed is None:
        _instances_as_launched(site, fleet)
    else:
        _failed_launches(site, fleet.failed)
    if fleet.worker_groups:
        _worker(site, fleet, template)


def _group(site: Site, fleet: Fleet, template: str) -> None:
    name, scaling = site.app.name, site.client("autoscaling")
    version = "1" if fleet.stays_at_first_version else "$Latest"
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchTemplate={"LaunchTemplateId": template, "Version": version},
        MinSize=0 if fleet.failed else _MINIMUM,
        MaxSize=_MAXIMUM,
        DesiredCapacity=0 if fleet.failed else _MINIMUM,
        VPCZoneIdentifier=",".join(site.subnets("private")),
        TargetGroupARNs=[site.refs[f"target:{role}"] for role in fleet.targets],
        HealthCheckType=fleet.health_check,
        HealthCheckGracePeriod=120,
        Tags=[
            {
                **pair,
                "PropagateAtLaunch": fleet.propagate_tags,
                "ResourceId": name,
                "ResourceType": "auto-scaling-group",
            }
            for pair in site.pairs("Group", name)
        ],
    )
    if fleet.failed:
        # It wants instances and has none: moto would launch whatever it is asked for.
        group = site.store("autoscaling").autoscaling_groups[name]
        group.min_size = group.desired_capacity = _MINIMUM
    if fleet.metrics:
        scaling.enable_metrics_collection(
            AutoScalingGroupName=name, Granularity="1Minute", Metrics=list(fleet.metrics)
        )
    site.make("AWS::AutoScaling::AutoScalingGroup", "Group", name)


def _policy(site: Site, policy: Policy) -> None:
    scaling, full = site.client("autoscaling"), site.name(policy.name)
    step = {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": policy.adjustment}
    tracked = {"PredefinedMetricType": "ASGAverageCPUUtilization"}
    by_kind: dict[str, dict[str, Any]] = {
        "StepScaling": {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [step]},
        "TargetTrackingScaling": {
            "TargetTrackingConfiguration": {
                "PredefinedMetricSpecification": tracked,
                "TargetValue": _CPU_TARGET,
                "DisableScaleIn": False,
            }
        },
    }
    arn = scaling.put_scaling_policy(
        AutoScalingGroupName=site.app.name,
        PolicyName=full,
        PolicyType=policy.kind,
        **by_kind[policy.kind],
    )["PolicyARN"]
    site.make(
        "AWS::AutoScaling::ScalingPolicy",
        logical(policy.name, "policy"),
        arn,
        f"policy:{policy.name}",
    )
    if policy.kind == "TargetTrackingScaling":
        _tracking_alarms(site, arn)


def _tracking_alarms(site: Site, policy: str) -> None:
    """The pair that AWS keeps for a target: three minutes above, or fifteen below nine tenths."""
    pairs = (
        ("High", "GreaterThanThreshold", _CPU_TARGET, 3),
        ("Low", "LessThanThreshold", _CPU_TARGET * 0.9, 15),
    )
    for side, comparison, threshold, periods in pairs:
        name = f"TargetTracking-{site.app.name}-Alarm{side}-"
        site.client("cloudwatch").put_metric_alarm(
            AlarmName=f"{name}{uuid5(NAMESPACE_URL, name)}",
            Namespace="AWS/EC2",
            MetricName="CPUUtilization",
            Dimensions=[{"Name": "AutoScalingGroupName", "Value": site.app.name}],
            Statistic="Average",
            Period=60,
            EvaluationPeriods=periods,
            Threshold=threshold,
            ComparisonOperator=comparison,
            AlarmActions=[policy],
        )


def _instances_as_launched(site: Site, fleet: Fleet) -> None:
    """Moto launches a group's instances without most of their launch template."""
    ec2, store = site.client("ec2"), site.store("ec2")
    for state in site.store("autoscaling").autoscaling_groups[site.app.name].instance_states:
        name = state.instance.id
        ec2.modify_instance_attribute(InstanceId=name, Groups=site.groups(("app",)))
        ec2.associate_iam_instance_profile(
            InstanceId=name, IamInstanceProfile={"Name": site.name("instance")}
        )
        instance = store.get_instance(name)
        instance.monitoring_state = "enabled" if fleet.monitoring else "disabled"
        instance.metadata_options.http_tokens = "required" if fleet.imdsv2 else "optional"
        _volumes_as_launched(site, fleet, name)
        _activity(site, f"Launching a new EC2 instance: {name}", "Successful", None, hours=30)
        memory(site.store("ssm"), "instances")[name] = {
            "InstanceId": name,
            "PingStatus": "Online",
            "LastPingDateTime": utcnow(),
            "AgentVersion": "3.3.987.0",
            "IsLatestVersion": True,
            "PlatformType": "Linux",
            "PlatformName": "Amazon Linux",
            "PlatformVersion": "2023",
            "ResourceType": "EC2Instance",
        }


def _volumes_as_launched(site: Site, fleet: Fleet, instance: str) -> None:
    """Moto attaches a root volume of its own besides the one of the launch template."""
    store = site.store("ec2")
    mapped = {m.volume_id for m in store.get_instance(instance).block_device_mapping.values()}
    attached = [{"Name": "attachment.instance-id", "Values": [instance]}]
    for volume in site.client("ec2").describe_volumes(Filters=attached)["Volumes"]:
        if volume["VolumeId"] not in mapped:
            del store.volumes[volume["VolumeId"]]
            continue
        stored = store.volumes[volume["VolumeId"]]
        if fleet.encrypted_with is not None:
            stored.encrypted = True
            stored.kms_key_id = site.refs[f"key:{fleet.encrypted_with}"]
        if "volume" in fleet.tagged_types:
            site.client("ec2").create_tags(
                Resources=[volume["VolumeId"]], Tags=site.own_pairs("Template", site.app.name)
            )


def _worker(site: Site, fleet: Fleet, template: str) -> None:
    """One instance that was started beside the group, in reach of everybody."""
    made = site.client("ec2").run_instances(
        LaunchTemplate={"LaunchTemplateId": template},
        MinCount=1,
        MaxCount=1,
        SubnetId=site.subnets("public")[0],
        SecurityGroupIds=site.groups(fleet.worker_groups),
        IamInstanceProfile={"Name": site.name("instance")},
    )["Instances"][0]["InstanceId"]
    _volumes_as_launched(site, fleet, made)
    site.make("AWS::EC2::Instance", "Worker", made)


def _failed_launches(site: Site, message: str) -> None:
    for number in range(3):
        instance = f"i-{uuid5(NAMESPACE_URL, f'{site.app.name}{number}').hex[:17]}"
        described = f"Launching a new EC2 instance: {instance}"
        _activity(site, described, "Cancelled", message, hours=number + 1)


def _refresh(site: Site, alarm: str) -> None:
    """Plant an instance refresh of last week, which an alarm would have rolled back."""
    name = str(uuid5(NAMESPACE_URL, f"{site.app.name}{alarm}"))
    start = utcnow() - timedelta(days=7)
    memory(site.store("autoscaling"), "refreshes")[name] = {
        "InstanceRefreshId": name,
        "AutoScalingGroupName": site.app.name,
        "Status": "Successful",
        "StartTime": start,
        "EndTime": start + timedelta(minutes=12),
        "PercentageComplete": 100,
        "InstancesToUpdate": 0,
        "Preferences": {
            "MinHealthyPercentage": 100,
            "MaxHealthyPercentage": 200,
            "InstanceWarmup": 120,
            "SkipMatching": False,
            "AutoRollback": True,
            "AlarmSpecification": {"Alarms": [site.name(alarm)]},
        },
        "Strategy": "Rolling",
    }


def _activity(
    site: Site, description: str, status: str, message: str | None, *, hours: int
) -> None:
    """Plant a scaling activity that ended so many hours ago."""
    name = str(uuid5(NAMESPACE_URL, f"{site.app.name}{description}{hours}"))
    start = utcnow() - timedelta(hours=hours)
    activity = {
        "ActivityId": name,
        "AutoScalingGroupName": site.app.name,
        "AutoScalingGroupARN": site.store("autoscaling").autoscaling_groups[site.app.name].arn,
        "Description": description,
        "Cause": "At the group's request an instance was started in response to a difference "
        "between desired and actual capacity.",
        "StartTime": start,
        "EndTime": start + timedelta(minutes=1),
        "StatusCode": status,
        "Progress": 100,
        "Details": f'{{"Subnet ID":"{site.subnets("private")[0]}"}}',
    }
    if message is not None:
        activity["StatusMessage"] = message
    memory(site.store("autoscaling"), "activities")[name] = activity
