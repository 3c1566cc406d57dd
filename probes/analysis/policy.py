"""Policy documents: what IAM, resources and keys carry, as frozen values.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import unquote

from probes.analysis.answers import CannotTell
from probes.analysis.conditions import Condition
from probes.analysis.principals import Named

MAX_CHARACTERS = 262_144
MAX_STATEMENTS = 1_000
MAX_MEMBERS = 5_000
MAX_TEXT = 4_096

_VERSIONS: dict[str | None, bool] = {"2012-10-17": True, "2008-10-17": False, None: False}
_POLICY_ELEMENTS = frozenset({"Version", "Id", "Statement"})
_PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
_STATEMENT_ELEMENTS = frozenset({"Sid", "Effect", "Condition"}.union(*_PAIRS))


class MalformedPolicy(ValueError):
    """A document that is no policy, or uses elements that are not known; says which."""


class Effect(Enum):
    """What a statement does where it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. An element that it does not have is None; action names are in lower case."""

    index: int
    sid: str
    effect: Effect
    principals: tuple[Named, ...] | None = None
    not_principals: tuple[Named, ...] | None = None
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def allows(self) -> bool:
        return self.effect is Effect.ALLOW

    @property
    def label(self) -> str:
        """What a reader finds it by: its Sid, or its place counted from one."""
        return f"statement '{self.sid}'" if self.sid else f"statement {self.index + 1}"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document; `name` is the caller's word for it.

    `variables` says whether its version knows policy variables; if not, `${...}` is plain text.
    """

    statements: tuple[Statement, ...]
    variables: bool = True
    name: str = ""

    def label(self, statement: Statement) -> str:
        """The statement's label, with the policy's name before it if it has one."""
        return f"{self.name}: {statement.label}" if self.name else statement.label


@dataclass(frozen=True, slots=True)
class Meaning:
    """A statement without what does not bear on its meaning: Sid, order, and one-member lists."""

    effect: Effect
    elements: frozenset[tuple[str, frozenset[Named] | frozenset[str]]]
    conditions: frozenset[tuple[str, str, frozenset[str]]]


def parse(document: str | Mapping[str, Any], *, name: str = "") -> Policy:
    """A policy out of JSON text, URL-encoded or not, or out of what such text decodes to.

    Raises MalformedPolicy for anything that AWS would not have accepted, for elements that are not
    known, and beyond `MAX_CHARACTERS`, `MAX_STATEMENTS`, `MAX_MEMBERS` or `MAX_TEXT`.
    """
    body = _decoded(document) if isinstance(document, str) else document
    if not isinstance(body, Mapping):
        raise MalformedPolicy("the document is not an object")
    _refuse_unknown(body, _POLICY_ELEMENTS, "the policy")
    version = body.get("Version")
    if version is not None and not isinstance(version, str):
        raise MalformedPolicy("Version is not a text")
    variables = _VERSIONS.get(version)
    if variables is None:
        raise MalformedPolicy(f"the version {str(version)[:40]!r} of the language is not known")
    raw = body.get("Statement")
    statements = raw if isinstance(raw, list | tuple) else [raw]
    if len(statements) > MAX_STATEMENTS:
        raise MalformedPolicy(f"more than {MAX_STATEMENTS} statements")
    read = tuple(_statement(index, one) for index, one in enumerate(statements))
    return Policy(read, variables, name)


def read_policy(document: str, name: str = "") -> Policy | CannotTell:
    """The policy of a text, or why it cannot be read."""
    try:
        return parse(document, name=name)
    except MalformedPolicy as error:
        return CannotTell(str(error))


def as_sets(policy: Policy) -> tuple[bool, frozenset[Meaning]]:
    """The policy's normal form: equal for documents that differ in order, Sids or list marks."""
    return policy.variables, frozenset(_meaning(statement) for statement in policy.statements)


def _meaning(statement: Statement) -> Meaning:
    elements = {
        (element, frozenset(members))
        for element, members in _members(statement)
        if members is not None
    }
    conditions = {
        (one.operator, one.key.lower(), frozenset(one.values)) for one in statement.conditions
    }
    return Meaning(statement.effect, frozenset(elements), frozenset(conditions))


def _members(statement: Statement) -> Iterable[tuple[str, tuple[Any, ...] | None]]:
    yield "Principal", statement.principals
    yield "NotPrincipal", statement.not_principals
    yield "Action", statement.actions
    yield "NotAction", statement.not_actions
    yield "Resource", statement.resources
    yield "NotResource", statement.not_resources


