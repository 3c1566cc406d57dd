"""Functions run on runtimes that are supported.

When support ends, Lambda patches a runtime no longer; later it refuses to update functions on it,
which high severity stands for. That later day was put off several times for all runtimes that ended
since 2023, so only the day on which support ends is judged by, unless the baseline states the
other. Published versions keep their runtime for ever and are called by aliases; those that no
alias calls are advice, though their ARN may still be called. Of container images the base is not
known, and a runtime newer than what is known here is no failure. Support of `python3.9`, which
older guides use for rotation functions, ended in December 2025.

Fix: `aws lambda update-function-configuration --function-name FUNCTION --runtime python3.14`, after
a test; for versions `aws lambda publish-version` and `aws lambda update-alias`; in CloudFormation
`Runtime`.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from auditor.settings import Settings, setting
from probes.aws import lambda_
from probes.aws.lambda_ import Function
from probes.serverless._functions import copied, not_named
from probes.serverless._runtimes import Bounds, Day, of_latest, of_published


class Supported(Settings):
    """Which runtimes are too old, beyond what is known."""

    runtime_warn_days: int = setting(
        180, "Time before support ends in which a runtime is reported.", unit="days", ge=0
    )
    extra_deprecated: list[str] = setting(
        [], "Patterns of further runtimes that count as no longer supported."
    )
    updates_refused_since: dict[str, Day] = setting(
        {}, "For a runtime the day from which Lambda refuses to update its functions."
    )


class Runtime(Probe[Function, Supported]):
    """The runtime of each function, and those of its published versions."""

    subject, needs = lambda_.FUNCTIONS, (lambda_.VERSIONS, lambda_.ALIASES)
    severity, settings, parts = Severity.MEDIUM, Supported, ("latest", "published")
    sources = ("S2.17", "S1.3")

    def judge_latest(self, one: Function, facts: Facts, expected: Supported) -> Iterator[Remark]:
        excuse = copied(one) or not_named(one)
        yield from [excuse] if excuse else of_latest(one, facts, _bounds(expected))

    def judge_published(self, one: Function, facts: Facts, expected: Supported) -> Iterator[Remark]:
        excuse = copied(one) or not_named(one)
        yield from [excuse] if excuse else of_published(one, facts, _bounds(expected))


def _bounds(expected: Supported) -> Bounds:
    return Bounds(
        timedelta(days=expected.runtime_warn_days),
        tuple(expected.extra_deprecated),
        {name: date.fromisoformat(day) for name, day in expected.updates_refused_since.items()},
    )
