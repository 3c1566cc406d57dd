"""By which signs a name or a text gives away that it is about a secret.

The names are those that AWS's properties, parameters and environment variables commonly have; what
they end in counts, so that `DBPassword` does and `DBPasswordSecretArn` does not.
"""

import re
from typing import Final

_LONGEST: Final = 65_536  # of a text; a password further inside is not looked for
_LONGEST_NAME: Final = 300
_HOLDS: Final = re.compile(
    r"(?:password|passwd|pwd|passphrase|secret|secret_?string|token|api_?key|private_?key"
    r"|secret_?key|(?:secret_?)?access_?key|credentials?)\Z",
    re.IGNORECASE,
)
# Names that end so and hold none: the function of a custom resource, and what keeps a request from
# being made twice.
_HARMLESS: Final = frozenset({"servicetoken", "nexttoken", "clientrequesttoken", "clienttoken"})
_LOOKS: Final = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
    r"|://[^\s:/@${}]{1,100}:[^\s:/@${}*]{3,100}@"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10}"
)
_POINTERS: Final = ("arn:", "{{resolve:")
_WORDS: Final = frozenset(
    {"", "true", "false", "yes", "no", "none", "null", "required", "optional"}
)


def names_secret(name: str) -> bool:
    """Whether what has this name is a secret itself, rather than about one."""
    bare = name[-_LONGEST_NAME:].replace("-", "_")
    return _HOLDS.search(bare) is not None and bare.lower() not in _HARMLESS


def points_elsewhere(text: str) -> bool:
    """Whether a text under a secret's name is none: a word, an ARN, a dynamic reference."""
    return text.strip().lower() in _WORDS or text.startswith(_POINTERS)


def looks_secret(text: str) -> bool:
    """Whether a text holds a key or a password in a form that is known, whatever its name."""
    return _LOOKS.search(text[:_LONGEST]) is not None
