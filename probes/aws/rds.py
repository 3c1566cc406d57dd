"""RDS: database instances and clusters, their subnets, and what their engines offer.

What parameter and option groups say: `rds_parameters`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from pydantic import Field

from auditor.query import JSON, Query, Shape
from auditor.resources import Tags

if TYPE_CHECKING:
    from auditor.facts import Facts

MYSQL = frozenset({"mysql", "mariadb", "aurora-mysql", "aurora"})
"""The engines of MySQL's kin; `aurora` is what Aurora MySQL was called for MySQL 5.6."""


class PendingExports(Shape):
    """Log types on their way; AWS's texts for the two fields are swapped, their names are right."""

    log_types_to_enable: tuple[str, ...] = ()
    log_types_to_disable: tuple[str, ...] = ()


class Pending(Shape):
    """Changes that AWS has taken and not yet made; None for what stays as it is."""

    pending_cloudwatch_logs_exports: PendingExports = Field(default_factory=PendingExports)
    backup_retention_period: int | None = None


class InstancePending(Pending):
    """Changes of an instance; clusters have no Multi-AZ switch."""

    multi_az: bool | None = Field(None, alias="MultiAZ")


class ParameterGroupOf(Shape):
    """The parameter group of an instance, and whether its values are in force."""

    name: str = Field(alias="DBParameterGroupName")
    parameter_apply_status: str = ""


class OptionGroupOf(Shape):
    """An option group of an instance."""

    option_group_name: str
    status: str = ""


class ClusterMember(Shape):
    """An instance of a cluster."""

    identifier: str = Field(alias="DBInstanceIdentifier")
    is_cluster_writer: bool = False


class VpcGroup(Shape):
    """A security group of a database; it counts while it is being taken away."""

    group_id: str = Field(alias="VpcSecurityGroupId")


class SubnetGroupOf(Shape):
    """The subnet group of an instance."""

    name: str = Field("", alias="DBSubnetGroupName")


class MasterSecret(Shape):
    """The secret that RDS keeps the master password in; an `impaired` one cannot rotate (API)."""

    secret_arn: str = ""
    secret_status: str = ""


class Database(Shape):
    """What an instance and a cluster have in common.

    `identifier` is its name. AWS leaves `exports` out where no log is exported, the retention and
    `publicly_accessible` where the setting does not arise (Aurora clusters), and the ARN of a
    recovery point where AWS Backup makes no continuous backups. Older answers have no
    `storage_encryption_type`; for keys that AWS owns, `storage_encrypted` is false beside it.
    """

    identifier: str
    status: str = ""
    engine: str
    engine_version: str
    exports: tuple[str, ...] = Field((), alias="EnabledCloudwatchLogsExports")
    pending_modified_values: Pending = Field(default_factory=Pending)
    vpc_security_groups: tuple[VpcGroup, ...] = ()
    tag_list: Tags = Field(default_factory=dict)
    master_user_secret: MasterSecret | None = None
    kms_key_id: str = ""
    storage_encrypted: bool = False
    storage_encryption_type: str = ""
    multi_az: bool = Field(False, alias="MultiAZ")
    backup_retention_period: int | None = None
    deletion_protection: bool = False
    publicly_accessible: bool | None = None
    aws_backup_recovery_point_arn: str = ""
    iam_authentication: bool = Field(False, alias="IAMDatabaseAuthenticationEnabled")
    auto_minor_version_upgrade: bool | None = None

    @property
    def is_there(self) -> bool:
        """Whether it has been made and is not being deleted."""
        return self.status not in {"creating", "deleting"}


class Instance(Database):
    """A database instance; `cluster` names the cluster that it is a member of, Aurora or not."""

    pending_modified_values: InstancePending = Field(default_factory=InstancePending)

    arn: str = Field(alias="DBInstanceArn")
    identifier: str = Field(alias="DBInstanceIdentifier")
    cluster: str | None = Field(None, alias="DBClusterIdentifier")
    parameter_groups: tuple[ParameterGroupOf, ...] = Field((), alias="DBParameterGroups")
    option_group_memberships: tuple[OptionGroupOf, ...] = ()
    status: str = Field("", alias="DBInstanceStatus")
    availability_zone: str = ""
    subnet_group_of: SubnetGroupOf = Field(default_factory=SubnetGroupOf, alias="DBSubnetGroup")
    replica_of: str | None = Field(None, alias="ReadReplicaSourceDBInstanceIdentifier")
    replica_of_cluster: str | None = Field(None, alias="ReadReplicaSourceDBClusterIdentifier")


