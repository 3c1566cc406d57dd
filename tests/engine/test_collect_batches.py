"""Many items in one call, and what becomes of those that the answer does not mention."""

import pytest

from auditor.answer import Why
from auditor.facts import Facts
from auditor.query import Name, Query
from tests.engine.wire import Cluster, Fault, Wire, collected
from tests.kit import HERE

pytestmark = pytest.mark.usefixtures("credentials")

CLUSTER_ARNS = Query("ecs:ListClusters", Name, each="clusterArns")
CLUSTERS = Query(
    "ecs:DescribeClusters",
    Cluster,
    each="clusters",
    key="clusterArn",
    of=CLUSTER_ARNS,
    given={"clusters": "value"},
    batch=4,
    gone={"ClusterNotFoundException"},
)


def clusters(*, missing=(), fail=(), strange=()):
    """`DescribeClusters` of a region where some clusters vanished, or spoil the whole call."""

    def answer(call):
        asked = call.params["clusters"]
        if set(asked) & set(fail):
            return Fault("ClusterNotFoundException")
        found = [
            {"clusterArn": name, "status": "ACTIVE"}
            for name in asked
            if name not in {*missing, *strange}
        ]
        return {"clusters": [*found, *({"status": "ODD"} for name in asked if name in strange)]}

    return answer


def ten(**how):
    wire = Wire(
        ListClusters={"clusterArns": [f"c{n}" for n in range(10)]}, DescribeClusters=clusters(**how)
    )
    return wire, collected(wire, CLUSTERS)


def test_a_batch_takes_as_many_as_the_operation_takes():
    wire, inventory = ten()
    assert sorted(len(call.params["clusters"]) for call in wire.asked("DescribeClusters")) == [
        2,
        4,
        4,
    ]
    assert len(Facts(inventory, HERE).all(CLUSTERS)) == 10


def test_a_batch_that_one_vanished_item_spoils_is_split_until_the_others_answer():
    _, inventory = ten(fail={"c2"})
    answers = inventory.answers[CLUSTERS.id, HERE]
    assert {subject[-1]: answer.gone for subject, answer in answers.items() if answer.gone} == {
        "c2": "ClusterNotFoundException"
    }
    assert len(Facts(inventory, HERE).all(CLUSTERS)) == 9


def test_an_item_that_its_batch_does_not_mention_has_vanished():
    _, inventory = ten(missing={"c3"})
    assert inventory.answer(CLUSTERS, HERE, ("c3",)).gone
    assert not inventory.answer(CLUSTERS, HERE, ("c4",)).gone


def test_an_item_may_not_be_called_gone_while_its_batch_holds_something_nameless():
    _, inventory = ten(strange={"c3"})
    assert inventory.answer(CLUSTERS, HERE, ("c3",)).refusal.why is Why.MALFORMED
    assert inventory.answer(CLUSTERS, HERE, ("c4",)).complete


def test_a_refused_batch_refuses_each_of_its_items():
    wire = Wire(
        ListClusters={"clusterArns": ["c1", "c2"]}, DescribeClusters=Fault("AccessDeniedException")
    )
    inventory = collected(wire, CLUSTERS)
    assert [said.subject for said in inventory.refusals(CLUSTERS, HERE)] == [("c1",), ("c2",)]
    assert inventory.tallies[CLUSTERS.id, HERE].refused == 2
