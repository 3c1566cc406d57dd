"""The image that a project builds in: whether it is there, and can be pulled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, every, gap, not_applicable, note, unknown
from auditor.query import Query, Shape
from probes.analysis import container_images
from probes.analysis.access import (
    Decisions,
    effective_access,
    missing_actions,
    resource_access,
)
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.container_images import Image
from probes.analysis.policy import Policy, read_policy
from probes.analysis.principals import Principal
from probes.analysis.statements import Request
from probes.aws import codebuild, ecr, ecr_builds, secretsmanager
from probes.pipelines._workers import ROLES, Worker, granting, worker

NEEDS: tuple[Query[Shape], ...] = (
    codebuild.CURATED_IMAGES,
    ecr.REPOSITORIES,
    ecr.CACHE_RULES,
    ecr_builds.IMAGES,
    ecr_builds.POLICY,
    secretsmanager.SECRETS,
    *ROLES,
)
_CURATED = "aws/codebuild/"
_LAYERS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_TOKEN = "ecr:GetAuthorizationToken"  # noqa: S105 - an action, not a password
_CODEBUILD = Principal.of_service("codebuild.amazonaws.com")


@dataclass(frozen=True, slots=True)
class Built:
    """A project and what is known of it."""

    project: codebuild.Project
    facts: Facts

    @property
    def name(self) -> str:
        """The image, as the project names it."""
        return self.project.environment.image

    @property
    def by_role(self) -> bool:
        """Whether the project's role pulls the image, rather than CodeBuild."""
        return self.project.environment.image_pull_credentials_type == "SERVICE_ROLE"


def judged(built: Built) -> Iterator[Remark]:
    """What there is to say of the image of a project."""
    kind = built.project.environment.image_pull_credentials_type
    image = container_images.image(built.name)
    if kind not in {"CODEBUILD", "SERVICE_ROLE"}:
        yield unknown(f"whose right to pull counts is not known here: {kind!r}")
    elif built.name.startswith(_CURATED):
        yield from _curated(built)
    elif image is None:
        yield unknown("the name of its image cannot be read")
    elif isinstance(image, Image):
        yield from _of_ecr(built, image)
    else:
        yield from _of_others(built)


def _curated(built: Built) -> Iterator[Remark]:
    if built.by_role:
        yield drift(
            "CodeBuild's own images are pulled with its own credentials",
            code="curated-by-role",
            severity=Severity.LOW,
            expected="CODEBUILD",
            found="SERVICE_ROLE",
        )
    if not built.facts.where(codebuild.CURATED_IMAGES, codebuild.names_of, built.name):
        yield drift(
            "CodeBuild no longer lists this image",
            code="curated-deprecated",
            severity=Severity.INFORMATIONAL,
            expected="a listed image",
            found=built.name,
        )


def _of_ecr(built: Built, image: Image) -> Iterator[Remark]:
    facts = built.facts
    if image.account != facts.account:
        yield from _foreign(built, image)
        return
    arn = image.repository_arn(facts.partition)
    repository = facts.named(ecr.REPOSITORIES, arn)
    if repository is None:
        if _is_cached(image, facts):
            yield not_applicable("its image is fetched from another registry when it is pulled")
            return
        yield gap(
            "the repository of its image does not exist",
            code="repository-missing",
            expected="a repository",
            found=arn,
            cli=("aws", "ecr", "create-repository", "--repository-name", image.repository),
        )
        return
    yield from every(lambda: _version(built, image, repository), lambda: _pulled(built, repository))


def _is_cached(image: Image, facts: Facts) -> bool:
    return any(rule.fetches(image.repository) for rule in facts.all(ecr.CACHE_RULES))


def _version(built: Built, image: Image, repository: ecr.Repository) -> Iterator[Remark]:
    facts = built.facts
    if image.region != facts.region:
        yield note(f"whether {image.region} has this version of the image was not asked")
    elif facts.named(ecr_builds.IMAGES, ecr.asked(image)) is None and not _is_cached(image, facts):
        yield gap(
            "its image does not exist",
            code="image-missing",
            expected="an image",
            found=image.version,
            related=(facts.related("the repository", repository),),
        )


