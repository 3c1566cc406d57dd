"""Server errors of application load balancers raise an alarm.

`HTTPCode_Target_5XX_Count` counts what the targets answered, `HTTPCode_ELB_5XX_Count` what the load
balancer answered itself, as when no target is left; they share no request. Both carry the dimension
`LoadBalancer`, the end of the ARN, and only their sum means something: all other statistics are 1
(Elastic Load Balancing user guide, "CloudWatch metrics for your Application Load Balancer"). Alarms
count that somebody hears of, on the metrics themselves or on rates made of them; one on the target
group counts where it is the only one. Load balancers of other kinds answer no HTTP.

Fix: `aws cloudwatch put-metric-alarm --metric-name HTTPCode_ELB_5XX_Count --statistic Sum` with the
dimension and `--alarm-actions`; in CloudFormation `AWS::CloudWatch::Alarm`.
"""

from collections.abc import Iterator
from functools import partial
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import elbv2
from probes.groups import Alarms
from probes.observability._alarmed import NEEDS, Watch, unwatched
from probes.observability._balanced import of_balancer, of_targets


class ServerErrors(Settings):
    """Which alarms on server errors count."""

    alarms: Alarms = Alarms()
    threshold: int = setting(
        10, "Errors in a period at which the alarm must go off at the latest.", unit="errors", ge=1
    )
    of: Literal["either", "both", "targets", "load_balancer"] = setting(
        "either", "Whose errors must be watched."
    )


class LoadBalancerAlarms(Probe[elbv2.LoadBalancer, ServerErrors]):
    """The alarms on 5XX answers of each application load balancer."""

    subject, needs = elbv2.LOAD_BALANCERS, (*NEEDS, elbv2.TARGET_GROUPS)
    severity, settings, sources = Severity.MEDIUM, ServerErrors, ("S2.9",)

    def judge(
        self, balancer: elbv2.LoadBalancer, facts: Facts, expected: ServerErrors
    ) -> Iterator[Remark]:
        if balancer.type not in elbv2.LOAD_BALANCER_TYPES:
            yield unknown("this kind of load balancer is not known here")
        elif balancer.type != elbv2.APPLICATION:
            yield not_applicable("it answers no HTTP", code="other-kind")
        elif expected.alarms.exempts(balancer.load_balancer_name):
            yield not_applicable("the baseline exempts it", code="exempt")
        else:
            watches = _watches(balancer, facts, expected)
            yield from every(*(partial(unwatched, one, facts, expected.alarms) for one in watches))


def _watches(balancer: elbv2.LoadBalancer, facts: Facts, expected: ServerErrors) -> Iterator[Watch]:
    own = of_balancer(balancer, expected.threshold)
    groups = facts.where(elbv2.TARGET_GROUPS, elbv2.load_balancers_of, balancer.load_balancer_arn)
    targets = of_targets(balancer, groups, expected.threshold)
    if expected.of == "either":
        yield Watch("the server errors", (own, *targets))
    if expected.of in {"both", "targets"}:
        yield Watch("the server errors of the targets", targets)
    if expected.of in {"both", "load_balancer"}:
        yield Watch("the server errors of the load balancer", (own,))
