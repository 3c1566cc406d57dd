"""Lambda functions: those of the application, and the one that rotates its secrets."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

from auditor.demo.application import Rotation
from auditor.demo.builders import network
from auditor.demo.builders.site import Site, logical
from auditor.demo.documents import ACCOUNT
from auditor.demo.parts import Function

_CODE = "def handler(event, context):\n    return 'ok'\n"


def build(site: Site) -> None:
    """Make the functions; their roles must exist."""
    for function in site.app.functions:
        _function(site, function)
    if site.app.rotation is not None:
        _rotation(site, site.app.rotation)


def _rotation(site: Site, rotation: Rotation) -> None:
    groups = ("rotation",) if rotation.in_vpc else ()
    made = Function("rotation", "rotation", rotation.runtime, rotation.memory, groups)
    _function(site, replace(made, alias=rotation.alias))
    if not rotation.invoked_by_secrets_manager:
        return
    site.client("lambda").add_permission(
        FunctionName=site.name("rotation"),
        StatementId="SecretsManager",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
        SourceAccount=ACCOUNT,
    )
    site.make("AWS::Lambda::Permission", "RotationPermission", "SecretsManager")
    site.declare(
        "RotationPermission",
        FunctionName=site.named(site.name("rotation")),
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
        SourceAccount={"Ref": "AWS::AccountId"},
    )


def _function(site: Site, function: Function) -> None:
    name, logical_id = site.name(function.role), logical(function.role, "function")
    settings: dict[str, Any] = {}
    if function.groups:
        groups, subnets = site.groups(function.groups), site.subnets("private")
        settings["VpcConfig"] = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        network.attach(site, groups, subnets, f"AWS Lambda VPC ENI-{name}")
    if function.environment:
        variables = {key: site.told(value) for key, value in function.environment.items()}
        settings["Environment"] = {"Variables": variables}
    arn = site.client("lambda").create_function(
        FunctionName=name,
        Runtime=function.runtime,
        Role=site.refs[f"role:{function.takes}"],
        Handler="main.handler",
        Code={"ZipFile": _archive()},
        MemorySize=function.memory,
        Timeout=60,
        Tags=site.tags(logical_id, name),
        **settings,
    )["FunctionArn"]
    site.make("AWS::Lambda::Function", logical_id, name)
    site.refs[f"function:{function.role}"] = str(arn)
    if function.alias:
        _alias(site, name, function.alias)


def _alias(site: Site, name: str, alias: str) -> None:
    functions = site.client("lambda")
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.create_alias(FunctionName=name, Name=alias, FunctionVersion=version)


def _archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        # A fixed date: the archive's digest, and so the function's, is the same in every run.
        archive.writestr(zipfile.ZipInfo("main.py"), _CODE)
    return buffer.getvalue()
