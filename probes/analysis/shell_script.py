"""What a bootstrap script does, as facts that may be kept and shown; its text never is.

User data often holds passwords, so it is reduced as it arrives. What remains: a digest and a
length, the kind of script, whether it stops at errors, starts the CloudWatch agent and fetches
secrets, the names of the secrets that it names literally, and the lines of what smells.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from probes.analysis.bootstrap_parts import Kind, Undecodable, decoded, parts_of
from probes.analysis.bootstrap_reading import Answer, Reading, read_part

Fact: TypeAlias = "bool | int | str | list[Fact] | dict[str, Fact]"

MAX_LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class BootstrapFacts:
    """What is known of user data, without a word of it but the names of secrets.

    An answer is `unknown` where no part could tell: `errexit` where nothing is a shell or a
    PowerShell script, the others where a program, or a script from elsewhere, may do it.
    """

    digest: str
    length: int
    kind: Kind
    readings: tuple[Reading, ...] = ()
    kinds: tuple[Kind, ...] = ()

    def as_json(self) -> dict[str, Fact]:
        """The facts as values of JSON, in a fixed order."""
        fetched = {fetch for reading in self.readings for fetch in reading.fetches}
        named = sorted((fetch.service, fetch.name) for fetch in fetched if fetch.name is not None)
        smells: list[Fact] = [
            {"code": smell.code, "part": part, "line": smell.line}
            for part, reading in enumerate(self.readings)
            for smell in reading.smells
        ]
        return {
            "digest": self.digest,
            "length": self.length,
            "kind": self.kind,
            "parts": [*self.kinds],
            "errexit": _all(reading.errexit for reading in self.readings),
            "agent_installed": _any(reading.agent_installed for reading in self.readings),
            "agent_started": _any(reading.agent_started for reading in self.readings),
            "fetches_secrets": _any(reading.fetches_secrets for reading in self.readings),
            "secrets": [{"service": service, "name": name} for service, name in named[:MAX_LISTED]],
            "fetches_unnamed": any(fetch.name is None for fetch in fetched),
            "runs_other_script": any(reading.runs_other_script for reading in self.readings),
            "smells": smells[:MAX_LISTED],
        }


def reduce_user_data(encoded: str) -> dict[str, Fact]:
    """The facts of user data as EC2 gives it, in base64; never raises.

    What cannot be decoded has kind `undecodable`, the digest of its encoded form, and every
    answer `unknown`.
    """
    raw = encoded.encode(errors="surrogatepass")
    try:
        content = decoded(encoded)
        kind, parts = parts_of(content)
    except Undecodable:
        return BootstrapFacts(_digest(raw), len(raw), "undecodable").as_json()
    readings = tuple(map(read_part, parts))
    kinds = tuple(part.kind for part in parts)
    return BootstrapFacts(_digest(content), len(content), kind, readings, kinds).as_json()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _all(answers: Iterable[Answer]) -> Answer:
    """The answer of those parts that have one: no if one says no."""
    heard = set(answers)
    return "no" if "no" in heard else "yes" if "yes" in heard else "unknown"


def _any(answers: Iterable[Answer]) -> Answer:
    """Yes if one part says yes; no only if every part says no."""
    heard = set(answers)
    if "yes" in heard:
        return "yes"
    return "no" if heard == {"no"} else "unknown"
