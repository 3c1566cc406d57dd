"""Names of container images, as far as private registries of Amazon ECR hold them.

Source: ECR user guide, "Amazon ECR private registry" and "Making requests over IPv6" for the forms
of a registry's name.
"""

import re
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 1024
_REGISTRY: Final = re.compile(
    r"(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]{1,30})\.([a-z][a-z.]{1,40}[a-z])", re.ASCII
)
# Where registries of ECR are, by the ends of AWS's names: `amazonaws.com`, `on.aws`, `c2s.ic.gov`.
_DOMAINS: Final = re.compile(
    r"amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.(?:aws|amazonwebservices\.com\.cn)"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|csp\.hci\.ic\.gov|cloud\.adc-e\.uk"
)
_REPOSITORY: Final = re.compile(r"[a-z0-9](?:[a-z0-9._/-]{0,254}[a-z0-9])?", re.ASCII)
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,299}", re.ASCII)
_DIGEST: Final = re.compile(r"[a-z0-9]{1,20}:[a-f0-9]{32,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Image:
    """An image in a private registry of ECR; where it has a digest, that decides."""

    account: str
    region: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def version(self) -> dict[str, str]:
        """What tells it apart in its repository (API, `ImageIdentifier`)."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.tag}

    def repository_arn(self, partition: str) -> str:
        """The ARN of the repository."""
        return f"arn:{partition}:ecr:{self.region}:{self.account}:repository/{self.repository}"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An image in a registry of another kind: a public one, or one that is not Amazon's."""


def image(text: str) -> Image | Elsewhere | None:
    """What an image's name says; None where it looks like ECR's and cannot be read."""
    registry, slash, rest = text[: _LONGEST + 1].partition("/")
    found = _REGISTRY.fullmatch(registry)
    if found is None or not slash or not _DOMAINS.fullmatch(found[3]):
        return None if ".dkr.ecr" in registry or ".dkr-ecr" in registry else Elsewhere()
    named, _, digest = rest.partition("@")
    repository, colon, tag = named.partition(":")
    if not colon and not digest:
        tag = "latest"
    well_formed = (
        len(text) <= _LONGEST
        and _REPOSITORY.fullmatch(repository)
        and (not colon or _TAG.fullmatch(tag))
        and ("@" not in rest or _DIGEST.fullmatch(digest))
    )
    return Image(found[1], found[2], repository, tag, digest) if well_formed else None
