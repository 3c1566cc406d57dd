"""The lowest TLS version of a security policy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.tls import (
    POLICIES,
    How,
    Resolved,
    TlsVersion,
    Unresolved,
    minimum_version,
)


def policy(name: str) -> str:
    return f"ELBSecurityPolicy-{name}"


def test_the_table_holds_the_policies_of_both_user_guides() -> None:
    assert len(POLICIES) == 45
    assert sum(one.recommended for one in POLICIES.values()) == 8
    assert sum(one.rsa_key_exchange for one in POLICIES.values()) == 21
    assert sum(one.post_quantum for one in POLICIES.values()) == 13
    assert sum(one.fips for one in POLICIES.values()) == 22


@pytest.mark.parametrize(
    ("name", "lowest", "highest", "flags"),
    [
        ("TLS13-1-3-2021-06", TlsVersion.TLS_1_3, TlsVersion.TLS_1_3, "s"),
        ("TLS13-1-2-Res-PQ-2025-09", TlsVersion.TLS_1_2, TlsVersion.TLS_1_3, "ps"),
        ("TLS13-1-2-Res-FIPS-PQ-2025-09", TlsVersion.TLS_1_2, TlsVersion.TLS_1_3, "pfs"),
        ("TLS13-1-0-PQ-2025-09", TlsVersion.TLS_1_0, TlsVersion.TLS_1_3, "pr"),
        ("TLS13-1-0-FIPS-2023-04", TlsVersion.TLS_1_0, TlsVersion.TLS_1_3, "fr"),
        ("TLS13-1-2-Ext0-FIPS-2023-04", TlsVersion.TLS_1_2, TlsVersion.TLS_1_3, "f"),
        ("TLS13-1-2-RFC9151-INTEROP4-FIPS-2023-07", TlsVersion.TLS_1_2, TlsVersion.TLS_1_3, "fr"),
        ("TLS-1-2-2017-01", TlsVersion.TLS_1_2, TlsVersion.TLS_1_2, "r"),
        ("TLS-1-1-2017-01", TlsVersion.TLS_1_1, TlsVersion.TLS_1_2, "r"),
        ("FS-1-2-Res-2020-10", TlsVersion.TLS_1_2, TlsVersion.TLS_1_2, ""),
        ("FS-2018-06", TlsVersion.TLS_1_0, TlsVersion.TLS_1_2, ""),
        ("2016-08", TlsVersion.TLS_1_0, TlsVersion.TLS_1_2, "r"),
    ],
)
def test_the_table_says_what_the_user_guide_says(
    name: str, lowest: TlsVersion, highest: TlsVersion, flags: str
) -> None:
    found = POLICIES[policy(name)]
    assert (found.versions[0], found.versions[-1]) == (lowest, highest)
    assert found.post_quantum == ("p" in flags)
    assert found.fips == ("f" in flags)
    assert found.rsa_key_exchange == ("r" in flags)
    assert found.recommended == ("s" in flags)


@pytest.mark.parametrize(
    ("name", "live", "expected"),
    [
        pytest.param(
            "2016-08",
            ["TLSv1.2", "TLSv1.3"],
            Resolved(TlsVersion.TLS_1_2, How.LIVE),
            id="live beats the table",
        ),
        pytest.param(
            "brand-new",
            ["TLSv1.3"],
            Resolved(TlsVersion.TLS_1_3, How.LIVE),
            id="live of an unknown name",
        ),
        pytest.param(
            "2016-08",
            ["TLSv1", "TLSv1.1"],
            Resolved(TlsVersion.TLS_1_0, How.LIVE),
            id="live TLS 1.0",
        ),
        pytest.param(
            "old", ["SSLv3", "TLSv1.2"], Resolved(TlsVersion.SSL_3, How.LIVE), id="live SSL"
        ),
        pytest.param(
            "TLS13-1-2-2021-06", None, Resolved(TlsVersion.TLS_1_2, How.TABLE), id="table"
        ),
        pytest.param(
            "TLS13-1-2-CNSA2-INTEROP2-FIPS-PQ-2026-07",
            None,
            Resolved(TlsVersion.TLS_1_2, How.NAME),
            id="name TLS13",
        ),
        pytest.param(
            "TLS13-1-0-2030-01",
            None,
            Resolved(TlsVersion.TLS_1_0, How.NAME),
            id="a modern name with TLS 1.0",
        ),
        pytest.param(
            "TLS-1-0-2015-04", None, Resolved(TlsVersion.TLS_1_0, How.NAME), id="name TLS"
        ),
        pytest.param("FS-1-1-2030-01", None, Resolved(TlsVersion.TLS_1_1, How.NAME), id="name FS"),
        pytest.param("2014-10", None, Resolved(TlsVersion.TLS_1_0, How.NAME), id="a date"),
    ],
)
def test_the_lowest_version_is_learnt_live_or_from_the_table_or_from_the_name(
    name: str, live: list[str] | None, expected: Resolved
) -> None:
    assert minimum_version(policy(name), live) == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "TLS13-1-2-2021-06",
        policy(""),
        policy("Custom"),
        policy("TLS13-1-4-2030-01"),
        policy("TLS14-1-2-2030-01"),
        policy("TLS-1-3-2030-01"),
        policy("TLS13-1-2"),
        policy("2016-08\n"),
    ],
)
def test_a_name_that_says_nothing_stays_unresolved(name: str) -> None:
    assert minimum_version(name, None) == Unresolved("a policy whose name says no version")


@pytest.mark.parametrize(
    ("live", "at_most"),
    [
        pytest.param([], None, id="no protocol"),
        pytest.param(["TLSv2"], None, id="a new one"),
        pytest.param(["TLSv2", "TLSv1"], TlsVersion.TLS_1_0, id="a new one beside an old one"),
    ],
)
def test_unknown_live_protocols_are_not_guessed(
    live: list[str], at_most: TlsVersion | None
) -> None:
    found = minimum_version(policy("2016-08"), live)
    assert isinstance(found, Unresolved)
    assert found.at_most == at_most


def test_versions_are_ordered_and_readable() -> None:
    assert TlsVersion.TLS_1_1 < TlsVersion.TLS_1_2
    assert [str(one) for one in TlsVersion][1:4] == ["SSL 3", "TLS 1.0", "TLS 1.1"]


@given(st.text() | st.text().map(policy))
def test_no_name_breaks_the_reading(name: str) -> None:
    assert isinstance(minimum_version(name, None), Resolved | Unresolved)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_names_tell_what_the_table_tells(name: str) -> None:
    known = POLICIES[name]
    later = minimum_version(name[:-2] + "99", None)
    assert later == Resolved(known.lowest, How.NAME)
    assert ("PQ" in name, "FIPS" in name) == (known.post_quantum, known.fips)
    assert ("TLS13" in name) == (known.versions[-1] is TlsVersion.TLS_1_3)
