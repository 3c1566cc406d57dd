"""Search expressions: whether a search on a dashboard finds a metric.

Source: CloudWatch user guide, "CloudWatch search expression syntax": a schema in braces (namespace,
dimensions) and terms; a term in double quotes must match whole, one without matches parts of names;
`MetricName=` and the like say where to look; AND, OR and NOT combine.
"""

import re
from collections.abc import Iterator

from probes.analysis.answers import Answer

LONGEST = 10_240
"""Characters of an expression; what is longer is not read."""

_SEARCH = re.compile(r"""SEARCH\s*\(\s*(?:'([^']*)'|"((?:[^"\\]|\\.)*)")""", re.IGNORECASE)
_SCHEMA = re.compile(r"\{([^{}]*)\}")
_DESIGNATED = re.compile(r'([\w:.]+)\s*=\s*(?:"([^"]*)"|([\w/.:-]+)|\(([^()]*)\))', re.ASCII)
_TERM = re.compile(r'"([^"]*)"|([\w/.:-]+)', re.ASCII)
_WORDS = frozenset({"AND", "OR", "NOT"})


def searches_in(expression: str) -> tuple[str, ...]:
    """What the searches of an expression look for; none in plain metric math."""
    return tuple(
        single or double.replace('\\"', '"') for single, double in _SEARCH.findall(expression)
    )


def finds(search: str, namespace: str, name: str) -> Answer:
    """Whether a search finds metrics of a name in a namespace.

    Terms that narrow it to some resources do not count against it.
    """
    if len(search) > LONGEST:
        return Answer.CANNOT_TELL
    schema = _SCHEMA.search(search)
    terms = _SCHEMA.sub(" ", search)
    place = _namespace(schema[1]) if schema else None
    if place is not None and place != namespace:
        return Answer.NO
    designated = {key.lower(): value for key, value in _designated(terms)}
    if "namespace" in designated and namespace not in designated["namespace"]:
        return Answer.NO
    if "NOT" in terms.upper().split():
        return Answer.CANNOT_TELL
    known = place is not None or "namespace" in designated
    return _names(terms, designated.get("metricname"), name, known=known)


def _names(terms: str, designated: tuple[str, ...] | None, name: str, *, known: bool) -> Answer:
    if designated is not None:
        if name in designated:
            return Answer.YES if known else Answer.CANNOT_TELL
        near = any(one.lower() in name.lower() for one in designated)
        return Answer.CANNOT_TELL if near else Answer.NO
    free = [one for one in _terms(_DESIGNATED.sub(" ", terms)) if one.upper() not in _WORDS]
    if name in free or (known and not free):
        return Answer.YES if known else Answer.CANNOT_TELL
    return Answer.CANNOT_TELL


def _namespace(schema: str) -> str:
    """The first name of a schema, with or without quotes."""
    return schema.split(",", maxsplit=1)[0].strip().strip('"')


def _designated(terms: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, whole, part, several in _DESIGNATED.findall(terms):
        values = tuple(_terms(several)) if several else (whole or part,)
        yield key, tuple(value for value in values if value.upper() not in _WORDS)


def _terms(text: str) -> Iterator[str]:
    for whole, part in _TERM.findall(text):
        yield whole or part
