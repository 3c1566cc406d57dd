"""Resource Groups Tagging: the tags of everything that is or was tagged.

`GetResources` leaves out what was never tagged, and whole types (scaling groups, launch templates,
roles): a kind joins its tags here only where the API covers it.
"""

from __future__ import annotations

from pydantic import Field

from auditor.query import Query, Shape
from auditor.resources import Tags


class Tagged(Shape):
    """A resource with its tags."""

    resource_arn: str = Field(alias="ResourceARN")
    tags: Tags = Field(default_factory=dict)


TAGGED = Query(
    "resourcegroupstaggingapi:GetResources",
    Tagged,
    each="ResourceTagMappingList",
    key="ResourceARN",
    arn="ResourceARN",
    tags="Tags",
    also={"ResourcesPerPage": 100},
)
