"""What runs in a region is on a dashboard.

In an outage people look at what is drawn already. The metrics of each kind of thing that runs here
should stand on a dashboard; dashboards belong to no region, their widgets do (CloudWatch API
reference, "Dashboard Body Structure and Syntax"). Searches and queries count where they are
understood; what the console draws by itself is not in the API. A metric of a pipeline's successes,
which reviews have asked for, does not exist: CodeBuild or an EventBridge rule counts them.

Fix: `aws cloudwatch put-dashboard --dashboard-name NAME --dashboard-body FILE`; in CloudFormation
`AWS::CloudWatch::Dashboard` with `DashboardBody`.
"""

from collections.abc import Iterator

from auditor.answer import Place
from auditor.facts import Facts
from auditor.probe import REGION, Probe, Remark, Severity
from auditor.settings import Settings, setting
from probes.groups import Helpers
from probes.observability import _board_kinds as kinds
from probes.observability._boards import BOARD_QUERIES


class Wanted(Settings):
    """The metrics that dashboards should show: patterns, perhaps with `Dimension=pattern`."""

    load_balancers: list[str] = setting(
        ["TargetResponseTime", "RequestCount", "HTTPCode_*"],
        "Metrics of AWS/ApplicationELB, where there are application load balancers.",
    )
    functions: list[str] = setting(
        ["Duration", "Errors"], "Metrics of AWS/Lambda, where there are functions."
    )
    services: list[str] = setting(
        ["CPUUtilization", "MemoryUtilization"], "Metrics of AWS/ECS, where there are services."
    )
    pipelines: list[str] = setting(
        ["FailedPipelineExecutions", "PipelineDuration"],
        "Metrics of AWS/CodePipeline, where there are pipelines.",
    )
    builds: list[str] = setting(
        ["Duration", "SucceededBuilds", "FailedBuilds"],
        "Metrics of AWS/CodeBuild, where there are build projects.",
    )
    one_dashboard: bool = setting(False, "Whether one dashboard must show all of a kind.")
    helpers: Helpers = Helpers()

    @property
    def terms(self) -> kinds.Terms:
        """What goes for every kind."""
        return kinds.Terms(self.one_dashboard, self.helpers)


class DashboardCoverage(Probe[Place, Wanted]):
    """What dashboards show of each region."""

    subject, needs = REGION, (*BOARD_QUERIES, *kinds.KIND_QUERIES)
    severity, settings, sources = Severity.LOW, Wanted, ("S2.9", "S3.B10")
    parts = ("load_balancers", "functions", "services", "pipelines", "builds")

    def judge_load_balancers(self, _: Place, facts: Facts, want: Wanted) -> Iterator[Remark]:
        yield from kinds.missing(kinds.BALANCERS, want.load_balancers, facts, want.terms)

    def judge_functions(self, _: Place, facts: Facts, want: Wanted) -> Iterator[Remark]:
        yield from kinds.missing(kinds.FUNCTIONS, want.functions, facts, want.terms)

    def judge_services(self, _: Place, facts: Facts, want: Wanted) -> Iterator[Remark]:
        yield from kinds.missing(kinds.SERVICES, want.services, facts, want.terms)

    def judge_pipelines(self, _: Place, facts: Facts, want: Wanted) -> Iterator[Remark]:
        yield from kinds.missing(kinds.PIPELINES, want.pipelines, facts, want.terms)

    def judge_builds(self, _: Place, facts: Facts, want: Wanted) -> Iterator[Remark]:
        yield from kinds.missing(kinds.BUILDS, want.builds, facts, want.terms)
