"""Which IAM actions let a query be asked.

For most operations the action is `service:Operation`, under IAM's name for the service. Where it is
not, the query says so (service authorization reference, "Actions, resources, and condition keys").
"""

from __future__ import annotations

from typing import Any

from auditor.query import Query

IAM_PREFIXES = {
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "stepfunctions": "states",
    "s3control": "s3",
    "efs": "elasticfilesystem",
    "apigateway": "apigateway",
}
"""boto3's names of services whose IAM actions are named otherwise."""


def actions_of(query: Query[Any]) -> tuple[str, ...]:
    """The IAM actions that asking a query takes."""
    if query.actions:
        return query.actions
    return (f"{IAM_PREFIXES.get(query.service, query.service)}:{query.call}",)
