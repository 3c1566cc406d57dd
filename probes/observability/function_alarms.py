"""Errors of Lambda functions raise an alarm.

A function that fails in the background has nobody who waits for its answer. `Errors` of namespace
`AWS/Lambda` carries `FunctionName`; with `Resource` it is that of one version or alias, without any
dimension that of all functions together (Lambda developer guide, "Types of metrics for Lambda
functions", Dimensions), and the baseline says whether such alarms count. Alarms count that somebody
hears of, on the metric or on rates made of it; alarms on logs watch no metric. Each call
counts 1 or 0, so that the average is the share of calls that fail: an alarm on it counts below 1,
at which every call must fail. Copies that CloudFront made at its edge report to the function that
they are copies of. Functions that the CDK adds by itself are exempt by name.

Fix: `aws cloudwatch put-metric-alarm --namespace AWS/Lambda --metric-name Errors --statistic Sum`
with `FunctionName` and `--alarm-actions`; in CloudFormation `AWS::CloudWatch::Alarm`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable
from auditor.settings import Settings, setting
from probes.analysis.watching import Match, Wanted
from probes.aws import lambda_
from probes.groups import Alarms
from probes.observability._alarmed import NEEDS, Watch, unwatched

_STATISTICS = frozenset({"Sum", "Average", "Maximum"})


class FunctionErrors(Settings):
    """Which alarms on errors count."""

    alarms: Alarms = Alarms()
    threshold: int = setting(
        1, "Errors in a period at which the alarm must go off at the latest.", unit="errors", ge=1
    )
    account_wide: bool = setting(
        True, "Whether an alarm on the errors of all functions together counts."
    )
    aliases: bool = setting(
        True, "Whether an alarm on one version or alias of the function counts."
    )


class FunctionAlarms(Probe[lambda_.Function, FunctionErrors]):
    """The alarm on errors of each function."""

    subject, needs = lambda_.FUNCTIONS, NEEDS
    severity, settings, sources = Severity.MEDIUM, FunctionErrors, ("S2.9",)

    def judge(
        self, function: lambda_.Function, facts: Facts, expected: FunctionErrors
    ) -> Iterator[Remark]:
        if function.master_arn:
            yield not_applicable("it is a copy at CloudFront's edge", code="replica")
            return
        if expected.alarms.exempts(function.function_name):
            yield not_applicable("the baseline exempts it", code="exempt")
            return
        also = {Match.WHOLE: expected.account_wide, Match.PART: expected.aliases}
        wanted = Wanted(
            "AWS/Lambda",
            "Errors",
            {"FunctionName": function.function_name},
            expected.threshold,
            events=True,
            statistics=_STATISTICS,
            advised="Sum",
            accepted=frozenset({Match.EXACT, *(one for one, counts in also.items() if counts)}),
        )
        yield from unwatched(Watch("its errors", (wanted,)), facts, expected.alarms)
