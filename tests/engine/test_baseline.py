"""What is expected, and one sentence with file and line for whatever is wrong with it."""

import textwrap

import pytest
from pydantic import Field

from auditor.baseline import Origin, load, sections
from auditor.settings import Group, Settings, default_of, groups_of, setting, unit_of
from auditor.yaml_file import FileError
from tests.engine.wire import probe_of


class Ports(Group):
    name = "ports"
    open: list[int] = setting([22], "Ports.", staging=[22, 80])
    limit: int = setting(5, "How many.", unit="ports", ge=1)


class Rotates(Settings):
    days: int = setting(365, "Days.", unit="days", ephemeral=90, ge=90, le=2560)
    names: list[str] = setting([], "Names.")
    plain: int = Field(1, description="Without a word on environments.")
    ports: Ports = Ports()


class Reads(Settings):
    ports: Ports = Ports()


ROTATES = probe_of(lambda *_: iter(()), id="encryption.key_rotation", settings=Rotates)
READS = probe_of(lambda *_: iter(()), id="network.ports", settings=Reads)
PLAIN = probe_of(lambda *_: iter(()), id="network.plain")
PROBES = (ROTATES, READS, PLAIN)


@pytest.fixture
def loaded(tmp_path):
    def load_text(text, bom=b""):
        path = tmp_path / "baseline.yaml"
        path.write_bytes(bom + textwrap.dedent(text).encode())
        return load(path, PROBES)

    return load_text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", ":1: version: this key is missing", id="empty file"),
        pytest.param("- a\n", ":1: input should be a valid dictionary or instance of BaselineFile", id="a list"),
        pytest.param("version: 2\n", ":1: version: input should be 1", id="version"),
        pytest.param("version: '1'\n", ":1: version: input should be 1", id="version as text"),
        pytest.param("version: 1\nsettngs: {}\n", ":2: settngs: there is no such key", id="unknown key"),
        pytest.param("version: 1\nsettings:\n  encryption.key_rotate: {}\n", ":3: there is no probe or group named 'encryption.key_rotate'; did you mean 'encryption.key_rotation'?", id="unknown probe"),
        pytest.param("version: 1\nsettings:\n  zzz: {}\n", ":3: there is no probe or group named 'zzz'", id="nothing like it"),
        pytest.param("version: 1\nsettings:\n  encryption.key_rotation:\n    day: 1\n", ":4: there is no setting of encryption.key_rotation named 'day'; did you mean 'days'?", id="unknown setting"),
        pytest.param("version: 1\nsettings:\n  encryption.key_rotation:\n    ports: {}\n", ":4: there is no setting of encryption.key_rotation named 'ports'", id="a group inside a probe"),
        pytest.param("version: 1\nsettings:\n  encryption.key_rotation:\n    days: often\n", ":4: encryption.key_rotation.days: input should be a valid integer, unable to parse string as an integer", id="wrong type"),
        pytest.param("version: 1\nsettings:\n  encryption.key_rotation:\n    days: 1\n", ":4: encryption.key_rotation.days: input should be greater than or equal to 90", id="too small"),
        pytest.param("version: 1\noverrides:\n  staging:\n    ports:\n      limit: 0\n", ":5: ports.limit: input should be greater than or equal to 1", id="too small in an override"),
        pytest.param("version: 1\noverrides:\n  moon: {}\n", ":3: overrides.moon: input should be 'production', 'staging' or 'ephemeral'", id="unknown environment"),
        pytest.param("version: 1\noverrides:\n  staging:\n    port: {}\n", ":4: there is no probe or group named 'port'; did you mean 'ports'?", id="unknown group"),
        pytest.param("version: 1\nwaivers:\n  - probe: network.ports\n    reason: known\n    until: 2027-01-01\n", ":3: waivers.0.owner: this key is missing", id="waiver without owner"),
        pytest.param("version: 1\nwaivers:\n  - {probe: network.ports, reason: known, owner: me, until: soon}\n", ":3: waivers.0.until: input should be a valid date or datetime, input is too short", id="bad date"),
        pytest.param("version: 1\nwaivers:\n  - {probe: network.prts, reason: known, owner: me, until: 2027-01-01}\n", ":3: there is no probe named 'network.prts'; did you mean 'network.ports'?", id="waiver of nothing"),
        pytest.param("version: 1\nwaivers:\n  - {probe: '*', account: 123456789012, reason: known, owner: me, until: 2027-01-01}\n", ":3: waivers.0.account: input should be a valid string", id="account as number"),
        pytest.param("version: 1\nblind_spots:\n  - {operation: 'ssm:*', until: 2027-01-01}\n", ":3: blind_spots.0.reason: this key is missing", id="blind spot without reason"),
        pytest.param("version: 1\n\tsettings: {}\n", ":2: found character a tab that cannot start any token", id="tab"),
        pytest.param("version: 1\nversion: 1\n", ":2: the key 'version' stands here twice", id="twice"),
        pytest.param("version: &v 1\nsettings: *v\n", ":2: an alias (*name) is not allowed here", id="alias"),
        pytest.param("version: 1\nenvironments: {default: moon}\n", ":2: environments.default: input should be 'production', 'staging' or 'ephemeral'", id="unknown default"),
    ],
)  # fmt: skip
def test_one_sentence_says_what_is_wrong_and_where(loaded, tmp_path, text, says):
    with pytest.raises(FileError) as raised:
        loaded(text)
    sentence = str(raised.value)
    assert sentence.removeprefix(str(tmp_path / "baseline.yaml")) == says
    assert "\n" not in sentence


