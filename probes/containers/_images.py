"""Whether an image that a container names is there to be pulled."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, gap, note, unknown
from probes.analysis.container_images import Elsewhere, Image, image
from probes.aws import ecr
from probes.aws.ecs_tasks import TaskDefinition
from probes.containers import _repositories, _services


def is_ours(text: str, facts: Facts) -> bool:
    """Whether an image may be in a registry of this account."""
    found = image(text)
    return found is None or (isinstance(found, Image) and found.account == facts.account)


def missing(text: str, tasks: list[TaskDefinition], facts: Facts) -> Iterator[Remark]:
    """What there is to say of an image. Needs the repositories, their images and cache rules."""
    found = image(text)
    if found is None:
        yield unknown("the name of an image cannot be read", code="unreadable", found=text)
    elif isinstance(found, Elsewhere):
        yield note(f"{text} is in a registry that is not looked at")
    elif found.account != facts.account:
        yield unknown(f"{text} is in another account", code="other-account")
    elif found.region != facts.region:
        yield unknown(f"{text} is in another region", code="other-region")
    else:
        yield from _here(found, tasks, facts)


def _here(found: Image, tasks: list[TaskDefinition], facts: Facts) -> Iterator[Remark]:
    repository = _repository(found, facts)
    if repository is None:
        yield from _no_repository(found, tasks, facts)
    elif facts.named(ecr.IMAGES, ecr.asked(found)) is None:
        if _repositories.is_cached(found.repository, facts):
            yield note(f"{found.repository} is filled when it is pulled")
            return
        version = found.tag if not found.digest else found.digest
        more = _services.related(facts, tasks)
        more["related"] += (facts.related("the repository", repository),)
        yield gap(
            f"{found.repository} has no image {version} that can be pulled",
            code="image-missing",
            expected={found.repository: version},
            found={found.repository: None},
            **more,
        )


def _no_repository(found: Image, tasks: list[TaskDefinition], facts: Facts) -> Iterator[Remark]:
    if _repositories.is_cached(found.repository, facts):
        yield note(f"{found.repository} comes into being when it is pulled")
        return
    yield gap(
        f"there is no repository {found.repository}",
        code="repository-missing",
        expected={found.repository: "a repository"},
        found={found.repository: None},
        cli=("aws", "ecr", "create-repository", "--repository-name", found.repository),
        cloudformation={
            "Type": "AWS::ECR::Repository",
            "Properties": {"RepositoryName": found.repository},
        },
        **_services.related(facts, tasks),
    )


def _repository(found: Image, facts: Facts) -> ecr.Repository | None:
    return facts.named(ecr.REPOSITORIES, found.repository_arn(facts.partition))
