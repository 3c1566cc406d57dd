"""Launch templates tag the instances and volumes that they launch.

What has no tags has no owner and no cost centre. A launch template tags instances, volumes and
other things by a `TagSpecification` each; the tags of the template itself are not handed on. Tags
that the group propagates reach instances and no volumes (Auto Scaling user guide, "Tag Auto Scaling
groups and instances"), so that they stand in for an instance specification only. Launch
configurations cannot tag at all (Security Hub AutoScaling.9 advises to leave them).

Fix: `aws ec2 create-launch-template-version` with a full `TagSpecifications`, then an instance
refresh; `aws ec2 create-tags` for volumes that exist. In CloudFormation
`LaunchTemplateData.TagSpecifications`, one entry for each `ResourceType`.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable
from auditor.settings import Settings, setting
from probes.auto_scaling import _launch_tags
from probes.auto_scaling._consumers import Source, Use, new_version, no_such_version, uses_of
from probes.aws import autoscaling, ec2_templates, ec2_volumes
from probes.aws.ec2_templates import EVERY_VERSION, version_meant
from probes.groups import RequiredTags


class Tagged(Settings):
    """What must be tagged, and with which keys."""

    tag_resource_types: list[str] = setting(
        ["instance", "volume"], "Types of resources that a launch template must tag."
    )
    tags: RequiredTags = RequiredTags()


class TagSpecifications(Probe[Source, Tagged]):
    """The tag specifications of each launch template in use."""

    subject = (ec2_templates.LAUNCH_TEMPLATES, autoscaling.LAUNCH_CONFIGURATIONS)
    needs = (autoscaling.GROUPS, autoscaling.GROUP_TAGS, *EVERY_VERSION, ec2_volumes.VOLUMES)
    severity, settings = Severity.LOW, Tagged
    sources = ("S0.15", "S1.9")

    def judge(self, source: Source, facts: Facts, expected: Tagged) -> Iterator[Remark]:
        if isinstance(source, autoscaling.LaunchConfiguration):
            yield not_applicable("a launch configuration cannot tag: move to a launch template")
        elif not expected.tags.required:
            yield not_applicable("the baseline requires no tags")
        elif not (uses := uses_of(source, facts)):
            yield not_applicable("no scaling group launches from it")
        else:
            yield from every(*(partial(_judge, source, facts, expected, use) for use in uses))


def _judge(
    template: ec2_templates.LaunchTemplate, facts: Facts, expected: Tagged, use: Use
) -> Iterator[Remark]:
    version = version_meant(template.launch_template_id, use.version, facts)
    if version is None:
        yield no_such_version(use)
        return
    kinds, given = expected.tag_resource_types, _launch_tags.specified(version)
    data = _launch_tags.completed(expected.tags, kinds, given)
    cli = new_version(template, use.version, data)
    shortfall = partial(_launch_tags.shortfall, expected.tags, given, use, facts)
    for remark in every(*(partial(shortfall, kind) for kind in kinds)):
        yield replace(
            remark,
            cli=cli,
            cloudformation={"LaunchTemplateData": data},
            related=use.related(facts),
        )
