"""Deployments that fail are noticed and taken back.

Without the circuit breaker ECS starts failing tasks over and over for hours. It exists for rolling
updates alone (API model, `DeploymentCircuitBreaker`): blue/green, linear and canary deployments
have alarms and hooks, and for the `CODE_DEPLOY` controller the deployment group takes back what
failed. One source asks for CodeDeploy and the breaker together, which cannot be.

Fix: `aws ecs update-service --deployment-configuration
deploymentCircuitBreaker={enable=true,rollback=true}`; in CloudFormation
`DeploymentConfiguration.DeploymentCircuitBreaker`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import codedeploy, ecs
from probes.containers import _rollback, _services

_SHIFTING = {"BLUE_GREEN", "LINEAR", "CANARY"}


class Rollback(Settings):
    """What happens when a deployment fails."""

    circuit_breaker: bool = setting(True, "A rolling update that fails must be stopped.")
    circuit_breaker_rollback: bool = setting(True, "What failed must be taken back, too.")
    exempt: list[str] = setting(
        [], "Services that are left alone: patterns of name, ARN or `Key=Value` of a tag."
    )


class DeploymentRollback(Probe[ecs.Service, Rollback]):
    """The circuit breaker of each service, or the deployment group in its place."""

    subject, needs = ecs.SERVICES, (codedeploy.GROUPS,)
    severity, settings = Severity.MEDIUM, Rollback
    sources = ("S2.10", "S3.I3")

    def judge(self, service: ecs.Service, facts: Facts, expected: Rollback) -> Iterator[Remark]:
        reason = _services.left_alone(service, expected.exempt)
        if reason is not None:
            yield reason
            return
        match service.deployment_controller.type:
            case "ECS":
                yield from _by_ecs(service, expected)
            case "CODE_DEPLOY" if expected.circuit_breaker_rollback:
                yield from _rollback.by_code_deploy(service, facts)
            case "CODE_DEPLOY" | "EXTERNAL":
                yield not_applicable("another controller deploys it", code="controller")
            case other:
                yield unknown(f"the controller {other} is not known here", code="unknown-value")


def _by_ecs(service: ecs.Service, expected: Rollback) -> Iterator[Remark]:
    strategy = service.deployment_configuration.strategy
    breaker = service.deployment_configuration.deployment_circuit_breaker
    if strategy in _SHIFTING:
        yield not_applicable("the breaker is for rolling updates alone", code="strategy")
    elif strategy != "ROLLING":
        yield unknown(f"the strategy {strategy} is not known here", code="unknown-value")
    elif expected.circuit_breaker and not breaker.enable:
        yield gap(
            "no circuit breaker stops a deployment that fails",
            code="circuit-breaker-off",
            **_rollback.breaker(service, rollback=expected.circuit_breaker_rollback),
        )
    elif breaker.enable and expected.circuit_breaker_rollback and not breaker.rollback:
        message = "a deployment that fails is stopped, and not taken back"
        more = _rollback.breaker(service, rollback=True)
        yield gap(message, code="no-rollback", severity=Severity.LOW, **more)
