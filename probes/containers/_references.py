"""Whether variables name another account, another region or a host of another environment."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.probe import Remark, Severity, drift
from probes.analysis import environment_words
from probes.analysis.patterns import fits
from probes.aws.variables import JudgedVariable
from probes.containers import _services, _words
from probes.containers._variables import Case


def references(case: Case) -> Iterator[Remark]:
    """What there is to say of what values refer to.

    An ARN says what it names; a host name only hints at it, and informs.
    """
    for task, name, variable in case.variables:
        related = _services.related(case.facts, (task,))
        foreign = _foreign(case, variable)
        if foreign:
            yield drift(
                f"{name} names {', '.join(foreign)}",
                code="foreign-reference",
                expected={name: [case.facts.account, case.facts.region]},
                found={name: foreign},
                severity=Severity.LOW,
                **related,
            )
        others = _other_hosts(case, variable)
        if others:
            yield drift(
                f"{name} names a host of {', '.join(others)}",
                code="foreign-host",
                expected={name: _words.tagged(case)},
                found={name: others},
                severity=Severity.INFORMATIONAL,
                **related,
            )
    yield from case.unread


def _foreign(case: Case, variable: JudgedVariable) -> list[str]:
    """The accounts and regions that are not those of the service, nor allowed."""
    accounts = {
        one
        for one in variable.accounts
        if one != case.facts.account and not fits(case.expected.allowed_accounts, one)
    }
    regions = {
        one
        for one in variable.regions
        if one != case.facts.region and not fits(case.expected.allowed_regions, one)
    }
    return sorted(accounts | regions)


def _other_hosts(case: Case, variable: JudgedVariable) -> list[str]:
    aliases = case.expected.aliases
    meant = environment_words.kinds(environment_words.in_text(_words.tagged(case)), aliases)
    named = environment_words.kinds(variable.hosts, aliases)
    return sorted(named) if meant and named and not named & meant else []
