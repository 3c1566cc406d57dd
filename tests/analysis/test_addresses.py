"""Blocks of addresses: merging, containment, and what is the world."""

from ipaddress import IPv4Address, IPv4Network, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.addresses import (
    Block,
    Blocks,
    PrefixList,
    WorldLike,
    block,
    is_public,
    is_world,
    lies_in,
    merged,
    overlaps,
    within,
)

STRICT = WorldLike(ipv4_prefix=0, ipv6_prefix=0)


def blocks(*texts: str) -> list[Block]:
    found = [block(text) for text in texts]
    return [one for one in found if one is not None]


@st.composite
def ipv4_blocks(draw: st.DrawFn, shortest: int = 0, longest: int = 32) -> IPv4Network:
    length = draw(st.integers(shortest, longest))
    address = draw(st.integers(0, 2**32 - 1))
    return IPv4Network((address, length), strict=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("10.0.0.0/8", IPv4Network("10.0.0.0/8"), id="IPv4"),
        pytest.param("::/0", IPv6Network("::/0"), id="IPv6"),
        pytest.param("10.1.2.3/8", IPv4Network("10.0.0.0/8"), id="host bits are dropped"),
        pytest.param("192.0.2.7", IPv4Network("192.0.2.7/32"), id="a bare address"),
        pytest.param(" 10.0.0.0/8 ", IPv4Network("10.0.0.0/8"), id="spaces around"),
        pytest.param("", None, id="nothing"),
        pytest.param("10.0.0.0/33", None, id="an impossible length"),
        pytest.param("fe80::1%eth0/64", None, id="a scope"),
        pytest.param("pl-0123", None, id="another kind of peer"),
        pytest.param("10.0.0.0/" + "9" * 5000, None, id="a huge length"),
    ],
)
def test_a_cidr_text_names_a_block_or_none(text: str, expected: Block | None) -> None:
    assert block(text) == expected


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    block(text)


@given(st.lists(ipv4_blocks(), max_size=12), st.integers(0, 2**32 - 1))
def test_merging_never_changes_which_addresses_are_held(
    some: list[IPv4Network], number: int
) -> None:
    address = IPv4Address(number)
    edges = [edge for one in some for edge in (one.network_address, one.broadcast_address)]
    for probe in [address, *edges, *(edge + 1 for edge in edges if int(edge) < 2**32 - 1)]:
        assert any(probe in one for one in some) == any(probe in one for one in merged(some))


@given(st.lists(ipv4_blocks(), max_size=12))
def test_merged_blocks_do_not_overlap(some: list[IPv4Network]) -> None:
    done = merged(some)
    assert all(not overlaps(one, [other for other in done if other != one]) for one in done)


@given(st.lists(ipv4_blocks(longest=4), max_size=24))
def test_blocks_are_strictly_the_world_iff_they_hold_every_address(some: list[IPv4Network]) -> None:
    sixteenths = [IPv4Network((number << 28, 4)) for number in range(16)]
    held = all(any(part.subnet_of(one) for one in some) for part in sixteenths)
    assert is_world(some, STRICT) == held


