"""Who launches from a template or a launch configuration, and which version of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.probe import Remark, unknown
from auditor.query import JSON
from auditor.resources import Related
from probes.aws import autoscaling, ec2, ec2_templates, ec2_volumes

Source = ec2_templates.LaunchTemplate | autoscaling.LaunchConfiguration

_BASIC = ("disabled", "disabling")
MOST_LISTED = 20
"""Instances or volumes that evidence names at most."""


@dataclass(frozen=True, slots=True)
class Use:
    """The groups that name one version; launch configurations have no versions."""

    version: str
    groups: tuple[autoscaling.Group, ...]

    @property
    def names(self) -> list[str]:
        """The groups' names, in order."""
        return sorted(group.auto_scaling_group_name for group in self.groups)

    def related(self, facts: Facts) -> tuple[Related, ...]:
        """The groups, for the finding."""
        return tuple(facts.related("scaling group", group) for group in self.groups)

    def poorly_watched(self, facts: Facts) -> list[str]:
        """The groups' instances that are known to have basic monitoring, for evidence only."""
        mine = self._instances()
        seen = (one for one in facts.seen(ec2.INSTANCES) if one.instance_id in mine)
        return listed(one.instance_id for one in seen if one.monitoring.state in _BASIC)

    def volumes_without(self, keys: Iterable[str], facts: Facts) -> list[str]:
        """The volumes of the groups' instances that are known to lack tags, for evidence only."""
        mine, wanted = self._instances(), set(keys)
        seen = (v for v in facts.seen(ec2_volumes.VOLUMES) if mine & set(v.instances))
        return listed(volume.volume_id for volume in seen if wanted - set(volume.tags))

    def _instances(self) -> set[str]:
        return {one.instance_id for group in self.groups for one in group.instances}


def uses_of(source: Source, facts: Facts) -> list[Use]:
    """The groups that launch from a template or configuration, by the version that they name."""
    if isinstance(source, autoscaling.LaunchConfiguration):
        name = source.launch_configuration_name
        groups = facts.where(autoscaling.GROUPS, autoscaling.configuration_named, name)
        return [Use("", groups)] if groups else []
    mine = (source.launch_template_id, source.launch_template_name)
    found: dict[str, dict[str, autoscaling.Group]] = {}
    for name in mine:
        for group in facts.where(autoscaling.GROUPS, autoscaling.templates_named, name):
            for named in autoscaling.references_of(group):
                if named.template in mine:
                    by_name = found.setdefault(named.version, {})
                    by_name[group.auto_scaling_group_name] = group
    return [Use(version, tuple(groups.values())) for version, groups in found.items()]


def no_such_version(use: Use) -> Remark:
    """What there is to say where AWS does not know the version that groups name."""
    return unknown(
        f"AWS knows no version {use.version} of the template, which {', '.join(use.names)} names",
        code="version-missing",
    )


def new_version(
    template: ec2_templates.LaunchTemplate, version: str, data: Mapping[str, JSON]
) -> tuple[str, ...]:
    """The command that makes a version like another one, but with other data."""
    return (
        "aws", "ec2", "create-launch-template-version",
        "--launch-template-id", template.launch_template_id,
        "--source-version", version,
        "--launch-template-data", json.dumps(data, sort_keys=True),
    )  # fmt: skip


def listed(ids: Iterable[str]) -> list[str]:
    """Ids for evidence: in order, and not more than a reader needs."""
    return sorted(ids)[:MOST_LISTED]
