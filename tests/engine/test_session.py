"""From credentials to accounts: what does not work is said in one sentence."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import boto3
import pytest

from auditor.answer import Why
from auditor.clients import Clients
from auditor.collect import collect
from auditor.facts import Facts
from auditor.query import closure
from auditor.session import SessionError, open_account
from tests.engine.wire import (
    KEY,
    KEYS,
    Fault,
    Wire,
    collected,
    credentials,
    keys,
    opened,
    regions,
    state,
)
from tests.kit import ACCOUNT, HERE, REGION

OTHER = "210987654321"


def role_in(account):
    return f"arn:aws:iam::{account}:role/audit"


def complaint(**how):
    """The one sentence that is said instead of opening an account."""
    profile = how.pop("profile", None)
    wire = how.pop("wire", Wire())
    clients = Clients(profile, frozenset())
    wire.serve(clients)
    with pytest.raises(SessionError) as raised:
        open_account(clients, how.get("wanted", ()), how.get("role"))
    sentence = str(raised.value)
    assert "\n" not in sentence
    return sentence


class TestCredentials:
    def test_there_may_be_none(self):
        assert complaint().startswith("no credentials: set AWS_PROFILE")

    def test_half_of_them_is_none(self, monkeypatch):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
        assert "missing: AWS_SECRET_ACCESS_KEY" in complaint()

    def test_a_profile_may_be_missing(self):
        for wanted in ((), (REGION,)):
            assert "profile (nobody) could not be found" in complaint(
                profile="nobody", wanted=wanted
            )

    @pytest.mark.parametrize(
        ("config", "says"),
        [
            ("[profile a\nregion", "Unable to parse config file"),
            ("[profile a]\nrole_arn = arn:x\nsource_profile = b", '"b"'),
            ("[profile a]\ncredential_process = /nowhere/at/all", "No such file"),
            ("[profile a]\ncredential_process = echo hello", "Expecting value"),
            ("[profile a]\ncredential_process = false", "custom-process"),
        ],
    )
    def test_a_configuration_may_be_broken(self, config, says, tmp_path, monkeypatch):
        (tmp_path / "config").write_text(config)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        assert says in complaint(profile="a")

    @pytest.mark.usefixtures("credentials")
    def test_aws_may_not_accept_them(self, monkeypatch):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "deleted")
        wire = Wire(GetCallerIdentity=Fault("InvalidClientTokenId", 403))
        assert (
            complaint(wire=wire)
            == "AWS does not accept these credentials: InvalidClientTokenId: because"
        )

    @pytest.mark.usefixtures("credentials")
    def test_answers_without_a_time_are_not_aws(self):
        wire = Wire()
        wire.headers = {}
        assert "no Date header" in complaint(wire=wire)


@pytest.mark.usefixtures("credentials")
class TestRegions:
    def test_a_name_may_be_no_region(self):
        assert complaint(wanted=("mars-1",)) == "there is no region named 'mars-1'"

    def test_partitions_do_not_mix(self):
        assert "several partitions in one run: aws, aws-cn" in complaint(
            wanted=(REGION, "cn-north-1")
        )

    @pytest.mark.parametrize(
        ("wanted", "says"),
        [("af-south-1", "is not enabled for"), ("us-east-9", "is unknown to")],
    )
    def test_a_wanted_region_may_not_be_open_to_the_account(self, wanted, says):
        wire = Wire(DescribeRegions=regions(REGION, off=("af-south-1",)))
        assert (
            complaint(wire=wire, wanted=(wanted,)) == f"region {wanted!r} {says} account {ACCOUNT}"
        )

    def test_all_that_are_enabled_are_looked_at(self):
        wire = Wire(DescribeRegions=regions("us-east-1", "eu-west-1", off=("af-south-1",)))
        account = opened(wire, [KEYS], wanted=())
        assert account.regions == ("eu-west-1", "us-east-1")
        assert account.skipped == {"af-south-1": "not enabled"}

    def test_else_the_wanted_ones_and_the_others_are_noted(self):
        wire = Wire(DescribeRegions=regions("us-east-1", "eu-west-1", off=("af-south-1",)))
        account = opened(wire, [KEYS], wanted=("eu-west-1", "eu-west-1"))
        assert account.regions == ("eu-west-1",)
        assert account.skipped == {"af-south-1": "not enabled", "us-east-1": "not selected"}

    def test_the_configured_region_is_taken_where_they_may_not_be_listed(self, monkeypatch):
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        wire = Wire(DescribeRegions=Fault("UnauthorizedOperation", 403), ListKeys=keys())
        inventory = collected(wire, KEYS, wanted=())
        assert [place.region for place in inventory.places] == ["eu-west-1"]
        (said,) = inventory.unlisted
        assert (said.why, said.code, said.actions) == (
            Why.DENIED,
            "UnauthorizedOperation",
            ("ec2:DescribeRegions",),
        )

    def test_a_list_that_was_throttled_out_asks_for_no_permission(self):
        wire = Wire(DescribeRegions=Fault("RequestLimitExceeded", 503))
        said = opened(wire, [KEYS]).unlisted
        assert (said.why, said.actions) == (Why.THROTTLED, ())

    def test_other_partitions_work(self):
        account = opened(
            Wire(DescribeRegions=regions("cn-north-1")), [KEYS], wanted=("cn-north-1",)
        )
        assert {(place.partition, place.region) for place in account.places} == {
            ("aws-cn", "cn-north-1")
        }


def test_time_is_the_clock_of_aws(credentials):
    assert opened(Wire(), [KEYS]).started == datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_service_is_offered_where_endpoint_data_says_so_or_says_nothing(credentials):
    account = opened(Wire(), [KEYS])
    assert account.offers("kms", "eu-west-1")
    assert not account.offers("amplifyuibuilder", "mx-central-1")
    assert account.offers("amplifyuibuilder", "xx-new-1")


@pytest.mark.usefixtures("credentials")
class TestRoles:
    def test_a_role_leads_to_its_account(self):
        wire = Wire(ListKeys=keys("a"))
        inventory = collected(wire, KEYS, role=role_in(OTHER))
        assert inventory.places[0].account == OTHER
        assert {call.access_key for call in wire.asked("ListKeys")} == {f"ROLE{OTHER}"}

    def test_the_external_id_goes_along(self):
        wire = Wire()
        clients = Clients(None, frozenset())
        wire.serve(clients)
        open_account(clients, [REGION], role_in(OTHER), "secret handshake")
        (call,) = wire.asked("AssumeRole")
        assert call.params["ExternalId"] == "secret handshake"

    def test_a_role_may_not_be_open_to_us(self):
        wire = Wire(AssumeRole=Fault("AccessDenied", 403))
        assert complaint(wire=wire, role=role_in(OTHER)) == (
            f"AWS does not accept role {role_in(OTHER)}: AccessDenied: because"
        )

    def test_a_role_may_give_what_is_already_over(self):
        wire = Wire(AssumeRole=credentials("OLD", "2020-01-01T00:00:00Z"))
        assert "still expired" in complaint(wire=wire, role=role_in(OTHER))

    def short_lived(self, _call):
        """Credentials that botocore wants to renew before each use."""
        number = len(self.wire.asked("AssumeRole"))
        self.wire.accounts[f"K{number}"] = OTHER
        soon = datetime.fromtimestamp(time.time() + 300, UTC)
        return credentials(f"K{number}", soon.isoformat())

    def test_credentials_are_renewed_on_the_way(self):
        self.wire = Wire(AssumeRole=self.short_lived, ListKeys=keys("a", "b"), DescribeKey=state())
        inventory = collected(self.wire, KEY, role=role_in(OTHER))
        assert len({call.access_key for call in self.wire.asked("DescribeKey")}) == 2
        assert not list(inventory.refusals(KEY, inventory.places[0]))

    def test_credentials_that_cannot_be_renewed_refuse_what_was_still_to_ask(self):
        def once(call):
            return (
                self.short_lived(call)
                if not self.wire.asked("ListKeys")
                else Fault("AccessDenied", 403)
            )

        self.wire = Wire(AssumeRole=once, ListKeys=keys("a"), DescribeKey=state())
        inventory = collected(self.wire, KEY, role=role_in(OTHER))
        (said,) = inventory.refusals(KEY, inventory.places[0])
        assert (said.why, said.code, said.actions) == (Why.OTHER, "CredentialRetrievalError", ())


def test_two_accounts_in_one_process_sign_with_their_own_credentials(credentials):
    def theirs(call):
        return keys(*(f"{wire.accounts[call.access_key]}-{n}" for n in range(40)))

    wire = Wire(ListKeys=theirs, DescribeKey=state())
    asked = closure([KEY])
    clients = Clients(None, frozenset(query.operation for query in asked), threads=8)
    wire.serve(clients)
    accounts = [open_account(clients, [REGION], role_in(account)) for account in (ACCOUNT, OTHER)]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda account: collect(account, asked), accounts)
    assert len(list(first.items(KEY, first.places[0]))) == 40
    assert len(list(second.items(KEY, second.places[0]))) == 40
    for call in wire.asked("DescribeKey"):
        assert f"/{wire.accounts[call.access_key]}-" in call.params["KeyId"]


def test_two_accounts_on_moto(aws):
    session = boto3.Session()
    role = session.client("sts").assume_role(RoleArn=role_in(OTHER), RoleSessionName="test")[
        "Credentials"
    ]
    there = boto3.client(
        "kms",
        REGION,
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )
    mine = boto3.client("kms", REGION).create_key()["KeyMetadata"]["Arn"]
    theirs = {there.create_key()["KeyMetadata"]["Arn"] for _ in range(3)}
    asked = closure([KEY])
    clients = Clients(None, frozenset(query.operation for query in asked), threads=8)
    accounts = [open_account(clients, [REGION], role) for role in (None, role_in(OTHER))]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda account: collect(account, asked), accounts)
    assert {key.key_arn for key in Facts(first, HERE).all(KEYS)} == {mine}
    assert {key.key_arn for key in Facts(second, second.places[0]).all(KEYS)} == theirs
    assert not list(second.refusals(KEY, second.places[0]))