def test_without_a_file_everything_is_as_shipped():
    baseline = load(None, PROBES)
    assert baseline.path == ""
    assert [baseline.settings(ROTATES, e).days for e in ("production", "staging", "ephemeral")] == [
        365,
        365,
        90,
    ]
    assert baseline.settings(READS, "staging").ports.open == [22, 80]
    assert not baseline.same_everywhere(ROTATES)
    assert baseline.same_everywhere(PLAIN)
    assert baseline.default_environment == "production"
    assert baseline.origin("encryption.key_rotation", "days", "production") == Origin(
        "shipped default"
    )
    assert baseline.origin("encryption.key_rotation", "days", "ephemeral") == Origin(
        "shipped default for this environment"
    )
    assert (
        baseline.origin("no.such", "thing", "staging")
        == baseline.origin("ports", "nothing", "staging")
        == Origin("shipped default")
    )


def test_a_file_lies_over_the_shipped_values_key_by_key(loaded, tmp_path):
    baseline = loaded("""\
        version: 1
        settings:
          encryption.key_rotation:
            days: 730
            names: [a]
          ports:
            limit: 9
          network.plain:
        overrides:
          staging:
            encryption.key_rotation: {days: 100}
            network.ports:
    """)
    file = str(tmp_path / "baseline.yaml")
    production, staging, ephemeral = (
        baseline.settings(ROTATES, e) for e in ("production", "staging", "ephemeral")
    )
    assert (production.days, staging.days, ephemeral.days) == (730, 100, 90)
    assert production.names == ephemeral.names == ["a"]
    assert (production.ports.limit, staging.ports.open) == (9, [22, 80])
    assert baseline.settings(READS, "production").ports == production.ports
    assert baseline.origin("encryption.key_rotation", "days", "production") == Origin(file, 4)
    assert baseline.origin("encryption.key_rotation", "days", "staging") == Origin(file, 11)
    assert baseline.origin("encryption.key_rotation", "days", "ephemeral").line == 0
    assert baseline.origin("ports", "limit", "ephemeral") == Origin(file, 7)


def test_two_files_that_say_the_same_have_the_same_digest(loaded):
    first = loaded("version: 1\nsettings: {ports: {limit: 3}}\n")
    again = loaded("version: 1\nsettings:\n  ports:\n    limit: 3 # a word\n", bom=b"\xef\xbb\xbf")
    assert first.digest == again.digest != loaded("version: 1\n").digest


class TestEnvironments:
    def test_a_tag_names_one_in_many_words(self, loaded):
        baseline = loaded("version: 1\n")
        for value, named in (
            ("Production", "production"), ("live", "production"), (" PREPROD-2 ", "staging"), ("pr-17", "ephemeral"),
            ("pr9", "ephemeral"), ("ephemeral", "ephemeral"), ("primary", None), ("", None),
        ):  # fmt: skip
            assert baseline.environment({"Environment": value}, "1") == named, value

    def test_the_first_tag_that_is_there_counts(self, loaded):
        baseline = loaded("version: 1\nenvironments: {tags: [stage, env]}\n")
        assert baseline.environment({"env": "prod", "stage": "qa"}, "1") == "staging"
        assert baseline.environment({"Environment": "qa"}, "1") is None

    def test_an_account_is_known_by_its_number_as_written(self, loaded):
        baseline = loaded(
            "version: 1\nenvironments:\n  default: staging\n  accounts:\n    012345678901: ephemeral\n"
        )
        assert baseline.environment({}, "012345678901") == "ephemeral"
        assert baseline.environment({}, "5234375489") is None
        assert baseline.default_environment == "staging"

    def test_words_of_ones_own_lie_over_the_shipped_ones_key_by_key(self, loaded):
        baseline = loaded("version: 1\nenvironments: {values: {staging: [moon]}}\n")
        assert baseline.environment({"env": "moon"}, "1") == "staging"
        assert baseline.environment({"env": "dev"}, "1") == "ephemeral"
        assert baseline.environment({"env": "qa"}, "1") is None


def test_a_group_is_a_section_of_its_own():
    assert set(sections(PROBES)) == {
        "encryption.key_rotation",
        "network.ports",
        "network.plain",
        "ports",
    }
    assert groups_of(Rotates) == {"ports": Ports}


def test_a_setting_knows_unit_and_defaults():
    days, plain = Rotates.model_fields["days"], Rotates.model_fields["plain"]
    assert (unit_of(days), unit_of(plain)) == ("days", "")
    assert (
        default_of(days, "ephemeral"),
        default_of(days, "staging"),
        default_of(plain, "staging"),
    ) == (90, 365, 1)
    assert Rotates().names is not Rotates().names
