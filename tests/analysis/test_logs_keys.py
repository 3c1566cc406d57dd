import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis import logs_statements
from probes.analysis.kms_access import Key
from probes.analysis.logs_keys import LogsKey, of_any_group, of_groups, of_statements
from probes.analysis.policy import Policy, read_policy

ACCOUNT, REGION = "123456789012", "us-east-1"
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app"


def judged(*statements):
    policy = read_policy(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    assert isinstance(policy, Policy)
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
    key = Key(
        arn, ACCOUNT, "CUSTOMER", "Enabled", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", (policy,)
    )
    return LogsKey(key, REGION)


def test_the_documented_statement_has_no_defect():
    logs = judged(logs_statements.documented("aws", REGION, ACCOUNT))
    assert not [*of_statements(logs), *of_groups(logs, (GROUP,)), *of_any_group(logs)]
    [guard] = logs_statements.guards(logs.policy, logs.log_groups)
    assert guard.whole_account


def test_in_china_the_documented_name_has_the_suffix_of_china():
    statement = logs_statements.documented("aws-cn", "cn-north-1", ACCOUNT)
    assert statement["Principal"] == {"Service": "logs.cn-north-1.amazonaws.com.cn"}


def test_a_statement_for_all_log_groups_is_heard_once_for_hundreds_of_thousands():
    logs = judged(logs_statements.documented("aws", REGION, ACCOUNT))
    started = time.perf_counter()
    assert not list(of_groups(logs, tuple(f"{GROUP}/{n}" for n in range(300_000))))
    assert time.perf_counter() - started < 2


def test_a_denied_key_is_denied_to_all_of_them():
    denied = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    logs = judged(logs_statements.documented("aws", REGION, ACCOUNT), denied)
    [defect] = of_groups(logs, (GROUP, f"{GROUP}2"))
    assert (defect.code, defect.groups) == ("denied", (GROUP, f"{GROUP}2"))


@pytest.mark.parametrize(
    ("name", "is_it"),
    [
        ("logs.amazonaws.com", True),
        ("logs.eu-west-1.amazonaws.com", True),
        ("logs.cn-north-1.amazonaws.com.cn", True),
        ("delivery.logs.amazonaws.com", False),
        ("logs.amazonaws.com.evil.example", False),
        ("xlogs.amazonaws.com", False),
    ],
)
def test_which_service_is_cloudwatch_logs(name, is_it):
    assert logs_statements.is_logs("Service", name) is is_it
    assert not logs_statements.is_logs("AWS", name)


OPERATORS = st.sampled_from(
    ["ArnLike", "StringEquals", "StringNotLike", "Null", "Bool", "Odd", "ForAllValues:ArnLike"]
)
KEYS = st.sampled_from([logs_statements.CONTEXT_KEY, "kms:ViaService", "aws:SourceArn", "aws:Odd"])
VALUES = st.sampled_from([GROUP, f"{GROUP}:*", "*", "true", "${aws:Odd}", ""])
ACTIONS = st.lists(
    st.sampled_from(["kms:*", "kms:Decrypt", "kms:De*", "*", "odd"]), min_size=1, max_size=3
)


@given(
    ACTIONS,
    st.dictionaries(
        OPERATORS, st.dictionaries(KEYS, st.lists(VALUES, max_size=2), max_size=2), max_size=2
    ),
)
def test_whatever_a_statement_says_what_is_right_about_it_can_be_told(actions, condition):
    logs = judged(
        {"Effect": "Allow", "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
         "Action": actions, "Resource": "*", "Condition": condition}
    )  # fmt: skip
    found = [*of_statements(logs), *of_groups(logs, (GROUP,)), *of_any_group(logs)]
    assert all(defect.code and defect.message for defect in found)
    assert logs_statements.guards(logs.policy, logs.log_groups) is not None
