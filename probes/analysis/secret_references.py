"""Which secrets a text names: a container's `valueFrom`, or the value of an environment variable.

Sources: ECS API model (`Secret`, `RepositoryCredentials`); Systems Manager user guide, "Referencing
AWS Secrets Manager secrets from Parameter Store parameters"; Secrets Manager user guide, "What's in
a Secrets Manager secret?".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probes.analysis.names import UnreadableName, arn, secret_arn

STORE_PREFIX = "/aws/reference/secretsmanager/"
"""What Parameter Store answers for secrets under, by their names."""

_LONGEST_VALUE = 65_536
_MOST = 100
# The characters of a secret's name (API model, `SecretNameType`), and the suffix of its ARN.
_NAME = r"[A-Za-z0-9/_+=.@!-]{1,600}"
_SECRET_ARN = re.compile(
    rf"arn:aws[a-z-]{{0,20}}:secretsmanager:[a-z0-9-]{{1,30}}:\d{{12}}:secret:{_NAME}"
)
_STORED = re.compile(rf"{STORE_PREFIX}({_NAME})")


@dataclass(frozen=True, slots=True)
class Reference:
    """A secret that is named, by ARN or by name; `stage` is the version stage, where one is named.

    `parameter` is the ARN or the name of the parameter that it is fetched by, if by one at all; a
    parameter that is no secret of Secrets Manager has no `secret`.
    """

    secret: str = ""
    stage: str = ""
    parameter: str = ""


def value_from(text: str) -> Reference | None:
    """What a `valueFrom` names; None if it cannot be read.

    Without a service it is a parameter of Systems Manager.
    """
    if not text.startswith("arn:"):
        return _of_parameter(text, text) if text and len(text) <= _LONGEST_VALUE else None
    try:
        found = arn(text)
        if found.is_a("ssm", "parameter"):
            return _of_parameter(text, f"/{found.resource_id}")
        return Reference(secret_arn(text), _stage(found.resource_id))
    except UnreadableName:
        return None


def credentials(text: str) -> Reference | None:
    """What the credentials of a private registry name: a secret by ARN or by name."""
    return value_from(text) if text.startswith("arn:") else Reference(text) if text else None


def named_in(text: str) -> list[str]:
    """The secrets that a value names: by ARN, or by name as parameters; sorted, at most 100.

    Only the beginning of an enormous value is read. A full stop at the end is the sentence's.
    """
    beginning = text[:_LONGEST_VALUE]
    found = {match[0].rstrip(".") for match in _SECRET_ARN.finditer(beginning)}
    found |= {match[1].rstrip(".") for match in _STORED.finditer(beginning)}
    return sorted(found)[:_MOST]


def of_variables(variables: object) -> list[dict[str, Any]] | None:
    """Environment variables as what may be kept of them: names, and the secrets that they name.

    They come as ECS sends them, as a list of names and values, or as a mapping, as Lambda does.
    None stands for anything else: what it may hold is not kept.
    """
    if isinstance(variables, Mapping):
        pairs = list(variables.items())
    elif isinstance(variables, list | tuple) and all(isinstance(v, Mapping) for v in variables):
        pairs = [(v.get("name", ""), v.get("value", "")) for v in variables]
    else:
        return None
    if not all(isinstance(text, str) for pair in pairs for text in pair):
        return None
    return [{"name": name, "secrets": named_in(value)} for name, value in pairs]


def _of_parameter(text: str, name: str) -> Reference:
    secret = name.removeprefix(STORE_PREFIX) if name.startswith(STORE_PREFIX) else ""
    return Reference(secret, parameter=text)


def _stage(resource_id: str) -> str:
    """The third part of `NAME:JSON-KEY:STAGE:VERSION`."""
    parts = resource_id.split(":")
    return parts[2] if len(parts) > 2 else ""
