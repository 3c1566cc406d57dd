"""The YAML of a CloudFormation template as plain values, with short functions in their long form.

CloudFormation reads YAML 1.1 without binary, omap, pairs, set and timestamp tags, without aliases
and without merge keys (User Guide, "CloudFormation template format").

Scalars are read so that nothing of their text is lost: only `true`/`false`, null and decimal
numbers without leading zeros become values. Dates, `0755`, `012345678901`, `1:30` and `yes` stay
text, although YAML 1.1 makes octal numbers of account ids. A tag that nobody knows becomes a
function that nobody knows. Aliases are read, should the service come to allow them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import yaml

from probes.analysis.template_bounds import (
    INTEGER,
    MAX_DEPTH,
    Budget,
    MalformedTemplate,
    clipped,
    number,
)

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE: Final = "tag:yaml.org,2002:"
_CORE_NAMES: Final = frozenset({"str", "int", "float", "bool", "null", "map", "seq"})
_DECIMAL: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)?\.[0-9]*(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: Final[Mapping[str, bool | None]] = MappingProxyType(
    {
        **dict.fromkeys(("true", "True", "TRUE"), True),
        **dict.fromkeys(("false", "False", "FALSE"), False),
        **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    }
)


def _scalar(text: str) -> bool | int | float | str | None:
    """The value of a plain YAML scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if INTEGER.match(text):
        return number(text)
    if _DECIMAL.match(text) and any(map(str.isdigit, text)):
        return number(text)
    return text


def load_yaml(text: str) -> Any:
    """The values of one YAML document, still with aliases shared.

    Raises `MalformedTemplate`, and nothing else, when it cannot be read.
    """
    builder = _Builder()
    try:
        # Events, as composing nodes recurses in C, where Python's recursion limit is no guard.
        events: Iterable[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        for event in events:
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise MalformedTemplate(error.problem or "not YAML", line) from None
    except MalformedTemplate:
        raise
    except (yaml.YAMLError, ValueError, OverflowError):
        raise MalformedTemplate("the text holds characters that YAML does not allow") from None
    return builder.root


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet; `key` waits for its value."""

    into: list[Any] | dict[str, Any]
    tag: str | None
    anchor: str | None
    key: str | None = None


_UNFINISHED: Final = object()


@dataclass(slots=True)
class _Builder:
    """Values built from YAML events, without recursion."""

    root: Any = None
    documents: int = 0
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, Any] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else None
        match event:
            case yaml.ScalarEvent():
                self._take_scalar(event, line)
            case yaml.AliasEvent():
                self._put(self._aliased(event.anchor, line), line)
            case yaml.SequenceStartEvent():
                self._begin([], event, line)
            case yaml.MappingStartEvent():
                self._begin({}, event, line)
            case yaml.CollectionEndEvent():
                done = self.open.pop()
                self._finish(_tagged(done.tag, done.into), done.anchor, line)
            case yaml.DocumentStartEvent():
                self._count_document(line)

    def _count_document(self, line: int | None) -> None:
        self.documents += 1
        if self.documents > 1:
            raise MalformedTemplate("there is more than one document", line)

    def _take_scalar(self, event: yaml.ScalarEvent, line: int | None) -> None:
        self.budget.spend()
        plain = not event.style
        if self._awaits_key():
            if plain and event.value == "<<":
                raise MalformedTemplate("CloudFormation does not read merge keys", line)
            return self._finish(event.value, event.anchor, line)
        literal = not plain or event.tag in ("!", f"{_CORE}str")
        value = event.value if literal else _scalar(event.value)
        return self._finish(_tagged(event.tag, value), event.anchor, line)

    def _awaits_key(self) -> bool:
        return (
            bool(self.open) and isinstance(self.open[-1].into, dict) and self.open[-1].key is None
        )

    def _begin(self, into: list[Any] | dict[str, Any], event: Any, line: int | None) -> None:
        self.budget.spend()
        if self._awaits_key():
            raise MalformedTemplate("a key is not text", line)
        if len(self.open) >= MAX_DEPTH:
            raise MalformedTemplate("the template is nested too deeply", line)
        if event.anchor is not None:
            self.anchors[event.anchor] = _UNFINISHED
        self.open.append(_Open(into, event.tag, event.anchor))

    def _finish(self, value: Any, anchor: str | None, line: int | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = value
        self._put(value, line)

    def _aliased(self, anchor: str | None, line: int | None) -> Any:
        if anchor is None or anchor not in self.anchors:
            raise MalformedTemplate(f"the alias {clipped(anchor or '')} stands for nothing", line)
        if self.anchors[anchor] is _UNFINISHED:
            raise MalformedTemplate(f"the alias {clipped(anchor)} holds itself", line)
        return self.anchors[anchor]

    def _put(self, value: Any, line: int | None) -> None:
        if not self.open:
            self.root = value
            return
        into, key = self.open[-1].into, self.open[-1].key
        if isinstance(into, list):
            into.append(value)
        elif key is not None:
            into[key] = value
            self.open[-1].key = None
        elif not isinstance(value, str):
            raise MalformedTemplate("a key is not text", line)
        elif value in into:
            raise MalformedTemplate(f"the key {clipped(value)} occurs twice", line)
        else:
            self.open[-1].key = value


def _tagged(tag: str | None, value: Any) -> Any:
    """The value under a tag: `!Ref` and `!Condition` by name, other local tags as `Fn::` it."""
    if tag is None or tag == "!":
        return value
    if tag.startswith(_CORE):
        return value if tag.removeprefix(_CORE) in _CORE_NAMES else {f"Fn::{tag}": value}
    name = tag.removeprefix("!")
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}
