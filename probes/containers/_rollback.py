"""What takes back a deployment of a service that failed, and how it is set up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, gap, not_applicable
from probes.aws import codedeploy
from probes.aws.ecs import Service
from probes.containers import _services

_ON_FAILURE = "DEPLOYMENT_FAILURE"


def by_code_deploy(service: Service, facts: Facts) -> Iterator[Remark]:
    """What there is to say of the deployment groups that deploy a service.

    Needs `codedeploy.GROUPS`.
    """
    name = f"{service.cluster}/{service.service_name}"
    groups = facts.where(codedeploy.GROUPS, codedeploy.services_deployed, name)
    if not groups:
        yield not_applicable("no deployment group deploys it", code="no-deployment-group")
    for group in groups:
        rollback = group.auto_rollback_configuration
        if not (rollback.enabled and _ON_FAILURE in rollback.events):
            yield _off(group, facts)


def breaker(service: Service, *, rollback: bool) -> dict[str, Any]:
    """What is expected of the breaker of a service, what was found, and how to set it."""
    found = service.deployment_configuration.deployment_circuit_breaker
    said = f"deploymentCircuitBreaker={{enable=true,rollback={str(rollback).lower()}}}"
    properties = {"Enable": True, "Rollback": rollback}
    return {
        "expected": {"enable": True, "rollback": rollback},
        "found": {"enable": found.enable, "rollback": found.rollback},
        "cli": _services.update(service, "--deployment-configuration", said),
        "cloudformation": {"DeploymentConfiguration": {"DeploymentCircuitBreaker": properties}},
    }


def _off(group: codedeploy.DeploymentGroup, facts: Facts) -> Remark:
    rollback = group.auto_rollback_configuration
    events = sorted({*rollback.events, _ON_FAILURE})
    properties = {"Enabled": True, "Events": events}
    return gap(
        f"the deployment group {group.deployment_group_name} does not take back what fails",
        code="auto-rollback-off",
        expected={"enabled": True, "events": events},
        found={"enabled": rollback.enabled, "events": sorted(rollback.events)},
        related=(facts.related("the deployment group", group),),
        cli=(
            "aws",
            "deploy",
            "update-deployment-group",
            "--application-name",
            group.application_name,
            "--current-deployment-group-name",
            group.deployment_group_name,
            "--auto-rollback-configuration",
            f"enabled=true,events={','.join(events)}",
        ),
        cloudformation={
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Properties": {"AutoRollbackConfiguration": properties},
        },
    )
