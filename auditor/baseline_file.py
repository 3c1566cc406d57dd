"""The format of a baseline file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

Environment = Literal["production", "staging", "ephemeral"]
Section = dict[str, Any]

NAMES: dict[Environment, list[str]] = {
    "production": ["prod*", "live"],
    "staging": ["stag*", "preprod*", "uat", "qa"],
    "ephemeral": ["dev*", "test*", "sandbox*", "preview*", "ephemeral*", "pr-*", "pr[0-9]*"],
}
"""What people call the environments, where a baseline says nothing else."""


class Entry(BaseModel):
    """Something that a person accepted, and until which day (the end of it, in UTC)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str = Field("*", description="Account id, or a pattern.")
    region: str = Field("*", description="Region, or a pattern.")
    reason: str = Field(min_length=3, description="Why it is accepted.")
    until: date = Field(description="The last day on which it is accepted.")

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return today > self.until


class BlindSpot(Entry):
    """An operation that may stay refused without making a run incomplete."""

    operation: str = Field(description="`service:Operation`, or a pattern.")


class WaiverEntry(Entry):
    """Accepted gaps and drifts of one probe."""

    probe: str = Field(description="A probe's id, or a pattern.")
    resource: str = Field("*", description="ARN, id or name of the resource, or a pattern.")
    part: str = Field("*", description="One part of the probe, or a pattern.")
    finding: str = Field(
        "", pattern="^([0-9a-f]{32})?$", description="The id of one finding, and no other."
    )
    owner: str = Field(min_length=2, description="Who answers for it.")


