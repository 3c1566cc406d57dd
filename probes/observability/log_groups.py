"""What logs has its log groups.

A group that somebody makes has a retention, a key and tags; one that a service makes with the first
line has none. Containers whose `awslogs` driver may not make its group do not even start without it
(ECS API, `LogConfiguration`), and a flow log that cannot deliver loses what it saw: those are
failures. Of functions, builds and exported database logs it is not known whether they have ever
logged: their missing group is worth a word only. What the CloudWatch agent and API Gateway log to
is not looked at.

Fix: `aws logs create-log-group --log-group-name GROUP` and a retention; in CloudFormation an
`AWS::Logs::LogGroup` that the producer refers to.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, unknown
from auditor.settings import Settings
from probes.aws import ecs_tasks, logs
from probes.observability._producers import PRODUCERS, Destination, Producer, destinations


class LogGroups(Probe[Producer, Settings]):
    """The log groups of functions, services, databases, build projects and flow logs."""

    subject, needs = PRODUCERS, (logs.LOG_GROUPS, ecs_tasks.TASK_DEFINITIONS)
    severity, sources = Severity.MEDIUM, ("S3.I2", "S2.17")

    def judge(self, producer: Producer, facts: Facts, _expected: Settings) -> Iterator[Remark]:
        wanted = tuple(dict.fromkeys(destinations(producer, facts)))
        if not wanted:
            yield not_applicable("it logs to no log group of this account")
            return
        away = sorted({one.region for one in wanted} - {"", facts.region})
        missing = [one for one in wanted if one.region not in away and not _is_there(one, facts)]
        if missing:
            yield _missing(missing)
        if away:
            yield unknown(f"it logs to {', '.join(away)}, which is not looked at from here")


def _is_there(one: Destination, facts: Facts) -> bool:
    return facts.named(logs.LOG_GROUPS, one.name) is not None


def _missing(missing: list[Destination]) -> Remark:
    certain = [one for one in missing if one.certain]
    shown = sorted({one.name for one in certain or missing})
    why = "cannot log" if certain else "are made with the first line, and then never expire"
    return gap(
        f"log groups that do not exist {why}: {', '.join(shown)}",
        code="group-missing",
        severity=Severity.MEDIUM if certain else Severity.INFORMATIONAL,
        expected=shown,
        found="none",
        cli=("aws", "logs", "create-log-group", "--log-group-name", shown[0]),
        cloudformation={"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": shown[0]}},
    )
