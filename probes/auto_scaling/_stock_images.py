"""Which images are AWS's own Amazon Linux, as it comes."""

from auditor.facts import Facts
from probes.auto_scaling._bootstrap import Script
from probes.aws import ec2_images

NEEDS = (ec2_images.IMAGES,)

_PARAMETER = "resolve:ssm:/aws/service/ami-amazon-linux-latest/"
_NAMES = ("al2023-ami-", "amzn2-ami-")
_OTHERS = ("-ecs-", "-eks-")  # made for containers, with more on them


def are_amazon_linux(script: Script, facts: Facts) -> bool:
    """Whether all instances with a script have it; a mixed group may have images of its own."""
    own = (image for group in script.groups for image in ec2_images.own_images(group))
    return all(_is_amazon_linux(one, facts) for one in {script.image, *own})


def _is_amazon_linux(image_id: str, facts: Facts) -> bool:
    if not image_id.startswith("ami-"):
        return image_id.startswith(_PARAMETER)
    found = facts.where(ec2_images.IMAGES, ec2_images.image_id_of, image_id)
    return any(
        image.image_owner_alias == "amazon"
        and image.name.startswith(_NAMES)
        and not any(other in image.name for other in _OTHERS)
        for image in found
    )
