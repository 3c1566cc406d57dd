"""The stacks of an application, planted: moto's CloudFormation builds too little of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from moto.cloudformation.models import Event
from moto.core.utils import utcnow

from auditor.demo.builders.site import Made, Site
from auditor.demo.parts import Failure, Output, Stack

_SUFFIX = {"EnvironmentSuffix": {"Type": "String"}}


def build(site: Site) -> None:
    """Nothing is created by them; they answer for what the other builders have made."""
    for days, attempt in enumerate(site.app.attempts, start=41):
        _plant(site, attempt, (), days)
    _plant(site, site.app.stack, tuple(site.made), 40)


def _plant(site: Site, stack: Stack, made: tuple[Made, ...], days: int) -> None:
    name = site.app.name + stack.suffix
    arn = site.arn("cloudformation", f"stack/{name}/{uuid5(NAMESPACE_URL, name)}")
    told = f"The application {site.app.name}"
    site.store("cloudformation").stacks[arn] = SimpleNamespace(
        stack_id=arn,
        name=name,
        stack_name=name,
        template=json.dumps(_template(site, stack, made)),
        description=told,
        template_description=told,
        status=stack.status,
        stack_status=stack.status,
        status_reason=None,
        stack_status_reason=None,
        creation_time=utcnow() - timedelta(days=days),
        parameters=[{"ParameterKey": "EnvironmentSuffix", "ParameterValue": site.app.name}],
        tags=dict(site.app.tags),
        exports=[],
        notification_arns=[],
        role_arn=None,
        enable_termination_protection=not stack.failures,
        policy="",
        disable_rollback=False,
        outputs=list(_outputs(site, stack, name)),
        stack_resources=[_resource(one) for one in made],
        events=list(_events(stack, arn, name)),
    )


def _template(site: Site, stack: Stack, made: tuple[Made, ...]) -> dict[str, Any]:
    """Types, what becomes of each, what the builders and the data declare.

    The rest the account tells.
    """
    resources: dict[str, dict[str, Any]] = {one.logical: {"Type": one.kind} for one in made}
    for name, resource in resources.items():
        if name in site.declared:
            resource["Properties"] = dict(site.declared[name])
    for resource in resources.values():
        policy = stack.deletion.get(resource["Type"])
        if policy is not None:
            resource |= {"DeletionPolicy": policy, "UpdateReplacePolicy": policy}
    for logical, said in stack.declared.items():
        _join(resources.setdefault(logical, {}), json.loads(site.resolve(said)))
    outputs = {name: _output(name, output) for name, output in stack.outputs.items()}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"The application {site.app.name}",
        "Parameters": _SUFFIX,
        "Resources": resources,
        **({"Outputs": outputs} if outputs else {}),
    }


def _join(resource: dict[str, Any], said: dict[str, Any]) -> None:
    """Let the data say more of a resource; of a property that both declare it has its way."""
    if "Properties" in said:
        said["Properties"] = {**resource.get("Properties", {}), **said["Properties"]}
    resource |= said


def _output(name: str, output: Output) -> dict[str, Any]:
    if not output.exported:
        return {"Value": output.value}
    return {
        "Value": output.value,
        "Export": {"Name": {"Fn::Sub": f"${{AWS::StackName}}-{name}"}},
    }


def _outputs(site: Site, stack: Stack, name: str) -> Iterator[dict[str, Any]]:
    for key, output in stack.outputs.items():
        told = {"OutputKey": key, "OutputValue": site.told(output.told)}
        yield told | ({"ExportName": f"{name}-{key}"} if output.exported else {})


def _resource(made: Made) -> SimpleNamespace:
    return SimpleNamespace(
        logical_resource_id=made.logical,
        physical_resource_id=made.physical,
        cf_resource_type=made.kind,
    )


def _events(stack: Stack, arn: str, name: str) -> Iterator[Event]:
    """Oldest first, as moto keeps them: how the stack came to its status."""
    updated = stack.status.startswith("UPDATE_")
    before = ["CREATE_COMPLETE", "UPDATE_IN_PROGRESS"] if updated else ["CREATE_IN_PROGRESS"]
    after = [stack.status.replace("_COMPLETE", "_IN_PROGRESS")] if stack.failures else []
    for status in before:
        yield _event(arn, name, status)
    for failure in stack.failures:
        yield _event(arn, name, "CREATE_FAILED", failure)
    for status in (*after, stack.status):
        yield _event(arn, name, status)


def _event(arn: str, stack: str, status: str, failure: Failure | None = None) -> Event:
    """An event of the stack itself, or of the resource that could not be made."""
    return Event(
        stack_id=arn,
        stack_name=stack,
        logical_resource_id=failure.logical if failure else stack,
        physical_resource_id="" if failure else arn,
        resource_type=failure.kind if failure else "AWS::CloudFormation::Stack",
        resource_status=status,
        resource_status_reason=failure.reason if failure else None,
        resource_properties=None,
    )
