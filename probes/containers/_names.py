"""Whether containers have the variables that the baseline asks for."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.probe import Remark, Severity, gap, not_applicable
from probes.analysis.patterns import fits
from probes.containers import _services
from probes.containers._variables import Case


def required(case: Case) -> Iterator[Remark]:
    """What there is to say of the variables of application containers, by their names.

    What ECS injects from a secret is a variable, too.
    """
    expected = case.expected
    own = [
        (task, one)
        for task, one in case.pairs
        if one.essential and not fits(expected.sidecars.names, one.name)
    ]
    if not own or not expected.env_keys:
        yield not_applicable("the baseline asks for no variables here", code="not-asked")
        return
    for task, container in own:
        names = {one.name for one in container.environment}
        names |= {one.name for one in container.secrets}
        missing = sorted(set(expected.env_keys) - names)
        if missing and not container.environment_files:
            yield gap(
                f"{container.name} lacks {', '.join(missing)}",
                code="missing-key",
                expected={container.name: sorted(expected.env_keys)},
                found={container.name: sorted(set(expected.env_keys) & names)},
                severity=Severity.LOW,
                **_services.related(case.facts, (task,)),
            )
        elif missing:
            yield from case.unread
