"""The log groups that a key seals, or is to seal, and those that could not be made."""

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
    mine = [one for one in facts.seen(logs.LOG_GROUPS) if one.kms_key_id == key.key_arn]
    return tuple(facts.related("log group with the key", one) for one in mine[:MOST_SHOWN])


def planned(facts: Facts, key: kms.Key) -> tuple[Assigned, ...]:
    """The log groups of deployed templates that are to have the key."""
    found = _assigned(facts)
    names = {key.key_arn, key.key_id}
    if any(one.key and "#" in one.key for one in found):
        names |= _name_in_stack(facts, key)
    return tuple(one for one in found if one.key in names)


def unresolved(facts: Facts) -> tuple[Assigned, ...]:
    """The log groups of deployed templates of which the key cannot be told."""
    return tuple(one for one in _assigned(facts) if one.key is None)


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


def _name_in_stack(facts: Facts, key: kms.Key) -> set[str]:
    """What the template calls the key that made it, if one did."""
    tags = facts.tags(key)
    stack, logical_id = tags.get(STACK_TAGS["id"], ""), tags.get(STACK_TAGS["logical_id"], "")
    return {template_log_groups.name_in_stack(stack, logical_id)} if stack else set()


def _assigned(facts: Facts) -> tuple[Assigned, ...]:
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
