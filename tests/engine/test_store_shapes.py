"""What was collected under another shape counts as not collected."""

import pytest

from auditor import store
from auditor.answer import Unanswered, Why
from auditor.query import Query, Shape
from tests.engine.wire import KEY, KEYS, SECRETS, Key, Metadata, Secret, arn, keys
from tests.kit import HERE, inventory_of

QUERIES = (KEYS, KEY, SECRETS)


def example():
    answers = {
        KEYS: keys("a")["Keys"],
        KEY: {arn("a"): {"KeyState": "Enabled"}},
        SECRETS: [{"Name": "s"}],
    }
    return inventory_of(QUERIES, answers)


def stored(tmp_path, inventory, known):
    path = tmp_path / "inventory.jsonl"
    store.write([inventory], QUERIES, path)
    return list(store.read(path, known))


class Changed(Shape):
    key_arn: str
    key_id: str
    created: str = ""


def test_a_shape_that_changed_since_was_not_collected(tmp_path):
    class Wider(Secret):
        more: str = ""

    wider = Query("secretsmanager:ListSecrets", Wider, each="SecretList", key="Name")
    (read,) = stored(tmp_path, example(), known={wider.id: wider})
    assert not read.asked(wider, HERE)
    with pytest.raises(Unanswered):
        read.find(wider, HERE, "other")


def test_what_hangs_on_a_shape_that_changed_was_not_collected_either(tmp_path):
    above = Query("kms:ListKeys", Changed, each="Keys", key="KeyArn")
    below = Query("kms:DescribeKey", Metadata, of=above, given={"KeyId": "KeyArn"})
    (read,) = stored(tmp_path, example(), known={above.id: above, below.id: below})
    assert not read.asked(below, HERE)
    assert {said.why for said in read.refusals(below, HERE)} == {Why.NOT_COLLECTED}


def test_what_no_probe_asks_any_more_is_left_out(tmp_path):
    (read,) = stored(tmp_path, example(), known={SECRETS.id: SECRETS})
    assert read.asked(SECRETS, HERE)
    assert not read.asked(KEYS, HERE)


def test_a_digest_names_what_is_kept_also_inside():
    class Inner(Shape):
        a: str

    class Outer(Shape):
        inner: tuple[Inner, ...]

    class Wider(Inner):
        b: str = ""

    class Other(Shape):
        inner: tuple[Wider, ...]

    digests = {
        store.shape_digest(Query("a:B", shape)) for shape in (Inner, Outer, Wider, Other, Key)
    }
    assert len(digests) == 5