class Environments(BaseModel):
    """How a resource's environment is known: by a tag, else by its account, else `default`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: Environment = Field("production", description="Where nothing says otherwise.")
    tags: list[str] = Field(
        ["Environment", "environment", "Env", "env", "Stage", "stage"],
        description="Tag keys that name the environment, the first one found counts.",
    )
    values: dict[Environment, list[str]] = Field(
        NAMES, description="Patterns for the tag's value, in lower case."
    )
    accounts: dict[str, Environment] = Field({}, description="The environment of whole accounts.")

    @field_validator("values")
    @classmethod
    def _over_the_shipped_ones(
        cls, given: dict[Environment, list[str]]
    ) -> dict[Environment, list[str]]:
        return {**NAMES, **given}


class Match(BaseModel):
    """Which resources a workload holds: every key given must fit; patterns, case counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("", description="Name, id or ARN of the resource.")
    tags: dict[str, str] = Field({}, description="Tags of it, or of what it is part of.")
    stack: str = Field("", description="Name of the stack that made it, or what it is part of.")
    type: str = Field("", description="Kind of resource, as CloudFormation names it.")
    environment: Environment | None = Field(None, description="The environment it belongs to.")
    account: str = Field("", description="Account id.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_dump(exclude_defaults=True):
            message = "say which resources: name, tags, stack, type, environment or account"
            raise PydanticCustomError("match_empty", message)
        return self


class WorkloadEntry(BaseModel):
    """Other settings for some resources; of two that fit, the more specific one counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: Match = Field(description="Which resources.")
    reason: str = Field("", description="Why they are another case.")
    settings: dict[str, Section | None] = Field(description="Settings by probe or group.")


Grouping = Literal["finding", "resource", "probe", "stack"]
SeverityName = Literal["critical", "high", "medium", "low", "informational"]

DUE_DAYS: dict[SeverityName, int | None] = {
    "critical": 2,
    "high": 7,
    "medium": 30,
    "low": 90,
    "informational": None,
}
"""Days from the day that a ticket was opened until it is due, where a baseline says no other."""

Named = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Owner(BaseModel):
    """Whose a ticket is; an empty word says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    team: Named = Field("", description="The team, as the ticket system calls it.")
    component: Named = Field("", description="The component.")
    assignee: Named = Field("", description="The person.")


class TicketMatch(BaseModel):
    """Which findings a rule is for: every key given must fit; patterns, case counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    probe: str = Field("", description="A probe's id.")
    account: str = Field("", description="Account id.")
    region: str = Field("", description="Region.")
    environment: Environment | None = Field(None, description="The environment it belongs to.")
    resource: str = Field("", description="Name, id or ARN of the resource.")
    stack: str = Field("", description="Name of the stack that made it.")
    type: str = Field("", description="Kind of resource, as CloudFormation names it.")
    severity: SeverityName | None = Field(None, description="Severity of the finding.")
    tags: dict[str, str] = Field({}, description="The resource's own tags.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_dump(exclude_defaults=True):
            message = "say which findings: probe, account, region, environment, resource, ..."
            raise PydanticCustomError("match_empty", message)
        return self


class RoutingRule(Owner):
    """Whose the tickets of some findings are; for each word the first rule that says it counts."""

    match: TicketMatch = Field(description="Which findings.")


class Routing(BaseModel):
    """Whose tickets are; values of tags only ever choose among the words that stand here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: Owner = Field(Owner(), description="Where no rule says it.")
    rules: list[RoutingRule] = Field([], description="In order.")


class Tickets(BaseModel):
    """How findings become tickets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grouping: Grouping = Field(
        "finding", description="One ticket per finding, resource, probe and account, or stack."
    )
    due_days: dict[SeverityName, Annotated[int, Field(ge=0, le=3660)] | None] = Field(
        DUE_DAYS, description="Days until a ticket is due, by severity; null is never."
    )
    labels: list[Named] = Field([], description="Labels that every ticket gets.")
    routing: Routing = Field(Routing(), description="Whose tickets are.")

    @field_validator("due_days")
    @classmethod
    def _over_the_shipped_ones(
        cls, given: dict[SeverityName, int | None]
    ) -> dict[SeverityName, int | None]:
        return {**DUE_DAYS, **given}


class AttributeMatch(BaseModel):
    """Which attributes of which recorded resources: every key given must fit; patterns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attribute: str = Field(
        min_length=1, description="Path of the attribute, in AWS's or CloudFormation's words."
    )
    type: str = Field("*", description="Kind of resource, as CloudFormation names it.")
    resource: str = Field("*", description="Name, id or ARN of the resource.")
    tags: dict[str, str] = Field({}, description="The resource's own tags.")
    reason: str = Field("", description="Why it may change, or why it may not.")


class RecordedSettings(BaseModel):
    """How drift from the recorded state, or from templates, is judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: SeverityName = Field("medium", description="How much drift matters.")
    severities: dict[str, SeverityName] = Field(
        {}, description="Other severities, by pattern for the kind; the first that fits counts."
    )
    free: list[AttributeMatch] = Field(
        [], description="Attributes that may change, beside those that change by themselves."
    )
    held: list[AttributeMatch] = Field(
        [], description="Attributes that may not change, although they do by themselves."
    )


class BaselineFile(BaseModel):
    """The format of a baseline file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = Field(description="Version of this format.")
    environments: Environments = Field(Environments(), description="Whose environment is which.")
    settings: dict[str, Section | None] = Field({}, description="Settings by probe or group.")
    overrides: dict[Environment, dict[str, Section | None]] = Field(
        {}, description="Other settings for one environment, by probe or group."
    )
    workloads: list[WorkloadEntry] = Field(
        [], description="Other settings for resources chosen by name, tag, stack or account."
    )
    blind_spots: list[BlindSpot] = Field([], description="What may stay unseen.")
    waiver_notice_days: int = Field(
        14, ge=0, description="How many days before its end a waiver is said to expire soon."
    )
    recorded: RecordedSettings = Field(
        RecordedSettings(), description="How drift from the recorded state is judged."
    )
    templates: RecordedSettings = Field(
        RecordedSettings(), description="How drift from the templates of stacks is judged."
    )
    tickets: Tickets = Field(Tickets(), description="How findings become tickets.")
    waivers: list[WaiverEntry] = Field([], description="What is accepted, by whom, until when.")
