"""Settings that several probes read, each group written once."""

from auditor.settings import Group, setting


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
    port: int = setting(443, "The port that clients are sent to.", unit="port", ge=1, le=65535)
