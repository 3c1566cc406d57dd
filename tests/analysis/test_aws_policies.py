import json
from functools import cache

import pytest

from probes.analysis import aws_policies
from probes.analysis.aws_policies import GONE, PATHS, SUPERSEDED, Rests, gone, rightly, tail_of


@cache
def live():
    """AWS's own list of 2026-09-30, as moto carries it: path and name of each policy."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    known = json.loads(aws_managed_policies_data)
    return frozenset(f"{policy['Path'].lstrip('/')}{name}" for name, policy in known.items())


def names():
    return {tail.rpartition("/")[2] for tail in live()}


def test_what_is_gone_is_not_in_the_list_of_aws():
    assert not set(GONE) & names()
    assert not [name for name in names() if gone(name)]


def test_what_is_superseded_is_still_in_the_list():
    assert set(SUPERSEDED) <= live()


def test_every_successor_is_in_the_list():
    successors = {one.policy for one in (*GONE.values(), *SUPERSEDED.values())} - {""}
    assert successors <= live()


def test_every_path_is_the_one_in_the_list():
    assert {f"{path}{name}" for name, path in PATHS.items()} <= live()


def test_every_entry_says_what_it_rests_on():
    assert all(isinstance(one.rests, Rests) for one in (*GONE.values(), *SUPERSEDED.values()))


@pytest.mark.parametrize(
    ("tail", "right"),
    [
        pytest.param("AWSCodeDeployRole", "service-role/AWSCodeDeployRole", id="path missing"),
        pytest.param("service-role/AWSCodeDeployRole", "", id="right"),
        pytest.param("x/AWSCodeDeployRoleForECS", "AWSCodeDeployRoleForECS", id="path too many"),
        pytest.param("Billing", "job-function/Billing", id="of a job"),
        pytest.param("Unheard", "", id="not known"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_wrong_path_is_put_right(tail, right):
    assert rightly(tail) == right


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        pytest.param(
            "arn:aws:iam::aws:policy/job-function/Billing", "job-function/Billing", id="ok"
        ),
        pytest.param("arn:aws:iam::123456789012:policy/x", "x", id="of an account"),
        pytest.param("arn:aws:iam::aws:role/x", "", id="a role"),
        pytest.param("ReadOnlyAccess", "", id="a name"),
        pytest.param("arn:policy/x", "", id="too short"),
    ],
)
def test_the_tail_of_an_arn(text, tail):
    assert tail_of(text) == tail


def test_words_are_no_policy():
    assert SUPERSEDED["service-role/AmazonEC2ContainerServiceRole"].policy == ""


def test_a_policy_that_came_back_counts_as_alive_once_it_is_listed():
    assert gone("AWSCodeArtifactReadOnlyAccess") is None
    assert aws_policies.written("aws-cn", "X") == "arn:aws-cn:iam::aws:policy/X"
