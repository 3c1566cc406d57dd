"""RDS: database instances and clusters, what their engines offer, and what their groups set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from pydantic import Field

from auditor.query import JSON, Query, Shape
from auditor.resources import Tags

if TYPE_CHECKING:
    from auditor.facts import Facts

MYSQL = frozenset({"mysql", "mariadb", "aurora-mysql", "aurora"})
"""The engines of MySQL's kin; `aurora` is what Aurora MySQL was called for MySQL 5.6."""

LOGGING_PARAMETERS = (
    "general_log",
    "log_output",
    "slow_query_log",
    "server_audit_events",
    "server_audit_logging",
    "server_audit_logs_upload",
    "aws_default_logs_role",
)
"""What decides in MySQL's kin whether an exported log is written at all."""


class PendingExports(Shape):
    """Log types on their way; AWS's texts for the two fields are swapped, their names are right."""

    log_types_to_enable: tuple[str, ...] = ()
    log_types_to_disable: tuple[str, ...] = ()


class Pending(Shape):
    """Changes that AWS has taken and not yet made."""

    pending_cloudwatch_logs_exports: PendingExports = Field(default_factory=PendingExports)


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


class MasterSecret(Shape):
    """The secret that RDS keeps the master password in; an `impaired` one cannot rotate (API)."""

    secret_arn: str = ""
    secret_status: str = ""


class Database(Shape):
    """What an instance and a cluster have in common.

    `identifier` is its name. AWS leaves `exports` out where no log is exported.
    """

    identifier: str
    engine: str
    engine_version: str
    exports: tuple[str, ...] = Field((), alias="EnabledCloudwatchLogsExports")
    pending_modified_values: Pending = Field(default_factory=Pending)
    vpc_security_groups: tuple[VpcGroup, ...] = ()
    tag_list: Tags = Field(default_factory=dict)
    master_user_secret: MasterSecret | None = None
    kms_key_id: str = ""


class Instance(Database):
    """A database instance; `cluster` names the cluster that it is a member of, Aurora or not."""

    arn: str = Field(alias="DBInstanceArn")
    identifier: str = Field(alias="DBInstanceIdentifier")
    cluster: str | None = Field(None, alias="DBClusterIdentifier")
    parameter_groups: tuple[ParameterGroupOf, ...] = Field((), alias="DBParameterGroups")
    option_group_memberships: tuple[OptionGroupOf, ...] = ()
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
    replica_of: str | None = Field(None, alias="ReplicationSourceIdentifier")


class EngineVersion(Shape):
    """What one version of an engine offers."""

    engine: str
    engine_version: str
    exportable_log_types: tuple[str, ...] = ()
    exports_logs: bool = Field(False, alias="SupportsLogExportsToCloudwatchLogs")
    status: str = ""


class Parameter(Shape):
    """A parameter; no value means the engine's own default, `source` says who set it."""

    parameter_name: str
    parameter_value: str | None = None
    source: str = ""


class Parameters(Shape):
    """The parameters of one group that say what is logged."""

    parameters: tuple[Parameter, ...] = ()


class Option(Shape):
    """An option of an option group."""

    option_name: str


class OptionGroup(Shape):
    """An option group."""

    option_group_name: str
    options: tuple[Option, ...] = ()


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


SWITCHED = frozenset({"general", "slowquery"})
"""The logs of MySQL's kin that parameters of an instance switch on."""


def exported(database: Database) -> frozenset[str]:
    """The log types that are exported, or will be as soon as AWS has made the change."""
    pending = database.pending_modified_values.pending_cloudwatch_logs_exports
    wanted = frozenset(database.exports) | frozenset(pending.log_types_to_enable)
    return wanted - frozenset(pending.log_types_to_disable)


def _groups_that_log(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    clusters = {c.identifier for c in facts.seen(CLUSTERS) if exported(c) & SWITCHED}
    for instance in facts.seen(INSTANCES):
        switched = exported(instance) & SWITCHED or instance.cluster in clusters
        if instance.engine in MYSQL and switched:
            for group in instance.parameter_groups:
                yield {"DBParameterGroupName": group.name}


def _cluster_groups_that_log(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for cluster in facts.seen(CLUSTERS):
        if cluster.engine in MYSQL and cluster.parameter_group:
            yield {"DBClusterParameterGroupName": cluster.parameter_group}


def _option_groups_that_audit(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for instance in facts.seen(INSTANCES):
        if instance.engine in MYSQL and "audit" in exported(instance):
            for group in instance.option_group_memberships:
                yield {"OptionGroupName": group.option_group_name}


def _every_parameter(
    client: Any, params: Mapping[str, JSON], operation: str
) -> Iterator[Mapping[str, JSON]]:
    """One answer for a group, of however many pages: the API does not say which group it is of."""
    pages: Iterable[Any] = client.get_paginator(operation).paginate(**params)
    yield {"Parameters": [parameter for page in pages for parameter in page["Parameters"]]}


def _of_group(client: Any, params: Mapping[str, JSON]) -> Iterator[Mapping[str, JSON]]:
    return _every_parameter(client, params, "describe_db_parameters")


def _of_cluster_group(client: Any, params: Mapping[str, JSON]) -> Iterator[Mapping[str, JSON]]:
    return _every_parameter(client, params, "describe_db_cluster_parameters")


_FILTERED: Mapping[str, JSON] = {
    "Filters": [{"Name": "parameter-name", "Values": list(LOGGING_PARAMETERS)}],
    "MaxRecords": 100,
}

PARAMETERS = Query(
    "rds:DescribeDBParameters",
    Parameters,
    asks=_groups_that_log,
    reads=(INSTANCES, CLUSTERS),
    also=_FILTERED,
    fetch=_of_group,
    actions=("rds:DescribeDBParameters",),
)
CLUSTER_PARAMETERS = Query(
    "rds:DescribeDBClusterParameters",
    Parameters,
    asks=_cluster_groups_that_log,
    reads=(CLUSTERS,),
    also=_FILTERED,
    fetch=_of_cluster_group,
    actions=("rds:DescribeDBClusterParameters",),
)
OPTION_GROUPS = Query(
    "rds:DescribeOptionGroups",
    OptionGroup,
    each="OptionGroupsList",
    key="OptionGroupName",
    asks=_option_groups_that_audit,
    reads=(INSTANCES,),
)


def cluster_of(instance: Instance) -> str | None:
    """The name of the cluster that an instance is a member of."""
    return instance.cluster


def master_secret_of(database: Database) -> str:
    """For `where`: the database whose master password a secret holds."""
    return database.master_user_secret.secret_arn if database.master_user_secret else ""
