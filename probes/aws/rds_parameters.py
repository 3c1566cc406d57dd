"""RDS: what parameter and option groups say of the logs of MySQL's kin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.query import JSON, Query, Shape
from probes.aws.rds import CLUSTERS, INSTANCES, MYSQL, exported

if TYPE_CHECKING:
    from auditor.facts import Facts

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


SWITCHED = frozenset({"general", "slowquery"})
"""The logs of MySQL's kin that parameters of an instance switch on."""


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
    yield {"Parameters": [parameter for page in pages for parameter in page.get("Parameters", ())]}


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
GROUPS = (PARAMETERS, CLUSTER_PARAMETERS, OPTION_GROUPS)
"""All that decides whether exported logs are written."""
