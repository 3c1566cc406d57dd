"""Databases in AWS's own words, and on moto."""

ARN = "arn:aws:rds:us-east-1:123456789012"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALONE, WHOLE = f"{ARN}:db:alone", f"{ARN}:cluster:whole"


def instance(name="alone", engine="postgres", **changes):
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"{ARN}:db:{name}",
        "DBInstanceStatus": "available",
        "Engine": engine,
        "EngineVersion": "16.4",
        "AvailabilityZone": "us-east-1a",
        "DBSubnetGroup": {"DBSubnetGroupName": "inner", "VpcId": "vpc-1"},
        "StorageEncrypted": True,
        "KmsKeyId": KEY,
        "MultiAZ": True,
        "BackupRetentionPeriod": 7,
        "DeletionProtection": True,
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "IAMDatabaseAuthenticationEnabled": True,
        "PendingModifiedValues": {},
        "TagList": [],
        **changes,
    }


def member(name="first", zone="us-east-1a", engine="aurora-postgresql", **changes):
    return instance(
        name, engine, DBClusterIdentifier="whole", AvailabilityZone=zone, MultiAZ=False, **changes
    )


def cluster(engine="aurora-postgresql", **changes):
    return {
        "DBClusterIdentifier": "whole",
        "DBClusterArn": WHOLE,
        "Status": "available",
        "Engine": engine,
        "EngineVersion": "16.4",
        "DBSubnetGroup": "inner",
        "StorageEncrypted": True,
        "KmsKeyId": KEY,
        "MultiAZ": True,
        "BackupRetentionPeriod": 7,
        "DeletionProtection": True,
        "IAMDatabaseAuthenticationEnabled": True,
        "DBClusterMembers": [],
        "TagList": [],
        **changes,
    }


LOGIN = {"MasterUsername": "root", "MasterUserPassword": "not-a-secret"}


def live_instance(client, name, **more):
    client.create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        EngineVersion="16.4",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        **LOGIN,
        **more,
    )


def live_cluster(client, name, **more):
    client.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        EngineVersion="16.4",
        **LOGIN,
        **more,
    )
