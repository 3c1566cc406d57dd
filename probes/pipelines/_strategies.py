"""How services are deployed, and what ECS itself needs to shift their traffic."""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap
from probes.aws import codedeploy, ecs, elbv2
from probes.pipelines._shifting import Deployed

CODE_DEPLOY = "CODE_DEPLOY"
_NATIVE = frozenset({"BLUE_GREEN", "LINEAR", "CANARY"})


def why_none(service: ecs.Service) -> str:
    """Why nothing is asked of how a service is deployed; nothing where something is."""
    controller, strategy = service.deployment_controller.type, service.deployment_configuration
    if service.status == "INACTIVE":
        return "the service was deleted"
    if controller == "EXTERNAL":
        return "another tool deploys it"
    if controller == "ECS" and strategy.strategy == "ROLLING":
        return "it is deployed one task after the other"
    if controller in {"ECS", CODE_DEPLOY} and not service.target_groups:
        return "no load balancer is in front of it"
    return ""


def what_is_new(service: ecs.Service) -> str:
    """What is not known here about how a service is deployed; nothing for all that is."""
    controller, strategy = service.deployment_controller.type, service.deployment_configuration
    if controller not in {"ECS", CODE_DEPLOY}:
        return f"the controller {controller!r} is not known here"
    if controller == "ECS" and strategy.strategy not in _NATIVE:
        return f"the strategy {strategy.strategy!r} is not known here"
    return ""


def shifts(service: ecs.Service) -> tuple[ecs.TrafficShift, ...]:
    """What ECS shifts the traffic of a service with, for each target group that it shifts."""
    found = (one.advanced_configuration for one in service.load_balancers)
    return tuple(shift for shift in found if shift)


def unshiftable(service: ecs.Service, facts: Facts) -> Iterator[Remark]:
    """What ECS lacks to shift the traffic of a service."""
    found = shifts(service)
    if not found:
        yield _lacking([])
    for shift in found:
        present = {
            "alternateTargetGroupArn": shift.alternate_target_group_arn,
            "productionListenerRule": shift.production_listener_rule,
            "roleArn": shift.role_arn,
        }
        if not all(present.values()):
            yield _lacking(sorted(key for key, value in present.items() if value))
            continue
        if facts.named(elbv2.TARGET_GROUPS, shift.alternate_target_group_arn) is None:
            yield gap(
                "its second target group does not exist",
                code="target-group-missing",
                expected="a target group",
                found=shift.alternate_target_group_arn,
            )


def _lacking(found: list[str]) -> Remark:
    return gap(
        "it does not say what to shift its traffic with",
        code="no-alternate-target-group",
        expected=["alternateTargetGroupArn", "productionListenerRule", "roleArn"],
        found=found,
        cloudformation={
            "LoadBalancers": [
                {
                    "AdvancedConfiguration": {
                        "AlternateTargetGroupArn": "TARGET_GROUP",
                        "ProductionListenerRule": "RULE",
                        "RoleArn": "ROLE",
                    }
                }
            ]
        },
    )


def untested(*, where: str) -> Remark:
    """There is no listener by which a new version could be tested before it takes over."""
    return gap(
        "a new version cannot be tried before it takes over",
        code="no-test-listener",
        severity=Severity.INFORMATIONAL,
        expected=where,
        found="none",
    )


def tested(deployed: Deployed, port: int, *, required: bool) -> Iterator[Remark]:
    """What is wrong with the listener by which CodeDeploy lets a new version be tested."""
    pair = deployed.pair
    route = pair.test_traffic_route if pair else None
    if pair is None or route is None or not route.listener_arns:
        if required:
            yield untested(where="a test listener")
        return
    test, production = deployed.listener(route), deployed.listener(pair.prod_traffic_route)
    if test is None:
        yield gap(
            "its test listener does not exist",
            code="test-listener-missing",
            expected="a listener",
            found=sorted(route.listener_arns),
            related=deployed.related,
        )
    elif production is not None:
        yield from _beside(test, production, port, deployed)


def _beside(
    test: elbv2.Listener, production: elbv2.Listener, port: int, deployed: Deployed
) -> Iterator[Remark]:
    related = (*deployed.related, deployed.facts.related("the test listener", test))
    if test.listener_arn == production.listener_arn:
        yield drift(
            "its test listener is the listener of production",
            code="test-is-production",
            expected="another listener",
            found=test.listener_arn,
            related=related,
        )
    elif test.load_balancer_arn != production.load_balancer_arn:
        yield drift(
            "its test listener belongs to another load balancer",
            code="test-listener-elsewhere",
            expected=production.load_balancer_arn,
            found=test.load_balancer_arn,
            related=related,
        )
    elif test.port != port:
        yield drift(
            "its test listener has another port",
            code="test-port",
            severity=Severity.INFORMATIONAL,
            expected=port,
            found=test.port,
            related=related,
        )


def group_of(service: ecs.Service, facts: Facts) -> codedeploy.DeploymentGroup | None:
    """The group of CodeDeploy that deploys a service; a service is in one group at most."""
    name = f"{service.cluster}/{service.service_name}"
    found = facts.where(codedeploy.GROUPS, codedeploy.services_deployed, name)
    return found[0] if found else None
