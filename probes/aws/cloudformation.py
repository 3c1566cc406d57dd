"""CloudFormation: stacks, the templates that they were deployed from, and what failed in them."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from auditor.query import JSON, Document, Query, Reduced, Shape
from auditor.resources import Tags

_NOT_DEPLOYED = ("DELETE_", "REVIEW_")
_FAILED = ("FAILED", "ROLLBACK")


class StackParameter(Shape):
    """A parameter of a stack; for one of an SSM type the value is a name, resolved beside it."""

    parameter_key: str
    parameter_value: str = ""
    resolved_value: str = ""


class StackOutput(Shape):
    """A value that a stack hands out, to other stacks too where it has an export name."""

    output_key: str
    output_value: str = ""
    export_name: str = ""


class RollbackTrigger(Shape):
    """An alarm that lets an update of a stack roll back while it is under way."""

    arn: str
    type: str = ""


class RollbackConfiguration(Shape):
    """What CloudFormation watches during an update."""

    rollback_triggers: tuple[RollbackTrigger, ...] = ()


class Stack(Shape):
    """A stack that is there; those deleted are not listed."""

    stack_id: str
    stack_name: str
    stack_status: str
    parameters: tuple[StackParameter, ...] = ()
    outputs: tuple[StackOutput, ...] = ()
    rollback_configuration: RollbackConfiguration = Field(default_factory=RollbackConfiguration)
    tags: Tags = Field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """The values that its parameters have."""
        return {p.parameter_key: p.resolved_value or p.parameter_value for p in self.parameters}


class Template(Shape):
    """The template of a stack, as it was submitted."""

    template_body: Document = ""


def _key_in(properties: object) -> JSON:
    """The KMS key among the properties that an event repeats; nothing else of them is kept."""
    try:
        found = json.loads(properties) if isinstance(properties, str) else None
    except (ValueError, RecursionError):
        return ""
    key = found.get("KmsKeyId", "") if isinstance(found, dict) else ""
    return key if isinstance(key, str) else ""


class Event(Shape):
    """What happened to a resource of a stack; `key` is the KMS key that it was to have."""

    event_id: str
    logical_resource_id: str = ""
    physical_resource_id: str = ""
    resource_type: str = ""
    resource_status: str = ""
    resource_status_reason: str = ""
    key: Annotated[str, Reduced(_key_in)] = Field("", alias="ResourceProperties")

    @property
    def failed(self) -> bool:
        """Whether it says that something could not be done."""
        return self.resource_status.endswith("_FAILED")


def is_deployed(stack: Stack) -> bool:
    """Which stacks have a template in force."""
    return not stack.stack_status.startswith(_NOT_DEPLOYED)


def has_failed(stack: Stack) -> bool:
    """Which stacks have failures among their events: the last operation failed or was undone."""
    return any(sign in stack.stack_status for sign in _FAILED)


def alarms_watched(stack: Stack) -> tuple[str, ...]:
    """For `where`: the stacks that watch an alarm, by its ARN."""
    return tuple(trigger.arn for trigger in stack.rollback_configuration.rollback_triggers)


STACKS = Query(
    "cloudformation:DescribeStacks",
    Stack,
    each="Stacks",
    key="StackId",
    lasting="StackName",
    arn="StackId",
    name="StackName",
    tags="Tags",
    type="AWS::CloudFormation::Stack",
)
TEMPLATES = Query(
    "cloudformation:GetTemplate",
    Template,
    of=STACKS,
    given={"StackName": "StackId"},
    also={"TemplateStage": "Original"},
    when=is_deployed,
    gone={"ValidationError"},
    private=True,
)
EVENTS = Query(
    "cloudformation:DescribeStackEvents",
    Event,
    each="StackEvents",
    key="EventId",
    of=STACKS,
    given={"StackName": "StackId"},
    when=has_failed,
    gone={"ValidationError"},
)
