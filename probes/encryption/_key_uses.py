"""What a key is known to seal: volumes, databases, secrets, log groups, and volumes to come."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from auditor.facts import Facts
from auditor.query import Query
from auditor.resources import Related
from probes.aws import ec2_volumes, kms, kms_names, logs, rds, secretsmanager

_SEALED: tuple[tuple[str, Query[Any]], ...] = (
    ("volumes", ec2_volumes.VOLUMES),
    ("database instances", rds.INSTANCES),
    ("database clusters", rds.CLUSTERS),
    ("secrets", secretsmanager.SECRETS),
    ("log groups", logs.LOG_GROUPS),
)
NEEDS = (kms.ALIASES, ec2_volumes.DEFAULT_KEY, *(query for _, query in _SEALED))
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Use:
    """One kind of thing that a key seals, how many there are of it, and some of them."""

    kind: str
    count: int = 1
    shown: tuple[Related, ...] = ()


def uses(facts: Facts, key: kms.Key) -> tuple[Callable[[], Iterator[Use]], ...]:
    """Questions that can be asked one by one, so that one that is refused leaves the others."""
    by_kind = (partial(_sealed, facts, key, kind, query) for kind, query in _SEALED)
    return (*by_kind, partial(_by_default, facts, key))


def _key_named(item: Any) -> str:
    """For `where`: what is sealed, by the name that it gives the key."""
    return str(item.kms_key_id)


def _sealed(facts: Facts, key: kms.Key, kind: str, query: Query[Any]) -> Iterator[Use]:
    """Secrets keep the name that they were given; of all else AWS tells the key's ARN."""
    names = kms_names.names_of(key, facts) if query is secretsmanager.SECRETS else (key.key_arn,)
    found = [one for name in names for one in facts.where(query, _key_named, name)]
    if found:
        shown = (facts.related("sealed with the key", one) for one in found[:_MOST_SHOWN])
        yield Use(kind, len(found), tuple(shown))


def _by_default(facts: Facts, key: kms.Key) -> Iterator[Use]:
    if facts.its(ec2_volumes.DEFAULT_KEY).kms_key_id in kms_names.names_of(key, facts):
        yield Use("new volumes by default")
