"""Key policies: what of them has effect, and how one reads after it was mended.

In a key policy `Resource` is `*`, which means this key. A statement without it, or about another
key, has no effect, although PutKeyPolicy takes it (KMS API reference, `PutKeyPolicy`, "Policy").
"""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from probes.analysis.answers import Answer, any_of
from probes.analysis.policy import Policy, Statement
from probes.analysis.wildcards import arn_covers

Document = dict[str, Any]
Entry = Callable[[str, str], bool]
"""Whether an entry of a Principal element, by its kind and value, is meant."""


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """The policy of a key: its statements that have effect, and the labels of those without."""

    policy: Policy
    idle: tuple[str, ...] = ()


def in_effect(policy: Policy, arn: str) -> KeyPolicy:
    """What of a policy bears on the key of this ARN."""
    idle = tuple(one for one in policy.statements if _is_idle(one, arn))
    active = tuple(one for one in policy.statements if one not in idle)
    return KeyPolicy(replace(policy, statements=active), tuple(one.label for one in idle))


def _is_idle(statement: Statement, arn: str) -> bool:
    if statement.not_resources is not None:
        return any_of(arn_covers(one, arn) for one in statement.not_resources) is Answer.YES
    named = statement.resources or ()
    return any_of(arn_covers(one, arn) for one in named) is Answer.NO


def with_statements(document: str, *added: Mapping[str, Any]) -> Document:
    """The policy with statements added to it."""
    amended = _loaded(document)
    amended["Statement"] += [copy.deepcopy(dict(one)) for one in added]
    return amended


def without_principals(document: str, meant: Entry) -> Document:
    """The policy without the principals that are meant, and the Allows that were for them alone."""
    amended = _loaded(document)
    amended["Statement"] = [
        left for one in amended["Statement"] if (left := _without(one, meant)) is not None
    ]
    return amended


def with_condition(
    document: str, indexes: Sequence[int], operator: str, key: str, value: str
) -> Document:
    """The policy with one more condition on some of its statements."""
    amended = _loaded(document)
    for index in indexes:
        statement = amended["Statement"][index]
        conditions = statement.get("Condition") or {}
        statement["Condition"] = {
            **conditions,
            operator: {**conditions.get(operator, {}), key: value},
        }
    return amended


def _loaded(document: str) -> Document:
    """A document that could be read as a policy, its statements in a list."""
    plain = document if document.lstrip().startswith("{") else unquote(document)
    loaded: Document = json.loads(plain)
    if not isinstance(loaded["Statement"], list):
        loaded["Statement"] = [loaded["Statement"]]
    return loaded


def _without(statement: Document, meant: Entry) -> Document | None:
    principals = statement.get("Principal")
    if statement["Effect"] != "Allow" or not isinstance(principals, dict):
        return statement
    left = {}
    for kind, given in principals.items():
        listed = given if isinstance(given, list) else [given]
        kept = [one for one in listed if not meant(kind, one)]
        if kept:
            left[kind] = kept if isinstance(given, list) else given
    return {**statement, "Principal": left} if left else None
