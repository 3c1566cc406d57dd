"""What commands of a build do with container registries: sign in, push, pull, call scripts.

Sources: ECR user guide, "Private registry authentication"; CLI reference of version 1, `ecr
get-login`, which version 2 lacks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from probes.analysis.answers import Answer
from probes.analysis.bootstrap_commands import Command

REGISTRY: Final = ".dkr.ecr"
"""What stands in the name of every private registry of ECR, in whatever partition."""

_TOOLS: Final = frozenset({"docker", "podman", "nerdctl", "finch", "buildah"})
_RUNS_SCRIPTS: Final = frozenset({"bash", "sh", "zsh", "source", ".", "make", "task", "just"})
_SCRIPT: Final = re.compile(r"(?:\./|[\w./$\{\}-]{0,200}\.(?:sh|bash|ps1|py)\Z)")
_HEAD: Final = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]{0,127})")
_NAMES_REPOSITORY: Final = re.compile(r"ecr(?:-public)?\s+describe-repositories|repositoryUri")


@dataclass(frozen=True, slots=True)
class Use:
    """A push or a pull: whether it goes to ECR, or by which variables its registry is named."""

    pushes: bool
    of_ecr: Answer
    variables: tuple[str, ...] = ()


def is_docker(call: list[str]) -> bool:
    """Whether a container tool is called at all."""
    return _called(call) in _TOOLS


def is_script(call: list[str]) -> bool:
    """Whether a script is run of which nothing is known here."""
    called = _called(call)
    if called in {"bash", "sh", "zsh"} and "-c" in call:
        return False
    return called in _RUNS_SCRIPTS or _SCRIPT.match(call[0]) is not None


def is_obsolete(call: list[str]) -> bool:
    """Whether it asks the CLI for a command to sign in with, as only its version 1 can."""
    return "ecr" in call and "get-login" in call


def signs_in(call: list[str]) -> bool:
    """Whether it signs in to ECR, or sets up what does."""
    words = [word.lower() for word in call]
    if "ecr" in words and {"get-login-password", "get-login", "get-authorization-token"} & {*words}:
        return True
    if any(word.startswith(("get-ecrlogin", "docker-credential-ecr-login")) for word in words):
        return True
    return is_docker(call) and "login" in words and any(REGISTRY in word for word in words)


def sets_up_helper(command: Command) -> bool:
    """Whether it names the credential helper of ECR in the configuration of Docker."""
    text = f"{command.text}\n{command.document}"
    return "ecr-login" in text and ("credHelpers" in text or "credsStore" in text)


def use_of(call: list[str], known: Mapping[str, bool]) -> Use | None:
    """The push or pull that a call is, or None; `known` says which variables name ECR."""
    if not is_docker(call):
        return None
    builds = bool({"build", "buildx", "bake"} & {*call[1:4]})
    if not ({"push", "pull"} & {*call[1:4]} or (builds and "--push" in call)):
        return None
    pushes = "push" in call[1:4] or "--push" in call
    if "compose" in call[1:2]:
        return Use(pushes, Answer.CANNOT_TELL)
    heads = tuple(dict.fromkeys(_variables_of(call[2:])))
    if any(REGISTRY in word for word in call) or any(known.get(name, False) for name in heads):
        return Use(pushes, Answer.YES)
    unsaid = any(word.startswith("$") for word in call[2:])
    return Use(pushes, Answer.CANNOT_TELL if unsaid else Answer.NO, heads)


def names_registry(text: str, known: Mapping[str, bool]) -> bool:
    """Whether a value is the name of a registry or repository of ECR."""
    if REGISTRY in text or _NAMES_REPOSITORY.search(text):
        return True
    head = _HEAD.match(text.strip("\"'"))
    return head is not None and known.get(head[1], False)


def _variables_of(words: list[str]) -> Iterator[str]:
    for word in words:
        head = _HEAD.match(word)
        if head:
            yield head[1]


def _called(call: list[str]) -> str:
    return call[0].rpartition("/")[2].removesuffix(".exe") if call else ""
