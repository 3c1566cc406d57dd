"""ARNs, and the names that are cut out of them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.names import (
    Arn,
    UnreadableName,
    arn,
    carries_suffix,
    is_arn,
    load_balancer_dimension,
    log_group_name,
    secret_arn,
    secret_name,
    strip_version_of_lambda_arn,
    target_group_dimension,
)

ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:rotate"
LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group"
TASK = "arn:aws:ecs:eu-west-1:123456789012:task-definition"


@pytest.mark.parametrize(
    ("text", "resource_type", "resource_id"),
    [
        pytest.param("arn:aws:kms:eu-west-1:123456789012:key/1-2", "key", "1-2", id="slash"),
        pytest.param("arn:aws:rds:eu-west-1:123456789012:db:orders", "db", "orders", id="colon"),
        pytest.param(
            "arn:aws:iam::aws:policy/job-function/Billing",
            "policy",
            "job-function/Billing",
            id="AWS's own",
        ),
        pytest.param("arn:aws:iam::cloudfront:user/E1", "user", "E1", id="origin identity"),
        pytest.param("arn:aws:automate:eu-west-1:ec2:stop", "", "stop", id="done to an instance"),
        pytest.param("arn:aws-cn:s3:::bucket/a/b:c", "", "bucket/a/b:c", id="China, no type"),
        pytest.param(
            "arn:aws-us-gov:sns:us-gov-west-1:123456789012:alarms", "", "alarms", id="GovCloud"
        ),
        pytest.param(
            "arn:aws-iso-b:ec2:us-isob-east-1:123456789012:vpc/vpc-1", "vpc", "vpc-1", id="isolated"
        ),
        pytest.param(
            "arn:aws-eusc:ec2:eusc-de-east-1:123456789012:vpc/vpc-1",
            "vpc",
            "vpc-1",
            id="European sovereign",
        ),
        pytest.param(
            "arn:aws:apigateway:eu-west-1::/restapis/a", "", "restapis/a", id="leading slash"
        ),
        pytest.param(
            "arn:aws:dynamodb:eu-west-1:123456789012:thing", "", "thing", id="no separator"
        ),
    ],
)
def test_an_arn_is_read_in_every_partition(text: str, resource_type: str, resource_id: str) -> None:
    found = arn(text)
    assert (found.resource_type, found.resource_id) == (resource_type, resource_id)
    assert str(found) == text
    assert is_arn(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("orders", id="a plain name"),
        pytest.param("arn:aws:kms:eu-west-1:123456789012", id="five parts"),
        pytest.param("arn:aws:kms:eu-west-1:123456789012:", id="no resource"),
        pytest.param("arn:gcp:kms:eu-west-1:123456789012:key/1", id="another cloud"),
        pytest.param("arn:aws:kms:eu-west-1:12345:key/1", id="short account"),
        pytest.param("arn:aws:kms:eu-west-1:١٢٣٤٥٦٧٨٩٠١٢:key/1", id="other digits"),
        pytest.param("arn:aws:iam::*:role/x", id="a pattern"),
        pytest.param("arn:*:iam::123456789012:role/x", id="a pattern of partitions"),
        pytest.param("arn:aws::eu-west-1:123456789012:key/1", id="no service"),
        pytest.param("arn:aws:sns:eu-west-1:123456789012:a\n", id="a line break"),
        pytest.param("arn:aws\n:sns:eu-west-1:123456789012:a", id="a line break in the partition"),
        pytest.param("arn:aws:s3:::" + "x" * 3000, id="too long"),
    ],
)
def test_what_is_no_arn_is_refused_by_name(text: str) -> None:
    assert not is_arn(text)
    with pytest.raises(UnreadableName):
        arn(text)


@given(
    st.builds(
        Arn,
        st.sampled_from(["aws", "aws-cn", "aws-us-gov", "aws-iso-f"]),
        st.sampled_from(["kms", "s3", "logs", "resource-groups"]),
        st.sampled_from(["", "eu-west-1"]),
        st.sampled_from(["", "123456789012"]),
        st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=50),
    )
)
def test_an_arn_survives_being_written_and_read(made: Arn) -> None:
    assert arn(str(made)) == made


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        pytest.param(
            load_balancer_dimension, f"{ELB}:loadbalancer/app/web/50dc", "app/web/50dc", id="ALB"
        ),
        pytest.param(
            load_balancer_dimension, f"{ELB}:loadbalancer/net/web/50dc", "net/web/50dc", id="NLB"
        ),
        pytest.param(
            target_group_dimension,
            f"{ELB}:targetgroup/web/6d0e",
            "targetgroup/web/6d0e",
            id="target group",
        ),
        pytest.param(strip_version_of_lambda_arn, FUNCTION, FUNCTION, id="function"),
        pytest.param(strip_version_of_lambda_arn, f"{FUNCTION}:live", FUNCTION, id="alias"),
        pytest.param(strip_version_of_lambda_arn, f"{FUNCTION}:$LATEST", FUNCTION, id="version"),
        pytest.param(
            secret_arn, f"{SECRET}:prod/db-AbC123", f"{SECRET}:prod/db-AbC123", id="secret"
        ),
        pytest.param(
            secret_arn, f"{SECRET}:db-AbC123:password::", f"{SECRET}:db-AbC123", id="valueFrom"
        ),
        pytest.param(secret_name, f"{SECRET}:prod/db-AbC123", "prod/db", id="secret's name"),
        pytest.param(
            secret_name,
            f"{SECRET}:a-b-c-AbC123:password:AWSCURRENT:",
            "a-b-c",
            id="name in valueFrom",
        ),
        pytest.param(
            secret_name, f"{SECRET}:rds!db-1234-AbC123", "rds!db-1234", id="managed secret"
        ),
        pytest.param(log_group_name, f"{LOGS}:/ecs/api", "/ecs/api", id="log group"),
        pytest.param(log_group_name, f"{LOGS}:/ecs/api:*", "/ecs/api", id="log group with star"),
        pytest.param(log_group_name, f"{LOGS}:/ecs/api:log-stream:x", "/ecs/api", id="log stream"),
    ],
)
def test_names_are_cut_out_of_arns(read: Callable[[str], str], text: str, expected: str) -> None:
    assert read(text) == expected


READERS = (
    load_balancer_dimension,
    target_group_dimension,
    strip_version_of_lambda_arn,
    secret_arn,
    secret_name,
    log_group_name,
)


@pytest.mark.parametrize("read", READERS, ids=lambda read: str(read.__name__))
@pytest.mark.parametrize(
    "text",
    [
        "",
        "arn:aws:s3:::bucket",
        f"{ELB}:loadbalancer/classic",
        f"{ELB}:loadbalancer",
        f"{ELB}:targetgroup/web/6d0e/more",
        f"{SECRET}:",
        f"{LOGS}::*",
        f"{TASK}/api:twelve",
    ],
)
def test_other_texts_are_refused_by_name(read: Callable[[str], str], text: str) -> None:
    with pytest.raises(UnreadableName):
        read(text)


def test_a_secret_arn_without_its_random_suffix_names_no_secret() -> None:
    with pytest.raises(UnreadableName, match="suffix"):
        secret_name(f"{SECRET}:orders")


PIECES = st.sampled_from(
    ["arn", "aws", ":", "/", "secret", "lambda", "logs", "log-group", "function", "-AbC123",
     "secretsmanager", "elasticloadbalancing", "loadbalancer", "targetgroup", "ecs", "*", "é", "\n"]
)  # fmt: skip


@given(st.sampled_from(READERS), st.text() | st.lists(PIECES, max_size=14).map("".join))
def test_no_text_raises_anything_but_the_named_error(read: Callable[[str], str], text: str) -> None:
    try:
        found = read(text)
    except UnreadableName:
        return
    assert found


@pytest.mark.parametrize(
    ("name", "suffix", "expected"),
    [
        pytest.param("orders-prod", "prod", True, id="at the end"),
        pytest.param("orders-prod-db", "prod", True, id="inside"),
        pytest.param("/ecs/orders-prod/api", "prod", True, id="inside a path"),
        pytest.param("orders-production", "prod", False, id="a longer word"),
        pytest.param("orders-production-prod", "prod", True, id="after a longer word"),
        pytest.param("prod-orders", "prod", False, id="in front"),
        pytest.param("ordersprod", "prod", False, id="without hyphen"),
        pytest.param("Orders-PROD", "prod", True, id="in capitals"),
        pytest.param("orders-pr-42", "pr-42", True, id="of two words"),
        pytest.param("orders-.*", "a", False, id="a name is no pattern"),
        pytest.param("orders-a", ".*", False, id="a suffix is no pattern"),
        pytest.param("orders-", "", False, id="no suffix"),
    ],
)
def test_a_name_carries_its_environment_as_a_whole_word(
    name: str, suffix: str, expected: bool
) -> None:
    assert carries_suffix(name, suffix) is expected


WORDS = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=8)


@given(WORDS, WORDS, WORDS)
def test_a_suffix_that_was_put_there_is_found(name: str, suffix: str, more: str) -> None:
    assert carries_suffix(f"{name}-{suffix}", suffix)
    assert carries_suffix(f"{name}-{suffix}-{more}", suffix)
    assert not carries_suffix(f"{name}{suffix}", suffix)
