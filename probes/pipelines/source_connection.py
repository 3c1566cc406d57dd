"""Pipelines can fetch their source.

A connection made by the CLI, an SDK or CloudFormation is pending until somebody completes it in the
console, and until then every execution fails at its first stage (API model, `CreateConnection`).
Connections have ARNs in two namespaces, `codeconnections` and `codestar-connections`, and end in a
UUID: `connection/example` in an account of AWS's documentation, which reviews have let stand as a
fallback, is none. The role of the action needs `UseConnection` with the prefix of that ARN. What
another account owns, only that account can tell. The first GitHub action, by OAuth, is deprecated.
Sources in CodeCommit, S3 and ECR need no connection.

Fix: complete the connection in the console and look at it with `aws codeconnections get-connection
--connection-arn ARN`; in CloudFormation a parameter for `ConnectionArn` of the action.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, every, not_applicable
from auditor.settings import Settings
from probes.aws import codepipeline
from probes.pipelines import _connections
from probes.pipelines._workers import ROLES

_NONE = "it fetches nothing through a connection"


class SourceConnection(Probe[codepipeline.Pipeline, Settings]):
    """The connections of each pipeline's source actions."""

    subject = codepipeline.PIPELINES
    needs = (codepipeline.STRUCTURES, *_connections.LISTS, *ROLES)
    severity, sources = Severity.HIGH, ("S3.B7",)
    parts = ("connection", "permission", "source")

    def judge_connection(
        self, _pipeline: codepipeline.Pipeline, facts: Facts, _expected: Settings
    ) -> Iterator[Remark]:
        found = _connections.sources(facts)
        if not found:
            yield not_applicable(_NONE)
        yield from every(*(lambda s=s: _connections.unavailable(s, facts) for s in found))

    def judge_permission(
        self, _pipeline: codepipeline.Pipeline, facts: Facts, _expected: Settings
    ) -> Iterator[Remark]:
        named = [(s, s.connection(facts.account)) for s in _connections.sources(facts)]
        real = [(source, connection) for source, connection in named if connection]
        if not real:
            yield not_applicable("it names no connection" if named else _NONE)
        yield from every(
            *(lambda s=s, c=c: _connections.unusable_by_role(s, c, facts) for s, c in real)
        )

    def judge_source(
        self, _pipeline: codepipeline.Pipeline, facts: Facts, _expected: Settings
    ) -> Iterator[Remark]:
        found, old = _connections.sources(facts), _connections.by_oauth(facts)
        if not found and not old:
            yield not_applicable(_NONE)
        for name in old:
            yield drift(
                f"{name}: this way to GitHub is deprecated",
                code="github-v1",
                severity=Severity.INFORMATIONAL,
                expected="CodeStarSourceConnection",
                found="GitHub by OAuth",
            )
        for source in found:
            yield from _connections.unsaid(source)
