"""The body of a CloudFormation template as plain values: JSON, or YAML with the short functions.

Short and long functions give the same value: `!Sub x` and `Fn::Sub: x` are `{"Fn::Sub": "x"}`,
`!GetAtt a.b` and `Fn::GetAtt: a.b` are `{"Fn::GetAtt": ["a", "b"]}`.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from probes.analysis.template_bounds import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_NUMBER,
    Budget,
    Json,
    MalformedTemplate,
    clipped,
    number,
)
from probes.analysis.template_yaml import load_yaml

# What stands before the reason where a template was not kept, for it could not be read.
UNREADABLE: Final = "(unreadable template) "


def load(body: str | Mapping[str, Any]) -> Json:
    """The values of a template, from its text or from what a client parsed of it.

    Raises `MalformedTemplate`, and nothing else, for whatever cannot be read within bounds.
    """
    if isinstance(body, str):
        _refuse_unreadable(body)
        if body.startswith(UNREADABLE):
            raise MalformedTemplate(body.removeprefix(UNREADABLE))
        body = _load_json(body) if body.lstrip().startswith("{") else load_yaml(body)
    return _plain(body, MAX_DEPTH, Budget())


def says_true(value: object) -> bool:
    """Whether a property's value is true, as a boolean or a word for it.

    CloudFormation takes `"true"` for `true`, and YAML 1.1 has `yes` and `on`.
    """
    return value is True or (isinstance(value, str) and value.lower() in {"true", "yes", "on"})


def says_false(value: object) -> bool:
    """Whether a property's value is false, as a boolean or a word for it."""
    return value is False or (isinstance(value, str) and value.lower() in {"false", "no", "off"})


def _refuse_unreadable(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise MalformedTemplate(f"the template is longer than {MAX_CHARACTERS} characters")
    if _has_lone_surrogate(text):
        raise MalformedTemplate("the template is not Unicode text")


def _has_lone_surrogate(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _load_json(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=number,
            parse_float=number,
            parse_constant=_no_number,
        )
    except RecursionError:
        raise MalformedTemplate("the template is nested too deeply") from None
    except json.JSONDecodeError as error:
        return _load_braced_yaml(text, error)


def _load_braced_yaml(text: str, error: json.JSONDecodeError) -> Any:
    """YAML may begin with a brace too; if it is not that either, the fault in the JSON counts."""
    try:
        return load_yaml(text)
    except MalformedTemplate:
        raise MalformedTemplate(error.msg, error.lineno) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedTemplate(f"the key {clipped(key)} occurs twice")
        found[key] = value
    return found


def _no_number(word: str) -> Any:
    raise MalformedTemplate(f"{word} is not a value of JSON")


def _plain(value: Any, depth: int, budget: Budget) -> Json:
    """A copy with aliases written out, `Fn::GetAtt` in its list form, and all bounds kept."""
    if isinstance(value, str):
        return _readable(value, budget)
    budget.spend()
    if value is None:
        return None
    if isinstance(value, bool | int | float):
        return _bounded(value)
    if depth == 0:
        raise MalformedTemplate("the template is nested too deeply")
    if isinstance(value, Mapping):
        return _plain_mapping(value, depth - 1, budget)
    if isinstance(value, list | tuple):
        return [_plain(item, depth - 1, budget) for item in value]
    raise MalformedTemplate(f"a value is a {type(value).__name__}, which JSON does not have")


def _bounded(value: float) -> int | float:
    if abs(value) < MAX_NUMBER:  # not so for what is infinite or no number
        return value
    raise MalformedTemplate("a number is too large")


def _plain_mapping(value: Mapping[Any, Any], depth: int, budget: Budget) -> Json:
    found: dict[str, Json] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise MalformedTemplate("a key is not text")
        found[_readable(key, budget)] = _plain(item, depth, budget)
    attribute = found.get("Fn::GetAtt")
    if len(found) == 1 and isinstance(attribute, str) and "." in attribute:
        return {"Fn::GetAtt": [*attribute.split(".", 1)]}
    return found


def _readable(text: str, budget: Budget) -> str:
    budget.spend(text)
    if _has_lone_surrogate(text):
        raise MalformedTemplate("the template is not Unicode text")
    return text
