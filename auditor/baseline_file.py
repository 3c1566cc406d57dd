"""The format of a baseline file."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Self

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
    waivers: list[WaiverEntry] = Field([], description="What is accepted, by whom, until when.")
