"""How to put tags on a resource."""

from collections.abc import Mapping
from typing import Any

from auditor.resources import Resource
from probes.aws import autoscaling, ec2_templates, iam

_OTHERWISE = frozenset(
    {autoscaling.GROUPS.type, ec2_templates.LAUNCH_TEMPLATES.type, iam.ROLES.type}
)
"""Kinds that the tagging API does not write, or whose property is not a list of `Tags`."""


def remedy(resource: Resource, values: Mapping[str, str]) -> dict[str, Any]:
    """The command and the property that write tags; nothing where no value is known."""
    if not values or not resource.arn or resource.type in _OTHERWISE:
        return {}
    pairs = [f"{key}={value}" for key, value in sorted(values.items())]
    return {
        "cli": (
            "aws", "resourcegroupstaggingapi", "tag-resources",
            "--resource-arn-list", resource.arn, "--tags", ",".join(pairs),
        ),
        "cloudformation": {"Tags": [{"Key": k, "Value": v} for k, v in sorted(values.items())]},
    }  # fmt: skip
