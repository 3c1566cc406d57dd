"""Security policies of Elastic Load Balancing, and the lowest TLS version that each admits.

The truth is `elasticloadbalancing:DescribeSSLPolicies`. The table is for regions where it
could not be read: the names and protocols of the "security policies" pages of the user guides
for Application and Network Load Balancers as of autumn 2026. Policies that are newer still
say their lowest version in their name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum


class TlsVersion(IntEnum):
    """A protocol version of SSL or TLS; later ones are greater."""

    SSL_2 = 1
    SSL_3 = 2
    TLS_1_0 = 3
    TLS_1_1 = 4
    TLS_1_2 = 5
    TLS_1_3 = 6

    def __str__(self) -> str:
        return self.name.replace("_", " ", 1).replace("_", ".")


# The words of DescribeSSLPolicies (`SslProtocols`).
_LIVE = {
    "SSLv2": TlsVersion.SSL_2,
    "SSLv3": TlsVersion.SSL_3,
    "TLSv1": TlsVersion.TLS_1_0,
    "TLSv1.0": TlsVersion.TLS_1_0,
    "TLSv1.1": TlsVersion.TLS_1_1,
    "TLSv1.2": TlsVersion.TLS_1_2,
    "TLSv1.3": TlsVersion.TLS_1_3,
}
PREFIX = "ELBSecurityPolicy-"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user guides say of a security policy."""

    name: str
    lowest: TlsVersion
    highest: TlsVersion
    post_quantum: bool
    fips: bool
    rsa_key_exchange: bool
    """Whether it offers ciphers without forward secrecy."""
    recommended: bool
    """Whether Security Hub's control for predefined policies (ELB.17) lists it."""

    @property
    def versions(self) -> tuple[TlsVersion, ...]:
        return tuple(one for one in TlsVersion if self.lowest <= one <= self.highest)


# Name without prefix, lowest and highest version, and flags: p post-quantum, f FIPS,
# r RSA key exchange, s in Security Hub's list, - none of them.
_TABLE = """
TLS13-1-3-2021-06 1.3 1.3 s
TLS13-1-3-PQ-2025-09 1.3 1.3 ps
TLS13-1-2-2021-06 1.2 1.3 -
TLS13-1-2-PQ-2025-09 1.2 1.3 p
TLS13-1-2-Res-2021-06 1.2 1.3 s
TLS13-1-2-Res-PQ-2025-09 1.2 1.3 ps
TLS13-1-2-Ext1-2021-06 1.2 1.3 r
TLS13-1-2-Ext1-PQ-2025-09 1.2 1.3 pr
TLS13-1-2-Ext2-2021-06 1.2 1.3 r
TLS13-1-2-Ext2-PQ-2025-09 1.2 1.3 pr
TLS13-1-1-2021-06 1.1 1.3 r
TLS13-1-0-2021-06 1.0 1.3 r
TLS13-1-0-PQ-2025-09 1.0 1.3 pr
TLS13-1-3-FIPS-2023-04 1.3 1.3 fs
TLS13-1-3-FIPS-PQ-2025-09 1.3 1.3 pfs
TLS13-1-2-FIPS-2023-04 1.2 1.3 f
TLS13-1-2-FIPS-PQ-2025-09 1.2 1.3 pf
TLS13-1-2-Res-FIPS-2023-04 1.2 1.3 fs
TLS13-1-2-Res-FIPS-PQ-2025-09 1.2 1.3 pfs
TLS13-1-2-Ext0-FIPS-2023-04 1.2 1.3 f
TLS13-1-2-Ext0-FIPS-PQ-2025-09 1.2 1.3 pf
TLS13-1-2-Ext1-FIPS-2023-04 1.2 1.3 fr
TLS13-1-2-Ext1-FIPS-PQ-2025-09 1.2 1.3 pfr
TLS13-1-2-Ext2-FIPS-2023-04 1.2 1.3 fr
TLS13-1-2-Ext2-FIPS-PQ-2025-09 1.2 1.3 pfr
TLS13-1-1-FIPS-2023-04 1.1 1.3 fr
TLS13-1-0-FIPS-2023-04 1.0 1.3 fr
TLS13-1-0-FIPS-PQ-2025-09 1.0 1.3 pfr
TLS13-1-3-RFC9151-FIPS-2023-07 1.3 1.3 f
TLS13-1-2-RFC9151-FIPS-2023-07 1.2 1.3 f
TLS13-1-2-Ext0-RFC9151-FIPS-2023-07 1.2 1.3 fr
TLS13-1-2-RFC9151-INTEROP1-FIPS-2023-07 1.2 1.3 f
TLS13-1-2-RFC9151-INTEROP2-FIPS-2023-07 1.2 1.3 f
TLS13-1-2-RFC9151-INTEROP3-FIPS-2023-07 1.2 1.3 f
TLS13-1-2-RFC9151-INTEROP4-FIPS-2023-07 1.2 1.3 fr
TLS-1-2-2017-01 1.2 1.2 r
TLS-1-2-Ext-2018-06 1.2 1.2 r
TLS-1-1-2017-01 1.1 1.2 r
FS-1-2-Res-2020-10 1.2 1.2 -
FS-1-2-Res-2019-08 1.2 1.2 -
FS-1-2-2019-08 1.2 1.2 -
FS-1-1-2019-08 1.1 1.2 -
FS-2018-06 1.0 1.2 -
2016-08 1.0 1.2 r
2015-05 1.0 1.2 r
"""
_VERSIONED = re.compile(
    rf"{PREFIX}(?:TLS13-1-(?P<new>[0-3])|(?:TLS|FS)-1-(?P<old>[0-2]))-[A-Za-z0-9-]+"
)
_DATED = re.compile(rf"{PREFIX}(FS-)?20[0-9]{{2}}-[0-9]{{2}}")


