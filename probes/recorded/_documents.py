"""How policies and free text are recorded: policies as sets of statements, free text as a digest.

A row of a table in this package may hold nothing secret: names of variables without their values,
of scripts and commands only a digest, by which a change of them is seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

from auditor.query import JSON
from auditor.recording.recordable import Rule
from probes.analysis.policy import MalformedPolicy, as_sets, parse
from probes.analysis.suspicions import suspicion

SET = "(set)"
"""What stands for a value that is not recorded: that there is one."""

_LISTS = frozenset({"Action", "NotAction", "Resource", "NotResource"})
_PRINCIPALS = frozenset({"Principal", "NotPrincipal"})
_ROOT = re.compile(r"arn:[a-z-]+:iam::(\d{12}):root")
_OLDER = "2008-10-17"
_DEEPEST = 40


def statements(document: JSON) -> JSON:
    """A policy with its statements as a list and every element of them as lists of texts.

    What cannot be read as a policy stays the text that it is.
    """
    try:
        parse(document)
        body = _decoded(document)
    except (MalformedPolicy, ValueError):
        return document
    given = body.get("Statement")
    listed = given if isinstance(given, list) else [given]
    return {
        "Version": body.get("Version") or _OLDER,
        "Statement": [_statement(one) for one in listed],
    }


def meaning(statement: JSON) -> Hashable:
    """What a statement is compared by: neither its Sid nor any order, case or mark of lists."""
    if not isinstance(statement, Mapping):
        return json.dumps(statement, sort_keys=True)
    plain = {name: value for name, value in statement.items() if name != "Sid"}
    for name in _PRINCIPALS & plain.keys():
        plain[name] = _named(plain[name])
    try:
        return as_sets(parse({"Version": "2012-10-17", "Statement": [plain]}))
    except MalformedPolicy:
        return json.dumps(plain, sort_keys=True)


POLICY = Rule(statements, {"Statement": meaning})
"""A policy document: a set of statements."""


def inline(policies: JSON) -> JSON:
    """Inline policies, each document as a set of statements."""
    listed = policies if isinstance(policies, list) else []
    return [
        {**one, "PolicyDocument": statements(one.get("PolicyDocument"))}
        for one in listed
        if isinstance(one, Mapping)
    ]


INLINE = Rule(inline, {"PolicyDocument.Statement": meaning})
"""A list of inline policies, by `PolicyName`."""


def _decoded(document: JSON) -> Any:
    if not isinstance(document, str):
        return document
    return json.loads(document if document.lstrip().startswith("{") else unquote(document))


def _statement(raw: Mapping[str, JSON]) -> JSON:
    said = {name: _texts(value) if name in _LISTS else value for name, value in raw.items()}
    for name in _PRINCIPALS & raw.keys():
        said[name] = _lists(raw[name])
    conditions = raw.get("Condition")
    if isinstance(conditions, Mapping):
        said["Condition"] = {operator: _lists(keys) for operator, keys in conditions.items()}
    return said


def _lists(value: JSON) -> JSON:
    """A mapping with every value as a list of texts."""
    if not isinstance(value, Mapping):
        return value
    return {name: _texts(one) for name, one in value.items()}


def _texts(value: JSON) -> JSON:
    members = value if isinstance(value, list) else [value]
    return [one if isinstance(one, str) else json.dumps(one) for one in members]


def _named(principals: JSON) -> JSON:
    """Principals in one spelling: all are `AWS: *`, an account is its id (IAM user guide)."""
    if principals == "*":
        return {"AWS": ["*"]}
    if not isinstance(principals, Mapping):
        return principals
    return {kind: [_ROOT.sub(r"\1", one) for one in _texts(p)] for kind, p in principals.items()}


# -- what may hold secrets ------------------------------------------------------------------------


def digest(text: object) -> JSON:
    """A text, or anything else, as its digest: a change is seen, and nothing can be read."""
    if not text:
        return None
    plain = text if isinstance(text, str) else json.dumps(text, sort_keys=True, default=str)
    return f"sha256:{sha256(plain.encode('utf-8', 'replace')).hexdigest()[:32]}"


def names_only(variables: object) -> JSON:
    """Variables without what they hold: the sorted names, whether they come listed or mapped."""
    if isinstance(variables, Mapping):
        return sorted(str(name) for name in variables)
    if not isinstance(variables, list | tuple):
        return None
    return sorted(str(one.get("name", "")) for one in variables if isinstance(one, Mapping))


def inside(**reductions: Callable[[Any], JSON]) -> Callable[[object], JSON]:
    """A reduction of fields wherever they stand in a value; all else is kept, but for secrets."""

    def reduced(value: Any, name: str = "", depth: int = _DEEPEST) -> JSON:
        if name in reductions:
            return reductions[name](value)
        if not depth:
            return digest(value)
        if isinstance(value, Mapping):
            return {str(key): reduced(one, str(key), depth - 1) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [reduced(one, name, depth - 1) for one in value]
        if isinstance(value, str) and suspicion(name, value):
            return SET
        return value

    return reduced


def known_values(*names: str) -> Callable[[object], JSON]:
    """A mapping of which only these values are kept; of all others that they are set."""

    def reduced(value: object) -> JSON:
        if not isinstance(value, Mapping):
            return None
        return {str(k): v if str(k) in names else SET for k, v in value.items()}

    return reduced
