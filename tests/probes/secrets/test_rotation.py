from datetime import timedelta

import boto3
import pytest

from probes.aws import rds
from probes.aws.secretsmanager import DETAILS, SECRETS
from probes.secrets.rotation import Rotation
from tests.kit import NOW, Case, Refused, audit, check_case, findings_of, verdicts

PROBE = Rotation()
ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/db-AbCdEf"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
PRIMARY = "arn:aws:secretsmanager:us-east-1:999999999999:secret:shop/db-AbCdEf"


def ago(days):
    return (NOW - timedelta(days=days)).isoformat()


ROTATES = {
    "RotationEnabled": True,
    "RotationLambdaARN": FUNCTION,
    "RotationRules": {"AutomaticallyAfterDays": 30},
    "LastRotatedDate": ago(3),
    "LastChangedDate": ago(3),
    "NextRotationDate": ago(-27),
}
MASTER = {
    "OwningService": "rds",
    "RotationLambdaARN": "",
    **{k: v for k, v in ROTATES.items() if k != "RotationLambdaARN"},
}
STUCK = {"SecretVersionsToStages": {"1": ["AWSCURRENT"], "2": ["AWSPENDING"]}}


def secret(**changes):
    base = {
        "ARN": ARN,
        "Name": "shop/db",
        "CreatedDate": ago(400),
        "Tags": [{"Key": "Team", "Value": "web"}],
    }
    return {name: value for name, value in (base | changes).items() if value is not None}


def answers(*, details=None, instances=(), clusters=(), **changes):
    return {
        SECRETS: [secret(**changes)],
        DETAILS: {ARN: details or {}},
        rds.INSTANCES: list(instances),
        rds.CLUSTERS: list(clusters),
    }


def rotating(**changes):
    return answers(**(ROTATES | changes))


def ruled(**rules):
    return rotating(RotationRules=rules)


def master(status, name="shop"):
    return {
        "DBInstanceArn": f"arn:aws:rds:us-east-1:123456789012:db:{name}",
        "DBInstanceIdentifier": name,
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "MasterUserSecret": {"SecretArn": ARN, "SecretStatus": status, "KmsKeyId": "k"},
    }


def of_cluster(status):
    instance = master(status)
    return {
        **instance,
        "DBClusterArn": "arn:aws:rds:us-east-1:123456789012:cluster:shop",
        "DBClusterIdentifier": "shop",
    }


def enabled(name, given, verdict, code=None, **more):
    return Case(f"enabled: {name}", given, verdict, code, part="enabled", **more)


def interval(name, given, verdict, code=None, **more):
    return Case(f"interval: {name}", given, verdict, code, part="interval", **more)


def timely(name, given, verdict, code=None, **more):
    return Case(f"timely: {name}", given, verdict, code, part="timely", **more)


def managed(name, given, verdict, code=None, **more):
    return Case(f"managed: {name}", given, verdict, code, part="managed", **more)


