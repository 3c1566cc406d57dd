import boto3
import pytest

from probes.aws import codedeploy
from probes.containers.deployment_rollback import DeploymentRollback
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.containers.made import only, service

PROBE = DeploymentRollback()
BY_CODE_DEPLOY = {"deploymentController": {"type": "CODE_DEPLOY"}}


def breaker(*, enable, rollback=False, **more):
    said = {"enable": enable, "rollback": rollback}
    return only(service(deploymentConfiguration={"deploymentCircuitBreaker": said, **more}))


def deployed(service_name="web", **rollback):
    group = {
        "deploymentGroupId": "d",
        "deploymentGroupName": "blue-green",
        "applicationName": "shop",
        "ecsServices": [{"clusterName": "shop", "serviceName": service_name}],
        **({"autoRollbackConfiguration": rollback} if rollback else {}),
    }
    return only(service(**BY_CODE_DEPLOY)) | {
        codedeploy.APPLICATIONS: ["shop"],
        codedeploy.GROUP_NAMES: {"shop": ["blue-green"]},
        codedeploy.GROUPS: {"shop|blue-green": group},
    }


GROUPS = codedeploy.GROUPS
CASES = [
    Case("stopped and taken back", breaker(enable=True, rollback=True), "pass"),
    Case(
        "no breaker",
        breaker(enable=False),
        "gap",
        "circuit-breaker-off",
        severity="medium",
        expected={"enable": True, "rollback": True},
        found={"enable": False, "rollback": False},
    ),
    Case("no word of it", only(service(deploymentConfiguration={})), "gap", "circuit-breaker-off"),
    Case("not taken back", breaker(enable=True), "gap", "no-rollback", severity="low"),
    Case(
        "the baseline asks for no rollback",
        breaker(enable=True),
        "pass",
        settings={"circuit_breaker_rollback": False},
    ),
    Case(
        "the baseline asks for no breaker",
        breaker(enable=False),
        "pass",
        settings={"circuit_breaker": False},
    ),
    *(
        Case(f"deployed by {strategy}", breaker(enable=False, strategy=strategy), "not_applicable")
        for strategy in ("BLUE_GREEN", "LINEAR", "CANARY")
    ),
    Case("a new strategy", breaker(enable=False, strategy="SPIRAL"), "unknown", "unknown-value"),
    Case(
        "deployed from outside",
        only(service(deploymentController={"type": "EXTERNAL"})),
        "not_applicable",
        "controller",
    ),
    Case("a new controller", only(service(deploymentController={"type": "NEW"})), "unknown"),
    Case("taken back by CodeDeploy", deployed(enabled=True, events=["DEPLOYMENT_FAILURE"]), "pass"),
    Case("not taken back by CodeDeploy", deployed(), "gap", "auto-rollback-off", severity="medium"),
    Case(
        "taken back for alarms alone",
        deployed(enabled=True, events=["DEPLOYMENT_STOP_ON_ALARM"]),
        "gap",
        "auto-rollback-off",
        expected={"enabled": True, "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]},
    ),
    Case(
        "events, and not enabled",
        deployed(enabled=False, events=["DEPLOYMENT_FAILURE"]),
        "gap",
        "auto-rollback-off",
    ),
    Case("no group deploys it", deployed("other"), "not_applicable", "no-deployment-group"),
    Case(
        "by CodeDeploy, and no rollback is asked for",
        deployed(),
        "not_applicable",
        settings={"circuit_breaker_rollback": False},
    ),
    Case("being deleted", only(service(status="INACTIVE")), "not_applicable", "inactive"),
    Case("left alone", breaker(enable=False), "not_applicable", settings={"exempt": ["web"]}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_is_a_command_for_this_service():
    (finding,) = findings_of(PROBE, Case("x", breaker(enable=False), "gap"))
    assert finding.fix.cli == (
        "aws ecs update-service --cluster shop --service web --deployment-configuration "
        "'deploymentCircuitBreaker={enable=true,rollback=true}' --region us-east-1"
    )


def test_the_deployment_group_is_named():
    (finding,) = findings_of(PROBE, Case("x", deployed(), "gap"))
    assert [one.resource.name for one in finding.related] == ["blue-green"]


def test_on_an_account(aws):
    client = boto3.client("ecs", "us-east-1")
    client.create_cluster(clusterName="shop")
    task = {"name": "web", "image": "redis", "memory": 512}
    client.register_task_definition(family="web", containerDefinitions=[task])
    on = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    for name, more in (("off", {}), ("on", {"deploymentConfiguration": on})):
        client.create_service(
            cluster="shop", serviceName=name, taskDefinition="web", desiredCount=0, **more
        )
    assert verdicts(audit(DeploymentRollback)) == {"off": "gap", "on": "pass"}


def test_on_an_account_with_code_deploy(aws):
    client = boto3.client("ecs", "us-east-1")
    client.create_cluster(clusterName="shop")
    task = {"name": "web", "image": "redis", "memory": 512}
    client.register_task_definition(family="web", containerDefinitions=[task])
    client.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=0,
        deploymentController={"type": "CODE_DEPLOY"},
    )
    deploy = boto3.client("codedeploy", "us-east-1")
    deploy.create_application(applicationName="shop", computePlatform="ECS")
    deploy.create_deployment_group(
        applicationName="shop",
        deploymentGroupName="web",
        serviceRoleArn="arn:aws:iam::123456789012:role/deploy",
        ecsServices=[{"serviceName": "web", "clusterName": "shop"}],
    )
    assert verdicts(audit(DeploymentRollback)) == {"web": "gap"}
