"""The managed policies that a template names, as far as what they come to can be told.

Source: CloudFormation template reference, `ManagedPolicyArns` and `PermissionsBoundary` of roles,
users and groups.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from probes.analysis.template import Resource, Template
from probes.analysis.template_bounds import Json
from probes.analysis.template_context import Absent, Context, Resolved, Unresolved
from probes.analysis.template_values import exists, resolve

HOLDERS: Final = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
POLICY: Final = "AWS::IAM::ManagedPolicy"
_OWN: Final = "(a policy of the template)"
_REMOVED: Final = "(removed"


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A managed policy that a resource of a template names.

    `certain` is false where it cannot be told whether the stack has the resource at all.
    """

    logical_id: str
    type: str
    property: str
    policy: str | Unresolved
    certain: bool = True


def named_policies(template: Template, context: Context) -> Iterator[NamedPolicy]:
    """Every managed policy that roles, users and groups of a stack name, and that it does not make.

    A policy that the template itself makes is there when it is attached.
    """
    around = _with_own(template, context)
    for resource in template.of_type(*HOLDERS):
        there = exists(resource, around)
        if there is False:
            continue
        for where, policy in _of(resource, around):
            if policy != _OWN:
                certain = there is True
                yield NamedPolicy(resource.logical_id, resource.type, where, policy, certain)


def makes_policies(template: Template) -> bool:
    """Whether a template makes managed policies of its own."""
    return bool(template.of_type(POLICY))


def _with_own(template: Template, context: Context) -> Context:
    own = [resource.logical_id for resource in template.of_type(POLICY)]
    return replace(
        context,
        physical_ids={**context.physical_ids, **dict.fromkeys(own, _OWN)},
        attributes={**context.attributes, **{(one, "PolicyArn"): _OWN for one in own}},
    )


def _of(resource: Resource, context: Context) -> Iterator[tuple[str, str | Unresolved]]:
    yield from _values(resource, "ManagedPolicyArns", context)
    yield from _values(resource, "PermissionsBoundary", context)


def _values(
    resource: Resource, name: str, context: Context
) -> Iterator[tuple[str, str | Unresolved]]:
    written: Json = resource.properties.get(name)
    if written is None:
        return
    found = resolve(written, context)
    for one in found if isinstance(found, list) else [found]:
        yield from ((name, policy) for policy in _policy(one))


def _policy(value: Resolved) -> Iterator[str | Unresolved]:
    match value:
        case Absent():
            return
        case Unresolved():
            yield value
        case str(text) if text.startswith(_REMOVED):
            yield Unresolved("its value is not kept")
        case str(text):
            yield text
        case list(several):  # a list inside the list, as `Fn::If` may give
            yield from (one if isinstance(one, str) else _NOT_TEXT for one in several)
        case _:
            yield _NOT_TEXT


_NOT_TEXT: Final = Unresolved("it comes to no text")
