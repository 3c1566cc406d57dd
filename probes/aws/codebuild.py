"""CodeBuild: projects and what they build in; of specifications and values the facts alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from auditor.query import JSON, Name, Query, Reduced, Shape
from auditor.resources import Tags
from probes.analysis.build_commands import REGISTRY
from probes.analysis.buildspec import reduce_buildspec
from probes.analysis.suspicions import suspicion

_LONGEST_NAME = 512


class Buildspec(BaseModel):
    """What `buildspec.reduce_buildspec` leaves of a build specification."""

    model_config = ConfigDict(frozen=True)

    where: str
    docker: bool
    uses_registry: str
    registry_variables: tuple[str, ...]
    pushes: bool
    pushes_after_failure: bool
    signs_in: str
    obsolete: bool
    scripts: bool
    reports: bool
    variables: tuple[str, ...]
    suspicious: tuple[str, ...]
    uses: tuple[str, ...]
    where_used: tuple[str, ...]


NOWHERE = Buildspec.model_validate(reduce_buildspec(None))
"""What is known where a project names no specification: the source holds one."""


class Source(Shape):
    """Where the source comes from; `CODEPIPELINE` where only pipelines build the project."""

    type: str
    buildspec: Annotated[Buildspec, Reduced(reduce_buildspec)] = NOWHERE


class Variable(Shape):
    """An environment variable, and what is kept of its value.

    `PLAINTEXT` values stand in the project; the others are fetched when it builds. `registry` says
    whether the value names a registry of ECR, `suspicion` why it is taken for a secret.
    """

    name: str
    type: str = "PLAINTEXT"
    registry: bool = False
    suspicion: str = ""


def _without_values(variables: object) -> JSON:
    """Environment variables without what they hold; None for anything else."""
    if not isinstance(variables, list | tuple):
        return None
    if not all(isinstance(one, Mapping) and _is_of_texts(one) for one in variables):
        return None
    return [_without_value(one) for one in variables]


def _is_of_texts(variable: Mapping[str, object]) -> bool:
    return all(isinstance(variable.get(name, ""), str) for name in ("name", "value", "type"))


def _without_value(variable: Mapping[str, object]) -> JSON:
    name, value = str(variable.get("name", ""))[:_LONGEST_NAME], str(variable.get("value", ""))
    kind = str(variable.get("type", "PLAINTEXT"))[:_LONGEST_NAME]
    literal = kind == "PLAINTEXT"
    return {
        "name": name,
        "type": kind,
        "registry": literal and REGISTRY in value,
        "suspicion": str(suspicion(name, value)) if literal else "",
    }


class RegistryCredential(Shape):
    """The secret that opens a private registry, by ARN or by name."""

    credential: str


class Fleet(Shape):
    """The reserved capacity that a project builds on."""

    fleet_arn: str = ""


class Environment(Shape):
    """What a project builds in.

    `image_pull_credentials_type` is `CODEBUILD` or `SERVICE_ROLE`: whose right to pull the image
    counts. AWS leaves it out of old projects, which pull with CodeBuild's own credentials.
    """

    type: str = ""
    image: str
    compute_type: str
    fleet: Fleet | None = None
    privileged_mode: bool = False
    image_pull_credentials_type: str = "CODEBUILD"
    registry_credential: RegistryCredential | None = None
    environment_variables: Annotated[tuple[Variable, ...] | None, Reduced(_without_values)] = ()


class CloudWatchLogs(Shape):
    """Where builds log to: without a name, the group `/aws/codebuild/PROJECT`."""

    status: str = "ENABLED"
    group_name: str = ""


class LogsConfig(Shape):
    """What builds log to; CloudWatch Logs unless it says otherwise."""

    cloud_watch_logs: CloudWatchLogs = Field(default_factory=CloudWatchLogs)


class Project(Shape):
    """A build project."""

    name: str
    arn: str
    service_role: str = ""
    source: Source
    environment: Environment
    logs_config: LogsConfig = Field(default_factory=LogsConfig)
    tags: Tags = Field(default_factory=dict)


PROJECT_NAMES = Query("codebuild:ListProjects", Name, each="projects")
PROJECTS = Query(
    "codebuild:BatchGetProjects",
    Project,
    each="projects",
    key="name",
    of=PROJECT_NAMES,
    given={"names": "value"},
    batch=100,
    arn="arn",
    name="name",
    tags="tags",
    type="AWS::CodeBuild::Project",
)
"""One that vanished since it was listed is left out of the answer."""


class CuratedImage(Shape):
    """An image that CodeBuild keeps, and its versions."""

    name: str
    versions: tuple[str, ...] = ()


CURATED_IMAGES = Query(
    "codebuild:ListCuratedEnvironmentImages",
    CuratedImage,
    each="platforms[].languages[].images",
    key="name",
)


def names_of(image: CuratedImage) -> tuple[str, ...]:
    """For `where`: an image by its name or by the name of one of its versions."""
    return (image.name, *image.versions)
