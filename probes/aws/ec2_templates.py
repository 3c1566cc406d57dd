"""EC2: launch templates, and the versions of them that scaling groups launch from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from auditor.facts import Facts
from auditor.query import JSON, Query, Shape
from auditor.resources import Tags
from probes.analysis.launch_templates import DEFAULT, LATEST, chosen, number_of
from probes.aws.autoscaling import GROUPS, Group, references_of, templates_named
from probes.aws.user_data import UserData

_ARN = "arn:{partition}:ec2:{region}:{account}:launch-template/{LaunchTemplateId}"


class LaunchTemplate(Shape):
    """A launch template; what it says is in its versions. Its tags are not those of instances."""

    launch_template_id: str
    launch_template_name: str
    default_version_number: int
    latest_version_number: int
    tags: Tags = Field(default_factory=dict)


class TemplateVolume(Shape):
    """A volume of a template; None where encryption is left to image, snapshot and account."""

    encrypted: bool | None = None
    kms_key_id: str = ""
    snapshot_id: str = ""


class TemplateDevice(Shape):
    """A device of a template; `no_device`, even empty, takes it from the image's devices."""

    device_name: str = ""
    ebs: TemplateVolume | None = None
    no_device: str | None = None


class TemplateMonitoring(Shape):
    """Detailed monitoring; a template that does not ask for it has basic monitoring."""

    enabled: bool = False


class TagSpecification(Shape):
    """The tags that resources of one type are launched with."""

    resource_type: str
    tags: Tags = Field(default_factory=dict)


class TemplateProfile(Shape):
    """The instance profile of a template, by ARN or by name."""

    arn: str = ""
    name: str = ""


class TemplateInterface(Shape):
    """An interface of a template: made with these groups, or one that exists, with its own."""

    groups: tuple[str, ...] = ()
    network_interface_id: str = ""


class TemplateData(Shape):
    """What a version says of the instances launched from it."""

    image_id: str = ""
    monitoring: TemplateMonitoring = Field(default_factory=TemplateMonitoring)
    tag_specifications: tuple[TagSpecification, ...] = ()
    block_device_mappings: tuple[TemplateDevice, ...] = ()
    iam_instance_profile: TemplateProfile | None = None
    security_group_ids: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    network_interfaces: tuple[TemplateInterface, ...] = ()
    user_data: UserData = None


class TemplateVersion(Shape):
    """One version of a launch template."""

    launch_template_id: str
    launch_template_name: str
    version_number: int
    default_version: bool = False
    launch_template_data: TemplateData


def security_groups_of(version: TemplateVersion) -> tuple[str, ...]:
    """For `where`: the versions that name a security group, by its id."""
    data = version.launch_template_data
    of_interfaces = (group for one in data.network_interfaces for group in one.groups)
    return tuple(dict.fromkeys((*data.security_group_ids, *of_interfaces)))


def names_of(version: TemplateVersion) -> tuple[str, str]:
    """For `where`: the versions of a template, by its id or its name."""
    return version.launch_template_id, version.launch_template_name


LAUNCH_TEMPLATES = Query(
    "ec2:DescribeLaunchTemplates",
    LaunchTemplate,
    each="LaunchTemplates",
    key="LaunchTemplateId",
    lasting="LaunchTemplateName",
    arn=_ARN,
    name="LaunchTemplateName",
    tags="Tags",
    type="AWS::EC2::LaunchTemplate",
)
VERSIONS = Query(
    "ec2:DescribeLaunchTemplateVersions",
    TemplateVersion,
    each="LaunchTemplateVersions",
    key=("LaunchTemplateId", "VersionNumber"),
    also={"Versions": [LATEST, DEFAULT]},
    arn=_ARN,
    name="LaunchTemplateName",
    type="AWS::EC2::LaunchTemplate",
    label="latest and default",
)


def _numbered(facts: Facts) -> Iterator[tuple[str, int]]:
    """Template and number of the versions that groups name by number."""
    id_of = {v.launch_template_name: v.launch_template_id for v in facts.seen(VERSIONS)}
    for group in facts.seen(GROUPS):
        for named in references_of(group):
            template = named.launch_template_id or id_of.get(named.launch_template_name, "")
            number = number_of(named.version)
            if template and number is not None:
                yield template, number


def in_use_by_number(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    """Every version that groups name by number, whatever else it is. Reads `TO_NUMBER`."""
    for template, number in _numbered(facts):
        yield _one_version(template, number)


def _older(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    """The versions that groups name by number and that are neither the latest nor the default."""
    have = {(v.launch_template_id, v.version_number) for v in facts.seen(VERSIONS)}
    for template, number in _numbered(facts):
        if (template, number) not in have:
            yield _one_version(template, number)


def _one_version(template: str, number: int) -> dict[str, JSON]:
    return {"LaunchTemplateId": template, "Versions": [str(number)]}


TO_NUMBER = (VERSIONS, GROUPS)
NO_SUCH_VERSION = frozenset(
    {"InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.VersionNotFound"}
)
OLDER_VERSIONS = Query(
    "ec2:DescribeLaunchTemplateVersions",
    TemplateVersion,
    each="LaunchTemplateVersions",
    key=("LaunchTemplateId", "VersionNumber"),
    asks=_older,
    reads=TO_NUMBER,
    absent=NO_SUCH_VERSION,
    arn=_ARN,
    name="LaunchTemplateName",
    type="AWS::EC2::LaunchTemplate",
    label="older",
)
EVERY_VERSION = (VERSIONS, OLDER_VERSIONS)
"""What `version_meant` and `versions_used` need."""


def version_meant(template: str, version: str, facts: Facts) -> TemplateVersion | None:
    """The version of a template (id or name) that `$Default`, `$Latest` or a number means now.

    None where AWS knows no such template or version.
    """
    listed = facts.where(VERSIONS, names_of, template)
    number = number_of(version)
    found = chosen(version, listed)
    if found or number is None or not listed:
        return found
    asked = _one_version(listed[0].launch_template_id, number)
    return facts.named(OLDER_VERSIONS, "/".join(str(value) for value in asked.values()))


def versions_used(group: Group, facts: Facts) -> tuple[TemplateVersion | None, ...]:
    """Every version that a group may launch from, with its overrides, each once.

    None among them stands for what the group names and AWS does not know. A group that launches
    from a launch configuration uses none at all.
    """
    meant = (version_meant(n.template, n.version, facts) for n in references_of(group))
    once = {v and (v.launch_template_id, v.version_number): v for v in meant}
    return tuple(once.values())


def groups_using(version: TemplateVersion, facts: Facts) -> tuple[Group, ...]:
    """The scaling groups that may launch from a version. Needs `VERSIONS` and `OLDER_VERSIONS`."""
    wanted = (version.launch_template_id, version.version_number)
    names = (version.launch_template_id, version.launch_template_name)
    named = (group for name in names for group in facts.where(GROUPS, templates_named, name))
    return tuple(
        group
        for group in named
        if any(
            used and (used.launch_template_id, used.version_number) == wanted
            for used in versions_used(group, facts)
        )
    )
