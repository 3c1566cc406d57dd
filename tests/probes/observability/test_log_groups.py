import boto3
import pytest

from probes.aws import codebuild, ec2_flow_logs, ecs, ecs_tasks, lambda_, logs, rds
from probes.observability.log_groups import LogGroups
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.observability.heard import HERE

PROBE = LogGroups()
DEFINITION = f"arn:aws:ecs:{HERE}:task-definition/web:3"


def there(*names):
    return {
        logs.LOG_GROUPS: [
            {"logGroupName": name, "arn": f"arn:aws:logs:{HERE}:log-group:{name}:*"}
            for name in names
        ]
    }


def case(title, given, groups, verdict, code=None, **more):
    return Case(title, given | there(*groups), verdict, code, **more)


def function(**changes):
    named = {"FunctionArn": f"arn:aws:lambda:{HERE}:function:orders", "FunctionName": "orders"}
    return {lambda_.FUNCTIONS: [named | changes]}


def driven(name="web", driver="awslogs", **options):
    options = {"awslogs-group": "/ecs/web", "awslogs-region": "us-east-1", **options}
    return {"name": name, "logConfiguration": {"logDriver": driver, "options": options}}


def service(*containers, **changes):
    described = {
        "serviceArn": "s",
        "serviceName": "web",
        "clusterArn": "c",
        "status": "ACTIVE",
        "taskDefinition": DEFINITION,
    }
    definition = {"taskDefinitionArn": DEFINITION, "containerDefinitions": list(containers)}
    return {
        ecs.CLUSTER_ARNS: ["c"],
        ecs.SERVICE_ARNS: {"c": ["s"]},
        ecs.SERVICES: {"c|s": described | changes},
        ecs_tasks.TASK_DEFINITIONS: {DEFINITION: definition},
    }


def instance(*exports, **changes):
    described = {
        "DBInstanceArn": f"arn:aws:rds:{HERE}:db:shop",
        "DBInstanceIdentifier": "shop",
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "EnabledCloudwatchLogsExports": list(exports),
    }
    return {rds.INSTANCES: [described | changes]}


CLUSTER = {
    "DBClusterArn": f"arn:aws:rds:{HERE}:cluster:shop",
    "DBClusterIdentifier": "shop",
    "Engine": "aurora-postgresql",
    "EngineVersion": "16.4",
    "EnabledCloudwatchLogsExports": ["postgresql"],
}


