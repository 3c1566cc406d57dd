"""The log groups that a key seals, or is to seal, and those that could not be made."""

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.facts import Facts
from auditor.resources import STACK_TAGS, Related
from probes.analysis import template_log_groups
from probes.analysis.template_log_groups import Assigned, Deployment
from probes.aws import cloudformation, kms, logs

NEEDS = (
    kms.METADATA,
    kms.POLICY,
    logs.LOG_GROUPS,
    cloudformation.TEMPLATES,
    cloudformation.EVENTS,
)
MOST_SHOWN = 20
_REFUSAL = "kms key"


def sealed(facts: Facts, key: kms.Key) -> tuple[logs.LogGroup, ...]:
    """The log groups that have the key."""
    return facts.where(logs.LOG_GROUPS, logs.key_of, key.key_arn)


def shown(facts: Facts, key: kms.Key) -> tuple[Related, ...]:
    """Some of the log groups that have the key, for a finding to point at."""
    mine = facts.here(_seen_by_key).get(key.key_arn, ())
    return tuple(facts.related("log group with the key", one) for one in mine[:MOST_SHOWN])


def planned(facts: Facts, key: kms.Key) -> tuple[Assigned, ...]:
    """The log groups of deployed templates that are to have the key."""
    found = facts.here(_assigned)
    names = [key.key_arn, key.key_id]
    if found.by_stack:
        names += _name_in_stack(facts, key)
    return tuple(one for name in names for one in found.by_key.get(name, ()))


def unresolved(facts: Facts) -> tuple[Assigned, ...]:
    """The log groups of deployed templates of which the key cannot be told."""
    return tuple(facts.here(_assigned).by_key.get(None, ()))


def refused(facts: Facts, key: kms.Key) -> bool:
    """Whether CloudFormation could not make a log group because of this key."""
    stacks = facts.all(cloudformation.STACKS)
    if not any(cloudformation.has_failed(stack) for stack in stacks):
        return False
    return any(
        event.failed
        and event.resource_type == "AWS::Logs::LogGroup"
        and _REFUSAL in event.resource_status_reason.lower()
        and event.key in {key.key_arn, key.key_id}
        for event in facts.all(cloudformation.EVENTS)
    )


def _name_in_stack(facts: Facts, key: kms.Key) -> list[str]:
    """What the template calls the key that made it, if one did."""
    tags = facts.tags(key)
    stack, logical_id = tags.get(STACK_TAGS["id"], ""), tags.get(STACK_TAGS["logical_id"], "")
    return [template_log_groups.name_in_stack(stack, logical_id)] if stack else []


def _seen_by_key(facts: Facts) -> dict[str, list[logs.LogGroup]]:
    """The log groups that were read, by the key that they have."""
    found: dict[str, list[logs.LogGroup]] = {}
    for one in facts.seen(logs.LOG_GROUPS):
        found.setdefault(one.kms_key_id or "", []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class _Assignments:
    """The log groups of deployed templates by key; `by_stack` where a template makes its key."""

    by_key: Mapping[str | None, list[Assigned]]
    by_stack: bool = False


def _assigned(facts: Facts) -> _Assignments:
    by_key: dict[str | None, list[Assigned]] = {}
    for one in _all_assigned(facts):
        by_key.setdefault(one.key, []).append(one)
    return _Assignments(by_key, any(key and "#" in key for key in by_key))


def _all_assigned(facts: Facts) -> tuple[Assigned, ...]:
    stacks = facts.all(cloudformation.STACKS)
    if not any(cloudformation.is_deployed(stack) for stack in stacks):
        return ()
    imports = {o.export_name: o.output_value for s in stacks for o in s.outputs if o.export_name}
    exported = tuple(sorted(imports.items()))
    found = (
        facts.once(template_log_groups.assigned, _deployment(facts, one, exported))
        for one in facts.all(cloudformation.TEMPLATES)
    )
    return tuple(one for each in found for one in each)


def _deployment(
    facts: Facts, template: cloudformation.Template, imports: tuple[tuple[str, str], ...]
) -> Deployment:
    stack = facts.of(template).parent(cloudformation.STACKS)
    return Deployment(
        template.template_body,
        stack.stack_id,
        stack.stack_name,
        tuple(sorted(stack.values.items())),
        imports,
        facts.place.partition,
        facts.region,
        facts.account,
    )
