import boto3
import pytest

from probes.aws import codedeploy, ecs, elbv2, iam
from probes.pipelines.blue_green import BlueGreen
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.load_balancing.made import (
    GROUP,
    LB,
    LISTENER,
    NLB,
    OTHER_GROUP,
    SECURE,
    balancer,
    forward,
    group,
    live_balancer,
    live_group,
    live_listener,
    vpc_with_two_subnets,
)
from tests.probes.pipelines.made import ROLE, allow, allowed, attached, live_role

PROBE = BlueGreen()
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/prod"
SERVICE = "arn:aws:ecs:us-east-1:123456789012:service/prod/web"
RIGHTS = ["ecs:*TaskSet*", "ecs:UpdateServicePrimaryTaskSet", "elasticloadbalancing:*"]
MAY = allowed(allow(RIGHTS))
ATTACHED, APART = group(), group(OTHER_GROUP, LoadBalancerArns=[])
EVERYTHING = (codedeploy.GROUPS, codedeploy.GROUP_NAMES, codedeploy.APPLICATIONS)


def service(controller="CODE_DEPLOY", strategy=None, shift=None, **more):
    entry = {"targetGroupArn": GROUP, "containerName": "web", "containerPort": 80}
    made = {
        "serviceArn": SERVICE,
        "serviceName": "web",
        "clusterArn": CLUSTER,
        "status": "ACTIVE",
        "deploymentController": {"type": controller},
        "deploymentConfiguration": {"strategy": strategy} if strategy else {},
        "loadBalancers": [entry | ({"advancedConfiguration": shift} if shift else {})],
        **more,
    }
    return {
        ecs.CLUSTER_ARNS: [CLUSTER],
        ecs.SERVICE_ARNS: {CLUSTER: [SERVICE]},
        ecs.SERVICES: {f"{CLUSTER}|{SERVICE}": made},
    }


def pair(names=("web", "api"), production=LISTENER, test=SECURE):
    made = {"targetGroups": [{"name": name} for name in names]}
    made |= {"prodTrafficRoute": {"listenerArns": [production]}} if production else {}
    return made | ({"testTrafficRoute": {"listenerArns": [test]}} if test else {})


