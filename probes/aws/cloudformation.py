"""CloudFormation: stacks, the templates that they were deployed from, and what failed in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from auditor.query import JSON, Query, Reduced, Shape
from auditor.resources import Tags
from probes.analysis.secret_signs import looks_secret, names_secret, points_elsewhere
from probes.analysis.template_context import MASKED
from probes.analysis.template_reduction import SECRET, reduced

_NOT_DEPLOYED = ("DELETE_", "REVIEW_")
_FAILED = ("FAILED", "ROLLBACK")


class StackParameter(Shape):
    """A parameter of a stack; for one of an SSM type the value is a name, resolved beside it."""

    parameter_key: str
    parameter_value: str = ""
    resolved_value: str = ""


class StackOutput(Shape):
    """A value that a stack hands out, to other stacks too where it has an export name.

    `SECRET` stands for a value that is one by its name or its looks.
    """

    output_key: str
    output_value: str = ""
    export_name: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether its value was a secret, and so was not kept."""
        return self.output_value == SECRET


def _parameters(sent: object) -> JSON:
    """Parameters, those that are secrets masked as if they had NoEcho."""
    return _masked(sent, "ParameterKey", ("ParameterValue", "ResolvedValue"), mask=MASKED)


def _outputs(sent: object) -> JSON:
    """Outputs without the values that are secrets, and without their descriptions."""
    return _masked(sent, "OutputKey", ("OutputValue",), "ExportName", mask=SECRET)


def _masked(sent: object, name: str, values: tuple[str, ...], *more: str, mask: str) -> JSON:
    """What is kept of named values: a secret, by its name or its looks, gives way to the mask."""
    if not isinstance(sent, list | tuple) or not all(isinstance(one, Mapping) for one in sent):
        return None  # what it may hold is not kept, and no shape takes it
    kept = []
    for one in sent:
        known = {field: one[field] for field in (name, *values, *more) if field in one}
        named = names_secret(str(known.get(name, "")))
        for field in values:
            text = str(known.get(field, ""))
            if text and (looks_secret(text) or (named and not points_elsewhere(text))):
                known[field] = mask
        kept.append(known)
    return kept


class RollbackTrigger(Shape):
    """An alarm that lets an update of a stack roll back while it is under way."""

    arn: str
    type: str = ""


class RollbackConfiguration(Shape):
    """What CloudFormation watches during an update."""

    rollback_triggers: tuple[RollbackTrigger, ...] = ()


class Stack(Shape):
    """A stack that is there; those deleted are not listed.

    A stack that is nested has a parent. Times that it lacks have not come.
    """

    stack_id: str
    stack_name: str
    stack_status: str
    stack_status_reason: str = ""
    creation_time: AwareDatetime | None = None
    last_updated_time: AwareDatetime | None = None
    deletion_time: AwareDatetime | None = None
    enable_termination_protection: bool = False
    parent_id: str = ""
    parameters: Annotated[tuple[StackParameter, ...], Reduced(_parameters)] = ()
    outputs: Annotated[tuple[StackOutput, ...], Reduced(_outputs)] = ()
    rollback_configuration: RollbackConfiguration = Field(default_factory=RollbackConfiguration)
    tags: Tags = Field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """The values that its parameters have."""
        return {p.parameter_key: p.resolved_value or p.parameter_value for p in self.parameters}

    @property
    def last_change(self) -> datetime | None:
        """When its last operation began; None where the answer does not say."""
        times = (self.creation_time, self.last_updated_time, self.deletion_time)
        return max((time for time in times if time), default=None)


class Template(Shape):
    """The template of a stack, without what may be secret in it (`template_reduction`)."""

    template_body: Annotated[str, Reduced(reduced)] = ""


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
    stack_id: str = ""
    timestamp: AwareDatetime | None = None
    logical_resource_id: str = ""
    physical_resource_id: str = ""
    resource_type: str = ""
    resource_status: str = ""
    resource_status_reason: str = ""
    hook_status: str = ""
    hook_status_reason: str = ""
    hook_failure_mode: str = ""
    key: Annotated[str, Reduced(_key_in)] = Field("", alias="ResourceProperties")

    @property
    def failed(self) -> bool:
        """Whether it says that something could not be done."""
        return self.resource_status.endswith("_FAILED")


class Made(Shape):
    """A resource of a stack, and what its service calls it; nothing where it was not made."""

    logical_resource_id: str
    physical_resource_id: str = ""
    resource_type: str = ""


def is_deployed(stack: Stack) -> bool:
    """Which stacks have a template in force."""
    return not stack.stack_status.startswith(_NOT_DEPLOYED)


def is_transformed(template: Template) -> bool:
    """Which templates macros may have turned into others before they were deployed."""
    return 'Transform"' in template.template_body


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
PROCESSED = Query(
    "cloudformation:GetTemplate",
    Template,
    of=TEMPLATES,
    given={"StackName": "^StackId"},
    also={"TemplateStage": "Processed"},
    when=is_transformed,
    gone={"ValidationError"},
    private=True,
    label="processed",
)
RESOURCES = Query(
    "cloudformation:ListStackResources",
    Made,
    each="StackResourceSummaries",
    key="LogicalResourceId",
    of=STACKS,
    given={"StackName": "StackId"},
    when=is_deployed,
    gone={"ValidationError"},
    makes=("ResourceType", "PhysicalResourceId", "LogicalResourceId"),
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