def project(**logging):
    described = {
        "name": "shop",
        "arn": f"arn:aws:codebuild:{HERE}:project/shop",
        "source": {"type": "CODEPIPELINE"},
        "environment": {
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
    }
    config = {"logsConfig": {"cloudWatchLogs": logging}} if logging else {}
    return {codebuild.PROJECT_NAMES: ["shop"], codebuild.PROJECTS: {"shop": described | config}}


def flow_log(**changes):
    described = {
        "FlowLogId": "fl-1",
        "ResourceId": "vpc-1",
        "LogDestinationType": "cloud-watch-logs",
        "LogGroupName": "/vpc/flows",
        "DeliverLogsStatus": "SUCCESS",
    }
    return {ec2_flow_logs.FLOW_LOGS: [described | changes]}


CREATES = driven(**{"awslogs-create-group": "true"})
AWAY = driven(**{"awslogs-region": "eu-west-1"})
OWN = {"LoggingConfig": {"LogGroup": "/shop/functions"}}
NEW = {"taskSets": [{"taskSetArn": "t", "status": "PRIMARY", "taskDefinition": DEFINITION}]}
CASES = [
    case("a function's own group", function(), ["/aws/lambda/orders"], "pass"),
    case("a function's group is missing", function(), [], "gap", "group-missing",
         severity="informational", expected=["/aws/lambda/orders"]),
    case("a function that names a group", function(**OWN), ["/shop/functions"], "pass"),
    case("a function that names another", function(**OWN), ["/aws/lambda/orders"], "gap"),
    case("a copy at the edge", function(MasterArn="arn:x"), [], "not_applicable"),
    Case("groups refused", function() | {logs.LOG_GROUPS: Refused()}, "unknown", "AccessDenied"),
    case("a service's group", service(driven()), ["/ecs/web"], "pass"),
    case("a service's group is missing", service(driven()), [], "gap", "group-missing",
         severity="medium", says="cannot log"),
    case("the driver makes it", service(CREATES), [], "gap", severity="informational"),
    case("one of two is missing", service(driven(), driven("api", **{"awslogs-group": "/ecs/api"})),
         ["/ecs/web"], "gap", expected=["/ecs/api"]),
    case("both log to one", service(driven(), driven("api")), ["/ecs/web"], "pass"),
    case("another driver", service(driven(driver="awsfirelens")), [], "not_applicable"),
    case("no driver", service({"name": "web"}), [], "not_applicable"),
    case("a driver without a group", service(driven(**{"awslogs-group": ""})), [], "not_applicable"),
    case("another region", service(AWAY), ["/ecs/web"], "unknown", says="eu-west-1",
         survives=(logs.LOG_GROUPS,)),
    case("another region, and one is missing here", service(AWAY, driven("api")), [], "gap"),
    case("no region, so this one", service(driven(**{"awslogs-region": ""})), ["/ecs/web"], "pass"),
    case("a service that is deleted", service(driven(), status="INACTIVE"), [], "not_applicable"),
    case("a task set's", service(driven(), taskDefinition="", **NEW), [], "gap", severity="medium"),
    case("task definitions refused",
         service(driven()) | {ecs_tasks.TASK_DEFINITIONS: {DEFINITION: Refused()}}, [], "unknown"),
    case("an exported log", instance("postgresql"), ["/aws/rds/instance/shop/postgresql"], "pass"),
    case("an exported log without its group", instance("postgresql", "upgrade"),
         ["/aws/rds/instance/shop/postgresql"], "gap", severity="informational",
         expected=["/aws/rds/instance/shop/upgrade"]),
    case("no exported log", instance(), [], "not_applicable"),
    case("a cluster's", {rds.CLUSTERS: [CLUSTER]}, ["/aws/rds/cluster/shop/postgresql"], "pass"),
    case("a cluster's is missing", {rds.CLUSTERS: [CLUSTER]}, [], "gap"),
    case("builds", project(), ["/aws/codebuild/shop"], "pass"),
    case("builds that name a group", project(status="ENABLED", groupName="/ci"), ["/ci"], "pass"),
    case("builds that never ran", project(status="ENABLED"), [], "gap", severity="informational"),
    case("builds without logs", project(status="DISABLED"), [], "not_applicable"),
    case("a flow log", flow_log(), ["/vpc/flows"], "pass"),
    case("a flow log that has seen nothing", flow_log(DeliverLogsStatus="SUCCESS"), [], "gap",
         severity="informational"),
    case("a flow log that cannot deliver", flow_log(DeliverLogsStatus="FAILED"), [], "gap",
         severity="medium"),
    case("a flow log to S3", flow_log(LogDestinationType="s3", LogGroupName=""), [], "not_applicable"),
    case("a flow log to another account", flow_log(DeliverCrossAccountRole="arn:r"), [],
         "not_applicable"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("ecs", "us-east-1")
    boto3.client("logs", "us-east-1").create_log_group(logGroupName="/ecs/kept")
    client.create_cluster(clusterName="shop")
    for name in ("kept", "lost"):
        container = driven(name, **{"awslogs-group": f"/ecs/{name}"})
        definitions = [container | {"image": "nginx", "memory": 64}]
        client.register_task_definition(family=name, containerDefinitions=definitions)
        client.create_service(cluster="shop", serviceName=name, taskDefinition=name, desiredCount=1)
    assert verdicts(audit(LogGroups)) == {"kept": "pass", "lost": "gap"}
