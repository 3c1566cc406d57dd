"""The kinds of things whose metrics belong on a dashboard, and what is missing of them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, gap, not_applicable, note, unknown
from auditor.query import JSON, Query
from probes.aws import codebuild, codepipeline, ecs, elbv2, lambda_
from probes.groups import Helpers
from probes.observability._boards import Coverage, Pattern, boards, coverage, searched


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: its metrics' namespace and dimensions, and which of its items count."""

    what: str
    namespace: str
    dimensions: str
    query: Query[Any]
    counts: Callable[[Any], bool]

    def runs_here(self, facts: Facts, helpers: Helpers) -> bool:
        """Whether one of the kind is here that is more than a helper of some tool."""
        return any(
            self.counts(item) and not helpers.include(facts.resource(item).name)
            for item in facts.all(self.query)
        )


def _answers_http(balancer: elbv2.LoadBalancer) -> bool:
    return balancer.type == elbv2.APPLICATION


def _is_no_copy(function: lambda_.Function) -> bool:
    return not function.master_arn


def _is_kept(service: ecs.Service) -> bool:
    return service.status not in {"INACTIVE", "DRAINING"}


def _always(_: object) -> bool:
    return True


BALANCERS = Kind(
    "application load balancers",
    "AWS/ApplicationELB",
    "LoadBalancer",
    elbv2.LOAD_BALANCERS,
    _answers_http,
)
FUNCTIONS = Kind("functions", "AWS/Lambda", "FunctionName", lambda_.FUNCTIONS, _is_no_copy)
SERVICES = Kind("services", "AWS/ECS", "ClusterName,ServiceName", ecs.SERVICES, _is_kept)
PIPELINES = Kind("pipelines", "AWS/CodePipeline", "PipelineName", codepipeline.PIPELINES, _always)
BUILDS = Kind("build projects", "AWS/CodeBuild", "ProjectName", codebuild.PROJECT_NAMES, _always)
KIND_QUERIES = tuple(k.query for k in (BALANCERS, FUNCTIONS, SERVICES, PIPELINES, BUILDS))


@dataclass(frozen=True, slots=True)
class Terms:
    """How dashboards show things: all `together` on one, but for the helpers of tools."""

    together: bool
    helpers: Helpers


def missing(kind: Kind, wanted: Sequence[str], facts: Facts, terms: Terms) -> Iterator[Remark]:
    """What dashboards do not show of a kind."""
    if not wanted:
        yield not_applicable("the baseline asks for none of their metrics")
        return
    if not kind.runs_here(facts, terms.helpers):
        yield not_applicable(f"there are no {kind.what} here", code="none-here")
        return
    found = boards(facts)
    each = [coverage(board, kind.namespace, wanted, facts) for board in found]
    best = _best(each, frozenset(wanted)) if terms.together else reduce(or_, each, Coverage())
    lacking = frozenset(wanted) - best.shown
    if not lacking:
        if any(searched(board) for board in found):
            yield note("some metrics are found by a search, which shows what there is")
        return
    if lacking <= best.doubtful:
        metrics = ", ".join(sorted(lacking))
        yield unknown(f"whether a dashboard shows {metrics} of {kind.what} cannot be told")
        return
    yield _gap(kind, wanted, best, facts, code="metrics-not-shown" if found else "no-dashboard")


def _best(each: Sequence[Coverage], wanted: frozenset[str]) -> Coverage:
    """The dashboard that shows the most, one that might show all before any that does not."""
    might = [one for one in each if wanted <= one.shown | one.doubtful]
    return max(might or each, key=lambda one: len(one.shown), default=Coverage())


def _gap(kind: Kind, wanted: Sequence[str], best: Coverage, facts: Facts, *, code: str) -> Remark:
    lacking = sorted(set(wanted) - best.shown - best.doubtful)
    return gap(
        f"no dashboard shows of {kind.what}: {', '.join(lacking)}",
        code=code,
        expected=sorted(wanted),
        found=sorted(best.shown),
        cloudformation=_dashboard(kind, lacking, facts),
    )


def _dashboard(kind: Kind, lacking: Sequence[str], facts: Facts) -> dict[str, JSON]:
    """A dashboard with a search for each missing metric, whatever resources there will be."""
    names = [one.name for one in map(Pattern.of, lacking) if one.is_literal]
    schema = f"{{{kind.namespace},{kind.dimensions}}}"
    rows = [
        [{"expression": f"SEARCH('{schema} MetricName=\"{name}\"', 'Average')"}] for name in names
    ]
    properties = {"region": facts.region, "title": kind.what, "metrics": rows}
    body = {"widgets": [{"type": "metric", "properties": properties}]}
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardBody": json.dumps(body)},
    }
