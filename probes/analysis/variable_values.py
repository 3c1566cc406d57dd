"""What is found out of a container's environment variables while their values pass by.

A value is looked at once, as the answer arrives, and then gone. What stays of it are facts: words
of closed lists, secrets that it names, and the accounts and regions of ARNs in it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from probes.analysis import environment_words, suspicions
from probes.analysis.secret_references import named_in

_LONGEST_VALUE: Final = 65_536
_MOST: Final = 20
_LONGEST_NAME: Final = 512
# `ap-southeast-2`, `us-gov-west-1`, `us-isob-east-1`: names that AWS gives regions.
_REGION: Final = (
    r"(?:af|ap|ca|cn|eu|eusc|il|me|mx|sa|us)-(?:gov-|iso[a-z]?-|[a-z]{2}-)?"
    r"(?:north|south|east|west|central)(?:east|west)?-[1-9]"
)
_ARN: Final = re.compile(rf"arn:aws[a-z-]{{0,20}}:[a-z0-9-]{{1,40}}:({_REGION})?:(\d{{12}})?:")


def of_environment(variables: object) -> list[dict[str, Any]] | None:
    """Environment variables, as ECS lists them, as what may be kept of them.

    None stands for anything else: what it may hold is not kept.
    """
    if not isinstance(variables, list | tuple):
        return None
    if not all(isinstance(one, Mapping) for one in variables):
        return None
    pairs = [(one.get("name", ""), one.get("value") or "") for one in variables]
    if not all(isinstance(text, str) for pair in pairs for text in pair):
        return None
    return [_kept(name, value) for name, value in pairs]


def _kept(name: str, value: str) -> dict[str, Any]:
    """The facts of one variable; of an enormous value only the beginning is read."""
    text = value[:_LONGEST_VALUE]
    return {
        "name": name[:_LONGEST_NAME],
        "secrets": named_in(text),
        "suspicion": suspicions.suspicion(name[:_LONGEST_NAME], text),
        "words": environment_words.in_text(text),
        "hosts": environment_words.in_host(text),
        "accounts": sorted(set(_parts(text, 2)))[:_MOST],
        "regions": sorted(set(_parts(text, 1)))[:_MOST],
    }


def _parts(text: str, group: int) -> Iterator[str]:
    return (found[group] for found in _ARN.finditer(text) if found[group])
