"""Settings that several probes read, each group written once."""

from typing import Annotated

from pydantic import AfterValidator, Field

from auditor.settings import Group, setting
from probes.analysis import addresses


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