def deploys(*pairs, **more):
    made = {
        "applicationName": "shop",
        "deploymentGroupName": "web",
        "deploymentGroupId": "1",
        "deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
        "serviceRoleArn": ROLE,
        "deploymentStyle": {
            "deploymentType": "BLUE_GREEN",
            "deploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        "loadBalancerInfo": {"targetGroupPairInfoList": list(pairs) if pairs else [pair()]},
        "ecsServices": [{"serviceName": "web", "clusterName": "prod"}],
        **more,
    }
    return {
        codedeploy.APPLICATIONS: ["shop"],
        codedeploy.GROUP_NAMES: {"shop": ["web"]},
        codedeploy.GROUPS: {"shop|web": made},
    }


def listener(arn, port, balancer_arn=LB):
    return {
        "ListenerArn": arn,
        "LoadBalancerArn": balancer_arn,
        "Port": port,
        "Protocol": "HTTP",
        "DefaultActions": [forward()],
    }


def balanced(*groups, listeners=None, arn=LB, port=8080):
    found = listeners or [listener(LISTENER, 80, arn), listener(SECURE, port, arn)]
    return {
        elbv2.LOAD_BALANCERS: [balancer(arn)],
        elbv2.LISTENERS: {arn: found},
        elbv2.TARGET_GROUPS: list(groups or (ATTACHED, APART)),
    }


SOUND = service() | deploys() | balanced() | MAY
SHIFT = {"alternateTargetGroupArn": OTHER_GROUP, "productionListenerRule": "rule", "roleArn": ROLE, "testListenerRule": "test"}  # fmt: skip


def native(strategy="BLUE_GREEN", shift=SHIFT, **more):
    return service("ECS", strategy, shift, **more) | balanced() | MAY


OF_OTHERS = deploys(ecsServices=[{"serviceName": "api", "clusterName": "prod"}])
ALONE = service() | OF_OTHERS | balanced() | MAY


def shifts(title, answers, verdict, code=None, **more):
    return Case(title, answers, verdict, code, part="deployable", **more)


def tried(title, answers, verdict, code=None, **more):
    return Case(title, answers, verdict, code, part="test_listener", **more)


def works(title, answers, verdict, code=None, **more):
    return Case(title, answers, verdict, code, part="role", **more)


IN_STEPS = deploys(deploymentConfigName="CodeDeployDefault.ECSCanary10Percent5Minutes")
OWN_STEPS = deploys(deploymentConfigName="shop-steps")
BEHIND_NLB = balanced(group(LoadBalancerArns=[NLB]), APART, arn=NLB)
ELSEWHERE = balanced() | {elbv2.LOAD_BALANCERS: [balancer(), balancer(NLB)], elbv2.LISTENERS: {LB: [listener(LISTENER, 80)], NLB: [listener(SECURE, 8080, NLB)]}}  # fmt: skip
LISTS = (elbv2.LISTENERS, elbv2.LOAD_BALANCERS)

DEPLOYABLE = [
    shifts("all is there", SOUND, "pass"),
    shifts(
        "no deployment group",
        ALONE,
        "gap",
        "no-deployment-group",
        severity="high",
    ),
    shifts(
        "a group for another service",
        SOUND | deploys(ecsServices=[{"serviceName": "web", "clusterName": "test"}]),
        "gap",
        "no-deployment-group",
    ),
    shifts(
        "one target group",
        SOUND | deploys(pair(["web"])),
        "gap",
        "no-target-group-pair",
        found=["web"],
        survives=(elbv2.TARGET_GROUPS, *LISTS),
    ),
    shifts(
        "the same one twice",
        SOUND | deploys(pair(["web", "web"])),
        "gap",
        "no-target-group-pair",
        survives=(elbv2.TARGET_GROUPS, *LISTS),
    ),
    shifts("no pair", SOUND | deploys(loadBalancerInfo={}), "gap", "no-target-group-pair"),
    shifts(
        "a group that is gone",
        SOUND | balanced(ATTACHED),
        "gap",
        "target-group-missing",
        found=["web"],
        survives=LISTS,
    ),
    shifts(
        "groups that differ",
        SOUND | balanced(ATTACHED, group(OTHER_GROUP, LoadBalancerArns=[], VpcId="vpc-2")),
        "drift",
        "target-groups-differ",
        survives=LISTS,
    ),
    shifts(
        "the service is in another group",
        SOUND | service(loadBalancers=[{"targetGroupArn": GROUP.replace("/web/", "/old/")}]),
        "drift",
        "other-target-group",
        survives=LISTS,
    ),
    shifts(
        "a group of another load balancer",
        SOUND | balanced(ATTACHED, group(OTHER_GROUP, LoadBalancerArns=[NLB])),
        "drift",
        "target-group-elsewhere",
    ),
    shifts(
        "neither group is behind it",
        SOUND | balanced(group(LoadBalancerArns=[]), APART),
        "drift",
        "production-listener-elsewhere",
    ),
    shifts(
        "its listener is gone",
        SOUND | balanced(listeners=[listener(SECURE, 8080)]),
        "gap",
        "production-listener-missing",
        survives=(elbv2.TARGET_GROUPS,),
    ),
    shifts(
        "no listener",
        SOUND | deploys(pair(production="")),
        "gap",
        "production-listener-missing",
        survives=(elbv2.TARGET_GROUPS,),
    ),
    shifts(
        "in place",
        SOUND
        | deploys(
            deploymentStyle={
                "deploymentType": "IN_PLACE",
                "deploymentOption": "WITH_TRAFFIC_CONTROL",
            }
        ),
        "drift",
        "deployment-style",
        survives=(elbv2.TARGET_GROUPS, *LISTS),
    ),
    shifts("a network load balancer, at once", SOUND | BEHIND_NLB, "pass"),
    shifts(
        "a network load balancer, in steps",
        SOUND | IN_STEPS | BEHIND_NLB,
        "drift",
        "nlb-in-steps",
        survives=(elbv2.TARGET_GROUPS,),
    ),
    shifts(
        "a network load balancer, in steps of its own", SOUND | OWN_STEPS | BEHIND_NLB, "unknown"
    ),
    shifts("an application load balancer, in steps", SOUND | IN_STEPS, "pass"),
    shifts("CodeDeploy refused", SOUND | {codedeploy.APPLICATIONS: Refused()}, "unknown"),
    shifts("groups refused", SOUND | {elbv2.TARGET_GROUPS: Refused()}, "unknown"),
    shifts("rolling", service("ECS", "ROLLING"), "not_applicable"),
    shifts("rolling by default", service("ECS"), "not_applicable"),
    shifts("another tool's", service("EXTERNAL"), "not_applicable"),
    shifts("no load balancer", service(loadBalancers=[]), "not_applicable"),
    shifts("deleted", service(status="INACTIVE"), "not_applicable"),
    shifts("a controller of the future", service("TOMORROW"), "unknown", says="TOMORROW"),
    shifts("a strategy of the future", service("ECS", "RAINBOW"), "unknown", says="RAINBOW"),
    shifts("ECS shifts", native(), "pass"),
    shifts("ECS shifts in steps", native("CANARY"), "pass"),
    shifts("ECS has nothing to shift with", native(shift=None), "gap", "no-alternate-target-group"),
    shifts(
        "ECS has no rule",
        native(shift=SHIFT | {"productionListenerRule": ""}),
        "gap",
        "no-alternate-target-group",
        found=["alternateTargetGroupArn", "roleArn"],
    ),
    shifts(
        "the alternate is gone",
        native() | {elbv2.TARGET_GROUPS: [ATTACHED]},
        "gap",
        "target-group-missing",
    ),
]
TESTING = [
    tried("a test listener", SOUND, "pass"),
    tried(
        "none", SOUND | deploys(pair(test="")), "gap", "no-test-listener", severity="informational"
    ),
    tried(
        "none, and none is wanted",
        SOUND | deploys(pair(test="")),
        "pass",
        settings={"require_test_listener": False},
    ),
    tried(
        "it is gone",
        SOUND | balanced(listeners=[listener(LISTENER, 80)]),
        "gap",
        "test-listener-missing",
        severity="high",
    ),
    tried(
        "it is that of production",
        SOUND | deploys(pair(test=LISTENER)),
        "drift",
        "test-is-production",
    ),
    tried("it is of another load balancer", SOUND | ELSEWHERE, "drift", "test-listener-elsewhere"),
    tried(
        "another port",
        SOUND | balanced(port=9000),
        "drift",
        "test-port",
        severity="informational",
        found=9000,
    ),
    tried("production is gone", SOUND | balanced(listeners=[listener(SECURE, 8080)]), "pass"),
    tried("no deployment group", ALONE, "not_applicable"),
    tried("rolling", service("ECS"), "not_applicable"),
    tried("ECS shifts", native(), "pass"),
    tried(
        "ECS has nothing to shift by",
        native(shift=None),
        "gap",
        "no-test-listener",
    ),
    tried(
        "ECS shifts untested",
        native(shift=SHIFT | {"testListenerRule": ""}),
        "gap",
        "no-test-listener",
    ),
]
ROLES = [
    works("it may", SOUND, "pass"),
    works("a managed policy lets it", SOUND | attached(allow(RIGHTS)), "pass"),
    works("it may not", SOUND | allowed(allow("ecs:*")), "gap", "service-role-lacks", severity="high"),
    works("it may under a condition that is not known", SOUND | allowed(allow(RIGHTS, Condition={"StringEquals": {"aws:RequestTag/x": "y"}})), "unknown"),
    works("it is gone", SOUND | {iam.ROLES: []}, "gap", "service-role-missing"),
    works("another account's", SOUND | deploys(serviceRoleArn=ROLE.replace("123456789012", "9" * 12)), "unknown"),
    works("no deployment group", ALONE, "not_applicable"),
    works("rolling", service("ECS"), "not_applicable"),
    works("ECS shifts", native(), "pass"),
    works("the role that ECS shifts in is gone", native() | {iam.ROLES: []}, "gap", "service-role-missing"),
    works("ECS shifts in another account's", native(shift=SHIFT | {"roleArn": ROLE.replace("123456789012", "9" * 12)}), "unknown"),
]  # fmt: skip
CASES = [*DEPLOYABLE, *TESTING, *ROLES]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_moto_a_service_needs_its_deployment_group(aws):
    works_in = live_role(boto3.client("iam"), allow(RIGHTS))
    vpc, subnets = vpc_with_two_subnets(boto3.client("ec2"))
    client = boto3.client("elbv2")
    web = live_balancer(client, subnets, "web")
    blue, green = (live_group(client, vpc, name, TargetType="ip") for name in ("blue", "green"))
    production, test = (live_listener(client, web, port, blue) for port in (80, 8080))
    containers = boto3.client("ecs")
    containers.create_cluster(clusterName="prod")
    task = containers.register_task_definition(
        family="web", containerDefinitions=[{"name": "web", "image": "web", "memory": 128}]
    )["taskDefinition"]["taskDefinitionArn"]
    entry = {"targetGroupArn": blue, "containerName": "web", "containerPort": 80}
    for name in ("sound", "found"):
        containers.create_service(
            cluster="prod",
            serviceName=name,
            taskDefinition=task,
            desiredCount=1,
            loadBalancers=[entry],
            deploymentController={"type": "CODE_DEPLOY"},
        )
    deploy = boto3.client("codedeploy")
    deploy.create_application(applicationName="shop", computePlatform="ECS")
    sound = deploys(pair(["blue", "green"], production, test))[codedeploy.GROUPS]["shop|web"]
    deploy.create_deployment_group(
        **{k: v for k, v in sound.items() if k != "deploymentGroupId"}
        | {"serviceRoleArn": works_in}
        | {"ecsServices": [{"serviceName": "sound", "clusterName": "prod"}]}
    )
    found = audit(BlueGreen)
    assert verdicts(found, "deployable") == {"sound": "pass", "found": "gap"}
    assert verdicts(found, "test_listener") == {"sound": "pass", "found": "not_applicable"}
    assert verdicts(found, "role") == {"sound": "pass", "found": "not_applicable"}
    assert green
