"""Resources carry the required tags, with values that the baseline allows.

Costs and owners are told apart by tags, and so are the expectations here. AWS compares keys
with regard to case: `environment` is not `Environment`. Tags that begin with `aws:` are AWS's own
and do not count. What AWS makes by itself (default groups, its own keys, service-linked roles) is
left out. Some call a project's phase `Environment`, some its suffix: the configured values count.

Fix: `aws resourcegroupstaggingapi tag-resources --resource-arn-list ARN --tags KEY=VALUE`, for a
scaling group `aws autoscaling create-or-update-tags`; in CloudFormation `Tags`, or once per stack.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable
from auditor.query import Shape
from auditor.settings import setting
from probes.analysis import names, tag_rules
from probes.groups import RequiredTags
from probes.tags._exempt import NEEDED, Exemptions, given_name, read_tags
from probes.tags._subjects import SUBJECTS
from probes.tags._writing import remedy


class Tagging(Exemptions):
    """Which tags, on what."""

    tags: RequiredTags = RequiredTags()
    grave: list[str] = setting([], "Keys whose absence is of medium severity, such as CostCenter.")
    name_suffix: str = setting("", "What names carry after a hyphen; empty where nothing is asked.")


class Required(Probe[Shape, Tagging]):
    """The tags of each resource, in one finding for each way to fail."""

    subject, needs = SUBJECTS, NEEDED
    severity, settings, sources = Severity.LOW, Tagging, ("S1.8", "S2.2")
    parts = ("missing", "values", "name_suffix")

    def judge_missing(self, shape: Shape, facts: Facts, expected: Tagging) -> Iterator[Remark]:
        reason, tags = read_tags(shape, facts, expected)
        rules = expected.tags
        required = sorted(set(rules.required))
        if reason or not required:
            yield not_applicable(reason or "the baseline requires no tags")
            return
        absent, misspelt = tag_rules.missing(rules, tags), tag_rules.misspelt(rules, tags)
        known = {key: tag_rules.certain(rules, key) for key in absent}
        known |= {key: tags[found] for key, found in misspelt.items()}
        fix = remedy(facts.resource(shape), {key: value for key, value in known.items() if value})
        grave = Severity.MEDIUM if {*absent, *misspelt} & {*expected.grave} else None
        if absent:
            there = sorted(set(required) & tags.keys())
            fix |= {"expected": required, "found": there}
            yield gap(f"it lacks {', '.join(absent)}", code="missing-key", severity=grave, **fix)
        if misspelt:
            keys, found = sorted(misspelt), sorted(misspelt.values())
            fix |= {"expected": keys, "found": found}
            says = f"it has {', '.join(found)} instead of {', '.join(keys)}"
            yield drift(says, code="case", severity=grave, **fix)

    def judge_values(self, shape: Shape, facts: Facts, expected: Tagging) -> Iterator[Remark]:
        reason, tags = read_tags(shape, facts, expected)
        if reason:
            yield not_applicable(reason)
            return
        if wrong := tag_rules.refused(expected.tags, tags):
            says = f"values that are not allowed: {', '.join(wrong)}"
            wanted = tag_rules.allowed(expected.tags, wrong)
            yield drift(says, code="bad-value", expected=wanted, found=wrong)

    def judge_name_suffix(self, shape: Shape, facts: Facts, expected: Tagging) -> Iterator[Remark]:
        suffix = expected.name_suffix
        reason, tags = read_tags(shape, facts, expected) if suffix else ("no suffix is asked", {})
        given = {given_name(facts.resource(shape)), tags.get("Name", "")} - {""}
        if reason or not given:
            yield not_applicable(reason or "it has no name")
        elif wrong := sorted(name for name in given if not names.carries_suffix(name, suffix)):
            says = f"not marked with -{suffix}: {', '.join(wrong)}"
            yield drift(says, code="name-suffix", expected=f"-{suffix}", found=wrong)
