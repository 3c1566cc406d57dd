"""CodePipeline: pipelines and their stages; of what actions are configured with, little is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from auditor.query import JSON, Query, Reduced, Shape
from probes.aws import tagging


class Pipeline(Shape):
    """A pipeline as `ListPipelines` has it; the type is V1 or V2, where AWS names one."""

    name: str
    pipeline_type: str = ""


class ActionType(Shape):
    """What an action is: its category, who owns that kind, and which provider carries it out."""

    category: str
    owner: str
    provider: str


class Configuration(Shape):
    """What of an action's configuration is read; of the text for approvers whether there is any."""

    custom_data: bool = False
    notification_arn: str = ""
    connection_arn: str = ""
    full_repository_id: str = ""
    branch_name: str = ""
    project_name: str = ""


_KEPT = ("NotificationArn", "ConnectionArn", "FullRepositoryId", "BranchName", "ProjectName")


def _kept(configuration: object) -> JSON:
    """The few keys that are read: others may hold variables, parameters and tokens."""
    if not isinstance(configuration, Mapping):
        return None
    kept = {k: _text_of(configuration[k]) for k in _KEPT if k in configuration}
    return kept | {"CustomData": bool(str(configuration.get("CustomData", "")).strip())}


def _text_of(value: object) -> JSON:
    """A text as it is; for anything else False, which no shape takes for one."""
    return value if isinstance(value, str) else False


class Action(Shape):
    """An action; it runs as the pipeline's role unless it has its own, in its region likewise."""

    name: str
    action_type_id: ActionType
    configuration: Annotated[Configuration, Reduced(_kept)] = Field(default_factory=Configuration)
    role_arn: str = ""
    region: str = ""

    @property
    def is_manual_approval(self) -> bool:
        """Whether a person is asked, by CodePipeline itself."""
        kind = self.action_type_id
        return (kind.category, kind.provider) == ("Approval", "Manual")

    @property
    def takes_connection(self) -> bool:
        """Whether it fetches source through a connection."""
        kind = self.action_type_id
        return (kind.category, kind.provider) == ("Source", "CodeStarSourceConnection")


class Stage(Shape):
    """A stage of a pipeline."""

    name: str
    actions: tuple[Action, ...] = ()


class Structure(Shape):
    """What a pipeline does, and the role that it does so in."""

    name: str
    role_arn: str = ""
    stages: tuple[Stage, ...] = ()

    @property
    def actions(self) -> Iterator[tuple[str, Action]]:
        """Every action with its name for people, `STAGE/ACTION`."""
        for stage in self.stages:
            for action in stage.actions:
                yield f"{stage.name}/{action.name}", action


PIPELINES = Query(
    "codepipeline:ListPipelines",
    Pipeline,
    each="pipelines",
    key="name",
    arn="arn:{partition}:codepipeline:{region}:{account}:{name}",
    name="name",
    tags=tagging.TAGGED,
    type="AWS::CodePipeline::Pipeline",
)
STRUCTURES = Query(
    "codepipeline:GetPipeline",
    Structure,
    at="pipeline",
    key="name",
    of=PIPELINES,
    given={"name": "name"},
    gone={"PipelineNotFoundException"},
)


def projects_of(structure: Structure) -> tuple[str, ...]:
    """For `where`: the pipelines that build or test with a project, by its name."""
    names = (action.configuration.project_name for _, action in structure.actions)
    return tuple(dict.fromkeys(name for name in names if name))