@given(st.lists(ipv4_blocks(), max_size=8), ipv4_blocks())
def test_more_blocks_never_make_the_world_smaller(
    some: list[IPv4Network], more: IPv4Network
) -> None:
    assert not is_world(some) or is_world([*some, more])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["0.0.0.0/0"], True, id="all of IPv4"),
        pytest.param(["::/0"], True, id="all of IPv6"),
        pytest.param(["0.0.0.0/1", "128.0.0.0/1"], True, id="IPv4 in two halves"),
        pytest.param(["::/1", "8000::/1"], True, id="IPv6 in two halves"),
        pytest.param(["0.0.0.0/1"], True, id="half of IPv4 is like the world"),
        pytest.param(["2000::/3"], True, id="all of IPv6 that is given out"),
        pytest.param(["8000::/1"], False, id="the half of IPv6 where nobody is"),
        pytest.param(["64:ff9b::/96"], True, id="all of IPv4 behind NAT64"),
        pytest.param(["2.0.0.0/7"], True, id="more than a /8"),
        pytest.param(["2.0.0.0/8", "3.0.0.0/8"], True, id="more than a /8 in sum"),
        pytest.param(["3.0.0.0/8"], False, id="a /8"),
        pytest.param(["3.0.0.0/8", "52.0.0.0/8"], False, id="two /8 apart"),
        pytest.param(["10.0.0.0/8", "11.0.0.0/8"], False, id="a /8 beside a private one"),
        pytest.param(["10.0.0.0/8"], False, id="RFC 1918"),
        pytest.param(["224.0.0.0/3"], False, id="multicast and reserved"),
        pytest.param(["fc00::/7"], False, id="ULA"),
        pytest.param(["2600::/12"], False, id="one registry's IPv6"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_the_world_is_everything_and_what_is_nearly_everything(
    texts: list[str], expected: bool
) -> None:
    assert is_world(blocks(*texts)) is expected


def test_how_wide_the_world_is_can_be_set() -> None:
    assert not is_world(blocks("0.0.0.0/1"), STRICT)
    assert is_world(blocks("198.51.0.0/16"), WorldLike(ipv4_prefix=17))
    assert not is_world(blocks("10.0.0.0/8"), WorldLike(ipv4_prefix=17))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("10.1.0.0/16", False, id="RFC 1918"),
        pytest.param("172.31.0.0/16", False, id="the default VPC"),
        pytest.param("100.64.0.0/10", False, id="CGNAT"),
        pytest.param("169.254.169.254/32", False, id="link-local"),
        pytest.param("fd00::/8", False, id="ULA"),
        pytest.param("fe80::/10", False, id="IPv6 link-local"),
        pytest.param("172.32.0.0/16", True, id="just beyond RFC 1918"),
        pytest.param("8.0.0.0/5", True, id="a private block and its neighbours"),
        pytest.param("2600:1f14::/36", True, id="AWS's IPv6"),
    ],
)
def test_private_ranges_are_not_public(text: str, expected: bool) -> None:
    (one,) = blocks(text)
    assert is_public(one) is expected


def test_a_block_can_lie_in_two_blocks_of_a_vpc_together() -> None:
    (whole,) = blocks("10.0.0.0/16")
    vpc = blocks("10.0.0.0/17", "10.0.128.0/17", "100.64.0.0/16")
    assert within(whole, vpc)
    assert overlaps(whole, vpc)
    assert not within(blocks("10.0.0.0/15")[0], vpc)
    assert not overlaps(blocks("10.1.0.0/16")[0], vpc)


def test_blocks_of_different_versions_never_nest() -> None:
    four, six = blocks("0.0.0.0/0", "::/0")
    assert not lies_in(four, six)
    assert not lies_in(six, four)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(("10.0.0.0/8",), Blocks((IPv4Network("10.0.0.0/8"),)), id="read"),
        pytest.param((), Blocks(), id="empty"),
        pytest.param(None, Blocks(complete=False), id="refused"),
        pytest.param(
            ("10.0.0.0/8", "?"),
            Blocks((IPv4Network("10.0.0.0/8"),), complete=False),
            id="in part",
        ),
    ],
)
def test_a_prefix_list_says_what_could_be_read_of_it(
    entries: tuple[str, ...] | None, expected: Blocks
) -> None:
    assert PrefixList("pl-1", "offices", entries=entries).blocks == expected


@pytest.mark.parametrize(
    ("name", "owner", "expected"),
    [
        pytest.param("com.amazonaws.global.cloudfront.origin-facing", None, True, id="by name"),
        pytest.param("cn.com.amazonaws.cn-north-1.s3", "AWS", True, id="by owner"),
        pytest.param("my.com.amazonaws.list", "123456789012", False, id="a customer's"),
    ],
)
def test_lists_of_aws_are_known_by_owner_or_name(
    name: str, owner: str | None, expected: bool
) -> None:
    assert PrefixList("pl-1", name, owner).aws_managed is expected
