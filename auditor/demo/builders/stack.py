"""The stack that made the application, planted: moto's CloudFormation builds too little of one."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from moto.cloudformation.models import Event
from moto.core.utils import utcnow

from auditor.demo.builders.site import Made, Site

_STATEFUL = {"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::KMS::Key", "AWS::S3::Bucket"}
_REFUSED = (
    'Resource handler returned message: "The specified KMS key does not exist or is not allowed '
    "to be used with Arn '{arn}' (Service: CloudWatchLogs, Status Code: 400)\""
)


def build(site: Site) -> None:
    """Nothing is created by it; it answers for what the other builders have made."""
    status, failed = site.app.stack_status, _failed(site)
    stack = SimpleNamespace(
        stack_id=site.stack_id,
        name=site.app.name,
        stack_name=site.app.name,
        template=json.dumps(_template(site)),
        description=f"The application {site.app.name}",
        template_description=f"The application {site.app.name}",
        status=status,
        stack_status=status,
        status_reason=None,
        stack_status_reason=None,
        creation_time=utcnow() - timedelta(days=40),
        parameters=[{"ParameterKey": "EnvironmentSuffix", "ParameterValue": site.app.name}],
        tags=dict(site.app.tags),
        exports=[],
        notification_arns=[],
        role_arn=None,
        enable_termination_protection=not failed,
        policy="",
        disable_rollback=False,
        outputs=[] if failed else _outputs(site),
        stack_resources=[_resource(made) for made in site.made],
        events=_events(site, failed=failed),
    )
    site.store("cloudformation").stacks[site.stack_id] = stack


def _failed(site: Site) -> bool:
    return "ROLLBACK" in site.app.stack_status


def _template(site: Site) -> dict[str, Any]:
    """Types and what CloudFormation does with each on deletion; properties are the account's."""
    kept = {"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}
    retained = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    resources: dict[str, Any] = {}
    for made in site.made:
        resources[made.logical] = {"Type": made.kind}
        if made.kind in _STATEFUL and site.app.database.deletion_protection:
            database = made.kind.startswith("AWS::RDS::")
            resources[made.logical] |= kept if database else retained
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"The application {site.app.name}",
        "Parameters": {"EnvironmentSuffix": {"Type": "String", "Default": site.app.name}},
        "Resources": resources,
    } | ({} if _failed(site) else {"Outputs": _template_outputs(site)})


def _template_outputs(site: Site) -> dict[str, Any]:
    return {
        output["OutputKey"]: {
            "Value": output["OutputValue"],
            "Export": {"Name": output["ExportName"]},
        }
        for output in _outputs(site)
    }


def _outputs(site: Site) -> list[dict[str, Any]]:
    values = {
        "LoadBalancerArn": site.refs["balancer:web"],
        "DBSecretArn": site.refs["secret:db"],
        "AutoScalingGroupName": site.app.name,
    }
    return [
        {"OutputKey": key, "OutputValue": value, "ExportName": f"{site.app.name}-{key}"}
        for key, value in values.items()
    ]


def _resource(made: Made) -> SimpleNamespace:
    return SimpleNamespace(
        logical_resource_id=made.logical,
        physical_resource_id=made.physical,
        cf_resource_type=made.kind,
    )


def _events(site: Site, *, failed: bool) -> list[Event]:
    """Oldest first, as moto keeps them."""
    if not failed:
        return [_stack_event(site, "CREATE_IN_PROGRESS"), _stack_event(site, "CREATE_COMPLETE")]
    group = site.arn("logs", f"log-group:/aws/application/{site.app.name}")
    refused = _event(
        site, "AccessLogs", "AWS::Logs::LogGroup", "CREATE_FAILED", _REFUSED.format(arn=group)
    )
    return [
        _stack_event(site, "CREATE_COMPLETE"),
        _stack_event(site, "UPDATE_IN_PROGRESS"),
        refused,
        _stack_event(site, "UPDATE_ROLLBACK_IN_PROGRESS"),
        _stack_event(site, "UPDATE_ROLLBACK_COMPLETE"),
    ]


def _stack_event(site: Site, status: str) -> Event:
    return _event(site, site.app.name, "AWS::CloudFormation::Stack", status, None)


def _event(site: Site, logical: str, kind: str, status: str, reason: str | None) -> Event:
    return Event(
        stack_id=site.stack_id,
        stack_name=site.app.name,
        logical_resource_id=logical,
        physical_resource_id=site.stack_id if logical == site.app.name else "",
        resource_type=kind,
        resource_status=status,
        resource_status_reason=reason,
        resource_properties=None,
    )
