"""What the tags that instances and volumes get lack of what the baseline wants."""

from collections.abc import Iterable, Iterator, Mapping

from auditor.facts import Facts
from auditor.probe import Remark, drift, gap
from auditor.query import JSON
from probes.analysis import tag_rules
from probes.analysis.tag_rules import Tags
from probes.auto_scaling._consumers import Use
from probes.aws import autoscaling, ec2_templates
from probes.groups import RequiredTags


def on_group(group: autoscaling.Group, facts: Facts) -> dict[str, autoscaling.GroupTag]:
    """The tags of a group, each with whether instances get it."""
    name = group.auto_scaling_group_name
    tags = facts.where(autoscaling.GROUP_TAGS, autoscaling.tagged_group, name)
    return {tag.key: tag for tag in tags}


def handed_on(groups: Iterable[autoscaling.Group], facts: Facts) -> set[str]:
    """The keys that every one of the groups propagates to its instances."""
    of_each = [
        {key for key, tag in on_group(group, facts).items() if tag.propagate_at_launch}
        for group in groups
    ]
    return set.intersection(*of_each) if of_each else set()


def specified(version: ec2_templates.TemplateVersion) -> dict[str, dict[str, str]]:
    """The tags that a version gives to what is launched from it, by type of resource."""
    tags: dict[str, dict[str, str]] = {}
    for one in version.launch_template_data.tag_specifications:
        tags[one.resource_type] = tags.get(one.resource_type, {}) | one.tags
    return tags


def supplied(
    rules: RequiredTags, keys: Iterable[str], group: autoscaling.Group, facts: Facts
) -> set[str]:
    """Those of the keys that every template version of a group puts on instances as wanted."""
    of_each = []
    for version in ec2_templates.versions_used(group, facts):
        tags = specified(version).get("instance", {}) if version else {}
        of_each.append({*tags} - {*tag_rules.refused(rules, tags)})
    return set(keys).intersection(*of_each) if of_each else set()


def shortfall(
    rules: RequiredTags, given: Mapping[str, Tags], use: Use, facts: Facts, kind: str
) -> Iterator[Remark]:
    """What the tags that a version gives to one type of resource lack.

    Instances get what their group propagates as well; volumes and all others do not.
    """
    tags = given.get(kind, {})
    lacking = set(tag_rules.absent(rules, tags))
    wrong = set(tag_rules.refused(rules, tags))
    if kind == "instance" and lacking | wrong:
        handed = handed_on(use.groups, facts)
        lacking, wrong = lacking - handed, wrong - handed
    wanted = {kind: sorted(rules.required)}
    if lacking:
        yield gap(
            f"{kind}s are launched without {', '.join(sorted(lacking))}",
            code="missing-key" if kind in given else f"no-{kind}-spec",
            expected=wanted,
            found={kind: sorted(set(rules.required) - lacking)},
            evidence={"version": use.version, **_volumes(rules, use, facts, kind)},
        )
    if wrong:
        yield drift(
            f"{kind}s are launched with other values of {', '.join(sorted(wrong))} than allowed",
            code="bad-value",
            expected={kind: tag_rules.allowed(rules, sorted(wrong))},
            found={kind: {key: tags[key] for key in sorted(wrong)}},
            evidence={"version": use.version},
        )


def _volumes(rules: RequiredTags, use: Use, facts: Facts, kind: str) -> dict[str, JSON]:
    if kind != "volume":
        return {}
    return {"volumes that lack keys": use.volumes_without(rules.required, facts)}


def completed(
    rules: RequiredTags, kinds: Iterable[str], given: Mapping[str, Tags]
) -> dict[str, JSON]:
    """Launch template data that tags everything as wanted: a new version replaces all of it."""
    whole = {**{kind: {} for kind in kinds}, **given}
    return {
        "TagSpecifications": [
            {"ResourceType": kind, "Tags": pairs(rules, tags)} for kind, tags in whole.items()
        ]
    }


def pairs(rules: RequiredTags, tags: Tags) -> list[JSON]:
    """Tags as AWS takes them, with the required ones that are not there."""
    wanted = {**tags, **tag_rules.to_choose(rules, tag_rules.absent(rules, tags))}
    return [{"Key": key, "Value": value} for key, value in wanted.items()]