ENABLED = [
    enabled("it rotates", rotating(), "pass"),
    enabled(
        "never configured",
        answers(),
        "gap",
        "never-configured",
        severity="medium",
        expected="on",
        found="never configured",
    ),
    enabled(
        "switched off, and AWS still shows the schedule",
        rotating(RotationEnabled=False),
        "gap",
        "off",
        found="off",
    ),
    enabled("being deleted", answers(DeletedDate=ago(1)), "not_applicable"),
    enabled(
        "a copy of another region's",
        answers(PrimaryRegion="eu-west-1"),
        "not_applicable",
        says="eu-west-1",
    ),
    enabled("the primary of copies", answers(PrimaryRegion="us-east-1"), "gap"),
    enabled(
        "a copy of another account's",
        answers(details={"CrossAccountPrimary": {"PrimarySecretARN": PRIMARY}}),
        "not_applicable",
        says=PRIMARY,
    ),
    enabled("what may be a copy", {SECRETS: [secret()], DETAILS: {ARN: Refused()}}, "unknown"),
    enabled("EventBridge's own", answers(OwningService="events"), "not_applicable"),
    enabled(
        "a service nobody knows yet", answers(OwningService="quantum"), "unknown", says="quantum"
    ),
    enabled("a service that says it rotates", answers(OwningService="quantum", **ROTATES), "pass"),
    enabled(
        "a service's, switched off",
        answers(OwningService="ecs-sc", RotationEnabled=False),
        "gap",
        "off",
    ),
    enabled("managed by RDS", answers(**MASTER), "pass"),
    enabled(
        "managed by RDS and off",
        answers(OwningService="rds", RotationEnabled=False),
        "gap",
        "off",
        severity="high",
    ),
    enabled(
        "the same in a test environment",
        answers(OwningService="rds", RotationEnabled=False),
        "gap",
        severity="medium",
        environment="ephemeral",
    ),
    enabled(
        "said to open a database",
        answers(),
        "gap",
        severity="high",
        settings={"databases": ["*/db"]},
    ),
    enabled(
        "a partner's, managed",
        answers(
            Type="SalesforceClientSecret", ExternalSecretRotationRoleArn="r", RotationEnabled=True
        ),
        "pass",
    ),
    enabled("exempt by name", answers(), "not_applicable", settings={"exempt": ["shop/*"]}),
    enabled("exempt by ARN", answers(), "not_applicable", settings={"exempt": [ARN]}),
    enabled("exempt by tag", answers(), "not_applicable", settings={"exempt": ["Team=web"]}),
    enabled("another one exempt", answers(), "gap", settings={"exempt": ["shop/d"]}),
]
INTERVAL = [
    interval("every 30 days", rotating(), "pass"),
    interval("off", answers(), "not_applicable"),
    interval("exempt", rotating(), "not_applicable", settings={"exempt": ["*"]}),
    interval(
        "every 90 days",
        ruled(AutomaticallyAfterDays=90),
        "drift",
        "interval-too-long",
        expected=30,
        found=90,
    ),
    interval(
        "every 90 days, and the baseline lets it",
        ruled(AutomaticallyAfterDays=90),
        "pass",
        settings={"max_rotation_days": 90},
    ),
    interval("every four hours", ruled(ScheduleExpression="rate(4 hours)", Duration="1h"), "pass"),
    interval("a rate of 60 days", ruled(ScheduleExpression="rate(60 days)"), "drift", found=60),
    interval("every Sunday", ruled(ScheduleExpression="cron(0 16 ? * SUN *)"), "pass"),
    interval(
        "the first of each month leaves 31 days, whatever the last gap was",
        ruled(ScheduleExpression="cron(0 8 1 * ? *)", AutomaticallyAfterDays=28),
        "drift",
        found=31,
    ),
    interval(
        "a schedule that cannot be read", ruled(ScheduleExpression="every now and then"), "unknown"
    ),
    interval("no rules", rotating(RotationRules=None), "unknown"),
    interval("of another region", rotating(PrimaryRegion="eu-west-1"), "not_applicable"),
]
TIMELY = [
    timely("three days ago", rotating(), "pass"),
    timely("off", rotating(RotationEnabled=False, NextRotationDate=ago(50)), "not_applicable"),
    timely(
        "due two days ago", rotating(NextRotationDate=ago(2)), "drift", "overdue", found="overdue"
    ),
    timely("due half a day ago", rotating(NextRotationDate=ago(0.5)), "pass"),
    timely(
        "due two days ago, and the baseline waits",
        rotating(NextRotationDate=ago(2)),
        "pass",
        settings={"grace_days": 7},
    ),
    timely(
        "stuck at AWSPENDING",
        rotating(NextRotationDate=ago(2), **STUCK),
        "drift",
        "overdue",
    ),
    timely(
        "nothing for longer than the schedule",
        rotating(LastRotatedDate=ago(40), LastChangedDate=ago(40), NextRotationDate=None),
        "drift",
        "overdue",
    ),
    timely(
        "within the window after its time",
        rotating(LastRotatedDate=ago(31.5), LastChangedDate=ago(31.5), NextRotationDate=None),
        "pass",
    ),
    timely(
        "a value that was put in by hand counts",
        rotating(LastRotatedDate=ago(40), LastChangedDate=ago(5), NextRotationDate=ago(-25)),
        "pass",
    ),
    timely(
        "never, and due",
        rotating(LastRotatedDate=None, NextRotationDate=ago(3)),
        "drift",
        "never-succeeded",
        found="never rotated",
    ),
    timely(
        "never, and unchanged for longer than the schedule",
        rotating(LastRotatedDate=None, LastChangedDate=ago(50), NextRotationDate=None),
        "drift",
        "never-succeeded",
    ),
    timely(
        "switched on yesterday",
        rotating(LastRotatedDate=None, LastChangedDate=ago(1)),
        "pass",
        says="not rotated yet",
    ),
    timely(
        "no dates at all",
        rotating(LastRotatedDate=None, LastChangedDate=None, NextRotationDate=None),
        "unknown",
    ),
    timely(
        "no rules, and no next date",
        rotating(
            RotationRules=None,
            NextRotationDate=None,
            LastRotatedDate=ago(900),
            LastChangedDate=ago(900),
        ),
        "unknown",
    ),
    timely(
        "a copy of another account's",
        rotating(
            NextRotationDate=ago(9), details={"CrossAccountPrimary": {"PrimarySecretARN": PRIMARY}}
        ),
        "not_applicable",
    ),
    timely(
        "overdue, without rules",
        rotating(RotationRules=None, NextRotationDate=ago(9)),
        "drift",
    ),
]
MANAGED = [
    managed("healthy", answers(instances=[master("active")], **MASTER), "pass"),
    managed("rotating just now", answers(instances=[master("rotating")], **MASTER), "pass"),
    managed(
        "impaired",
        answers(instances=[master("impaired")], **MASTER),
        "drift",
        "managed-impaired",
        severity="high",
        found="impaired",
        survives=(rds.CLUSTERS,),
    ),
    managed(
        "impaired, of a cluster",
        answers(clusters=[of_cluster("impaired")], **MASTER),
        "drift",
        "managed-impaired",
        survives=(rds.INSTANCES,),
    ),
    managed(
        "a status nobody knows yet",
        answers(instances=[master("resting")], **MASTER),
        "unknown",
        says="resting",
    ),
    managed("not of RDS", rotating(), "not_applicable"),
    managed("of no database that is there", answers(**MASTER), "pass"),
]
CASES = [*ENABLED, *INTERVAL, *TIMELY, *MANAGED]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def finding(case):
    return next(f for f in findings_of(PROBE, case) if f.part == case.part)


