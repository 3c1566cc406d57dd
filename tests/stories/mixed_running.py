"""Scaling groups and services of the mixed account."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tests.stories.mixed import Estate, number

_USER_DATA = b"""#!/bin/bash
set -euo pipefail
dnf install -y amazon-cloudwatch-agent
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c ssm:agent
systemctl start app
"""


def build(estate: Estate) -> None:
    """Make what runs."""
    _clusters(estate)
    image = _image(estate)
    for application in estate.applications:
        if number(application) % 4 == 3:
            _fleet(estate, application, image)
        else:
            _service(estate, application)
    _bastion(estate, image)


def _image(estate: Estate) -> str:
    ec2 = estate.client("ec2")
    image = ec2.register_image(Name=f"{estate.environment}-base", RootDeviceName="/dev/sda1")[
        "ImageId"
    ]
    return estate.keep("image", image)


def _template(estate: Estate, application: str, image: str) -> str:
    n = number(application)
    data: dict[str, Any] = {
        "ImageId": image,
        "InstanceType": "t3.small",
        "SecurityGroupIds": [estate.refs[f"group:{application}-app"]],
        "IamInstanceProfile": {"Name": f"{application}-instance"},
        "UserData": b64encode(_USER_DATA).decode(),
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/sda1",
                "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "Encrypted": True},
            }
        ],
        "Monitoring": {"Enabled": n != 7},
        "MetadataOptions": {"HttpTokens": "required"},
        "TagSpecifications": [
            {"ResourceType": kind, "Tags": estate.tags(application)}
            for kind in ("instance", "volume")
        ],
    }
    return estate.keep(
        f"template:{application}",
        estate.client("ec2").create_launch_template(
            LaunchTemplateName=application,
            LaunchTemplateData=data,
            TagSpecifications=estate.specification("launch-template", application),
        )["LaunchTemplate"]["LaunchTemplateId"],
    )


def _fleet(estate: Estate, application: str, image: str) -> None:
    scaling = estate.client("autoscaling")
    template = _template(estate, application, image)
    for suffix in ("", "-batch", "-spot") if number(application) == 3 else ("",):
        name = application + suffix
        targets = [] if suffix else [estate.refs[f"target:{application}"]]
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"},
            MinSize=0 if suffix else 2,
            MaxSize=4,
            DesiredCapacity=0 if suffix else 2,
            VPCZoneIdentifier=",".join(estate.all("subnet:private")),
            TargetGroupARNs=targets,
            HealthCheckType="EC2" if suffix else "ELB",
            HealthCheckGracePeriod=120,
            Tags=[
                {
                    **pair,
                    "PropagateAtLaunch": True,
                    "ResourceId": name,
                    "ResourceType": "auto-scaling-group",
                }
                for pair in estate.tags(application)
            ],
        )
        estate.keep(f"fleet:{name}", name)
        tracked = {
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 60.0,
        }
        if not suffix:
            scaling.enable_metrics_collection(
                AutoScalingGroupName=name,
                Granularity="1Minute",
                Metrics=["GroupInServiceInstances", "GroupTotalInstances"],
            )
            scaling.put_scaling_policy(
                AutoScalingGroupName=name,
                PolicyName=f"{name}-cpu",
                PolicyType="TargetTrackingScaling",
                TargetTrackingConfiguration=tracked,
            )


def _bastion(estate: Estate, image: str) -> None:
    """A single instance of the network team, and a volume that somebody forgot."""
    ec2 = estate.client("ec2")
    made = ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        SubnetId=estate.refs["subnet:public-a"],
        SecurityGroupIds=[estate.refs[f"group:{estate.environment}-bastion"]],
    )["Instances"][0]["InstanceId"]
    estate.keep("instance:bastion", made)
    volume = ec2.create_volume(AvailabilityZone=f"{estate.region}a", Size=10)["VolumeId"]
    estate.keep("volume:forgotten", volume)


def _clusters(estate: Estate) -> None:
    for name in ("core", "jobs"):
        insights = "enabled" if name == "core" else "disabled"
        estate.client("ecs").create_cluster(
            clusterName=f"{estate.environment}-{name}",
            settings=[{"name": "containerInsights", "value": insights}],
            tags=estate.small_tags(f"{estate.environment}-{name}"),
        )
        estate.keep(f"cluster:{name}", f"{estate.environment}-{name}")


def _definition(estate: Estate, application: str, family: str) -> str:
    n = number(application)
    base = application if n % 2 == 0 else f"{estate.environment}-{_before(application)}"
    uri = estate.refs[f"repository:{base}"]
    container = {
        "name": "app",
        "cpu": 512,
        "memory": 1024,
        "image": f"{uri}:{'latest' if n == 5 else '1.1.0'}",
        "essential": True,
        "portMappings": [{"containerPort": 8080}],
        "environment": [{"name": "LOG_LEVEL", "value": "info"}],
        "secrets": [{"name": "DB", "valueFrom": estate.refs[f"secret:{application}-db"]}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": f"/ecs/{application}",
                "awslogs-region": estate.region,
                "awslogs-stream-prefix": "app",
            },
        },
    }
    return str(
        estate.client("ecs").register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="512",
            memory="1024",
            executionRoleArn=estate.refs[f"role:{application}-execution"],
            taskRoleArn=estate.refs[f"role:{application}-task"],
            containerDefinitions=[container],
            tags=estate.small_tags(application),
        )["taskDefinition"]["taskDefinitionArn"]
    )


def _before(application: str) -> str:
    from tests.stories.mixed import TEAMS

    n = number(application) - 1
    return f"{TEAMS[n % len(TEAMS)]}-{n}"


def _service(estate: Estate, application: str) -> None:
    ecs = estate.client("ecs")
    groups = [estate.refs[f"group:{application}-app"]]
    for suffix, cluster in (("", "core"), ("-jobs", "jobs")):
        name = application + suffix
        task = _definition(estate, application, name)
        settings: dict[str, Any] = {}
        if not suffix:
            settings["loadBalancers"] = [
                {
                    "targetGroupArn": estate.refs[f"target:{application}"],
                    "containerName": "app",
                    "containerPort": 8080,
                }
            ]
            settings["healthCheckGracePeriodSeconds"] = 60
            settings["deploymentConfiguration"] = {
                "deploymentCircuitBreaker": {"enable": True, "rollback": True},
                "maximumPercent": 200,
                "minimumHealthyPercent": 100,
            }
        ecs.create_service(
            cluster=estate.refs[f"cluster:{cluster}"],
            serviceName=name,
            taskDefinition=task,
            desiredCount=0 if suffix and estate.environment == "dev" else 2,
            launchType="FARGATE",
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": estate.all("subnet:private"),
                    "securityGroups": groups,
                    "assignPublicIp": "DISABLED",
                }
            },
            tags=estate.small_tags(application),
            propagateTags="SERVICE",
            **settings,
        )
        estate.keep(f"service:{name}", name)
        estate.made += 1
    _tasks(estate, application, groups)
    if estate.environment == "prod":
        _scale(estate, application)


def _tasks(estate: Estate, application: str, groups: list[str]) -> None:
    tasks = estate.client("ecs").run_task(
        cluster=estate.refs["cluster:core"],
        taskDefinition=application,
        launchType="FARGATE",
        count=2,
        group=f"service:{application}",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": estate.all("subnet:private"),
                "securityGroups": groups,
            }
        },
    )["tasks"]
    details = [detail for task in tasks for detail in task["attachments"][0]["details"]]
    estate.client("elbv2").register_targets(
        TargetGroupArn=estate.refs[f"target:{application}"],
        Targets=[{"Id": d["value"]} for d in details if d["name"] == "privateIPv4Address"],
    )


def _scale(estate: Estate, application: str) -> None:
    client = estate.client("application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{estate.refs['cluster:core']}/{application}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    client.register_scalable_target(**target, MinCapacity=2, MaxCapacity=10)
    client.put_scaling_policy(
        PolicyName=f"{application}-cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 60.0,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
            },
        },
        **target,
    )
