"""A story: an application as one of the source documents found it, and as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.demo.application import Application

FOUND_IN, REPAIRED_IN = "us-east-1", "eu-central-1"
"""Where the broken and the repaired applications live, so that one account can hold all."""


@dataclass(frozen=True)
class Item:
    """What a document says is wrong, in our words.

    resource  where it is in the story: the logical id of a resource, or the name of a stack
    probes    the ids of the probes that find it in the broken account, the weightiest first; none
              where a live account has nothing to find
    truth     what is true where the document errs, or says it otherwise than a live account
    reason    why no live account can show it
    """

    says: str
    resource: str = ""
    probes: tuple[str, ...] = ()
    truth: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Story:
    """Both states as applications, and the items by their ids."""

    name: str
    title: str
    broken: tuple[Application, ...]
    repaired: tuple[Application, ...]
    items: Mapping[str, Item]

    @property
    def both(self) -> tuple[Application, ...]:
        """The broken applications and the repaired ones, for one account."""
        return (*self.broken, *self.repaired)
