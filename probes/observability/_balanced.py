"""The metrics of load balancers and target groups that alarms should watch.

Source: Elastic Load Balancing user guides, "CloudWatch metrics for your Application Load Balancer"
and the same pages for network and gateway load balancers.
"""

from collections.abc import Mapping, Sequence

from auditor.facts import Facts
from auditor.probe import any_of
from probes.analysis.names import load_balancer_dimension, target_group_dimension
from probes.analysis.watching import Wanted
from probes.aws import autoscaling, ecs, elbv2
from probes.observability._alarmed import Watch

APPLICATION_ELB = "AWS/ApplicationELB"
NAMESPACES = {
    elbv2.APPLICATION: APPLICATION_ELB,
    elbv2.NETWORK: "AWS/NetworkELB",
    elbv2.GATEWAY: "AWS/GatewayELB",
}
"""Where each kind of load balancer reports."""

_SUM = frozenset({"Sum"})


def hosts(
    group: elbv2.TargetGroup, balancer: elbv2.LoadBalancer, limit: int, *, aggregate: bool
) -> Watch:
    """What tells of the sick targets of a group behind a load balancer.

    Network load balancers advise the minimum of `UnHealthyHostCount` (user guide, "Statistics for
    Network Load Balancer metrics").
    """
    namespace = NAMESPACES[balancer.type]
    whole, own = _of(balancer), _of_group(group, balancer)
    advised = "Minimum" if balancer.type == elbv2.NETWORK else "Maximum"
    places = (own, whole) if aggregate else (own,)
    sick = tuple(
        Wanted(namespace, "UnHealthyHostCount", place, limit, advised=advised) for place in places
    )
    well = tuple(Wanted(namespace, "HealthyHostCount", place, falling=True) for place in places)
    return Watch("the unhealthy targets", (*sick, *well))


def of_balancer(balancer: elbv2.LoadBalancer, limit: int) -> Wanted:
    """The 5XX answers that a load balancer gives itself."""
    return _server_errors("HTTPCode_ELB_5XX_Count", _of(balancer), limit)


def of_targets(
    balancer: elbv2.LoadBalancer, groups: Sequence[elbv2.TargetGroup], limit: int
) -> tuple[Wanted, ...]:
    """The 5XX answers of what is behind a load balancer: of all groups, or of the only one."""
    name = "HTTPCode_Target_5XX_Count"
    whole = _server_errors(name, _of(balancer), limit)
    if len(groups) != 1:
        return (whole,)
    return whole, _server_errors(name, _of_group(groups[0], balancer), limit)


def _server_errors(name: str, dimensions: Mapping[str, str], limit: int) -> Wanted:
    """Only the sum means something, all other statistics are 1 (user guide, as above)."""
    return Wanted(
        APPLICATION_ELB, name, dimensions, limit, events=True, statistics=_SUM, advised="Sum"
    )


def _of(balancer: elbv2.LoadBalancer) -> dict[str, str]:
    return {"LoadBalancer": load_balancer_dimension(balancer.load_balancer_arn)}


def _of_group(group: elbv2.TargetGroup, balancer: elbv2.LoadBalancer) -> dict[str, str]:
    return {"TargetGroup": target_group_dimension(group.target_group_arn), **_of(balancer)}


def has_targets(group: elbv2.TargetGroup, facts: Facts) -> bool:
    """Whether a group has targets, or a service or scaling group that gives it some."""
    arn = group.target_group_arn
    return any_of(
        lambda: bool(facts.each(elbv2.TARGET_HEALTH)),
        lambda: bool(facts.where(ecs.SERVICES, ecs.target_groups_of, arn)),
        lambda: bool(facts.where(autoscaling.GROUPS, autoscaling.target_groups_of, arn)),
    )
