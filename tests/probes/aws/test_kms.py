"""Which key a name means, and which keys are worth asking about."""

import pytest

from auditor.facts import Facts
from probes.analysis.answers import CannotTell
from probes.aws import kms
from probes.aws.kms_names import NEEDS, Foreign, Missing, OfAws, is_of_aws, meant, names_of
from tests.kit import HERE, inventory_of

PLACE = "arn:aws:kms:us-east-1:123456789012"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"{PLACE}:key/{KEY_ID}"
ELSEWHERE = PLACE.replace("us-east-1", "eu-west-1")
ABROAD = PLACE.replace("123456789012", "210987654321")


def alias(name, target=KEY_ID):
    return {"AliasName": name, "AliasArn": f"{PLACE}:{name}", "TargetKeyId": target}


@pytest.fixture
def facts():
    given = {
        kms.KEYS: [{"KeyArn": KEY, "KeyId": KEY_ID}],
        kms.ALIASES: [alias("alias/app"), alias("alias/old", "gone"), alias("alias/aws/ebs")],
    }
    return Facts(inventory_of(NEEDS, given), HERE)


@pytest.mark.parametrize("name", [KEY, KEY_ID, "alias/app", f"{PLACE}:alias/app"])
def test_every_name_of_a_key_means_it(facts, name):
    key = meant(name, facts)
    assert isinstance(key, kms.Key)
    assert name in {*names_of(key, facts)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("alias/aws/ebs", OfAws(), id="AWS's own"),
        pytest.param(f"{PLACE}:alias/aws/sns", OfAws(), id="AWS's own, not made yet"),
        pytest.param("alias/none", Missing("there is no such alias"), id="no alias"),
        pytest.param("alias/old", Missing("there is no such key"), id="an alias of nothing"),
        pytest.param(f"{PLACE}:key/none", Missing("there is no such key"), id="no key"),
        pytest.param(
            f"{ELSEWHERE}:key/{KEY_ID}", Missing("it is a key of eu-west-1"), id="another region's"
        ),
        pytest.param(f"{ABROAD}:key/{KEY_ID}", Foreign("210987654321"), id="another account's"),
        pytest.param(f"{ABROAD}:alias/aws/s3", Foreign("210987654321"), id="another's of AWS"),
        pytest.param("arn:aws", CannotTell("'arn:aws' is no ARN"), id="no ARN"),
    ],
)
def test_what_means_no_key_says_why(facts, name, expected):
    assert meant(name, facts) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alias/aws/sns", True),
        (f"{PLACE}:alias/aws/sns", True),
        ("alias/awsome", False),
        ("", False),
    ],
)
def test_the_name_of_aws_own_key_tells_it(name, expected):
    assert is_of_aws(name) is expected


@pytest.mark.parametrize("manager", ["AWS", "CUSTOMER", "MARS"])
@pytest.mark.parametrize(
    "query", [kms.POLICY, kms.SHARED_POLICY, kms.ROTATION, kms.GRANTS], ids=lambda query: query.id
)
def test_only_of_keys_that_aws_manages_nothing_more_is_asked(query, manager):
    metadata = kms.Metadata.model_validate(
        {"Arn": KEY, "AWSAccountId": "1", "KeyState": "Enabled", "KeyManager": manager}
    )
    assert query.when(metadata) is (manager != "AWS")
