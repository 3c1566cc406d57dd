"""What CodeDeploy needs to shift the traffic of a service: two target groups and a listener."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.probe import Remark, drift, every, gap, unknown
from auditor.query import Query, Shape
from auditor.resources import Related
from probes.aws import codedeploy, ecs, elbv2

NEEDS: tuple[Query[Shape], ...] = (
    codedeploy.GROUPS,
    elbv2.LOAD_BALANCERS,
    elbv2.LISTENERS,
    elbv2.TARGET_GROUPS,
)
_WANTED = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}


@dataclass(frozen=True, slots=True)
class Deployed:
    """A service, and the group of CodeDeploy that deploys it."""

    service: ecs.Service
    group: codedeploy.DeploymentGroup
    facts: Facts

    @property
    def pair(self) -> codedeploy.TargetGroupPair | None:
        """The two target groups with their listeners; there is one pair at most."""
        pairs = self.group.load_balancer_info.target_group_pair_info_list
        return pairs[0] if pairs else None

    @property
    def groups(self) -> tuple[elbv2.TargetGroup, ...]:
        """The target groups of the pair that exist."""
        names = {one.name for one in self.pair.target_groups} if self.pair else set()
        all_groups = self.facts.all(elbv2.TARGET_GROUPS)
        return tuple(group for group in all_groups if group.target_group_name in names)

    @property
    def related(self) -> tuple[Related, ...]:
        return (self.facts.related("the deployment group", self.group),)

    def listener(self, route: codedeploy.Route | None) -> elbv2.Listener | None:
        """The listener of a route, where it names one that is there."""
        arns = route.listener_arns if route else ()
        return self.facts.named(elbv2.LISTENERS, arns[0]) if arns else None


def no_group(service: ecs.Service) -> Remark:
    """CodeDeploy is to deploy a service that it does not know."""
    return gap(
        "CodeDeploy is to deploy it, and has no deployment group for it",
        code="no-deployment-group",
        expected="a deployment group",
        found="none",
        cloudformation={
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Properties": {
                "ECSServices": [
                    {"ClusterName": service.cluster, "ServiceName": service.service_name}
                ]
            },
        },
    )


def undeployable(deployed: Deployed) -> Iterator[Remark]:
    """What keeps CodeDeploy from shifting the traffic of a service."""
    style = deployed.group.deployment_style
    found = {
        "deploymentType": style.deployment_type,
        "deploymentOption": style.deployment_option,
    }
    if found != _WANTED:
        yield drift(
            "its deployment group does not shift traffic",
            code="deployment-style",
            expected=_WANTED,
            found=found,
            related=deployed.related,
        )
    yield from every(lambda: _pair(deployed), lambda: _production(deployed))


def _pair(deployed: Deployed) -> Iterator[Remark]:
    pair = deployed.pair
    names = sorted({one.name for one in pair.target_groups}) if pair else []
    if len(names) != 2:
        yield gap(
            "its deployment group does not name two target groups",
            code="no-target-group-pair",
            expected="two target groups",
            found=names,
            related=deployed.related,
            cli=(
                "aws", "deploy", "update-deployment-group",
                "--application-name", deployed.group.application_name,
                "--current-deployment-group-name", deployed.group.deployment_group_name,
                "--load-balancer-info", "file://load-balancer-info.json",
            ),
        )  # fmt: skip
        return
    groups = deployed.groups
    missing = sorted({*names} - {group.target_group_name for group in groups})
    if missing:
        yield gap(
            "target groups of its deployment group do not exist",
            code="target-group-missing",
            expected=names,
            found=sorted({*names} - {*missing}),
            related=deployed.related,
        )
        return
    yield from _unlike(groups, deployed)


def _unlike(groups: Sequence[elbv2.TargetGroup], deployed: Deployed) -> Iterator[Remark]:
    names = sorted(group.target_group_name for group in groups)
    kinds = {(group.vpc_id, group.protocol, group.target_type) for group in groups}
    if len(kinds) > 1:
        yield drift(
            "its target groups differ in VPC, protocol or kind of targets",
            code="target-groups-differ",
            expected="one of each",
            found=sorted({"/".join(kind) for kind in kinds}),
            related=deployed.related,
        )
    current = {group.target_group_arn for group in groups} & {*deployed.service.target_groups}
    if deployed.service.target_groups and not current:
        yield drift(
            "the service is in neither of its target groups",
            code="other-target-group",
            expected=names,
            found=sorted(deployed.service.target_groups),
            related=deployed.related,
        )


def _production(deployed: Deployed) -> Iterator[Remark]:
    pair = deployed.pair
    if pair is None:
        return
    listener = deployed.listener(pair.prod_traffic_route)
    if listener is None:
        route = pair.prod_traffic_route
        yield gap(
            "the listener of its deployment group does not exist",
            code="production-listener-missing",
            expected="a listener",
            found=sorted(route.listener_arns) if route else [],
            related=deployed.related,
        )
        return
    yield from every(
        lambda: _balanced(deployed, listener), lambda: _all_at_once(deployed, listener)
    )


def _balanced(deployed: Deployed, listener: elbv2.Listener) -> Iterator[Remark]:
    """Whether the target groups stand behind the load balancer of the listener.

    Before its first deployment the second group stands behind none, and that is fine.
    """
    mine = listener.load_balancer_arn
    attached = {group.target_group_name: group.load_balancer_arns for group in deployed.groups}
    related = (*deployed.related, deployed.facts.related("the listener", listener))
    elsewhere = sorted(name for name, arns in attached.items() if {*arns} - {mine})
    if elsewhere:
        yield drift(
            "its target groups belong to another load balancer",
            code="target-group-elsewhere",
            expected=[],
            found=elsewhere,
            related=related,
        )
    elif attached and not any(mine in arns for arns in attached.values()):
        yield drift(
            "its listener sends traffic to neither of its target groups",
            code="production-listener-elsewhere",
            expected=sorted(attached),
            found=[],
            related=related,
        )


def _all_at_once(deployed: Deployed, listener: elbv2.Listener) -> Iterator[Remark]:
    """Behind network load balancers traffic shifts at once (CodeDeploy user guide, ECS)."""
    name = deployed.group.deployment_config_name
    balancer = deployed.facts.named(elbv2.LOAD_BALANCERS, listener.load_balancer_arn)
    if balancer is None or balancer.type != elbv2.NETWORK:
        return
    if name.startswith(("CodeDeployDefault.ECSLinear", "CodeDeployDefault.ECSCanary")):
        yield drift(
            "network load balancers shift all traffic at once",
            code="nlb-in-steps",
            expected="CodeDeployDefault.ECSAllAtOnce",
            found=name,
            related=deployed.related,
        )
    elif name != "CodeDeployDefault.ECSAllAtOnce":
        yield unknown(f"whether {name!r} shifts all traffic at once is not known here")