def _pulled(built: Built, repository: ecr.Repository) -> Iterator[Remark]:
    if built.by_role:
        yield from _pulled_by_role(built, repository)
        return
    policy = _policy_of(repository, built.facts)
    if isinstance(policy, CannotTell):
        yield unknown(f"the policy of the repository: {policy.reason}")
        return
    request = Request(_CODEBUILD, "", repository.repository_arn)
    found = missing_actions(request, _LAYERS, lambda one: resource_access(one, (policy,)))
    message = "the repository does not let CodeBuild pull its image"
    related = (built.facts.related("the repository", repository),)
    yield from _refused(found, message, code="pull-denied-codebuild", related=related)


def _pulled_by_role(built: Built, repository: ecr.Repository) -> Iterator[Remark]:
    facts, arn = built.facts, repository.repository_arn
    who = worker(built.project.service_role, facts)
    if not isinstance(who, Worker):
        yield _no_worker(who, built)
        return
    policy = _policy_of(repository, facts)
    if isinstance(policy, CannotTell):
        yield unknown(f"the policy of the repository: {policy.reason}")
        return
    layers = missing_actions(
        who.asks("", arn),
        _LAYERS,
        lambda one: effective_access(one, who.identity, (policy,), owner=facts.account),
    )
    yield from _refused(
        Decisions((*layers.by_action, *who.may([_TOKEN], "*").by_action)),
        "the role may not pull its image",
        code="pull-denied-role",
        related=(
            facts.related("the repository", repository),
            facts.related("the role that pulls", who.role),
        ),
        **granting(who, "pull-build-image", _LAYERS, arn),
    )


def _policy_of(repository: ecr.Repository, facts: Facts) -> Policy | CannotTell:
    found = facts.of(repository).found(ecr_builds.POLICY)
    return facts.once(read_policy, found.policy_text) if found else Policy(())


def _refused(found: Decisions, message: str, **more: Any) -> Iterator[Remark]:
    wanted = {action for action, _ in found.by_action}
    if found.missing:
        yield gap(
            message,
            expected=sorted(wanted),
            found=sorted(wanted - {*found.missing}),
            evidence={"reasons": list(found.reasons)},
            **more,
        )
    elif found.allowed is not Answer.YES:
        yield unknown(f"whether its image can be pulled: {'; '.join(found.reasons)}")


def _no_worker(who: CannotTell | None, built: Built) -> Remark:
    if who is not None:
        return unknown(f"whether its image can be pulled: {who.reason}")
    role = built.project.service_role or "none"
    return gap("its role does not exist", code="role-missing", expected="a role", found=role)


def _foreign(built: Built, image: Image) -> Iterator[Remark]:
    """Images of other accounts are pulled by the role (API model, `ProjectEnvironment`)."""
    if not built.by_role:
        yield drift(
            "an image of another account must be pulled by the role",
            code="cross-account-credentials",
            expected="SERVICE_ROLE",
            found="CODEBUILD",
        )
        return
    who = worker(built.project.service_role, built.facts)
    arn = image.repository_arn(built.facts.partition)
    if not isinstance(who, Worker):
        yield _no_worker(who, built)
        return
    found = Decisions((*who.may(_LAYERS, arn).by_action, *who.may([_TOKEN], "*").by_action))
    if not found.missing:
        message = f"account {image.account} alone can tell of its image"
        yield unknown(message, code="foreign-account")
        return
    yield from _refused(
        found,
        "the role may not pull its image",
        code="pull-denied-role",
        related=(built.facts.related("the role that pulls", who.role),),
        **granting(who, "pull-build-image", _LAYERS, arn),
    )


def _of_others(built: Built) -> Iterator[Remark]:
    """An image of a public registry, or of a private one that a secret opens."""
    credential = built.project.environment.registry_credential
    if credential is None:
        yield not_applicable("its image comes from a public registry")
        return
    if not built.by_role:
        yield drift(
            "an image of a private registry must be pulled by the role",
            code="private-registry-credentials",
            expected="SERVICE_ROLE",
            found="CODEBUILD",
        )
    secret = credential.credential
    if not built.facts.where(secretsmanager.SECRETS, secretsmanager.names_of, secret):
        if secret.startswith("arn:") and f":{built.facts.account}:" not in secret:
            yield unknown("the secret that opens the registry belongs to another account")
            return
        yield gap(
            "the secret that opens the registry of its image does not exist",
            code="credential-missing",
            expected="a secret",
            found=secret,
        )
