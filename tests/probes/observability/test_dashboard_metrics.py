import json

import boto3
import pytest

from probes.aws import cloudwatch_dashboards
from probes.observability.dashboard_metrics import DashboardMetrics
from tests.kit import Case, Gone, Refused, audit, check_case, findings_of, verdicts
from tests.probes.observability.test_dashboard_coverage import boards, widget

PROBE = DashboardMetrics()
INVENTED = ["AWS/CodePipeline", "PipelineExecutionSuccess"]
REAL = ["AWS/CodePipeline", "FailedPipelineExecutions"]


def case(title, given, verdict, code=None, **more):
    return Case(title, given, verdict, code, **more)


CASES = [
    case("a metric that exists", boards([widget(REAL)]), "pass"),
    case(
        "a metric that reviews have invented",
        boards([widget(REAL, INVENTED)]),
        "drift",
        "dead-metric",
        severity="low",
        expected=["FailedPipelineExecutions"],
        found=["AWS/CodePipeline PipelineExecutionSuccess"],
    ),
    case(
        "a letter in the wrong case",
        boards([widget(["AWS/ApplicationELB", "UnhealthyHostCount"])]),
        "drift",
        "dead-metric",
    ),
    case("a metric that is not known here", boards([widget(["AWS/Lambda", "Novelty"])]), "pass"),
    case("nothing", boards([]), "pass"),
    case(
        "a dead metric beside what cannot be read",
        boards([widget(INVENTED, ["x"])]),
        "drift",
        "dead-metric",
    ),
    case("what cannot be read", boards([widget(["x"])]), "unknown", says="row"),
    case("what is no dashboard", boards("nonsense"), "unknown", says="no JSON"),
    case(
        "refused",
        boards([]) | {cloudwatch_dashboards.BODIES: {"board-0": Refused()}},
        "unknown",
        "AccessDenied",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_dashboard_that_is_gone_has_no_finding():
    gone = boards([]) | {cloudwatch_dashboards.BODIES: {"board-0": Gone()}}
    assert findings_of(PROBE, Case("gone", gone, "pass")) == []


def test_on_an_account(aws):
    client = boto3.client("cloudwatch", "us-east-1")
    for name, row in {"right": REAL, "wrong": INVENTED}.items():
        body = json.dumps({"widgets": [widget(row)]})
        client.put_dashboard(DashboardName=name, DashboardBody=body)
    assert verdicts(audit(DashboardMetrics)) == {"right": "pass", "wrong": "drift"}
