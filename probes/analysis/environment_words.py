"""Words that name an environment, in tags, values and host names."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

WORDS: Final = frozenset(
    {"production", "prod", "prd", "live", "staging", "stage", "stg", "preprod", "preproduction"}
    | {"uat", "acceptance", "acc", "qa", "test", "testing", "tst", "integration", "dev"}
    | {"development", "develop", "sandbox", "demo", "preview", "ephemeral", "feature", "local"}
)
"""The only words that are ever kept of a value."""

# `live`, `test`, `demo` and the like also name products; in host names they say too little.
_IN_HOSTS: Final = frozenset(
    {"production", "prod", "prd", "staging", "stage", "stg", "preprod", "preproduction"}
    | {"uat", "qa", "dev", "development"}
)
_LONGEST_LABEL: Final = 64
_LONGEST_HOST: Final = 253
_APART: Final = re.compile(r"[^a-z0-9]+")
_HOST: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,20}://)?(?:[^/@\s]{0,200}@)?"
    r"((?:[a-z0-9_-]{1,63}\.){1,10}[a-z]{2,24})\.?(?::\d{1,5})?(?:[/?#].{0,2000})?",
    re.DOTALL,
)


def in_text(text: str) -> list[str]:
    """The words that stand in a short text, each as a whole word, sorted; none in a long one."""
    if len(text) > _LONGEST_LABEL:
        return []
    return sorted(WORDS.intersection(_APART.split(text.casefold())))


def in_host(text: str) -> list[str]:
    """The words in the host name that a text is or, as a URL, names; sorted."""
    found = _HOST.fullmatch(text.casefold())
    if found is None or len(found[1]) > _LONGEST_HOST:
        return []
    return sorted(_IN_HOSTS.intersection(_APART.split(found[1])))


def kinds(words: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The environments that words mean; a word without aliases means itself."""
    meant = {alias.casefold(): name for name, all_of in aliases.items() for alias in all_of}
    return frozenset(meant.get(word.casefold(), word.casefold()) for word in words)