def _lowest_by_name(name: str) -> TlsVersion | None:
    """The lowest version by the name alone: `TLS13-1-N-`, `TLS-1-N-`, `FS-1-N-`, or a date.

    Policies without a version in their name are older than the habit and admit TLS 1.0.
    """
    if _DATED.fullmatch(name):
        return TlsVersion.TLS_1_0
    found = _VERSIONED.fullmatch(name)
    return None if found is None else _LIVE[f"TLSv1.{found['new'] or found['old']}"]


def _policy(line: str) -> Policy:
    name, lowest, highest, flags = line.split()
    return Policy(
        PREFIX + name,
        _LIVE[f"TLSv{lowest}"],
        _LIVE[f"TLSv{highest}"],
        post_quantum="p" in flags,
        fips="f" in flags,
        rsa_key_exchange="r" in flags,
        recommended="s" in flags,
    )


POLICIES = {policy.name: policy for policy in map(_policy, _TABLE.strip().splitlines())}
"""The policies of the user guides, by name."""


class How(Enum):
    """Where a lowest version was learnt."""

    LIVE = "live"
    TABLE = "table"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The lowest version that a policy admits, and how that was learnt."""

    lowest: TlsVersion
    how: How


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A policy whose lowest version cannot be told.

    `at_most` is a version that it does admit, where that much is known: the lowest may be
    lower still.
    """

    reason: str
    at_most: TlsVersion | None = None


def minimum_version(name: str, live_protocols: Iterable[str] | None) -> Resolved | Unresolved:
    """The lowest version of a policy: by AWS's live answer, else the table, else the name.

    `live_protocols` are the policy's `SslProtocols`, or None where they could not be read.
    """
    if live_protocols is not None:
        return _by_live(frozenset(live_protocols))
    if name in POLICIES:
        return Resolved(POLICIES[name].lowest, How.TABLE)
    lowest = _lowest_by_name(name)
    if lowest is None:
        return Unresolved("a policy whose name says no version")
    return Resolved(lowest, How.NAME)


def _by_live(protocols: frozenset[str]) -> Resolved | Unresolved:
    known = [_LIVE[text] for text in protocols if text in _LIVE]
    lowest = min(known, default=None)
    if lowest is None or len(known) < len(protocols):
        return Unresolved("AWS names protocols that we do not know", lowest)
    return Resolved(lowest, How.LIVE)
