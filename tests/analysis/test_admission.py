"""Whether rules let clients in at the ports where a listener waits."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.addresses import PrefixList
from probes.analysis.admission import (
    Clients,
    Door,
    admits,
    admitted,
    encrypted_doors,
    internet_versions,
)
from probes.analysis.answers import Answer
from probes.analysis.exposure import Surroundings
from probes.analysis.network import (
    Cidr,
    Direction,
    GroupReference,
    ListReference,
    Rule,
    UnreadablePeer,
)
from probes.analysis.ports import Transport

DOOR = Door(Transport.TCP, 443)
LISTS = {
    one.list_id: one
    for one in (
        PrefixList("pl-aws", "com.amazonaws.global.cloudfront.origin-facing", "AWS"),
        PrefixList("pl-office", "office", entries=("203.0.113.0/24",)),
        PrefixList("pl-empty", "empty", entries=()),
        PrefixList("pl-refused", "refused"),
    )
}
ANYBODY = Clients(Surroundings(LISTS))
ONLY_IPV6 = Clients(Surroundings(LISTS), only_ipv6=True)


def rule(text, first=443, last=443, protocol="tcp"):
    if text.startswith("pl-"):
        peer = ListReference(text)
    elif text.startswith("sg-"):
        peer = GroupReference(text)
    else:
        peer = UnreadablePeer(text) if text == "?" else Cidr(ip_network(text))
    return Rule(Direction.INGRESS, protocol, first, last, peer)


STALE = Rule(
    Direction.INGRESS,
    "tcp",
    443,
    443,
    GroupReference("sg-1", peering_id="pcx-1", peering_status="deleted"),
)


@pytest.mark.parametrize(
    ("protocol", "port", "doors"),
    [
        ("HTTPS", 443, (DOOR,)),
        ("TLS", 8443, (Door(Transport.TCP, 8443),)),
        ("QUIC", 443, (Door(Transport.UDP, 443),)),
        ("TCP_QUIC", 443, (DOOR, Door(Transport.UDP, 443))),
        ("HTTP", 80, ()),
        ("GENEVE", None, ()),
        ("QUANTUM", 443, None),
        ("", 443, None),
        ("HTTPS", None, None),
    ],
)
def test_a_listener_waits_at_the_doors_of_its_protocol(protocol, port, doors):
    assert encrypted_doors(protocol, port) == doors


@pytest.mark.parametrize(
    ("one", "clients", "answer"),
    [
        (rule("0.0.0.0/0"), ANYBODY, Answer.YES),
        (rule("10.0.0.0/8"), ANYBODY, Answer.YES),
        (rule("sg-1"), ANYBODY, Answer.YES),
        (rule("pl-aws"), ANYBODY, Answer.YES),
        (rule("pl-office"), ANYBODY, Answer.YES),
        (rule("pl-empty"), ANYBODY, Answer.NO),
        (rule("pl-refused"), ANYBODY, Answer.CANNOT_TELL),
        (rule("pl-unlisted"), ANYBODY, Answer.CANNOT_TELL),
        (rule("?"), ANYBODY, Answer.CANNOT_TELL),
        (STALE, ANYBODY, Answer.NO),
        (rule("0.0.0.0/0", 80, 80), ANYBODY, Answer.NO),
        (rule("0.0.0.0/0", protocol="udp"), ANYBODY, Answer.NO),
        (rule("0.0.0.0/0", protocol="quantum"), ANYBODY, Answer.CANNOT_TELL),
        (rule("?", 80, 80), ANYBODY, Answer.NO),
        (rule("0.0.0.0/0"), ONLY_IPV6, Answer.NO),
        (rule("10.0.0.0/8"), ONLY_IPV6, Answer.YES),
        (rule("::/0"), ONLY_IPV6, Answer.YES),
        (rule("pl-office"), ONLY_IPV6, Answer.NO),
        (rule("pl-aws"), ONLY_IPV6, Answer.YES),
    ],
    ids=str,
)
def test_a_rule_admits_clients_that_can_be_such(one, clients, answer):
    assert admits(one, DOOR, clients) is answer


def test_one_rule_that_admits_is_enough():
    rules = [rule("?"), rule("pl-refused"), rule("sg-1")]
    assert admitted(rules, DOOR, ANYBODY) is Answer.YES
    assert admitted(rules[:2], DOOR, ANYBODY) is Answer.CANNOT_TELL
    assert admitted([], DOOR, ANYBODY) is Answer.NO


@pytest.mark.parametrize(
    ("texts", "versions"),
    [
        (["0.0.0.0/0"], {4}),
        (["::/0"], {6}),
        (["0.0.0.0/0", "::/0"], {4, 6}),
        (["pl-aws"], {4, 6}),
        (["pl-office"], {4}),
        (["10.0.0.0/8", "sg-1", "pl-empty", "pl-refused", "?"], set()),
    ],
)
def test_the_internet_comes_by_the_versions_of_public_blocks(texts, versions):
    assert internet_versions(map(rule, texts), DOOR, ANYBODY) == versions


@pytest.mark.parametrize(
    ("one", "clients"),
    [
        pytest.param(rule("0.0.0.0/0", 80, 80), ANYBODY, id="at another port"),
        pytest.param(rule("0.0.0.0/0", protocol="udp"), ANYBODY, id="of another transport"),
        pytest.param(rule("0.0.0.0/0", protocol="quantum"), ANYBODY, id="of an unknown protocol"),
        pytest.param(rule("0.0.0.0/0"), ONLY_IPV6, id="where there is no address of version 4"),
    ],
)
def test_the_internet_does_not_come_by_a_rule_that_may_not_admit_it(one, clients):
    assert internet_versions([one], DOOR, clients) == set()
    assert internet_versions([one, rule("::/0")], DOOR, clients) == {6}


@given(st.lists(st.sampled_from(["0.0.0.0/0", "sg-1", "pl-empty", "pl-refused", "?"])))
def test_more_rules_never_shut_a_door(texts):
    rules = [rule(text) for text in texts]
    answers = [admitted(rules[:count], DOOR, ANYBODY) for count in range(len(rules) + 1)]
    order = (Answer.NO, Answer.CANNOT_TELL, Answer.YES)
    assert answers == sorted(answers, key=order.index)
