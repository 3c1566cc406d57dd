"""ECR: the images that projects of CodeBuild build in, and who may pull them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from auditor.query import JSON, Document, Query, Shape
from probes.analysis import container_images
from probes.aws import codebuild, ecr

if TYPE_CHECKING:
    from auditor.facts import Facts


class RepositoryPolicy(Shape):
    """The policy on a repository."""

    policy_text: Document


def _built_in(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for project in facts.seen(codebuild.PROJECTS):
        image = container_images.image(project.environment.image)
        if not isinstance(image, container_images.Image):
            continue
        if (image.account, image.region) == (facts.account, facts.region):
            yield {"repositoryName": image.repository, "imageIds": [image.version]}


IMAGES = Query(
    "ecr:DescribeImages",
    ecr.ImageDetail,
    each="imageDetails",
    key="imageDigest",
    asks=_built_in,
    reads=(codebuild.PROJECTS,),
    absent={"ImageNotFoundException", *ecr.GONE},
    label="builds",
)
"""Asked for each image of this account and region that a project builds in: `ecr.asked(image)`."""
POLICY = Query(
    "ecr:GetRepositoryPolicy",
    RepositoryPolicy,
    of=ecr.REPOSITORIES,
    given={"repositoryName": "repositoryName"},
    absent={"RepositoryPolicyNotFoundException"},
    gone=ecr.GONE,
)
