"""Services that are deployed blue/green have all that it takes.

With the controller CODE_DEPLOY a deployment group must name the service, a pair of target groups
and the production listener: two target groups without one, as reviews have proposed, deploy
nothing. ECS itself shifts traffic (strategies BLUE_GREEN, LINEAR, CANARY; what AWS recommends now)
with an alternate target group, a rule of the listener and a role for each load balancer (API model,
`AdvancedConfiguration`). The route of test traffic is optional (API model, `TargetGroupPairInfo`);
where there is one it is another listener of the same load balancer. Between deployments the second
group has no targets and may stand behind no listener. Network load balancers shift all at once.

Fix: `aws deploy update-deployment-group --load-balancer-info FILE`; in CloudFormation
`TargetGroupPairInfoList`, or `AdvancedConfiguration` in `LoadBalancers` of the service.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import ecs
from probes.pipelines import _deployers, _shifting, _strategies
from probes.pipelines._workers import ROLES


class Deploys(Settings):
    """What blue/green deployments should have."""

    require_test_listener: bool = setting(True, "Whether new versions must be open to tests.")
    test_port: int = setting(8080, "The port of the test listener.", ge=1, le=65535)


class BlueGreen(Probe[ecs.Service, Deploys]):
    """What each service needs that is deployed blue/green."""

    subject, needs = ecs.SERVICES, (*_shifting.NEEDS, *ROLES)
    severity, settings, sources = Severity.HIGH, Deploys, ("S3.A3",)
    parts = ("deployable", "test_listener", "role")

    def judge_deployable(
        self, service: ecs.Service, facts: Facts, _expected: Deploys
    ) -> Iterator[Remark]:
        reason, new = _strategies.why_none(service), _strategies.what_is_new(service)
        if reason or new:
            yield not_applicable(reason) if reason else unknown(new)
        elif service.deployment_controller.type != _strategies.CODE_DEPLOY:
            yield from _strategies.unshiftable(service, facts)
        elif (group := _strategies.group_of(service, facts)) is None:
            yield _shifting.no_group(service)
        else:
            yield from _shifting.undeployable(_shifting.Deployed(service, group, facts))

    def judge_test_listener(
        self, service: ecs.Service, facts: Facts, expected: Deploys
    ) -> Iterator[Remark]:
        if _strategies.why_none(service) or _strategies.what_is_new(service):
            yield not_applicable("it is not known to be deployed blue/green")
        elif service.deployment_controller.type != _strategies.CODE_DEPLOY:
            rules = [shift.test_listener_rule for shift in _strategies.shifts(service)]
            if expected.require_test_listener and not all(rules or [""]):
                yield _strategies.untested(where="testListenerRule")
        elif (group := _strategies.group_of(service, facts)) is None:
            yield not_applicable("CodeDeploy has no deployment group for it")
        else:
            deployed, asked = _shifting.Deployed(service, group, facts), expected
            yield from _strategies.tested(
                deployed, asked.test_port, required=asked.require_test_listener
            )

    def judge_role(
        self, service: ecs.Service, facts: Facts, _expected: Deploys
    ) -> Iterator[Remark]:
        if _strategies.why_none(service) or _strategies.what_is_new(service):
            yield not_applicable("it is not known to be deployed blue/green")
        elif service.deployment_controller.type != _strategies.CODE_DEPLOY:
            yield from _deployers.not_there(service, facts)
        elif (group := _strategies.group_of(service, facts)) is None:
            yield not_applicable("CodeDeploy has no deployment group for it")
        else:
            yield from _deployers.lacks(group, service, facts)
