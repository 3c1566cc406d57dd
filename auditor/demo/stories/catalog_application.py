"""The applications of the story of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from auditor.demo import sound
from auditor.demo.application import (
    Alarm,
    Application,
    Balancer,
    Fleet,
    Group,
    Key,
    Listener,
    Network,
    Policy,
    Role,
    Rule,
)
from auditor.demo.documents import auto_scaling_may_use
from auditor.demo.handed_out import outputs
from auditor.demo.parts import Document, Stack
from auditor.demo.stories.story import FOUND_IN

_NETWORK = Network(
    cidr="10.41.0.0/16",
    groups=(
        Group(
            "balancer",
            ingress=(Rule(sound.WORLD, 80), Rule(sound.WORLD, 443)),
            egress=(Rule("app", 8080),),
        ),
        Group("app", ingress=(Rule("balancer", 8080),), egress=sound.TO_AWS),
        Group("endpoints", ingress=(Rule("app", 443),), egress=()),
    ),
    nat_per_zone=True,
    database_isolated=True,
    default_group_emptied=True,
    endpoints=("ssm", "ssmmessages", "logs"),
)
_CPU = "AWS/EC2:CPUUtilization"
_GROUP = {"Properties": {"TargetGroupARNs": [{"Ref": "WebTargetGroup"}]}}
_LISTENER = sound.forwards("WebTargetGroup")
_GROUPS: Mapping[str, Document] = {
    "WebLoadBalancer": {
        "Properties": {"SecurityGroups": [{"Fn::GetAtt": ["BalancerSecurityGroup", "GroupId"]}]}
    },
    "Template": {
        "Properties": {
            "LaunchTemplateData": {
                "SecurityGroupIds": [{"Fn::GetAtt": ["AppSecurityGroup", "GroupId"]}]
            }
        }
    },
}


def sound_catalog(name: str, region: str) -> Application:
    """The application with nothing to find fault with."""
    return Application(
        name=name,
        region=region,
        tags=sound.tags("catalog", Project="catalog"),
        network=_NETWORK,
        balancers=(sound.balancer("web", "internet-facing", "balancer", "instance"),),
        keys=(
            Key("volumes", statements=auto_scaling_may_use(), rotation_days=365),
            sound.ALERTS_KEY,
        ),
        roles=(sound.instance_role(name, region),),
        fleet=Fleet(
            user_data=sound.user_data(name),
            policies=(Policy("cpu", "TargetTrackingScaling"),),
            monitoring=True,
            imdsv2=True,
            tagged_types=("instance", "volume"),
            encrypted_with="volumes",
            default_encryption_key=None,
            metrics=("GroupInServiceInstances", "GroupTotalInstances"),
            propagate_tags=True,
            health_check="ELB",
        ),
        observability=replace(
            sound.watched(
                sound.alarm("high-cpu", _CPU, ("group",), 80.0),
                *sound.web_alarms("web"),
                log_groups=(f"/aws/ec2/{name}",),
            ),
            dashboards=(sound.dashboard("web"),),
        ),
        stack=Stack(
            deletion=sound.KEPT,
            declared={
                "Group": {**_GROUP, "DependsOn": "WebHttpsListener"},
                "WebHttpsListener": _LISTENER,
                **_GROUPS,
            },
            outputs=outputs(
                name,
                "ALBDNSName",
                "LoadBalancerURL",
                "ALBSecurityGroupId",
                "EC2SecurityGroupId",
                "BlueTargetGroupArn",
                "AutoScalingGroupName",
            ),
        ),
    )


def catalog_as_found() -> Application:
    """Launches that fail, open groups, and alarms that say little."""
    app = sound_catalog("catalog-broken", FOUND_IN)
    assert app.network is not None
    assert app.fleet is not None
    balancer_group, app_group, endpoints = app.network.groups
    few = ("ALBDNSName", "BlueTargetGroupArn", "AutoScalingGroupName")
    return replace(
        app,
        network=replace(
            app.network,
            groups=(
                replace(balancer_group, egress=None),
                replace(app_group, egress=None),
                endpoints,
            ),
        ),
        balancers=(
            Balancer(
                role="web",
                scheme="internet-facing",
                groups=("balancer",),
                # What AWS takes if a template names no policy; and nothing on port 80.
                listeners=(Listener("HTTPS", 443, tls_policy="ELBSecurityPolicy-2016-08"),),
                target_type="instance",
                health_check=sound.HEALTH_CHECK,
            ),
        ),
        # The account's default for volumes; the scaling group's own role is not let in.
        keys=(Key("volumes", statements=(), rotation_days=365), sound.ALERTS_KEY),
        roles=(
            Role(
                "instance",
                "ec2.amazonaws.com",
                managed=("AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy"),
                instance_profile=True,
            ),
        ),
        fleet=replace(
            app.fleet,
            user_data="#!/bin/bash\nyum update -y\nyum install -y httpd\nsystemctl start httpd\n",
            policies=(Policy("scale-up", "TargetTrackingScaling"),),
            monitoring=False,
            tagged_types=("instance",),
            encrypted_with=None,
            default_encryption_key="volumes",
            metrics=(),
            image="al2023-ami-2023.9.20251110.1-kernel-6.1-x86_64",
            failed=(
                "Instance became unhealthy while waiting for instance to be in InService state. "
                "Termination Reason: Client.InvalidKMSKey.InvalidState: The KMS key provided is in "
                "an incorrect state"
            ),
        ),
        observability=replace(
            app.observability,
            alarms=(
                Alarm(
                    "high-cpu",
                    "AWS/EC2",
                    "CPUUtilization",
                    ("group",),
                    80.0,
                    actions=("topic",),
                    periods=1,
                ),
                Alarm(
                    "low-cpu",
                    "AWS/EC2",
                    "CPUUtilization",
                    ("group",),
                    20.0,
                    comparison="LessThanThreshold",
                    periods=1,
                ),
            ),
        ),
        stack=replace(
            app.stack,
            declared={"Group": _GROUP, "WebHttpsListener": _LISTENER, **_GROUPS},
            outputs={key: app.stack.outputs[key] for key in few},
        ),
    )
