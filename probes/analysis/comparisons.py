"""How one value of a request compares with one value of a policy, for each kind of operator.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import TypeVar

from probes.analysis.answers import Answer
from probes.analysis.wildcards import arn_covers, has_wildcard, literal, matches

Comparison = Callable[[str, str, bool], Answer]
"""The request's value, the policy's value, whether `${*}` is an escape -> whether they match."""

Comparable = TypeVar("Comparable", Decimal, datetime)

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.{1,40})?")
_YEAR_DIGITS = 4
_ARN_COLONS = 5


def text_equals(value: str, expected: str, escapes: bool) -> Answer:
    """StringEquals: to the letter; a wildcard is an ordinary character."""
    return Answer.of(value == (literal(expected) if escapes else expected))


def text_equals_ignoring_case(value: str, expected: str, escapes: bool) -> Answer:
    """StringEqualsIgnoreCase."""
    return text_equals(value.lower(), expected.lower(), escapes)


def text_like(value: str, expected: str, escapes: bool) -> Answer:
    """StringLike: wildcards anywhere, case matters."""
    return Answer.of(matches(expected, value, escapes=escapes))


def arn_like(value: str, expected: str, escapes: bool) -> Answer:
    """ArnEquals and ArnLike, which AWS documents as identical: both take wildcards, part by part.

    A pattern that is no ARN of six parts but would fit as plain text is CANNOT_TELL.
    """
    if not matches(expected, value, escapes=escapes):
        return Answer.NO
    if expected.count(":") < _ARN_COLONS:
        return Answer.CANNOT_TELL
    if has_wildcard(value):
        return Answer.CANNOT_TELL
    return Answer.of(arn_covers(expected, value, escapes=escapes) is Answer.YES)


def boolean(value: str, expected: str, _escapes: bool) -> Answer:
    """Bool; CANNOT_TELL for what is neither true nor false."""
    known = {"true", "false"}
    if value.lower() not in known or expected.lower() not in known:
        return Answer.CANNOT_TELL
    return Answer.of(value.lower() == expected.lower())


def binary(value: str, expected: str, _escapes: bool) -> Answer:
    """BinaryEquals: the same bytes, both written in base 64; CANNOT_TELL for what is not."""
    try:
        return Answer.of(_decoded(value) == _decoded(expected))
    except (binascii.Error, ValueError):
        return Answer.CANNOT_TELL


def in_network(value: str, expected: str, _escapes: bool) -> Answer:
    """IpAddress: an address and a block of either family; CANNOT_TELL for anything else."""
    try:
        address, network = ipaddress.ip_address(value), ipaddress.ip_network(expected, strict=False)
    except ValueError:
        return Answer.CANNOT_TELL
    return Answer.of(address in network)


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _moment(text: str) -> datetime | None:
    """A date of ISO 8601 as the W3C profiles it, or seconds of Unix time; None for anything else.

    Four digits could be either a year or an epoch: they are not guessed at.
    """
    try:
        if _NUMBER.fullmatch(text) and len(text) > _YEAR_DIGITS:
            return datetime.fromtimestamp(float(text), UTC)
        if not _DATE.fullmatch(text):
            return None
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC) if "T" not in text else None


def _ordered(
    read: Callable[[str], Comparable | None],
    test: Callable[[Comparable, Comparable], bool],
) -> Comparison:
    def compare(value: str, expected: str, _escapes: bool) -> Answer:
        mine, theirs = read(value), read(expected)
        if mine is None or theirs is None:
            return Answer.CANNOT_TELL
        return Answer.of(test(mine, theirs))

    return compare


_ORDERS: tuple[tuple[str, Callable[..., bool]], ...] = (
    ("Equals", eq),
    ("LessThan", lt),
    ("LessThanEquals", le),
    ("GreaterThan", gt),
    ("GreaterThanEquals", ge),
)

COMPARISONS: dict[str, tuple[Comparison, bool]] = {
    "StringEquals": (text_equals, False),
    "StringNotEquals": (text_equals, True),
    "StringEqualsIgnoreCase": (text_equals_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (text_equals_ignoring_case, True),
    "StringLike": (text_like, False),
    "StringNotLike": (text_like, True),
    "ArnEquals": (arn_like, False),
    "ArnLike": (arn_like, False),
    "ArnNotEquals": (arn_like, True),
    "ArnNotLike": (arn_like, True),
    "Bool": (boolean, False),
    "BinaryEquals": (binary, False),
    "IpAddress": (in_network, False),
    "NotIpAddress": (in_network, True),
    "NumericNotEquals": (_ordered(_number, eq), True),
    "DateNotEquals": (_ordered(_moment, eq), True),
    **{f"Numeric{name}": (_ordered(_number, test), False) for name, test in _ORDERS},
    **{f"Date{name}": (_ordered(_moment, test), False) for name, test in _ORDERS},
}
"""Each operator by its name: how it compares, and whether it is negated."""
