"""Settings that several probes read, each group written once."""

from typing import Annotated

from pydantic import AfterValidator, Field

from auditor.settings import Group, setting
from probes.analysis import addresses
from probes.analysis.patterns import fits


def _readable(text: str) -> str:
    """The text of a block; raises ValueError for any other."""
    if addresses.block(text) is None:
        message = f"{text!r} is no block of addresses such as 10.0.0.0/16"
        raise ValueError(message)
    return text


Port = Annotated[int, Field(ge=0, le=65535)]
"""A port of TCP or UDP."""

Block = Annotated[str, AfterValidator(_readable)]
"""A block of addresses in CIDR notation."""


class RequiredTags(Group):
    """Which tags resources must carry."""

    name = "tags"

    required: list[str] = setting(
        ["Environment", "Team", "CostCenter", "Application"],
        "Tag keys that every resource must carry, case counts.",
    )
    allowed_values: dict[str, list[str]] = setting(
        {}, "For a tag key the values it may have, as patterns; a key left out may have any."
    )


class Https(Group):
    """Whether application load balancers must speak HTTPS."""

    name = "https"

    required: bool = setting(True, "Internet-facing load balancers must have an HTTPS listener.")
    required_internal: bool = setting(True, "Internal load balancers must have one, too.")
    port: int = setting(443, "The port that clients are sent to.", ge=1, le=65535)


class OperatorAccess(Group):
    """How operators reach instances over the network."""

    name = "operator_access"

    troubleshooting_ports: list[Port] = setting(
        [22], "TCP ports by which operators may come from inside the VPC."
    )
    allowed_blocks: list[Block] = setting(
        [], "Blocks (CIDR) from which they may come; none means those of the instance's VPC."
    )

    @property
    def blocks(self) -> tuple[addresses.Block, ...]:
        """The blocks, read; every one can be."""
        read = (addresses.block(text) for text in self.allowed_blocks)
        return tuple(one for one in read if one)


class DatabaseEngines(Group):
    """Which of the engines that the API of RDS lists count as databases."""

    name = "database_engines"

    documents_and_graphs: bool = setting(
        False, "Whether DocumentDB and Neptune, which the API of RDS lists too, are judged as well."
    )

    def leaves_out(self, engine: str) -> bool:
        """Whether an engine is none that the baseline asks about."""
        return engine in {"docdb", "neptune"} and not self.documents_and_graphs


BROUGHT_ALONG = (
    "*-CustomS3AutoDeleteObjects*", "*-CustomVpcRestrictDefaultSG*", "*-CustomCDKBucketDeployment*",
    "*-BucketNotificationsHandler*", "*-LogRetention*", "*-AWS679f53fac002430cb0da5b79*",
    "aws-controltower-*",
)  # fmt: skip
"""Names of what the CDK's own resources and Control Tower's baseline bring along."""


class Helpers(Group):
    """What comes with the CDK or a landing zone: whoever changes it has it changed back."""

    name = "helpers"

    names: list[str] = setting(
        [*BROUGHT_ALONG],
        "Functions and topics that the CDK or Control Tower brings along, as patterns of names.",
    )

    def include(self, *names: str) -> bool:
        """Whether something of these names is one of them."""
        return fits(self.names, *names)


class Alarms(Group):
    """Which alarms count for a resource: those that somebody hears of."""

    name = "alarms"

    require_confirmed_subscription: bool = setting(
        True, "Whether a topic counts only if somebody has confirmed a subscription."
    )
    composites_count: bool = setting(
        True, "Whether an alarm counts that acts through a composite alarm above it."
    )
    scaling_counts: bool = setting(
        False, "Whether an alarm counts that only scales and tells nobody."
    )
    evaluation_periods: int = setting(
        2, "Periods that a new alarm is advised to look at.", unit="periods", ge=1, le=100
    )
    exempt: list[str] = setting(
        [*BROUGHT_ALONG],
        "Patterns of names of what needs no alarm, such as the functions that the CDK adds.",
    )

    def exempts(self, *names: str) -> bool:
        """Whether the baseline asks for no alarm on something of these names."""
        return fits(self.exempt, *names)


class Sidecars(Group):
    """Which containers only help others."""

    name = "sidecars"

    names: list[str] = setting(
        [
            "*-agent", "*_agent", "adot*", "aws-guardduty-agent*", "aws-otel*",
            "cloudwatch-agent*", "datadog*", "ecs-service-connect-*", "envoy*", "firelens*",
            "fluent*", "log-router", "log_router", "otel*", "xray*", "*-sidecar",
        ],
        "Containers that are no application, as patterns of their names.",
    )  # fmt: skip


class DeprecatedPolicies(Group):
    """Which managed policies of AWS are not to be used any more."""

    name = "deprecated_policies"

    extra: dict[str, str] = setting(
        {}, "By name what to use instead, beside those that are known here; may be empty text."
    )


class Stacks(Group):
    """Which stacks are nobody's to change."""

    name = "stacks"

    exempt: list[str] = setting(
        [
            "CDKToolkit",
            "aws-sam-cli-managed-default*",
            "awseb-*",
            "AWSControlTower*",
            "StackSet-AWSControlTower*",
        ],
        "Stacks whose templates are not looked at, for a tool wrote them for itself, as patterns"
        " on their name.",
    )


class Builds(Group):
    """What projects of CodeBuild are for."""

    name = "builds"

    roles: dict[str, str] = setting(
        {},
        "Pattern of a project's name or tag -> its role, `test` or `build`; for others the action "
        "of a pipeline that runs it says so.",
    )
