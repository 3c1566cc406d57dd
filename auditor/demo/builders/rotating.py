"""The function that rotates secrets."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from auditor.demo.builders import network
from auditor.demo.builders.site import Site
from auditor.demo.documents import ACCOUNT

_CODE = "def handler(event, context):\n    return 'ok'\n"


def build(site: Site) -> str:
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
