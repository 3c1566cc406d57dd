"""The variables of the containers of a service: which are judged, and which look like secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.analysis.patterns import fits
from probes.analysis.suspicions import Suspicion
from probes.aws.ecs import Service
from probes.aws.ecs_tasks import ContainerDefinition, TaskDefinition
from probes.aws.variables import JudgedVariable
from probes.containers import _services
from probes.groups import Sidecars

_PRODUCTION = ["production", "prod", "prd", "live"]
_STAGING = ["staging", "stage", "stg", "preprod", "preproduction", "uat", "acceptance", "acc"]
_TEST = ["test", "testing", "tst", "qa", "integration"]
_DEVELOPMENT = ["development", "develop", "dev", "sandbox", "local"]
_SHORT_LIVED = ["ephemeral", "preview", "feature", "demo"]


class Expected(Settings):
    """What variables may and must be."""

    env_keys: list[str] = setting(
        ["ENV", "ENVIRONMENT_SUFFIX"], "Variables that every application container must have."
    )
    environment_names: list[str] = setting(
        ["ENV", "ENVIRONMENT", "STAGE", "APP_ENV", "DEPLOY_ENV", "ENV_NAME", "ENVIRONMENT_NAME"],
        "Variables whose value names the environment, as patterns.",
    )
    environment_tags: list[str] = setting(
        ["Environment", "environment", "Env", "env", "Stage", "stage"],
        "Tags of the service that name its environment, the first one that is there counts.",
    )
    aliases: dict[str, list[str]] = setting(
        {
            "production": _PRODUCTION,
            "staging": _STAGING,
            "test": _TEST,
            "development": _DEVELOPMENT,
            "ephemeral": _SHORT_LIVED,
        },
        "Words that mean the same environment. Of values, only words of this kind that the tool "
        "ships with are ever kept.",
    )
    allowed_accounts: list[str] = setting(
        [], "Other accounts that values may name, twelve digits each, as patterns."
    )
    allowed_regions: list[str] = setting([], "Other regions that values may name, as patterns.")
    ignored: list[str] = setting([], "Variables that are not looked at, as patterns.")
    exempt: list[str] = setting(
        [], "Services that are left alone: patterns of name, ARN or `Key=Value` of a tag."
    )
    sidecars: Sidecars = Sidecars()


@dataclass(frozen=True, slots=True)
class Case:
    """The containers of a service with variables or files of them, and what is expected."""

    service: Service
    pairs: tuple[tuple[TaskDefinition, ContainerDefinition], ...]
    facts: Facts
    expected: Expected

    @property
    def variables(self) -> Iterator[tuple[TaskDefinition, str, JudgedVariable]]:
        """Each variable that is looked at, with its task and `CONTAINER.NAME`."""
        for task, container in self.pairs:
            for variable in container.environment:
                if not fits(self.expected.ignored, variable.name):
                    yield task, f"{container.name}.{variable.name}", variable

    @property
    def unread(self) -> tuple[Remark, ...]:
        """What to say where variables stand in files."""
        names = {one.name for _, one in self.pairs if one.environment_files}
        message = f"variables of {_services.named(names)} stand in files that are not read"
        return (unknown(message, code="environment-files"),) if names else ()


def judged(
    service: Service,
    facts: Facts,
    expected: Expected,
    judge: Callable[[Case], Iterator[Remark]],
) -> Iterator[Remark]:
    """What there is to say of a service, where it has variables at all."""
    reason = _services.left_alone(service, expected.exempt)
    if reason is not None:
        yield reason
        return
    shown, unshown = _services.tasks(service, facts)
    pairs = [(task, one) for task in shown for one in task.container_definitions]
    held = tuple((t, one) for t, one in pairs if one.environment or one.environment_files)
    yield from unshown
    if held:
        yield from judge(Case(service, held, facts, expected))
    elif not unshown:
        yield not_applicable("its containers have no variables", code="no-variables")


def secrets(case: Case) -> Iterator[Remark]:
    """Variables whose values look like secrets, by name alone."""
    for kind in Suspicion:
        found = [(t, name) for t, name, one in case.variables if one.suspicion == kind.value]
        if not kind or not found:
            continue
        names = sorted({name for _, name in found})
        by_chance = kind is Suspicion.CHANCE
        yield drift(
            f"{_services.named(names)}: {kind}",
            code="possible-secret" if by_chance else "plaintext-secret",
            expected=[],
            found=names,
            severity=Severity.MEDIUM if by_chance else Severity.HIGH,
            **_services.related(case.facts, [task for task, _ in found]),
        )
    yield from case.unread
