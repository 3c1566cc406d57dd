"""User data of instances, as the facts that are kept of it; its text never is."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from auditor.query import JSON, Reduced
from probes.analysis.shell_script import reduce_user_data


class NamedSecret(BaseModel):
    """A secret or parameter that a script fetches by a literal name."""

    model_config = ConfigDict(frozen=True)

    service: str
    name: str


class Smell(BaseModel):
    """Something suspicious on one line of one part of a script."""

    model_config = ConfigDict(frozen=True)

    code: str
    part: int
    line: int


class Bootstrap(BaseModel):
    """What `shell_script.reduce_user_data` leaves of user data; answers are yes, no or unknown."""

    model_config = ConfigDict(frozen=True)

    digest: str
    length: int
    kind: str
    parts: tuple[str, ...]
    errexit: str
    agent_installed: str
    agent_started: str
    fetches_secrets: str
    secrets: tuple[NamedSecret, ...]
    fetches_unnamed: bool
    runs_other_script: bool
    smells: tuple[Smell, ...]


def _reduced(sent: object) -> JSON:
    """AWS sends an empty text where there is no user data; what is no text fits no shape."""
    if sent is None or sent == "":
        return None
    return reduce_user_data(sent) if isinstance(sent, str) else False


UserData = Annotated[Bootstrap | None, Reduced(_reduced)]
"""A shape's field for user data; None where there is none."""
