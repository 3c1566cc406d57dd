"""What should not be in a bootstrap script, by the line it is on; never by the text of it."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from probes.analysis.bootstrap_agent import is_download, is_interpreter
from probes.analysis.bootstrap_commands import Command

SmellCode: TypeAlias = Literal[
    "errexit-turned-off",
    "literal-secret",
    "piped-to-shell-over-http",
    "secret-logged",
    "secret-written-to-disk",
    "trace-with-secrets",
    "unresolved-placeholder",
]

MAX_LINE: Final = 5_000
_KEYWORD: Final = r"(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|credential)"
_VALUE: Final = r"""["']?([^\s"'$;|&<>(){}`][^\s"';|<>(){}`]{7,200}+)"""
_ASSIGNED: Final = re.compile(
    rf"""{_KEYWORD}([\w-]{{0,30}}+)["']?\s{{0,3}}[:=]\s{{0,3}}{_VALUE}""", re.IGNORECASE
)
_FLAG: Final = re.compile(rf"--[\w-]{{0,30}}?{_KEYWORD}()\s{{1,3}}{_VALUE}", re.IGNORECASE)
# SECRET_ARN, token_url, password-file: about a secret, but not it.
_ABOUT: Final = re.compile(
    r"[\w-]*?(?:id|ids|arn|arns|name|names|file|path|url|uri|endpoint|version|ttl|seconds|type)\Z",
    re.IGNORECASE,
)
_POINTERS: Final = ("arn:", "/", "http", "{{", "ssm:", "secretsmanager:", "file:")
_KEY: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")
# `Fn::Sub` that was never worked out; a shell has no variable of either form.
_PLACEHOLDER: Final = re.compile(
    r"\$\{AWS::[A-Za-z]{1,40}\}|\$\{[A-Z][A-Za-z0-9]{0,254}\.[A-Z][A-Za-z0-9.]{0,254}\}"
)
_REDIRECT: Final = re.compile(r"(?<![-=2<>&])(?:1|&)?>>?(?![&(>])\s*")
_LEAST_BITS: Final = 2.5


@dataclass(frozen=True, slots=True, order=True)
class Smell:
    """Something on a line of a script that should not be there."""

    line: int
    code: SmellCode


def smells_of_lines(script: str) -> Iterator[Smell]:
    """What shows on a line by itself, whatever the language of the script."""
    for number, line in enumerate(script.splitlines(), start=1):
        shown = line[:MAX_LINE]
        if _PLACEHOLDER.search(shown):
            yield Smell(number, "unresolved-placeholder")
        if _KEY.search(shown) or any(map(_is_secret, _assignments(shown))):
            yield Smell(number, "literal-secret")


def written_to(command: Command) -> str | None:
    """The file that a command writes its output to; None for none, or for the terminal."""
    found = _REDIRECT.search(command.bare)
    words = command.text[found.end() :].split() if found else []
    for call in command.calls:
        if call[0] == "tee":
            words = [word for word in call[1:] if not word.startswith("-")]
    target = words[0].strip("\"');") if words else ""
    return None if not target or target.startswith("/dev/") else target


def prints(command: Command) -> bool:
    """Whether a command prints to the log of cloud-init: no pipe and no redirection."""
    words = command.bare.split()
    return bool(words) and words[0] in {"echo", "printf"} and not {"|", ">"} & {*command.bare}


def pipes_http_to_shell(command: Command) -> bool:
    """Whether a command runs what it read over a connection that anybody may change."""
    calls = command.calls
    return "|" in command.bare and any(
        is_download(first)
        and any(word.startswith("http://") for word in first)
        and is_interpreter(second[0])
        for first, second in itertools.pairwise(calls)
    )


def _assignments(line: str) -> Iterator[re.Match[str]]:
    yield from _ASSIGNED.finditer(line)
    yield from _FLAG.finditer(line)


def _is_secret(found: re.Match[str]) -> bool:
    tail, value = found[1], found[2]
    if value.lower().startswith(_POINTERS) or _ABOUT.match(tail):
        return False
    kinds = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
    mixed = sum(any(map(kind, value)) for kind in kinds) >= 2
    return mixed and bits_per_sign(value) >= _LEAST_BITS


def bits_per_sign(text: str) -> float:
    """Shannon entropy, in bits a character."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
