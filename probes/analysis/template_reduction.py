"""A template without what may be secret in it, as it is kept of an answer.

What nobody reads is left out: descriptions, comments, interface metadata, rules. Of user data,
inline code, build specifications, environment variables and resource metadata only what they refer
to stays: placeholders, functions, ARNs. A literal that is a secret by its name or its looks gives
way to `SECRET`. The rest (names, policies, conditions, references) is as it was written, as JSON.
"""

import json
import re
from typing import Any, Final

from probes.analysis.secret_signs import looks_secret, names_secret, points_elsewhere
from probes.analysis.template_bounds import Json, MalformedTemplate
from probes.analysis.template_functions import PLACEHOLDER
from probes.analysis.template_text import UNREADABLE, load, says_false

REMOVED: Final = "(removed)"
SECRET: Final = "(removed: a secret)"  # noqa: S105 - what stands in a secret's place is none
_SECTIONS: Final = ("Transform", "Parameters", "Mappings", "Conditions", "Resources", "Outputs")
_OF_PARAMETER: Final = ("Type", "Default", "NoEcho", "AllowedValues")
_OF_OUTPUT: Final = ("Value", "Export", "Condition")
_CODE: Final = frozenset({"UserData", "ZipFile", "InlineCode", "BuildSpec", "Metadata"})
_VARIABLES: Final = frozenset({"Environment", "EnvironmentVariables", "Variables"})
_REFERENCES: Final = frozenset({"Ref", "Condition", "Fn::GetAtt"})
_STORED: Final = "AWS::SSM::Parameter"
_CDK_PATH: Final = "aws:cdk:path"
# Arguments that are names or signs of the template, not text of a value.
_NAMED: Final = {"Fn::If": 1, "Fn::FindInMap": 3, "Fn::Join": 1, "Fn::Select": 1, "Fn::Split": 1}
# What a variable holds: one of an environment its value, one of a pipeline a default.
_HELD: Final = frozenset({"Value", "DefaultValue"})
_TOLD: Final = frozenset({"Name", "Type"})
# A variable of CodeBuild that is only a name (API model, `EnvironmentVariableType`).
_BY_NAME: Final = ("PARAMETER_STORE", "SECRETS_MANAGER")
_ARN: Final = re.compile(
    r"arn:aws[a-z-]{0,20}:[a-z0-9-]{1,40}:[a-z0-9-]{0,30}:\d{12}:[\w/+=.:@*-]{1,200}"
)
_MOST_ARNS: Final = 100


def reduced(body: Any) -> str:
    """What is kept of a template; of one that cannot be read, only why."""
    try:
        root = load(body)
    except MalformedTemplate as error:
        return f"{UNREADABLE}{error}"
    if not isinstance(root, dict):
        return f"{UNREADABLE}the template is not a mapping"
    kept = {name: _section(name, value) for name, value in root.items() if _is_read(name)}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def is_removed(text: str) -> bool:
    """Whether a text stands for one that was not kept."""
    return text.startswith((REMOVED, SECRET))


def _is_read(section: str) -> bool:
    return section in _SECTIONS or section.startswith("Fn::")


def _section(name: str, value: Json) -> Json:
    if not isinstance(value, dict):
        return _kept(value, name)
    if name == "Parameters":
        return {key: _parameter(key, declared) for key, declared in value.items()}
    if name == "Outputs":
        return {key: _output(key, declared) for key, declared in value.items()}
    return _kept(value, name)


def _parameter(name: str, declared: Json) -> Json:
    """A parameter; the default of one that is a secret is none to keep."""
    if not isinstance(declared, dict):
        return _kept(declared, name)
    kept = {key: declared[key] for key in _OF_PARAMETER if key in declared}
    masked = "NoEcho" in declared and not says_false(declared["NoEcho"])
    stored = str(declared.get("Type", "")).startswith("AWS::SSM::Parameter")
    if masked or (names_secret(name) and not stored):
        kept.pop("AllowedValues", None)
        if str(kept.get("Default", "")).strip():
            kept["Default"] = SECRET
    return {key: _kept(value, key) for key, value in kept.items()}


def _output(name: str, declared: Json) -> Json:
    if not isinstance(declared, dict) or name.startswith("Fn::"):
        return _kept(declared, name)
    kept = {key: declared[key] for key in _OF_OUTPUT if key in declared}
    return {key: _kept(value, name if key == "Value" else key) for key, value in kept.items()}


