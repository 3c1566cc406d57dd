"""What there is to say of a function's runtime, and of those of its published versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, not_applicable, note, severity_if, unknown
from probes.analysis.runtimes import RUNTIMES, Support, successor, support
from probes.aws import lambda_
from probes.aws.lambda_ import Function

_SEVERITY = {
    Support.REFUSED: Severity.HIGH,
    Support.ENDED: Severity.MEDIUM,
    Support.ENDING: Severity.LOW,
}
_CODE = {
    Support.REFUSED: "updates-refused",
    Support.ENDED: "deprecated-runtime",
    Support.ENDING: "runtime-ending",
}

_OLD = frozenset({Support.REFUSED, Support.ENDED})


def _as_text(day: object) -> object:
    """A day of a baseline as text: YAML reads it as a date where it stands without quotes."""
    return day.isoformat() if isinstance(day, date) else day


def _readable(text: str) -> str:
    """The text of a day; raises ValueError for any other."""
    date.fromisoformat(text)
    return text


Day = Annotated[str, BeforeValidator(_as_text), AfterValidator(_readable)]
"""A day, such as 2026-11-21."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a baseline adds to what is known of runtimes."""

    notice: timedelta
    ended: tuple[str, ...]
    refused: Mapping[str, date]

    def support(self, runtime: str, facts: Facts) -> Support:
        """How a runtime stands at the time of collection."""
        today = facts.now.date()
        return support(runtime, today, self.notice, ended=self.ended, refused=self.refused)


def of_latest(function: Function, facts: Facts, bounds: Bounds) -> Iterator[Remark]:
    """What there is to say of the runtime of the unpublished version."""
    stands = bounds.support(function.runtime, facts)
    if stands in _SEVERITY:
        newer = successor(function.runtime)
        yield drift(
            f"{function.runtime}: {stands.value}",
            code=_CODE[stands],
            severity=_SEVERITY[stands],
            expected="a supported runtime",
            found=function.runtime,
            evidence=_dates(function.runtime),
            cli=_update(function, newer) if newer else (),
            cloudformation={"Runtime": newer} if newer else None,
        )
    elif stands is Support.NO_DATE:
        yield note(f"{function.runtime}: when its support ends is not known")
    elif stands is Support.UNKNOWN:
        message = f"the runtime {function.runtime!r} is not known here"
        yield unknown(message, code="unknown-runtime")


def of_published(function: Function, facts: Facts, bounds: Bounds) -> Iterator[Remark]:
    """What there is to say of the runtimes of the versions that were published.

    A version that an alias calls counts as much as the function, one that none calls is advice.
    """
    named = facts.where(lambda_.VERSIONS, lambda_.function_named_by, function.function_name)
    published = {one.version: one.runtime for one in named if lambda_.is_published(one)}
    stands = {version: bounds.support(runtime, facts) for version, runtime in published.items()}
    old = {v: _SEVERITY[how] for v, how in stands.items() if how in _OLD}
    new = sorted({published[v] for v, how in stands.items() if how is Support.UNKNOWN})
    if not published:
        yield not_applicable("it has no published version", code="unpublished")
    elif old:
        called = partial(_called, function, facts)
        grades = (
            severity_if(partial(called, v), s, Severity.INFORMATIONAL) for v, s in old.items()
        )
        yield drift(
            "published versions run on what is no longer supported",
            code="old-versions",
            severity=min(grades, key=lambda grade: grade.rank),
            expected="supported runtimes",
            found=sorted({published[version] for version in old}),
            evidence={"versions": {version: published[version] for version in old}},
        )
    elif new:
        message = f"versions run on runtimes that are not known here: {', '.join(new)}"
        yield unknown(message, code="unknown-runtime")


def _called(function: Function, facts: Facts, version: str) -> bool:
    """Whether an alias calls a version."""
    aliases = facts.where(lambda_.ALIASES, lambda_.function_called_by, function.function_arn)
    return any(version in alias.versions for alias in aliases)


def _dates(runtime: str) -> dict[str, str]:
    """The days on which support ends and updates are refused, as far as they are announced."""
    known = RUNTIMES.get(runtime)
    if known is None:
        return {}
    refused = {"updates_refused_from": known.refused.isoformat()} if known.refused else {}
    return {"support_ends": known.ends.isoformat(), **refused}


def _update(function: Function, runtime: str) -> tuple[str, ...]:
    return (
        "aws", "lambda", "update-function-configuration",
        "--function-name", function.function_arn, "--runtime", runtime,
    )  # fmt: skip
