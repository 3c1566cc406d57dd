"""Answers of DynamoDB in AWS's own words, to be varied; how tables are made on moto."""

from probes.aws import dynamodb

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SEALED = {"SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": KEY}}


def table(**changes):
    return {
        "TableName": "orders",
        "TableStatus": "ACTIVE",
        "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
        "DeletionProtectionEnabled": True,
        **changes,
    }


def recovery(status="ENABLED", days=35):
    described = {"PointInTimeRecoveryStatus": status}
    if days is not None:
        described["RecoveryPeriodInDays"] = days
    return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": described}


def described(**changes):
    return {dynamodb.TABLES: ["orders"], dynamodb.DETAILS: {"orders": table(**changes)}}


def live(client, name, **settings):
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        **settings,
    )
