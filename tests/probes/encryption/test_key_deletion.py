import boto3
import pytest

from probes.aws import ec2_volumes, kms, logs, rds, secretsmanager
from probes.encryption.key_deletion import KeyDeletion
from tests.kit import Case, audit, check_case, findings_of, the_finding, verdicts
from tests.probes.encryption.keys import ACCOUNT, ARN, ID, KEYS, metadata

PROBE = KeyDeletion()
ALIAS = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/data"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/app"


def answers(state="PendingDeletion", default="alias/aws/ebs", used=(), **changes):
    return {
        kms.KEYS: KEYS,
        kms.METADATA: {ARN: metadata(KeyState=state, **changes)},
        kms.ALIASES: [{"AliasName": "alias/data", "AliasArn": ALIAS, "TargetKeyId": ID}],
        ec2_volumes.DEFAULT_KEY: [{"KmsKeyId": default}],
        **dict(used),
    }


VOLUME = {"VolumeId": "vol-1", "Encrypted": True, "KmsKeyId": ARN}
INSTANCE = {
    "DBInstanceArn": f"arn:aws:rds:us-east-1:{ACCOUNT}:db:shop", "DBInstanceIdentifier": "shop",
    "Engine": "postgres", "EngineVersion": "16.4", "KmsKeyId": ARN,
}  # fmt: skip
CLUSTER = {
    "DBClusterArn": f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:shop", "DBClusterIdentifier": "shop",
    "Engine": "aurora-postgresql", "EngineVersion": "16.4", "KmsKeyId": ARN,
}  # fmt: skip


def secret(name):
    arn = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-a1b2c3"
    return {"ARN": arn, "Name": "db", "KmsKeyId": name}


LOG_GROUP = {"logGroupName": "/app", "arn": f"{GROUP}:*", "logGroupArn": GROUP, "kmsKeyId": ARN}
LISTS = (ec2_volumes.VOLUMES, rds.INSTANCES, rds.CLUSTERS, secretsmanager.SECRETS, logs.LOG_GROUPS,
         kms.ALIASES, ec2_volumes.DEFAULT_KEY)  # fmt: skip


def used(name, query, item, found):
    survives = tuple(one for one in LISTS if one is not query)
    return Case(
        name,
        answers(used={query: [item]}),
        "drift",
        "deleted-while-used",
        severity="critical",
        found=found,
        survives=survives,
    )


def used_by_name(name, query, item, found):
    """As `used`, where the aliases say which key is meant."""
    case = used(name, query, item, found)
    return Case(
        **{**vars(case), "survives": tuple(q for q in case.survives if q is not kms.ALIASES)}
    )


CASES = [
    Case(
        "in use, and not to be deleted",
        answers("Enabled", used={logs.LOG_GROUPS: [LOG_GROUP]}),
        "pass",
    ),
    Case("disabled", answers("Disabled"), "pass"),
    Case("of no known use", answers(), "pass", says="no use of it was found"),
    used("a volume", ec2_volumes.VOLUMES, VOLUME, "volumes"),
    used("an instance", rds.INSTANCES, INSTANCE, "database instances"),
    used("a cluster", rds.CLUSTERS, CLUSTER, "database clusters"),
    used("a log group", logs.LOG_GROUPS, LOG_GROUP, "log groups"),
    *(
        used_by_name(f"a secret that names {name}", secretsmanager.SECRETS, secret(name), "secrets")
        for name in (ARN, ID, "alias/data", ALIAS)
    ),
    Case(
        "a secret that names another",
        answers(used={secretsmanager.SECRETS: [secret("alias/other")]}),
        "pass",
    ),
    Case(
        "the default for volumes",
        answers(default=ARN),
        "drift",
        found="new volumes by default",
        survives=LISTS[:5],
    ),
    Case(
        "a primary that waits for its replicas",
        answers("PendingReplicaDeletion", used={logs.LOG_GROUPS: [LOG_GROUP]}),
        "drift",
        survives=tuple(one for one in LISTS if one is not logs.LOG_GROUPS),
    ),
    Case("AWS's own", answers("Enabled", KeyManager="AWS"), "not_applicable"),
    Case("a new state", answers("Dreaming"), "unknown"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_finding_points_at_what_is_sealed():
    case = Case(
        "two uses",
        answers(used={ec2_volumes.VOLUMES: [VOLUME], logs.LOG_GROUPS: [LOG_GROUP]}),
        "drift",
    )
    finding = the_finding(case, findings_of(PROBE, case))
    assert {one.resource.id for one in finding.related} == {"vol-1", "/app"}
    assert finding.found == ["volumes", "log groups"]


def test_on_an_account(aws):
    keys, client = boto3.client("kms", "us-east-1"), boto3.client("logs", "us-east-1")
    kept, doomed, idle = (keys.create_key()["KeyMetadata"] for _ in range(3))
    for name, made in {"/kept": kept, "/doomed": doomed}.items():
        client.create_log_group(logGroupName=name, kmsKeyId=made["Arn"])
    for made in (doomed, idle):
        keys.schedule_key_deletion(KeyId=made["KeyId"])
    assert verdicts(audit(KeyDeletion)) == {
        kept["KeyId"]: "pass", doomed["KeyId"]: "drift", idle["KeyId"]: "pass",
    }  # fmt: skip
