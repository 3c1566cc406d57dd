"""A probe is one claim about deployed resources: its subject, the queries it needs, its judgement.

The claim is the first line of the module's docstring, the rest of the docstring is the probe's
documentation, and the probe's id is its path below the probes package. Nothing registers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from auditor.answer import Unanswered
from auditor.facts import Facts
from auditor.query import JSON, Query
from auditor.resources import Related
from auditor.settings import Settings

S = TypeVar("S")
E = TypeVar("E", bound=Settings)


class Verdict(StrEnum):
    """What a probe says of one subject."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    GAP = "gap"
    DRIFT = "drift"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    @property
    def violates(self) -> bool:
        """Whether the claim is proven wrong."""
        return self in (Verdict.GAP, Verdict.DRIFT)


class Severity(StrEnum):
    """How much it matters, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATIONAL = "informational"

    @property
    def rank(self) -> int:
        """0 for critical, 4 for informational."""
        return tuple(Severity).index(self)

    def at_least(self, other: Severity) -> bool:
        """Whether this is as bad as the other or worse."""
        return self.rank <= other.rank

    def lowered(self) -> Severity:
        """One step less severe."""
        return tuple(Severity)[min(self.rank + 1, 4)]


class Scope(Enum):
    """Subjects that are no resource."""

    ACCOUNT = "account"
    REGION = "region"


ACCOUNT, REGION = Scope.ACCOUNT, Scope.REGION


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a judgement has to say; `gap`, `drift` and the others below make it.

    `cli` is an argument list, never a line of shell. `cloudformation` holds properties of the
    subject's resource, or a whole resource with `Type`.
    """

    verdict: Verdict
    message: str
    code: str = ""
    expected: JSON = None
    found: JSON = None
    severity: Severity | None = None
    evidence: Mapping[str, JSON] = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    cli: tuple[str, ...] = ()
    cloudformation: Mapping[str, JSON] | None = None


def gap(message: str, **more: Any) -> Remark:
    """Something is missing that the baseline wants."""
    return Remark(Verdict.GAP, message, **more)


def drift(message: str, **more: Any) -> Remark:
    """Something is present that should not be, or differs from the baseline."""
    return Remark(Verdict.DRIFT, message, **more)


def unknown(message: str, **more: Any) -> Remark:
    """What AWS said is not enough to tell (a value that this version does not know)."""
    return Remark(Verdict.UNKNOWN, message, **more)


def not_applicable(message: str, **more: Any) -> Remark:
    """The claim does not arise here, and why."""
    return Remark(Verdict.NOT_APPLICABLE, message, **more)


def note(message: str, **more: Any) -> Remark:
    """Worth saying, without any effect on the verdict."""
    return Remark(Verdict.PASS, message, **more)


class Probe(Generic[S, E]):
    """One claim; a subclass in a module of its own below `probes/<concern>/`.

    subject   the query whose items are judged, several of them, `ACCOUNT` or `REGION`
    needs     every other query that the judgement reads
    severity  of a violation, unless a remark says otherwise
    settings  what the baseline can set
    sources   where the claim comes from
    parts     names of the independent ways to fail: each is judged by `judge_<part>`
    formerly  names that the probe had before, the first one first
    """

    subject: ClassVar[Query[Any] | tuple[Query[Any], ...] | Scope]
    needs: ClassVar[tuple[Query[Any], ...]] = ()
    severity: ClassVar[Severity]
    settings: ClassVar[type[Settings]] = Settings
    sources: ClassVar[tuple[str, ...]] = ()
    parts: ClassVar[tuple[str, ...]] = ()
    formerly: ClassVar[tuple[str, ...]] = ()
    references: tuple[str, ...] = ()
    """What other frameworks call this; set by `catalogue` from the table beside the probes."""

    def judge(self, _subject: S, _facts: Facts, _expected: E, /) -> Iterator[Remark]:
        """What there is to say of one subject; saying nothing means that the claim holds.

        Raises `Unanswered`, through `facts`, where AWS would not say.
        """
        message = f"{self.id} has no judgement"
        raise TypeError(message)

    def judgements(self) -> Iterator[tuple[str, Callable[[S, Facts, E], Iterator[Remark]]]]:
        """Each part with the method that judges it; a probe without parts has one, unnamed."""
        for part in self.parts:
            yield part, getattr(self, f"judge_{part}")
        if not self.parts:
            yield "", self.judge

    @cached_property
    def id(self) -> str:
        """`concern.name`: the path of the module below the probes package."""
        return ".".join(type(self).__module__.split(".")[-2:])

    @property
    def first_id(self) -> str:
        """The id that the probe had first: finding ids are made of it."""
        return self.formerly[0] if self.formerly else self.id

    @cached_property
    def subjects(self) -> tuple[Query[Any], ...]:
        """The queries whose items are judged; none for a scope."""
        if isinstance(self.subject, Scope):
            return ()
        return self.subject if isinstance(self.subject, tuple) else (self.subject,)

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """The documentation, paragraph by paragraph."""
        text = sys.modules[type(self).__module__].__doc__ or ""
        return tuple(" ".join(part.split()) for part in text.strip().split("\n\n"))

    @property
    def title(self) -> str:
        """The wanted state as a claim."""
        return self.paragraphs[0].removesuffix(".")

    @property
    def why(self) -> str:
        """Why it matters, and what else there is to know."""
        return "\n\n".join(p for p in self.paragraphs[1:] if not p.startswith("Fix:"))

    @property
    def fix(self) -> str:
        """How to mend a violation."""
        found = (p.removeprefix("Fix:").strip() for p in self.paragraphs if p.startswith("Fix:"))
        return next(found, "")


def any_of(*branches: Callable[[], bool]) -> bool:
    """Whether one branch is true; a proven one stands even if another was refused.

    Raises `Unanswered` where none is proven and one was refused.
    """
    refusals: list[Any] = []
    for branch in branches:
        try:
            if branch():
                return True
        except Unanswered as unanswered:
            refusals += unanswered.refusals
    if refusals:
        raise Unanswered(*refusals)
    return False


def every(*checks: Callable[[], Iterable[Remark]]) -> Iterator[Remark]:
    """The remarks of all checks; one that was refused does not keep the others from speaking.

    Raises `Unanswered` at the end where one was refused: a violation that was yielded stands.
    """
    refusals: list[Any] = []
    for check in checks:
        try:
            yield from check()
        except Unanswered as unanswered:
            refusals += unanswered.refusals
    if refusals:
        raise Unanswered(*refusals)


def severity_if(question: Callable[[], bool], then: Severity, otherwise: Severity) -> Severity:
    """The severity that a fact decides; where the fact is missing, the higher one."""
    try:
        return then if question() else otherwise
    except Unanswered:
        return min(then, otherwise, key=lambda severity: severity.rank)