class Cluster(Database):
    """A database cluster: Aurora, or Multi-AZ with two readable standbys.

    `engine_mode` is absent for engines that know one mode only; `serverless` is Serverless v1.
    """

    arn: str = Field(alias="DBClusterArn")
    identifier: str = Field(alias="DBClusterIdentifier")
    parameter_group: str = Field("", alias="DBClusterParameterGroup")
    members: tuple[ClusterMember, ...] = Field((), alias="DBClusterMembers")
    engine_mode: str = ""
    subnet_group: str = Field("", alias="DBSubnetGroup")
    replica_of: str | None = Field(None, alias="ReplicationSourceIdentifier")

    @property
    def is_aurora(self) -> bool:
        """Whether it is Aurora's, with one storage for all of its instances."""
        return self.engine.startswith("aurora")


class GroupSubnet(Shape):
    """A subnet of a subnet group, in whichever zone."""

    subnet_id: str = Field(alias="SubnetIdentifier")


class SubnetGroup(Shape):
    """The subnets that a database may be put into; which of them is in use may change."""

    name: str = Field(alias="DBSubnetGroupName")
    arn: str = Field("", alias="DBSubnetGroupArn")
    vpc_id: str = ""
    subnets: tuple[GroupSubnet, ...] = ()


class EngineVersion(Shape):
    """What one version of an engine offers."""

    engine: str
    engine_version: str
    exportable_log_types: tuple[str, ...] = ()
    exports_logs: bool = Field(False, alias="SupportsLogExportsToCloudwatchLogs")
    status: str = ""


INSTANCES = Query(
    "rds:DescribeDBInstances",
    Instance,
    each="DBInstances",
    key="DBInstanceArn",
    also={"MaxRecords": 100},
    arn="DBInstanceArn",
    name="DBInstanceIdentifier",
    tags="TagList",
    type="AWS::RDS::DBInstance",
)
CLUSTERS = Query(
    "rds:DescribeDBClusters",
    Cluster,
    each="DBClusters",
    key="DBClusterArn",
    also={"MaxRecords": 100},
    arn="DBClusterArn",
    name="DBClusterIdentifier",
    tags="TagList",
    type="AWS::RDS::DBCluster",
)


SUBNET_GROUPS = Query(
    "rds:DescribeDBSubnetGroups",
    SubnetGroup,
    each="DBSubnetGroups",
    key="DBSubnetGroupName",
    also={"MaxRecords": 100},
    arn="DBSubnetGroupArn",
    name="DBSubnetGroupName",
    type="AWS::RDS::DBSubnetGroup",
)


def _versions_in_use(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for database in chain(facts.seen(INSTANCES), facts.seen(CLUSTERS)):
        yield {"Engine": database.engine, "EngineVersion": database.engine_version}


ENGINE_VERSIONS = Query(
    "rds:DescribeDBEngineVersions",
    EngineVersion,
    each="DBEngineVersions",
    key=("Engine", "EngineVersion"),
    asks=_versions_in_use,
    reads=(INSTANCES, CLUSTERS),
    also={"IncludeAll": True},
)
"""Asked for each engine and version in use: `named(ENGINE_VERSIONS, "postgres/16.4")`."""


def exported(database: Database) -> frozenset[str]:
    """The log types that are exported, or will be as soon as AWS has made the change."""
    pending = database.pending_modified_values.pending_cloudwatch_logs_exports
    wanted = frozenset(database.exports) | frozenset(pending.log_types_to_enable)
    return wanted - frozenset(pending.log_types_to_disable)


def cluster_of(instance: Instance) -> str | None:
    """The name of the cluster that an instance is a member of."""
    return instance.cluster


def master_secret_of(database: Database) -> str:
    """For `where`: the database whose master password a secret holds."""
    return database.master_user_secret.secret_arn if database.master_user_secret else ""


def is_replica(database: Database) -> bool:
    """Whether a database repeats another one, from where it can be made anew."""
    if isinstance(database, Instance):
        return bool(database.replica_of or database.replica_of_cluster)
    return isinstance(database, Cluster) and bool(database.replica_of)


def subnet_group_of(database: Database) -> str:
    """The name of the subnet group that a database is in; nothing where AWS does not say."""
    if isinstance(database, Instance):
        return database.subnet_group_of.name
    return database.subnet_group if isinstance(database, Cluster) else ""
