"""ECR: private repositories with what is done to their images, and the images that are in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from auditor.query import JSON, Query, Shape
from probes.analysis import container_images
from probes.aws import ecs_tasks, tagging

if TYPE_CHECKING:
    from auditor.facts import Facts

GONE = {"RepositoryNotFoundException"}
ROOT = "ROOT"
"""The prefix of a pull through cache rule that stands for every other name (API model)."""


class ImageScanning(Shape):
    """What a repository itself says of scanning; the registry's rules come before it."""

    scan_on_push: bool = False


class Repository(Shape):
    """A private repository."""

    repository_arn: str
    repository_name: str
    image_scanning_configuration: ImageScanning = Field(default_factory=ImageScanning)


class ScanFilter(Shape):
    """A filter of the registry that applies to a repository."""

    filter: str = ""


class Scanning(Shape):
    """When the images of a repository are scanned, all rules of the registry considered."""

    repository_name: str
    scan_frequency: str = ""
    applied_scan_filters: tuple[ScanFilter, ...] = ()


class ScanRule(Shape):
    """A rule by which the registry has repositories scanned."""

    scan_frequency: str = ""


class RegistryScanning(Shape):
    """Which scanner a registry has, and for what; `BASIC` unless it was changed (ECR guide)."""

    scan_type: str = "BASIC"
    rules: tuple[ScanRule, ...] = ()


class LifecyclePolicy(Shape):
    """By which rules images of a repository expire."""

    lifecycle_policy_text: str = ""


class CacheRule(Shape):
    """Names under this prefix are fetched from another registry when they are first pulled."""

    ecr_repository_prefix: str

    def fetches(self, repository: str) -> bool:
        """Whether a repository comes into being by pulling."""
        prefix = self.ecr_repository_prefix
        return prefix == ROOT or repository.startswith(f"{prefix.rstrip('/')}/")


class ImageDetail(Shape):
    """An image that can be pulled; archived ones are not listed (API model)."""

    image_digest: str = ""
    image_tags: tuple[str, ...] = ()


def asked(image: container_images.Image) -> str:
    """The key under which `IMAGES` answers for an image."""
    return "/".join(str(value) for value in _identity(image).values())


def _identity(image: container_images.Image) -> dict[str, JSON]:
    return {"repositoryName": image.repository, "imageIds": [image.version]}


def _in_use(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for task in facts.seen(ecs_tasks.TASK_DEFINITIONS):
        for container in task.container_definitions:
            image = container_images.image(container.image)
            if not isinstance(image, container_images.Image):
                continue
            if (image.account, image.region) == (facts.account, facts.region):
                yield _identity(image)


REPOSITORIES = Query(
    "ecr:DescribeRepositories",
    Repository,
    each="repositories",
    key="repositoryArn",
    also={"maxResults": 1000},
    arn="repositoryArn",
    name="repositoryName",
    tags=tagging.TAGGED,
    type="AWS::ECR::Repository",
)
SCANNING = Query(
    "ecr:BatchGetRepositoryScanningConfiguration",
    Scanning,
    each="scanningConfigurations",
    key="repositoryName",
    of=REPOSITORIES,
    given={"repositoryNames": "repositoryName"},
    batch=25,
    gone=GONE,
)
REGISTRY_SCANNING = Query(
    "ecr:GetRegistryScanningConfiguration", RegistryScanning, at="scanningConfiguration"
)
LIFECYCLE_POLICY = Query(
    "ecr:GetLifecyclePolicy",
    LifecyclePolicy,
    of=REPOSITORIES,
    given={"repositoryName": "repositoryName"},
    absent={"LifecyclePolicyNotFoundException"},
    gone=GONE,
)
CACHE_RULES = Query(
    "ecr:DescribePullThroughCacheRules",
    CacheRule,
    each="pullThroughCacheRules",
    key="ecrRepositoryPrefix",
    also={"maxResults": 1000},
)
IMAGES = Query(
    "ecr:DescribeImages",
    ImageDetail,
    each="imageDetails",
    key="imageDigest",
    asks=_in_use,
    reads=(ecs_tasks.TASK_DEFINITIONS,),
    absent={"ImageNotFoundException", *GONE},
)
"""Asked for each image of this account and region that a service uses: `asked(image)`."""
