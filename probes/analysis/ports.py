"""Ports and protocols as security groups write them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

ALL_PROTOCOLS = -1
_LAST_PORT = 65535
_LAST_PROTOCOL = 255
# EC2 answers with these names, with -1 or with a number of IANA's list (EC2 API, IpPermission).
_NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "-1": ALL_PROTOCOLS}


class Transport(IntEnum):
    """The protocols that have ports in a security group, by IANA's numbers."""

    TCP = 6
    UDP = 17


@dataclass(frozen=True, slots=True, order=True)
class PortRange:
    """Ports from first to last, both included; empty if last is before first."""

    first: int
    last: int

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last

    @property
    def is_empty(self) -> bool:
        return self.last < self.first

    @property
    def is_all(self) -> bool:
        # Nothing listens on port 0, so 1-65535 is as much as 0-65535.
        return self.first <= 1 and self.last >= _LAST_PORT

    def overlaps(self, other: "PortRange") -> bool:
        return max(self.first, other.first) <= min(self.last, other.last)

    def lies_in(self, ranges: Iterable["PortRange"]) -> bool:
        """Whether the ranges together hold all ports of this one."""
        return any(
            one.first <= self.first and self.last <= one.last for one in merged_ports(ranges)
        )

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


ALL_PORTS = PortRange(0, _LAST_PORT)
NO_PORTS = PortRange(1, 0)


def merged_ports(ranges: Iterable[PortRange]) -> tuple[PortRange, ...]:
    """The fewest ranges that hold exactly the same ports."""
    done: list[PortRange] = []
    for one in sorted(one for one in ranges if not one.is_empty):
        if done and one.first <= done[-1].last + 1:
            done[-1] = PortRange(done[-1].first, max(done[-1].last, one.last))
        else:
            done.append(one)
    return tuple(done)


def port_range(first: int | None, last: int | None) -> PortRange | None:
    """The ports between two ends as EC2 gives them; absent or -1 is all, None is nonsense."""
    if (first is None or first == -1) and (last is None or last == -1):
        return ALL_PORTS
    if first is None or last is None or not 0 <= first <= last <= _LAST_PORT:
        return None
    return PortRange(first, last)


def protocol_number(text: str | None) -> int | None:
    """The number of a protocol as EC2 writes it, -1 for all, None if we do not know the text."""
    known = (text or "").strip().lower()
    if known in _NUMBERS:
        return _NUMBERS[known]
    if not (known.isascii() and known.isdecimal() and len(known) <= len(str(_LAST_PROTOCOL))):
        return None
    number = int(known)
    return number if number <= _LAST_PROTOCOL else None
