"""Which secrets a command fetches, by the names that it gives literally."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Service: TypeAlias = Literal["secretsmanager", "ssm"]

# Names of secrets and parameters, and ARNs of either (API references, CreateSecret, PutParameter).
_NAME: Final = re.compile(r"[A-Za-z0-9/_+=.@:!-]{1,2048}\Z")
_VARIABLE: Final = re.compile(r"\$\{?([A-Za-z_]\w*)\}?\Z")
_MANAGER_CALLS: Final = frozenset(
    {"get-secret-value", "batch-get-secret-value", "get-secsecretvalue"}
)
_STORE_CALLS: Final = frozenset(
    {"get-parameter", "get-parameters", "get-parameters-by-path", "get-ssmparameter"}
    | {"get-ssmparametervalue"}
)
_MANAGER_FLAGS: Final = frozenset({"--secret-id", "--secret-id-list", "-secretid"})
_STORE_FLAGS: Final = frozenset({"--name", "--names", "--path", "-name", "-path"})
_LIST_FLAGS: Final = frozenset({"--names", "--secret-id-list"})
_REDIRECTION: Final = re.compile(r"[<>]")
_DECRYPTION: Final = frozenset({"--with-decryption", "-withdecryption"})
# An SDK in the same script: `get_secret_value(SecretId="x")`, `new GetSecretValueCommand({...})`;
# not the IAM action of that name in a policy that the script writes.
_SDK_CALL: Final = re.compile(r"(?<!secretsmanager:)get_?secret_?value", re.IGNORECASE)
_SDK_NAME: Final = re.compile(r"""SecretId["']?\s{0,9}[:=]>?\s{0,9}(["'])([^"'\s]{1,2048}+)\1""")


@dataclass(frozen=True, slots=True, order=True)
class Fetch:
    """A secret that is fetched; `name` is None where a variable or a program says which."""

    service: Service
    name: str | None


def fetches(calls: list[list[str]], text: str, known: Mapping[str, str]) -> Iterator[Fetch]:
    """The secrets that a text fetches, by its commands and by calls of an SDK.

    `known` are the variables that were set to plain text before.
    """
    for words in calls:
        yield from _by_command(words, known)
    if _SDK_CALL.search(text):
        names = [found[2] for found in _SDK_NAME.finditer(text)]
        for name in names or [""]:
            yield Fetch("secretsmanager", name if _NAME.match(name) else None)


def _by_command(words: list[str], known: Mapping[str, str]) -> Iterator[Fetch]:
    lower = [word.lower() for word in words]
    if not _MANAGER_CALLS.isdisjoint(lower):
        yield from _named("secretsmanager", words, _MANAGER_FLAGS, known)
    elif not (_STORE_CALLS.isdisjoint(lower) or _DECRYPTION.isdisjoint(lower)):
        yield from _named("ssm", words, _STORE_FLAGS, known)


def _named(
    service: Service, words: list[str], flags: frozenset[str], known: Mapping[str, str]
) -> Iterator[Fetch]:
    given = list(_arguments(words, flags))
    for word in given or [""]:
        variable = _VARIABLE.match(word)
        name = known.get(variable[1], "") if variable else word
        yield Fetch(service, name if _NAME.match(name) else None)


def _arguments(words: list[str], flags: frozenset[str]) -> Iterator[str]:
    """The words that a flag takes: what its equals sign gives, or one, or many for a list."""
    taking = many = False
    for word in words:
        flag, equals, value = word.partition("=")
        if word.startswith("-"):
            taking = flag.lower() in flags and not equals
            many = flag.lower() in _LIST_FLAGS
            if flag.lower() in flags and equals:
                yield value.strip("'\"")
        elif taking:
            # A redirection ends the arguments; what follows it is a file.
            taking = many and not _REDIRECTION.search(word)
            if not _REDIRECTION.search(word):
                yield word
