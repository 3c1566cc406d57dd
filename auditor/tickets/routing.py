"""Whose a ticket is and when it is due, by the baseline's rules.

Values from an account only ever choose among the words of the baseline; none of them passes into a
team, component, assignee or label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase

from auditor.baseline_file import Routing, TicketMatch, Tickets
from auditor.finding import Finding
from auditor.probe import Severity

FIELDS = ("team", "component", "assignee")


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whose a ticket is, in the baseline's words; an empty word is one that it does not say."""

    team: str = ""
    component: str = ""
    assignee: str = ""


def assigned(findings: Sequence[Finding], routing: Routing) -> Assignment:
    """Whose a ticket with these findings is; where they belong to several, the default's."""
    words = {}
    for field in FIELDS:
        said = {_word(finding, routing, field) for finding in findings}
        words[field] = said.pop() if len(said) == 1 else str(getattr(routing.default, field))
    return Assignment(**words)


def due(opened: date, severity: Severity, settings: Tickets) -> date | None:
    """The day by which a finding of a ticket that was opened on a day should be mended."""
    days = settings.due_days[severity.value]
    return None if days is None else opened + timedelta(days=days)


def worst(findings: Iterable[Finding]) -> Severity:
    """The severity of the worst of some findings; there is one at least."""
    return min((finding.severity for finding in findings), key=lambda severity: severity.rank)


def _word(finding: Finding, routing: Routing, field: str) -> str:
    """What the first rule that fits and says it calls a team, component or assignee."""
    for rule in routing.rules:
        said = str(getattr(rule, field))
        if said and fits(finding, rule.match):
            return said
    return str(getattr(routing.default, field))


def fits(finding: Finding, match: TicketMatch) -> bool:
    """Whether a rule is for a finding; what could not be read (tags) fits no pattern."""
    resource = finding.resource
    stack = resource.stack.name if resource.stack else ""
    conditions = (
        (match.probe, (finding.probe,)),
        (match.account, (finding.account,)),
        (match.region, (finding.region,)),
        (match.environment, (finding.environment,)),
        (match.resource, (resource.name, resource.id, resource.arn)),
        (match.stack, (stack,)),
        (match.type, (resource.type,)),
        (match.severity, (finding.severity.value,)),
    )
    return all(_any(names, pattern) for pattern, names in conditions if pattern) and all(
        _any(((resource.tags or {}).get(key, ""),), pattern) for key, pattern in match.tags.items()
    )


def _any(names: Iterable[str], pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in names if name)
