"""Blocks of IP addresses: merging, containment, and which of them are the internet."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import TypeAlias

Block: TypeAlias = IPv4Network | IPv6Network

# RFC 1918, shared address space of carriers (RFC 6598) and link-local (RFC 3927).
_PRIVATE_V4 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")
# This network, loopback, multicast and reserved space: no host of the internet is there.
_UNROUTED_V4 = ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4")
_NOT_PUBLIC_V4 = tuple(
    collapse_addresses(IPv4Network(text) for text in (*_PRIVATE_V4, *_UNROUTED_V4))
)
# All global unicast addresses that IANA gives out; ULA and link-local lie outside.
_GLOBAL_V6 = IPv6Network("2000::/3")
# The IPv4 internet as IPv6 hosts see it behind a NAT gateway with NAT64 (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")


def block(text: str) -> Block | None:
    """The block that a CIDR text (or a bare address) names, or None if it names none."""
    if "%" in text:  # a scope is meaningful on one host only
        return None
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def merged(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The fewest blocks that hold exactly the same addresses."""
    known = tuple(blocks)
    four = collapse_addresses(one for one in known if isinstance(one, IPv4Network))
    six = collapse_addresses(one for one in known if isinstance(one, IPv6Network))
    return (*four, *six)


def lies_in(inner: Block, outer: Block) -> bool:
    """Whether the outer block holds all of the inner one; never across IP versions."""
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)


def within(inner: Block, blocks: Iterable[Block]) -> bool:
    """Whether the blocks together hold all of the inner one."""
    # A block inside a union lies inside one of its merged blocks, for those are the largest.
    return any(lies_in(inner, outer) for outer in merged(blocks))


def overlaps(one: Block, blocks: Iterable[Block]) -> bool:
    """Whether an address of the block is in any of the others; blocks nest or are apart."""
    return any(lies_in(one, other) or lies_in(other, one) for other in blocks)


def public_size(one: Block) -> int:
    """How many addresses of the block can belong to hosts of the internet."""
    if isinstance(one, IPv4Network):
        if within(one, _NOT_PUBLIC_V4):
            return 0
        inside = (other for other in _NOT_PUBLIC_V4 if other.subnet_of(one))
        return one.num_addresses - sum(other.num_addresses for other in inside)
    return sum(
        min(one.num_addresses, public.num_addresses)
        for public in (_GLOBAL_V6, _NAT64)
        if overlaps(one, (public,))
    )


def is_public(one: Block) -> bool:
    """Whether any address of the block can belong to a host of the internet."""
    return public_size(one) > 0


@dataclass(frozen=True, slots=True)
class WorldLike:
    """How wide a public block must be to count as the whole world.

    A block counts if it holds more public addresses than one of the given prefix length, so
    `2000::/3` is the world although it is not `::/0`. With both lengths 0 only the whole
    address space counts. The largest blocks that registries hold are an IPv4 /8 and an IPv6 /12.
    """

    ipv4_prefix: int = 8
    ipv6_prefix: int = 12

    def holds(self, one: Block) -> bool:
        if one.prefixlen == 0:
            return True
        length = self.ipv4_prefix if isinstance(one, IPv4Network) else self.ipv6_prefix
        if length == 0:
            return False
        if lies_in(_NAT64, one):
            return True
        return public_size(one) > 1 << (one.max_prefixlen - length)


WORLD_LIKE = WorldLike()


def is_world(blocks: Iterable[Block], world_like: WorldLike = WORLD_LIKE) -> bool:
    """Whether the blocks, merged, hold the world of IPv4 or of IPv6."""
    return any(world_like.holds(one) for one in merged(blocks))


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks that could be read of something, and whether these are all of them."""

    known: tuple[Block, ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class PrefixList:
    """A managed prefix list; `entries` is None where they could not be read."""

    list_id: str
    name: str
    owner: str | None = None
    entries: tuple[str, ...] | None = None

    @property
    def aws_managed(self) -> bool:
        """Whether AWS keeps the list: no customer's list may be named so (EC2 API reference)."""
        return self.owner == "AWS" or self.name.startswith("com.amazonaws")

    @cached_property
    def blocks(self) -> Blocks:
        """The entries as blocks; a list may have a thousand and is asked for by many rules."""
        if self.entries is None:
            return Blocks(complete=False)
        read = tuple(block(text) for text in self.entries)
        known = [one for one in read if one is not None]
        return Blocks(merged(known), complete=len(known) == len(read))