def test_the_fix_keeps_the_function_that_rotated_before():
    fix = finding(enabled("", rotating(RotationEnabled=False), "gap")).fix
    assert f"--rotation-lambda-arn {FUNCTION} --rotation-rules AutomaticallyAfterDays=30" in fix.cli
    assert "RotationSchedule" in fix.cloudformation


def test_no_command_is_made_up_where_no_function_is_known():
    fix = finding(enabled("", answers(), "gap")).fix
    assert (fix.cli, fix.cloudformation) == ("", "")
    assert "rotate-secret" in fix.text


def test_a_rotation_that_is_stuck_is_evidence():
    found = finding(timely("", rotating(NextRotationDate=ago(2), **STUCK), "drift"))
    assert {e.subject: e.value for e in found.evidence}["a rotation is stuck at AWSPENDING"]


def test_on_an_account(aws):
    client = boto3.client("secretsmanager", "us-east-1")
    for name in ("never", "seldom", "rotates"):
        client.create_secret(Name=name, SecretString="not-a-secret")
    functions = boto3.client("lambda", "us-east-1")
    role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"][
        "Arn"
    ]
    function = functions.create_function(
        FunctionName="rotate",
        Runtime="python3.13",
        Role=role,
        Handler="a.b",
        Code={"ZipFile": b"x"},
    )["FunctionArn"]
    for name, days in (("seldom", 90), ("rotates", 30)):
        client.rotate_secret(
            SecretId=name,
            RotationLambdaARN=function,
            RotationRules={"AutomaticallyAfterDays": days},
        )
    found = audit(Rotation)
    assert verdicts(found, "enabled") == {"never": "gap", "seldom": "pass", "rotates": "pass"}
    assert verdicts(found, "interval") == {
        "never": "not_applicable",
        "seldom": "drift",
        "rotates": "pass",
    }
    assert set(verdicts(found, "managed").values()) == {"not_applicable"}
