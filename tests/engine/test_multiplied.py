"""The benchmark's large inventories: as the small one, so many times over."""

import json

from tests.bench.multiplied import multiply

SUBNETS = {
    "kind": "answer", "query": "ec2:DescribeSubnets", "subject": [],
    "keys": ["subnet-0a1b2c3d4e5f60718"],
    "items": [{"SubnetId": "subnet-0a1b2c3d4e5f60718", "VpcId": "vpc-00112233445566aa7"}],
}  # fmt: skip
TAGS = {
    "kind": "answer", "query": "x:Tags", "subject": ["vpc-00112233445566aa7"],
    "keys": ["0"], "items": [{"Name": "app0003", "Owner": "123456789012"}],
}  # fmt: skip
ONCE = {
    "kind": "answer", "query": "iam:ListPolicies", "subject": [],
    "keys": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "items": [{"Name": "ReadOnlyAccess"}],
}  # fmt: skip
ZONES = {
    "kind": "answer", "query": "x:List", "subject": [], "keys": ["0"], "items": [{"N": "app0001"}],
}  # fmt: skip


def multiplied(tmp_path, copies, *lines):
    source, target = tmp_path / "small", tmp_path / "large"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    multiply(source, target, copies)
    return [json.loads(line) for line in target.read_text().splitlines()]


def test_copies_refer_to_copies_of_their_own_number(tmp_path):
    subnets, *tags = multiplied(tmp_path, 3, SUBNETS, TAGS)
    assert len(set(subnets["keys"])) == 3
    assert [one["SubnetId"] for one in subnets["items"]] == subnets["keys"]
    assert [one["VpcId"] for one in subnets["items"]] == [one["subject"][0] for one in tags]
    assert {one["items"][0]["Owner"] for one in tags} == {"123456789012"}
    assert len({one["items"][0]["Name"] for one in tags}) == 3


def test_what_an_account_has_once_stays_once(tmp_path):
    end = {"kind": "end"}
    assert multiplied(tmp_path, 3, ONCE, end) == [ONCE, end]


def test_items_without_a_key_are_counted_through(tmp_path):
    (zones,) = multiplied(tmp_path, 3, ZONES)
    assert zones["keys"] == ["0", "1", "2"]
    assert len({one["N"] for one in zones["items"]}) == 3


def test_one_copy_is_what_there_was(tmp_path):
    assert multiplied(tmp_path, 1, SUBNETS, TAGS, ZONES) == [SUBNETS, TAGS, ZONES]
