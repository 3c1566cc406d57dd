import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.secret_references import (
    Reference,
    credentials,
    named_in,
    of_variables,
    value_from,
)

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/db-AbCdEf"
PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/shop/db"
STORED = "/aws/reference/secretsmanager/shop/db"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(ARN, Reference(ARN), id="a secret"),
        pytest.param(f"{ARN}:password::", Reference(ARN), id="a key of its JSON"),
        pytest.param(f"{ARN}::AWSPREVIOUS:", Reference(ARN, "AWSPREVIOUS"), id="a stage"),
        pytest.param(PARAMETER, Reference(parameter=PARAMETER), id="a parameter by ARN"),
        pytest.param("/shop/db", Reference(parameter="/shop/db"), id="a parameter by name"),
        pytest.param(STORED, Reference("shop/db", parameter=STORED), id="a secret as a parameter"),
        pytest.param("arn:aws:s3:::bucket", None, id="an ARN of something else"),
        pytest.param("arn:nonsense", None, id="no ARN"),
        pytest.param("", None, id="nothing"),
        pytest.param("x" * 70_000, None, id="far too long a name"),
    ],
)
def test_a_value_from_names(text, expected):
    assert value_from(text) == expected


def test_credentials_of_a_registry_may_be_a_name():
    assert credentials("shop/registry") == Reference("shop/registry")
    assert credentials(ARN) == Reference(ARN)
    assert credentials("") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(ARN, [ARN], id="the whole value"),
        pytest.param(f'{{"id": "{ARN}", "password": "hunter2"}}', [ARN], id="inside of JSON"),
        pytest.param(f"see {ARN}.", [ARN], id="at the end of a sentence"),
        pytest.param(f"{ARN}:password::", [ARN], id="with a JSON key"),
        pytest.param(f"{ARN},{ARN}2", [ARN, f"{ARN}2"], id="two of them"),
        pytest.param(
            ARN.replace("aws:", "aws-cn:", 1), [ARN.replace("aws:", "aws-cn:", 1)], id="in China"
        ),
        pytest.param(STORED, ["shop/db"], id="as a parameter"),
        pytest.param("postgres://user:hunter2@db/shop", [], id="a password"),
        pytest.param(PARAMETER, [], id="a parameter that is no secret"),
    ],
)
def test_a_value_names(text, expected):
    assert named_in(text) == expected


def test_variables_are_reduced_to_names_and_what_they_name():
    kept = [{"name": "DB", "secrets": [ARN]}, {"name": "PASSWORD", "secrets": []}]
    assert (
        of_variables([{"name": "DB", "value": ARN}, {"name": "PASSWORD", "value": "hunter2"}])
        == kept
    )
    assert of_variables({"DB": ARN, "PASSWORD": "hunter2"}) == kept


@pytest.mark.parametrize("sent", ["hunter2", 7, None, ["hunter2"], [["hunter2"]]])
def test_what_is_no_list_of_variables_is_not_kept_at_all(sent):
    assert of_variables(sent) is None


@given(
    st.lists(st.fixed_dictionaries({"name": st.text(max_size=20), "value": st.text(max_size=200)}))
)
def test_of_any_values_only_names_of_secrets_are_kept(variables):
    kept = of_variables(variables)
    assert [one["name"] for one in kept] == [one["name"] for one in variables]
    for one, sent in zip(kept, variables, strict=True):
        assert all(secret in sent["value"] for secret in one["secrets"])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("arn:aws:secretsmanager:" * 100_000, id="beginnings"),
        pytest.param(f"{ARN} " * 100_000, id="very many"),
        pytest.param(ARN + "a" * 5_000_000, id="a name without end"),
        pytest.param("/aws/reference/secretsmanager/" * 100_000, id="paths"),
    ],
)
def test_hostile_values_take_little_time(text):
    start = time.perf_counter()
    assert len(named_in(text)) <= 100
    assert time.perf_counter() - start < 1
