"""The database and the function that rotates its secret."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from auditor.demo.builders import network
from auditor.demo.builders.site import Site
from auditor.demo.documents import ACCOUNT

_CODE = "def handler(event, context):\n    return 'ok'\n"


def build_database(site: Site) -> None:
    """Make the instance in its subnet group."""
    rds, database, name = site.client("rds"), site.app.database, site.app.name
    rds.create_db_subnet_group(
        DBSubnetGroupName=name,
        DBSubnetGroupDescription=f"database of {name}",
        SubnetIds=site.subnets("database"),
        Tags=site.pairs("DatabaseSubnets", name),
    )
    site.make("AWS::RDS::DBSubnetGroup", "DatabaseSubnets", name)
    settings: dict[str, Any] = {}
    if database.key is not None:
        settings["KmsKeyId"] = site.refs[f"key:{database.key}"]
    if database.exports:
        settings["EnableCloudwatchLogsExports"] = list(database.exports)
    groups = site.groups(database.groups)
    rds.create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        EngineVersion=database.version,
        DBInstanceClass="db.t4g.medium",
        AllocatedStorage=20,
        MasterUsername="shop",
        MasterUserPassword="not-a-secret",
        DBSubnetGroupName=name,
        VpcSecurityGroupIds=groups,
        StorageEncrypted=database.key is not None,
        MultiAZ=database.multi_az,
        BackupRetentionPeriod=database.backup_days,
        DeletionProtection=database.deletion_protection,
        PubliclyAccessible=False,
        CopyTagsToSnapshot=True,
        Tags=site.pairs("Database", name),
        **settings,
    )
    site.make("AWS::RDS::DBInstance", "Database", name)
    if database.backup_days == 0:
        # Moto takes one all the same.
        site.store("rds").database_snapshots.clear()
    network.attach(site, groups, site.subnets("database")[:1], "RDSNetworkInterface")


def build_rotation(site: Site) -> str:
    """Make the function and answer its ARN."""
    functions, rotation, name = site.client("lambda"), site.app.rotation, site.name("rotation")
    settings: dict[str, Any] = {}
    if rotation.in_vpc:
        groups, subnets = site.groups(("rotation",)), site.subnets("private")
        settings["VpcConfig"] = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        network.attach(site, groups, subnets, f"AWS Lambda VPC ENI-{name}")
    arn = functions.create_function(
        FunctionName=name,
        Runtime=rotation.runtime,
        Role=site.refs["role:rotation"],
        Handler="rotate.handler",
        Code={"ZipFile": _archive()},
        MemorySize=rotation.memory,
        Timeout=60,
        Tags=site.tags("RotationFunction", name),
        **settings,
    )["FunctionArn"]
    site.make("AWS::Lambda::Function", "RotationFunction", name)
    site.refs["function:rotation"] = arn
    if rotation.invoked_by_secrets_manager:
        functions.add_permission(
            FunctionName=name,
            StatementId="SecretsManager",
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
            SourceAccount=ACCOUNT,
        )
        site.make("AWS::Lambda::Permission", "RotationPermission", "SecretsManager")
    return str(arn)


def _archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        # A fixed date: the archive's digest, and so the function's, is the same in every run.
        archive.writestr(zipfile.ZipInfo("rotate.py"), _CODE)
    return buffer.getvalue()
