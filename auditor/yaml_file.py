"""A YAML file as values, with the line of every key; duplicate keys and aliases are refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from auditor.errors import UserError

Path_ = tuple[str | int, ...]
DEEPEST = 100


class FileError(UserError):
    """A file of the user's that cannot be used: one sentence with file and line."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file, self.line = file, line


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file holds, and where."""

    name: str
    value: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """The line of a value, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, path: Path_, message: str) -> FileError:
        """An error at a value."""
        return FileError(self.name, self.line(path), message)


def read(path: Path) -> YamlFile:
    """A file of the user's; raises `FileError` where it cannot be read or is no YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(str(path), 0, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise FileError(str(path), 0, "is not text in UTF-8") from None
    return parse(text, str(path))


def parse(text: str, name: str) -> YamlFile:
    """YAML text; raises `FileError` with the line where it is no YAML."""
    try:
        node = _composed(text) or yaml.compose(text, Loader=yaml.SafeLoader)
        reader = _Reader(name)
        value = reader.value(node, ()) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = (error.problem or "this is no YAML").replace("'\\t'", "a tab")
        raise FileError(name, mark.line + 1 if mark else 0, problem) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise FileError(name, 0, f"is no YAML: {type(error).__name__}") from None
    return YamlFile(name, value, reader.lines)


def _composed(text: str) -> yaml.Node | None:
    """The text by the YAML library's own parser, where it was built with it: ten times as fast.

    That one composes by recursion without a bound, so the depth is counted first. What it would
    refuse is left to the other one, whose words people know.
    """
    loader = getattr(yaml, "CSafeLoader", None)
    if loader is None:
        return None
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return None
        node: yaml.Node | None = yaml.compose(text, Loader=loader)
    except yaml.YAMLError:
        return None
    return node


class _Reader:
    """Turns YAML nodes into values and remembers where they stand."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {}
        self.scalars = yaml.constructor.SafeConstructor()
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path_) -> Any:
        if id(node) in self.seen:
            raise self._alias(path)
        self.lines.setdefault(path, node.start_mark.line + 1)
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, n)) for n, child in enumerate(node.value)]
        return self._scalar(node)

    def _alias(self, path: Path_) -> FileError:
        """An alias, in the line of what it stands in: its node has the line of what it repeats."""
        while path not in self.lines:
            path = path[:-1]
        return FileError(self.name, self.lines[path], "an alias (*name) is not allowed here")

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError, AttributeError):
            # PyYAML raises what it runs into where a tag (`!!int x`) does not fit its text
            line = node.start_mark.line + 1
            raise FileError(self.name, line, f"{node.value!r} cannot be read") from None

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise FileError(self.name, line, "a key must be plain text")
            if not isinstance(self._scalar(key_node), str | int):
                raise FileError(self.name, line, "a key must be plain text")
            name = str(key_node.value)
            if name in found:
                raise FileError(self.name, line, f"the key {name!r} stands here twice")
            self.lines[(*path, name)] = line
            found[name] = self.value(value_node, (*path, name))
        return found
