from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.launch_templates import chosen, number_of


@dataclass(frozen=True)
class Version:
    version_number: int
    default_version: bool = False


DEFAULT, OLD, LATEST = Version(2, default_version=True), Version(1), Version(3)


@pytest.mark.parametrize(
    ("version", "meant"),
    [
        pytest.param("$Latest", LATEST, id="the latest has the highest number"),
        pytest.param("$Default", DEFAULT, id="the default says so"),
        pytest.param("1", OLD, id="a number"),
        pytest.param("7", None, id="a number that is not there"),
        pytest.param("$latest", None, id="case counts"),
        pytest.param("", None, id="nothing"),
        pytest.param("-1", None, id="no number"),
        pytest.param("\N{ARABIC-INDIC DIGIT ONE}", None, id="digits of another script"),
    ],
)
def test_the_version_that_is_meant(version, meant):
    assert chosen(version, (DEFAULT, LATEST, OLD)) == meant


@pytest.mark.parametrize("version", ["$Latest", "$Default", "1"])
def test_a_template_without_versions_has_none_that_is_meant(version):
    assert chosen(version, ()) is None


def test_a_version_that_nobody_numbered_is_not_taken_for_a_default():
    assert chosen("$Default", (OLD, LATEST)) is None


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(text):
    number = number_of(text)
    assert number is None or str(number) == text.lstrip("0") or number == 0


def test_a_number_longer_than_the_api_holds_is_none():
    assert number_of("9" * 5000) is None
