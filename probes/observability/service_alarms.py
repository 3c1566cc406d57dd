"""High CPU and memory of ECS services raise an alarm.

A service that runs out of either slows down or has its containers killed. The metrics are those of
namespace `AWS/ECS` with the dimensions `ClusterName` and `ServiceName` (ECS developer guide,
"Amazon ECS CloudWatch metrics"); `CpuUtilized` and `MemoryUtilized` of Container Insights count if
the baseline lets them. The minimum, and the sum of percentages, say nothing of high load. Alarms
of target tracking scale and tell nobody: they count only where somebody hears of them, too. Alarms
on expressions watch the metrics inside them. Where another account sees this account's metrics,
the alarm may stand there, and nothing is concluded.

Fix: `aws cloudwatch put-metric-alarm --namespace AWS/ECS --metric-name CPUUtilization`, and the
same for `MemoryUtilization`, with both dimensions and `--alarm-actions`; in CloudFormation
`AWS::CloudWatch::Alarm`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.analysis.watching import Wanted
from probes.aws import ecs
from probes.groups import Alarms
from probes.observability._alarmed import NEEDS, Watch, unwatched

_PERCENT, _UNITS = frozenset({"Average", "Maximum"}), frozenset({"Average", "Maximum", "Sum"})


class ServiceAlarmed(Settings):
    """Which alarms on CPU and memory count."""

    alarms: Alarms = Alarms()
    cpu_threshold: int = setting(
        80, "CPU at which the alarm must go off at the latest.", unit="percent", ge=1, le=100
    )
    memory_threshold: int = setting(
        80, "Memory at which the alarm must go off at the latest.", unit="percent", ge=1, le=100
    )
    container_insights: bool = setting(
        True, "Whether alarms on the metrics of Container Insights count."
    )


class ServiceAlarms(Probe[ecs.Service, ServiceAlarmed]):
    """The alarms on CPU and memory of each service."""

    subject, needs = ecs.SERVICES, NEEDS
    severity, settings, sources = Severity.MEDIUM, ServiceAlarmed, ("S2.9",)
    parts = ("cpu", "memory")

    def judge_cpu(
        self, service: ecs.Service, facts: Facts, expected: ServiceAlarmed
    ) -> Iterator[Remark]:
        limit = expected.cpu_threshold
        yield from _judged(service, facts, expected, ("CPUUtilization", "CpuUtilized", limit))

    def judge_memory(
        self, service: ecs.Service, facts: Facts, expected: ServiceAlarmed
    ) -> Iterator[Remark]:
        limit = expected.memory_threshold
        yield from _judged(service, facts, expected, ("MemoryUtilization", "MemoryUtilized", limit))


def _judged(
    service: ecs.Service, facts: Facts, expected: ServiceAlarmed, metric: tuple[str, str, int]
) -> Iterator[Remark]:
    name, in_insights, limit = metric
    if service.status in {"INACTIVE", "DRAINING"}:
        yield not_applicable("the service is being deleted", code="inactive")
    elif service.status not in {"ACTIVE", ""}:
        yield unknown(f"the status {service.status!r} is not known here")
    elif expected.alarms.exempts(service.service_name):
        yield not_applicable("the baseline exempts it", code="exempt")
    else:
        dimensions = {"ClusterName": service.cluster, "ServiceName": service.service_name}
        usual = Wanted("AWS/ECS", name, dimensions, limit, continuous=True,
                       statistics=_PERCENT, advised="Average")  # fmt: skip
        units = Wanted("ECS/ContainerInsights", in_insights, dimensions, statistics=_UNITS)
        wanted = (usual, units) if expected.container_insights else (usual,)
        yield from unwatched(Watch(f"its {name}", wanted), facts, expected.alarms)
