import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.environment_words import WORDS, in_host, in_text, kinds
from probes.analysis.suspicions import Suspicion, suspicion
from probes.analysis.variable_values import of_environment

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
RANDOM = "q7RzVb2LxW9dKf4TnYc8HgJm3PsAeUi6"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DB_PASSWORD", "hunter2", Suspicion.NAME),
        ("dbPassword", "changeme", Suspicion.NAME),
        ("PASSWORD_1", "1234", Suspicion.NAME),
        ("DB_PASS", "x", Suspicion.NAME),
        ("API_KEY", "abc", Suspicion.NAME),
        ("SIGNING_KEY", "abc", Suspicion.NAME),
        ("JWT_SECRET", "my-own", Suspicion.NAME),
        ("AWS_ACCESS_KEY_ID", "anything", Suspicion.NAME),
        ("ECS_ENGINE_AUTH_DATA", "anything", Suspicion.NAME),
        ("MAIL", "AKIAIOSFODNN7EXAMPLE", Suspicion.FORM),
        ("CERT", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", Suspicion.FORM),
        ("DATABASE_URL", "postgres://shop:s3cret@db.example.com/shop", Suspicion.FORM),
        ("CONNECTION", "Server=db;User=sa;Password=s3cret;", Suspicion.FORM),
        ("GREETING", JWT, Suspicion.FORM),
        ("FLAGS", RANDOM, Suspicion.CHANCE),
        ("DB_PASSWORD", "", Suspicion.NONE),
        ("DB_PASSWORD", "  ", Suspicion.NONE),
        ("USE_TOKEN", "true", Suspicion.NONE),
        ("DB_PASSWORD_ARN", "hunter2", Suspicion.NONE),
        ("TOKEN_URL", "https://example.com/token", Suspicion.NONE),
        ("DB_SECRET", "arn:aws:secretsmanager:us-east-1:123456789012:secret:db", Suspicion.NONE),
        ("DB_SECRET", "/shop/db", Suspicion.NONE),
        ("DB_PASSWORD", "${PASSWORD}", Suspicion.NONE),
        ("PUBLIC_KEY", RANDOM, Suspicion.NONE),
        ("KEY", "abc", Suspicion.NONE),
        ("PARTITION_KEY", "id", Suspicion.NONE),
        ("DATABASE_URL", "postgres://db.example.com/shop", Suspicion.NONE),
        ("DATABASE_URL", "postgres://shop:${PASSWORD}@db.example.com/shop", Suspicion.NONE),
        ("GIT", "9fceb02d0ae598e95dc970b74767f19372d61af8", Suspicion.NONE),
        ("REQUEST_ID", RANDOM, Suspicion.NONE),
        ("GREETING", "hello", Suspicion.NONE),
        ("", "", Suspicion.NONE),
    ],
)
def test_secrets_are_told_from_what_is_about_them(name, value, expected):
    assert suspicion(name, value) is expected


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("production", ["production"]),
        ("PROD", ["prod"]),
        ("eu-prod-1", ["prod"]),
        ("latest", []),
        ("pr4821", []),
        ("x" * 60 + "-prod", []),
    ],
)
def test_words_stand_alone_in_short_values(value, words):
    assert in_text(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("db.staging.example.com", ["staging"]),
        ("https://api-dev.example.com:8443/v1/prod", ["dev"]),
        ("postgres://u:prod@db.qa.example.com/x", ["qa"]),
        ("live.example.com", []),
        ("staging", []),
        ("/prod/db", []),
        ("sentence about prod. and more", []),
    ],
)
def test_words_are_found_in_the_host_name_alone(value, words):
    assert in_host(value) == words


def test_words_mean_environments():
    aliases = {"production": ["prod", "Live"]}
    assert kinds(["PROD", "live"], aliases) == {"production"}
    assert kinds(["qa"], aliases) == {"qa"}


def test_accounts_and_regions_of_arns_are_kept_and_nothing_else_of_them():
    value = "arn:aws:sqs:eu-west-1:210987654321:orders,arn:aws:s3:::bucket"
    (kept,) = of_environment([{"name": "QUEUE", "value": value}])
    assert (kept["accounts"], kept["regions"]) == (["210987654321"], ["eu-west-1"])
    assert "orders" not in json.dumps(kept)
    assert "bucket" not in json.dumps(kept)


@pytest.mark.parametrize("sent", [None, "x", 3, {"DB": "x"}, ["x"], [None]], ids=repr)
def test_what_is_no_list_of_variables_is_not_kept_at_all(sent):
    assert of_environment(sent) is None


@pytest.mark.parametrize("value", [None, 7, {"a": "hunter2"}, ["hunter2"]], ids=repr)
def test_a_value_of_any_kind_is_not_kept(value):
    kept = of_environment([{"name": "X", "value": value}])
    assert "hunter2" not in json.dumps(kept)


SUSPICIONS = {one.value for one in Suspicion}
REGION = re.compile(r"[a-z]{2,4}-([a-z]{2,5}-)?(north|south|east|west|central)(east|west)?-[1-9]")
BITS = [
    "arn:aws:sqs:eu-west-1:210987654321:", "prod", "-", ".", "example.com", "https://", "hunter2",
    "password=", "AKIAIOSFODNN7EXAMPLE", "arn:aws:iam::123456789012:role/", "\n", " ", "staging",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(BITS), st.text(max_size=10)), max_size=12).map("".join),
)


@given(st.text(max_size=40), VALUES)
def test_no_value_survives_but_words_of_closed_lists(name, value):
    (kept,) = of_environment([{"name": name, "value": value}])
    assert kept.pop("name") == name
    kept.pop("secrets")  # names of secrets, as `of_variables` keeps them
    assert kept.pop("suspicion") in SUSPICIONS
    assert set(kept.pop("words")) | set(kept.pop("hosts")) <= WORDS
    for account in kept.pop("accounts"):
        assert re.fullmatch(r"\d{12}", account)
        assert f":{account}:" in value
    assert all(REGION.fullmatch(region) for region in kept.pop("regions"))
    assert not kept


@given(VALUES)
def test_reducing_twice_says_the_same(value):
    sent = [{"name": "A", "value": value}]
    assert of_environment(sent) == of_environment(json.loads(json.dumps(sent)))


@pytest.mark.parametrize(
    "value",
    [
        "eyJ" + "a" * 300_000,
        "arn:aws:" * 50_000,
        "a." * 100_000,
        "x://" * 50_000,
        "://a:b" * 50_000,
        "Password=" * 50_000,
        "password" + "-" * 300_000,
        "eyJaaaaaaaaaaaa.eyJ" * 20_000,
        "a@" * 100_000,
        "1" * 300_000,
    ],
    ids=lambda value: value[:12],
)
def test_an_enormous_value_takes_no_time(value):
    start = time.perf_counter()
    of_environment([{"name": "password" * 100, "value": value}])
    assert time.perf_counter() - start < 1
