"""Functions and databases of the mixed account."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.stories.mixed import Estate, number
from tests.stories.mixed_network import interface


def build(estate: Estate) -> None:
    """Make them; roles must exist."""
    _subnet_group(estate)
    for application in estate.applications:
        for part in ("worker", "webhook", "cron"):
            _function(estate, application, part)
        _database(estate, application)


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("main.py", "def handler(event, context):\n    return 'ok'\n")
    return buffer.getvalue()


ARCHIVE = archive()


def _function(estate: Estate, application: str, part: str) -> None:
    name, n = f"{application}-{part}", number(application)
    settings: dict[str, Any] = {}
    taken = f"{application}-function"
    if part == "cron":
        taken = f"{application}-cron"
        groups = [estate.refs[f"group:{application}-app"]]
        settings["VpcConfig"] = {
            "SubnetIds": estate.all("subnet:private"),
            "SecurityGroupIds": groups,
        }
        if n < 2:
            interface(estate, groups, "private", f"AWS Lambda VPC ENI-{name}")
    estate.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.8" if part == "webhook" and n == 1 else "python3.13",
        Role=estate.refs[f"role:{taken}"],
        Handler="main.handler",
        Code={"ZipFile": ARCHIVE},
        MemorySize=256,
        Timeout=30,
        Environment={"Variables": {"STAGE": estate.environment}},
        Tags=estate.labels(application),
        **settings,
    )
    estate.keep(f"function:{name}", name)


def _subnet_group(estate: Estate) -> None:
    estate.client("rds").create_db_subnet_group(
        DBSubnetGroupName=estate.environment,
        DBSubnetGroupDescription="isolated",
        SubnetIds=estate.all("subnet:data"),
        Tags=estate.tags(estate.environment),
    )
    estate.keep("subnets", estate.environment)


def _database(estate: Estate, application: str) -> None:
    rds, n = estate.client("rds"), number(application)
    production = estate.environment == "prod"
    shared: dict[str, Any] = {
        "MasterUsername": "owner",
        "MasterUserPassword": "not-a-secret",
        "DBSubnetGroupName": estate.environment,
        "VpcSecurityGroupIds": [estate.refs[f"group:{application}-db"]],
        "StorageEncrypted": n != 6,
        "DeletionProtection": production,
        "BackupRetentionPeriod": 14 if production else 1,
        "CopyTagsToSnapshot": True,
        "Tags": estate.tags(application),
    }
    if n % 3 == 0:
        rds.create_db_cluster(
            DBClusterIdentifier=application,
            Engine="aurora-postgresql",
            EngineVersion="16.4",
            EnableCloudwatchLogsExports=["postgresql"],
            **shared,
        )
        for member, zone in zip("ab" if production else "a", "ab", strict=False):
            rds.create_db_instance(
                DBInstanceIdentifier=f"{application}-{member}",
                DBClusterIdentifier=application,
                DBInstanceClass="db.r6g.large",
                Engine="aurora-postgresql",
                AvailabilityZone=f"{estate.region}{zone}",
                PubliclyAccessible=False,
                VpcSecurityGroupIds=shared["VpcSecurityGroupIds"],
                Tags=estate.tags(application),
            )
            estate.keep(f"database:{application}-{member}", application)
        return
    rds.create_db_instance(
        DBInstanceIdentifier=application,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=20,
        MultiAZ=production and n != 7,
        PubliclyAccessible=n == 4 and estate.environment == "dev",
        EnableCloudwatchLogsExports=["postgresql"] if production else [],
        **shared,
    )
    estate.keep(f"database:{application}", application)
    interface(estate, shared["VpcSecurityGroupIds"], "data", "RDSNetworkInterface")
    if n == 1 and production:
        rds.create_db_instance_read_replica(
            DBInstanceIdentifier=f"{application}-replica", SourceDBInstanceIdentifier=application
        )
        estate.keep(f"database:{application}-replica", application)