def _kept(value: Json, name: str, *, hidden: bool = False) -> Json:
    """A value under the name of its property, through functions and lists."""
    if isinstance(value, dict):
        return _mapping(value, name, hidden=hidden)
    if isinstance(value, list):
        return [_listed(item, name, hidden=hidden) for item in value]
    if isinstance(value, str):
        return _text(value, name, hidden=hidden)
    if value is None or isinstance(value, bool):
        return value
    if names_secret(name):
        return SECRET
    return REMOVED if hidden else value


def _listed(item: Json, name: str, *, hidden: bool) -> Json:
    """An item of a list; of environment variables it is a name and a value."""
    variable = item.get("Name") if isinstance(item, dict) and name in _VARIABLES else None
    if not isinstance(item, dict) or not isinstance(variable, str) or not _HELD & item.keys():
        return _kept(item, name, hidden=hidden)
    if item.get("Type") in _BY_NAME:
        return item
    return {
        key: value if key in _TOLD else _kept(value, variable, hidden=True)
        for key, value in item.items()
    }


def _mapping(value: dict[str, Json], name: str, *, hidden: bool) -> Json:
    function = next(iter(value)) if len(value) == 1 else ""
    arguments = value.get(function)
    if function in _REFERENCES and _is_name(arguments):
        return value
    if function == "Fn::Sub":
        return {function: _substituted(arguments, name, hidden=hidden)}
    if function.startswith("Fn::"):
        return {function: _arguments(function, arguments, name, hidden=hidden)}
    hide = hidden or (name in _VARIABLES and name != "Environment")
    kept = {key: _kept(item, key, hidden=hide or key in _CODE) for key, item in value.items()}
    if isinstance(value.get(_CDK_PATH), str):
        kept[_CDK_PATH] = value[_CDK_PATH]
    _hide_stored(value, kept)
    return kept


def _hide_stored(value: dict[str, Json], kept: dict[str, Json]) -> None:
    """Hide the value of a parameter of Systems Manager: it is anybody's guess."""
    given, properties = value.get("Properties"), kept.get("Properties")
    if value.get("Type") != _STORED or not isinstance(given, dict):
        return
    if "Value" in given and isinstance(properties, dict):
        properties["Value"] = _kept(given["Value"], "", hidden=True)


def _is_name(arguments: Json) -> bool:
    """Whether arguments are names of the template alone."""
    parts = arguments if isinstance(arguments, list) else [arguments]
    return all(isinstance(part, str) for part in parts)


def _arguments(function: str, arguments: Json, name: str, *, hidden: bool) -> Json:
    if not isinstance(arguments, list):
        return _kept(arguments, name, hidden=hidden)
    names = _NAMED.get(function, 0)
    return [
        item if index < names and isinstance(item, str) else _listed(item, name, hidden=hidden)
        for index, item in enumerate(arguments)
    ]


def _substituted(arguments: Json, name: str, *, hidden: bool) -> Json:
    """The text of `Fn::Sub`, in which the placeholders stay."""
    if isinstance(arguments, str):
        return _text_around(arguments, name, hidden=hidden)
    if isinstance(arguments, list) and arguments and isinstance(arguments[0], str):
        text = _text_around(arguments[0], name, hidden=hidden)
        return [text, *(_kept(item, name, hidden=hidden) for item in arguments[1:])]
    return _kept(arguments, name, hidden=hidden)


def _text_around(text: str, name: str, *, hidden: bool) -> str:
    if not PLACEHOLDER.sub("", text).strip():
        return text
    kept = _text(text, name, hidden=hidden)
    if kept == text:
        return text
    return " ".join(dict.fromkeys([kept, *(found[0] for found in PLACEHOLDER.finditer(text))]))


def _text(text: str, name: str, *, hidden: bool) -> str:
    if looks_secret(text) or (names_secret(name) and not points_elsewhere(text)):
        return SECRET
    if not hidden or not text.strip() or text.startswith("{{resolve:"):
        return text
    found = dict.fromkeys(match[0] for match in _ARN.finditer(text))
    return " ".join([REMOVED, *list(found)[:_MOST_ARNS]])
