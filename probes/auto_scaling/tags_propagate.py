"""Scaling groups carry the required tags and propagate them to instances.

A tag of a group reaches instances only where `PropagateAtLaunch` is set, and only those launched
afterwards; it wins over the same key of the launch template and never reaches volumes (Auto Scaling
user guide, "Tag Auto Scaling groups and instances"). Where every version of a launch template that
the group uses tags instances with the key itself, only the group lacks it: that is noted.

Fix: `aws autoscaling create-or-update-tags --tags ResourceId=GROUP,ResourceType=auto-scaling-group,
Key=KEY,Value=VALUE,PropagateAtLaunch=true`; in CloudFormation `Tags[].PropagateAtLaunch`.
"""

import json
from collections.abc import Iterator
from typing import Any

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable, note
from auditor.settings import Settings, setting
from probes.analysis import tag_rules
from probes.auto_scaling import _launch_tags
from probes.aws import autoscaling, ec2_templates
from probes.groups import RequiredTags


class Propagated(Settings):
    """Which tags, and whether the group must hand them on."""

    must_propagate: bool = setting(True, "Whether required tags must reach the instances.")
    template_may_tag: bool = setting(
        True, "Whether keys that the launch template puts on instances may be left out here."
    )
    tags: RequiredTags = RequiredTags()


class TagsPropagate(Probe[autoscaling.Group, Propagated]):
    """The tags of each group."""

    subject = autoscaling.GROUPS
    needs = (autoscaling.GROUP_TAGS, *ec2_templates.EVERY_VERSION)
    severity, settings = Severity.LOW, Propagated
    sources = ("S1.10",)

    def judge(
        self, group: autoscaling.Group, facts: Facts, expected: Propagated
    ) -> Iterator[Remark]:
        reason = autoscaling.why_unmanaged(group)
        if reason or not expected.tags.required:
            yield not_applicable(reason or "the baseline requires no tags")
            return
        tags = _launch_tags.on_group(group, facts)
        values = {key: tag.value for key, tag in tags.items()}
        if wrong := tag_rules.refused(expected.tags, values):
            allowed = tag_rules.allowed(expected.tags, wrong)
            fix = _fix(group, tag_rules.to_choose(expected.tags, wrong))
            says = f"values that are not allowed: {', '.join(wrong)}"
            yield drift(says, code="bad-value", expected=allowed, found=wrong, **fix)
        absent = tag_rules.absent(expected.tags, values)
        still = {key for key, tag in tags.items() if not tag.propagate_at_launch}
        kept = sorted(still & set(expected.tags.required)) if expected.must_propagate else []
        given = set[str]()
        if expected.template_may_tag and (absent or kept):
            given = _launch_tags.supplied(expected.tags, [*absent, *kept], group, facts)
        if given:
            yield note(f"instances get {', '.join(sorted(given))} from the launch template only")
        if lacking := [key for key in absent if key not in given]:
            fix = _fix(group, tag_rules.to_choose(expected.tags, lacking))
            says = f"the group lacks {', '.join(lacking)}"
            yield gap(says, code="missing-key", expected=lacking, found=[], **fix)
        if silent := [key for key in kept if key not in given]:
            fix = _fix(group, {key: values[key] for key in silent})
            says = f"instances do not get {', '.join(silent)} of the group"
            yield drift(says, code="not-propagated", expected=silent, found=[], **fix)


def _fix(group: autoscaling.Group, tags: dict[str, str]) -> dict[str, Any]:
    name = group.auto_scaling_group_name
    pairs = [{"Key": k, "Value": v, "PropagateAtLaunch": True} for k, v in sorted(tags.items())]
    sent = [{"ResourceId": name, "ResourceType": "auto-scaling-group", **pair} for pair in pairs]
    cli = ("aws", "autoscaling", "create-or-update-tags", "--tags", json.dumps(sent))
    return {"cli": cli, "cloudformation": {"Tags": pairs}}
