"""Where an attribute stands in the words of CloudFormation: one step after the other, pure.

The words are those of a table: path -> the name of that one step in a template. A path is made of
field names; the names of members are not in it, and the keys of mappings of names stand as `*`.
A step that no table names has the API's name in Pascal case. A name of a table is one of:

    ""          CloudFormation has no such property, nor any below it
    "."         what stands around it already says it: AWS nests it, CloudFormation does not
    "^Name"     a property beside what stands around it, `^^Name` one level further out
    "AWS::..."  another kind of resource declares it, and which property of it
    "*"         for `path.*`: what stands below the path are names, not properties
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NOTHING, AROUND, OUTWARD, NAMES, OTHER_KIND = "", ".", "^", "*", "AWS::"


@dataclass(frozen=True, slots=True)
class Words:
    """A place inside a resource.

    said  the words for it and for all that stands around it, outermost first
    """

    names: Mapping[str, str]
    path: str = ""
    said: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words of CloudFormation; nothing where it has none."""
        return self.said[-1] if self.said else NOTHING

    def field(self, name: str) -> Words:
        """One step inwards, to a field."""
        if f"{self.path}.{NAMES}" in self.names:
            return self._inwards(f"{self.path}.{NAMES}", self._joined(self.text, name))
        path = f"{self.path}.{name}" if self.said else name
        return self._inwards(path, self._worded(self.names.get(path, _pascal(name))))

    def member(self, name: str) -> Words:
        """One step inwards, to a member of a list that is told from the others by its name."""
        return self._inwards(self.path, self._joined(self.text, name))

    def _inwards(self, path: str, words: str) -> Words:
        return Words(self.names, path, (*self.said, words))

    def _worded(self, name: str) -> str:
        if name == NOTHING or name.startswith(OTHER_KIND):
            return name
        if name == AROUND:
            return self.text
        own = name.lstrip(OUTWARD)
        around = self.said[: max(0, len(self.said) - (len(name) - len(own)))]
        return self._joined(around[-1], own) if around else own

    def _joined(self, around: str, name: str) -> str:
        return f"{around}.{name}" if around else NOTHING


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]
