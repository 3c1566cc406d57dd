"""Keys, buckets, secrets, tables, queues, topics and repositories of the mixed account."""

from __future__ import annotations

import json
from typing import Any

from tests.kit import ACCOUNT
from tests.stories.mixed import Estate, allow, number, policy

_FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def build(estate: Estate) -> None:
    """Make what holds data and needs no network."""
    _keys(estate)
    _access_logs(estate)
    _topics(estate)
    for application in estate.applications:
        _buckets(estate, application)
        _secrets(estate, application)
        _messages(estate, application)
        if number(application) % 4 < 3:
            _table(estate, application)
        if number(application) % 2 == 0:
            _repository(estate, application)
    _strangers(estate)


def _keys(estate: Estate) -> None:
    kms = estate.client("kms")
    logs = allow(
        "kms:Encrypt*",
        "kms:Decrypt*",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:Describe*",
        Principal={"Service": f"logs.{estate.region}.amazonaws.com"},
        Condition={
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{estate.region}:{ACCOUNT}:*"
            }
        },
    )
    publish = allow(
        "kms:GenerateDataKey*", "kms:Decrypt", Principal={"Service": "cloudwatch.amazonaws.com"}
    )
    more = {"data": (), "logs": (logs,), "alerts": (publish,)}
    for role, statements in more.items():
        document = policy(allow("kms:*", Principal=_ROOT), *statements)
        arn = kms.create_key(
            Policy=document,
            Description=role,
            Tags=[
                {"TagKey": pair["Key"], "TagValue": pair["Value"]}
                for pair in estate.tags(f"{estate.environment}-{role}")
            ],
        )["KeyMetadata"]["Arn"]
        estate.keep(f"key:{role}", arn)
        kms.create_alias(AliasName=f"alias/{estate.environment}-{role}", TargetKeyId=arn)
        if role != "logs":
            kms.enable_key_rotation(KeyId=arn)


def bucket(estate: Estate, name: str, *, closed: bool = True, tagged: bool = True) -> str:
    """A bucket as the console makes it: encrypted, closed."""
    s3 = estate.client("s3")
    place = {"CreateBucketConfiguration": {"LocationConstraint": estate.region}}
    s3.create_bucket(Bucket=name, **({} if estate.region == "us-east-1" else place))
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if closed:
        s3.put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(_FLAGS, True)
        )
    if tagged:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": estate.tags(name)})
    return estate.keep(f"bucket:{name}", name)


def expire(estate: Estate, name: str, days: int) -> None:
    rule = {"ID": "old", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": days}}
    estate.client("s3").put_bucket_lifecycle_configuration(
        Bucket=name, LifecycleConfiguration={"Rules": [rule]}
    )


def _buckets(estate: Estate, application: str) -> None:
    s3 = estate.client("s3")
    name = bucket(estate, f"{application}-uploads")
    if number(application) % 3 < 2:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        expire(estate, name, 400)
    exports = bucket(estate, f"{application}-exports", closed=number(application) != 3)
    if number(application) == 3 and estate.environment == "dev":
        everybody = allow("s3:GetObject", resource=f"arn:aws:s3:::{exports}/*", Principal="*")
        s3.put_bucket_policy(Bucket=exports, Policy=policy(everybody))


def _access_logs(estate: Estate) -> None:
    name = bucket(estate, f"{estate.environment}-access-logs")
    expire(estate, name, 90)
    delivery = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    resource = f"arn:aws:s3:::{name}/AWSLogs/{ACCOUNT}/*"
    statement = allow("s3:PutObject", resource=resource, Principal=delivery)
    estate.client("s3").put_bucket_policy(Bucket=name, Policy=policy(statement))


def _secrets(estate: Estate, application: str) -> None:
    secrets = estate.client("secretsmanager")
    for role in ("db", "api"):
        made = secrets.create_secret(
            Name=f"{application}/{role}",
            SecretString="{}",
            KmsKeyId=estate.refs["key:data"]
            if estate.environment == "prod"
            else "alias/aws/secretsmanager",
            Tags=estate.tags(application),
        )
        estate.keep(f"secret:{application}-{role}", made["ARN"])
    if number(application) == 1:
        secrets.delete_secret(SecretId=f"{application}/api", RecoveryWindowInDays=7)


def _topics(estate: Estate) -> None:
    sns = estate.client("sns")
    for role in ("alerts", "events", "releases"):
        sealed = {"alerts": estate.refs["key:alerts"], "events": "alias/aws/sns"}
        arn = sns.create_topic(
            Name=f"{estate.environment}-{role}",
            Attributes={"KmsMasterKeyId": sealed[role]} if role in sealed else {},
            Tags=estate.tags(f"{estate.environment}-{role}"),
        )["TopicArn"]
        sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ops@example.com")
        estate.keep(f"topic:{role}", arn)


def _messages(estate: Estate, application: str) -> None:
    sqs = estate.client("sqs")
    dead = sqs.create_queue(
        QueueName=f"{application}-dead",
        Attributes={"SqsManagedSseEnabled": "true"},
        tags=estate.labels(application),
    )["QueueUrl"]
    arn = estate.arn("sqs", f"{application}-dead")
    attributes = {
        "SqsManagedSseEnabled": str(number(application) != 2).lower(),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5}),
    }
    jobs = sqs.create_queue(
        QueueName=f"{application}-jobs", Attributes=attributes, tags=estate.labels(application)
    )["QueueUrl"]
    estate.keep(f"queue:{application}-dead", dead)
    estate.keep(f"queue:{application}-jobs", jobs)


def _table(estate: Estate, application: str) -> None:
    dynamodb, settings = estate.client("dynamodb"), dict[str, Any]()
    if estate.environment == "prod":
        settings["DeletionProtectionEnabled"] = True
    dynamodb.create_table(
        TableName=application,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=estate.tags(application),
        **settings,
    )
    if number(application) % 3:
        dynamodb.update_continuous_backups(
            TableName=application,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
    estate.keep(f"table:{application}", application)


_EXPIRY = {
    "rulePriority": 1,
    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 20},
    "action": {"type": "expire"},
}
_MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {
        "mediaType": "application/vnd.docker.container.image.v1+json",
        "size": 1,
        "digest": "sha256:4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865",
    },
    "layers": [],
}


def _repository(estate: Estate, application: str) -> None:
    """Every second application has a repository; the next one runs the same image."""
    ecr = estate.client("ecr")
    ecr.create_repository(
        repositoryName=application,
        imageScanningConfiguration={"scanOnPush": number(application) != 6},
        tags=estate.tags(application),
    )
    if number(application) % 4 == 0:
        text = json.dumps({"rules": [_EXPIRY]})
        ecr.put_lifecycle_policy(repositoryName=application, lifecyclePolicyText=text)
    for tag in ("1.0.0", "1.1.0", "latest"):
        manifest = json.dumps({**_MANIFEST, "annotations": {"tag": tag, "of": application}})
        ecr.put_image(repositoryName=application, imageManifest=manifest, imageTag=tag)
    uri = f"{ACCOUNT}.dkr.ecr.{estate.region}.amazonaws.com/{application}"
    estate.keep(f"repository:{application}", uri)


def _strangers(estate: Estate) -> None:
    bucket(estate, f"{estate.environment}-scratch-of-bob", tagged=False)
    estate.client("sqs").create_queue(QueueName=f"{estate.environment}-poc")
    estate.keep("queue:poc", f"{estate.environment}-poc")
