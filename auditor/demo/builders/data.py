"""The databases: instances and clusters, with parameter and option groups of their own."""

from __future__ import annotations

from typing import Any

from auditor.demo.application import Database
from auditor.demo.builders import network
from auditor.demo.builders.site import Site, logical
from auditor.demo.mends.stores import family, major


def build(site: Site) -> None:
    """Make the databases in one subnet group."""
    if not site.app.databases:
        return
    name = site.app.name
    site.client("rds").create_db_subnet_group(
        DBSubnetGroupName=name,
        DBSubnetGroupDescription=f"databases of {name}",
        SubnetIds=site.subnets("database"),
        Tags=site.pairs("DatabaseSubnets", name),
    )
    site.make("AWS::RDS::DBSubnetGroup", "DatabaseSubnets", name)
    for database in site.app.databases:
        make = _cluster if database.members else _instance
        make(site, database)
        groups = site.groups(database.groups)
        network.attach(site, groups, site.subnets("database")[:1], "RDSNetworkInterface")


def _name(site: Site, database: Database) -> str:
    return site.name(database.role) if database.role else site.app.name


def _shared(site: Site, database: Database) -> dict[str, Any]:
    """What instances and clusters are told alike."""
    settings: dict[str, Any] = {
        "Engine": database.engine,
        "EngineVersion": database.version,
        "MasterUsername": "owner",
        "MasterUserPassword": "not-a-secret",
        "DBSubnetGroupName": site.app.name,
        "VpcSecurityGroupIds": site.groups(database.groups),
        "StorageEncrypted": database.key is not None,
        "BackupRetentionPeriod": database.backup_days,
        "DeletionProtection": database.deletion_protection,
        "CopyTagsToSnapshot": True,
    }
    if database.key is not None:
        settings["KmsKeyId"] = site.refs[f"key:{database.key}"]
    if database.exports:
        settings["EnableCloudwatchLogsExports"] = list(database.exports)
    return settings


def _instance(site: Site, database: Database) -> None:
    name, snapshots = _name(site, database), site.store("rds").database_snapshots
    before, settings = set(snapshots), _shared(site, database)
    if database.parameters:
        settings["DBParameterGroupName"] = _parameter_group(site, database, "")
    if database.options:
        settings["OptionGroupName"] = _option_group(site, database)
    site.client("rds").create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.medium",
        AllocatedStorage=20,
        MultiAZ=database.multi_az,
        PubliclyAccessible=False,
        Tags=site.pairs(logical(database.role, "database"), name),
        **settings,
    )
    site.make("AWS::RDS::DBInstance", logical(database.role, "database"), name)
    if database.backup_days == 0:
        # Moto takes one all the same.
        for taken in set(snapshots) - before:
            del snapshots[taken]


def _cluster(site: Site, database: Database) -> None:
    rds, name, settings = site.client("rds"), _name(site, database), _shared(site, database)
    if database.parameters:
        settings["DBClusterParameterGroupName"] = _parameter_group(site, database, "Cluster")
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Tags=site.pairs(logical(database.role, "cluster"), name),
        **settings,
    )
    site.make("AWS::RDS::DBCluster", logical(database.role, "cluster"), name)
    for number, zone in zip(range(database.members), "ab", strict=False):
        logical_id, member = logical(database.role, "member", zone), f"{name}-{number}"
        rds.create_db_instance(
            DBInstanceIdentifier=member,
            DBClusterIdentifier=name,
            DBInstanceClass="db.r6g.large",
            Engine=database.engine,
            AvailabilityZone=f"{site.region}{zone}",
            VpcSecurityGroupIds=settings["VpcSecurityGroupIds"],
            PubliclyAccessible=False,
            Tags=site.pairs(logical_id, member),
        )
        site.make("AWS::RDS::DBInstance", logical_id, member)


def _parameter_group(site: Site, database: Database, kind: str) -> str:
    """A parameter group of an instance, or with the kind `Cluster` of a cluster."""
    rds, name = site.client("rds"), _name(site, database)
    logical_id = logical(database.role, "parameters")
    create = rds.create_db_cluster_parameter_group if kind else rds.create_db_parameter_group
    modify = rds.modify_db_cluster_parameter_group if kind else rds.modify_db_parameter_group
    named = {f"DB{kind}ParameterGroupName": name}
    create(
        **named,
        DBParameterGroupFamily=family(database.engine, database.version),
        Description=f"parameters of {name}",
        Tags=site.pairs(logical_id, name),
    )
    modify(
        **named,
        Parameters=[
            {"ParameterName": key, "ParameterValue": value, "ApplyMethod": "immediate"}
            for key, value in database.parameters.items()
        ],
    )
    site.make(f"AWS::RDS::DB{kind}ParameterGroup", logical_id, name)
    return name


def _option_group(site: Site, database: Database) -> str:
    rds, name = site.client("rds"), _name(site, database)
    logical_id = logical(database.role, "options")
    rds.create_option_group(
        OptionGroupName=name,
        EngineName=database.engine,
        MajorEngineVersion=major(database.engine, database.version),
        OptionGroupDescription=f"options of {name}",
        Tags=site.pairs(logical_id, name),
    )
    rds.modify_option_group(
        OptionGroupName=name,
        OptionsToInclude=[{"OptionName": option} for option in database.options],
        ApplyImmediately=True,
    )
    site.make("AWS::RDS::OptionGroup", logical_id, name)
    return name