def _decoded(text: str) -> Any:
    """The JSON of a text; IAM hands documents out percent-encoded (RFC 3986)."""
    if len(text) > MAX_CHARACTERS:
        raise MalformedPolicy(f"longer than {MAX_CHARACTERS} characters")
    plain = text if text.lstrip().startswith("{") else unquote(text)
    try:
        return json.loads(plain, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise MalformedPolicy("nested too deeply") from None
    except MalformedPolicy:
        raise
    except ValueError as error:
        raise MalformedPolicy(f"not JSON: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise MalformedPolicy("an element is given twice in one object")
    return read


def _no_constant(constant: str) -> Any:
    raise MalformedPolicy(f"{constant} is not JSON")


def _statement(index: int, raw: Any) -> Statement:
    where = f"statement {index + 1}"
    if not isinstance(raw, Mapping):
        raise MalformedPolicy(f"{where} is not an object")
    _refuse_unknown(raw, _STATEMENT_ELEMENTS, where)
    for element, opposite in _PAIRS:
        if element in raw and opposite in raw:
            raise MalformedPolicy(f"{where} has both {element} and {opposite}")
    if "Action" not in raw and "NotAction" not in raw:
        raise MalformedPolicy(f"{where} has neither Action nor NotAction")
    return Statement(
        index=index,
        sid=_text(raw["Sid"], f"the Sid of {where}") if raw.get("Sid") is not None else "",
        effect=_effect(raw.get("Effect"), where),
        principals=_principals(raw, "Principal", where),
        not_principals=_principals(raw, "NotPrincipal", where),
        actions=_lower(_texts(raw, "Action", where)),
        not_actions=_lower(_texts(raw, "NotAction", where)),
        resources=_texts(raw, "Resource", where),
        not_resources=_texts(raw, "NotResource", where),
        conditions=_conditions(raw.get("Condition"), where),
    )


def _effect(raw: Any, where: str) -> Effect:
    if raw == Effect.ALLOW.value:
        return Effect.ALLOW
    if raw == Effect.DENY.value:
        return Effect.DENY
    raise MalformedPolicy(f"the Effect of {where} is neither Allow nor Deny")


def _principals(raw: Mapping[str, Any], element: str, where: str) -> tuple[Named, ...] | None:
    if element not in raw:
        return None
    given = raw[element]
    if given == "*":
        return (Named("*", "*"),)
    if not isinstance(given, Mapping):
        raise MalformedPolicy(f"the {element} of {where} is neither '*' nor an object")
    what = f"the {element} of {where}"
    named = [
        Named(_text(kind, what), value)
        for kind, values in given.items()
        for value in _listed(values, what)
    ]
    return tuple(named)


def _conditions(raw: Any, where: str) -> tuple[Condition, ...]:
    what = f"the Condition of {where}"
    if raw is None:
        return ()
    if not isinstance(raw, Mapping):
        raise MalformedPolicy(f"{what} is not an object")
    read = []
    for operator, keys in raw.items():
        if not isinstance(keys, Mapping):
            raise MalformedPolicy(f"{what} has an operator without keys")
        for key, values in keys.items():
            texts = _listed(values, what, scalars=True)
            read.append(Condition(_text(operator, what), _text(key, what), texts))
    return tuple(read)


def _texts(raw: Mapping[str, Any], element: str, where: str) -> tuple[str, ...] | None:
    if element not in raw:
        return None
    texts = _listed(raw[element], f"the {element} of {where}")
    if not texts:
        raise MalformedPolicy(f"the {element} of {where} lists nothing")
    return texts


def _listed(raw: Any, what: str, *, scalars: bool = False) -> tuple[str, ...]:
    """A text or a list of texts, as a list. `scalars` also takes numbers and booleans."""
    members = raw if isinstance(raw, list | tuple) else [raw]
    if len(members) > MAX_MEMBERS:
        raise MalformedPolicy(f"{what} has more than {MAX_MEMBERS} members")
    return tuple(_text(_spelt(member) if scalars else member, what) for member in members)


def _spelt(member: Any) -> Any:
    """A number or boolean of a condition as AWS compares it: as text."""
    if isinstance(member, bool | int | float):
        return json.dumps(member)
    return member


def _text(raw: Any, what: str) -> str:
    if not isinstance(raw, str):
        raise MalformedPolicy(f"{what} holds something that is not a text")
    if len(raw) > MAX_TEXT:
        raise MalformedPolicy(f"{what} holds a text longer than {MAX_TEXT} characters")
    return raw


def _lower(texts: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if texts is None else tuple(text.lower() for text in texts)


def _refuse_unknown(raw: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(str(element)[:40] for element in raw.keys() - known)
    if unknown:
        raise MalformedPolicy(f"{where} has elements that are not known: {', '.join(unknown)}")
