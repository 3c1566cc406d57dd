"""Whether variables that name an environment name that of the service."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.probe import Remark, Severity, drift, not_applicable, unknown
from probes.analysis import environment_words
from probes.analysis.patterns import fits
from probes.aws.ecs_tasks import TaskDefinition
from probes.aws.variables import JudgedVariable
from probes.containers import _services
from probes.containers._variables import Case

_Found = tuple[TaskDefinition, str, JudgedVariable]


def environment(case: Case) -> Iterator[Remark]:
    """What there is to say of the variables that name the environment.

    A value of which no word was kept may be right or wrong: beside a tag that is a word that cannot
    be told, and beside one that is none there is nothing to compare.
    """
    tag = tagged(case)
    aliases = case.expected.aliases
    meant = environment_words.kinds(environment_words.in_text(tag), aliases)
    named = [
        (one, environment_words.kinds(one[2].words, aliases))
        for one in case.variables
        if fits(case.expected.environment_names, one[2].name)
    ]
    compared = [one for one in named if one[1] or meant]
    if not tag or not compared:
        message = "no variable names the environment" if tag else "no tag names the environment"
        if tag and named:
            message = "neither the tag nor a variable names the environment by a word that is kept"
        yield not_applicable(message, code="no-word")
        return
    for found, kinds in compared:
        if not kinds:
            yield unknown(f"whether {found[1]} says {tag} cannot be told: values are not kept")
        elif not kinds & meant:
            yield _mismatch(found, tag, sorted(kinds), sorted(meant), case)


def tagged(case: Case) -> str:
    """What the service's tags say of its environment."""
    tags = case.facts.tags(case.service)
    return next((tags[key] for key in case.expected.environment_tags if tags.get(key)), "")


def _mismatch(found: _Found, tag: str, kinds: list[str], meant: list[str], case: Case) -> Remark:
    """A value that says otherwise; where the tag is no known word it weighs less."""
    task, name, variable = found
    return drift(
        f"{name} says {', '.join(variable.words)}, the tag of the service {tag}",
        code="env-mismatch" if meant else "hard-coded",
        expected={name: meant or [tag]},
        found={name: kinds},
        severity=Severity.MEDIUM if meant else Severity.LOW,
        **_services.related(case.facts, (task,)),
    )
