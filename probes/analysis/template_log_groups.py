"""Which keys the log groups of deployed templates are to be sealed with.

A key that the same template makes has no ARN there: it goes by its stack and logical id, which
CloudFormation writes into tags of the key (`name_in_stack`).
"""

from dataclasses import dataclass

from probes.analysis.template import Resource, Template, read
from probes.analysis.template_bounds import MalformedTemplate
from probes.analysis.template_context import ABSENT, Context
from probes.analysis.template_values import exists, resolve

_LOG_GROUP, _KEYS = "AWS::Logs::LogGroup", ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_PROPERTY = "KmsKeyId"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A template in the stack that it was deployed as, all that its values may refer to."""

    body: str
    stack_id: str
    stack_name: str
    parameters: tuple[tuple[str, str], ...]
    imports: tuple[tuple[str, str], ...]
    partition: str
    region: str
    account: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """A log group of a template: the key that it names (None: cannot be told), and its ARN.

    The ARN is empty where the log group's name is left to CloudFormation or cannot be told.
    """

    logical_id: str
    key: str | None
    arn: str = ""


def name_in_stack(stack_id: str, logical_id: str) -> str:
    """What a key goes by that a template makes."""
    return f"{stack_id}#{logical_id}"


def assigned(deployment: Deployment) -> tuple[Assigned, ...]:
    """The log groups of a template that are to have a key; none of one that cannot be read."""
    if _LOG_GROUP not in deployment.body or _PROPERTY not in deployment.body:
        return ()
    try:
        template = read(deployment.body)
    except MalformedTemplate:
        return ()
    context = _context(deployment, template)
    found = (_assigned(one, context, deployment) for one in template.of_type(_LOG_GROUP))
    return tuple(one for one in found if one)


def _context(deployment: Deployment, template: Template) -> Context:
    keys = [one.logical_id for one in template.of_type(*_KEYS)]
    return Context(
        template=template,
        parameters=dict(deployment.parameters),
        account=deployment.account,
        region=deployment.region,
        partition=deployment.partition,
        stack_name=deployment.stack_name,
        stack_id=deployment.stack_id,
        imports=dict(deployment.imports),
        attributes={(key, "Arn"): name_in_stack(deployment.stack_id, key) for key in keys},
    )


def _assigned(group: Resource, context: Context, deployment: Deployment) -> Assigned | None:
    there, key = exists(group, context), resolve(group.properties.get(_PROPERTY), context)
    if there is False or key is None or key is ABSENT:
        return None
    if there is not True or not isinstance(key, str):
        return Assigned(group.logical_id, None)
    name = resolve(group.properties.get("LogGroupName"), context)
    place = f"arn:{deployment.partition}:logs:{deployment.region}:{deployment.account}"
    arn = f"{place}:log-group:{name}" if isinstance(name, str) and name else ""
    return Assigned(group.logical_id, key, arn)
