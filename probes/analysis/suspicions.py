"""Whether an environment variable looks like a secret in plain sight, and by what.

Sources: AWS Config `ecs-no-environment-secrets`, whose default keys are `ALWAYS`; the providers'
own documentation for the forms of their tokens.
"""

import re
from enum import StrEnum
from typing import Final

from probes.analysis.bootstrap_smells import bits_per_sign, smells_of_lines
from probes.analysis.secret_signs import looks_secret, names_secret, points_elsewhere

ALWAYS: Final = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"})


class Suspicion(StrEnum):
    """Why a value is taken for a secret, the surest first; NONE for none."""

    FORM = "its value has the form of a credential"
    NAME = "its name says that it is a secret"
    CHANCE = "its value looks random"
    NONE = ""


_BEGINNING: Final = 5_000
_LONGEST_NAME: Final = 300
_FORMS: Final = re.compile(
    r"\bgithub_pat_\w{22}|\bglpat-[\w-]{20}|\b[rs]k_live_[A-Za-z0-9]{16}|\bAIza[\w-]{35}\b"
    r"|\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,2000}\.[\w-]{10}"
    r"|(?:^|[;&?\s])(?:password|pwd|accountkey|sharedaccesskey)=(?![$<{])[^;&\s]{3}",
    re.ASCII | re.IGNORECASE,
)
_ARN: Final = re.compile(r"arn:aws[^\s\"',;]*")  # `secretsmanager:us-east-1` assigns nothing
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_APART: Final = re.compile(r"[^A-Za-z0-9]+")
_KEYS: Final = frozenset({"ENCRYPTION", "SIGNING", "MASTER", "AUTH", "LICENSE"})
# Where a secret is to be found, rather than the secret.
_POINTERS: Final = ("/", "./", "http://", "https://", "{{", "$", "<", "%")
_SCHEMES: Final = ("ssm:", "secretsmanager:", "vault:", "file:", "s3:", "env:")
_RANDOM: Final = re.compile(r"[A-Za-z0-9+/_-]{32,512}={0,2}", re.ASCII)
_HARMLESS: Final = frozenset(
    {"PUBLIC", "HASH", "DIGEST", "SHA", "CHECKSUM", "CERT", "CERTIFICATE", "FINGERPRINT", "ID"}
    | {"ARN", "URL", "URI", "PATH", "DSN", "VERSION", "COMMIT", "REVISION"}
)
_LEAST_BITS: Final = 4.2


def suspicion(name: str, value: str) -> Suspicion:
    """Why a variable is taken for a secret, if it is; only the beginnings of both are read."""
    text, words = value[:_BEGINNING].strip(), _words(name[:_LONGEST_NAME])
    if _is_formed(text):
        return Suspicion.FORM
    if _name_says_so(words) and _is_literal(text):
        return Suspicion.NAME
    return Suspicion.CHANCE if _is_random(words, text) else Suspicion.NONE


def _is_formed(text: str) -> bool:
    if looks_secret(text) or _FORMS.search(text):
        return True
    told = _ARN.sub("", text)
    return any(one.code == "literal-secret" for one in smells_of_lines(told))


def _name_says_so(words: list[str]) -> bool:
    """Whether a name ends as names of secrets do: `DB_PASSWORD`, `apiKey2`, not `TOKEN_URL`."""
    if "PUBLIC" in words:
        return False
    while words and words[-1].isdecimal():
        words = words[:-1]
    name = "_".join(words)
    if name in ALWAYS or names_secret(name) or words[-1:] == ["PASS"]:
        return True
    return words[-1:] == ["KEY"] and bool(_KEYS.intersection(words[-2:-1]))


def _is_literal(text: str) -> bool:
    lower = text.lower()
    return not points_elsewhere(text) and not lower.startswith((*_POINTERS, *_SCHEMES))


def _is_random(words: list[str], text: str) -> bool:
    """Whether a value reads as if drawn by chance; hexadecimal digests are too common to tell."""
    if _RANDOM.fullmatch(text) is None or _HARMLESS.intersection(words):
        return False
    mixed = all(any(map(kind, text)) for kind in (str.islower, str.isupper, str.isdigit))
    return mixed and bits_per_sign(text) >= _LEAST_BITS


def _words(name: str) -> list[str]:
    return [word.upper() for word in _APART.split(_CAMEL.sub("_", name)) if word]
