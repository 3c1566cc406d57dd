"""The ways in for operators: Session Manager, or SSH from inside the VPC."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from auditor.facts import Facts
from auditor.probe import any_of
from probes.analysis import answers
from probes.analysis.addresses import Block, overlaps
from probes.analysis.answers import Answer
from probes.analysis.exposure import Surroundings
from probes.analysis.network import GroupReference, ListReference, Rule, covers
from probes.analysis.ports import Transport
from probes.aws import autoscaling, ec2
from probes.groups import OperatorAccess
from probes.network import _rules, _session_manager

NEEDS = (*_session_manager.NEEDS, *_rules.RULES, ec2.VPCS)
SSM, SSH, EITHER, NONE = "ssm", "ssh-vpc", "either", "none"
WISHES = {SSM: "Session Manager", SSH: "SSH from the VPC", EITHER: "Session Manager or SSH"}
"""What is wished for by each setting, as a reader is told it."""

# States in which nobody can get in, and nobody need (EC2 API, InstanceStateName).
_NOT_RUNNING = {"pending", "shutting-down", "terminated", "stopping", "stopped"}
_RUNNING = "running"
# AWS's list of the addresses from which its console opens SSH sessions (EC2 Instance Connect).
_CONSOLE = ".ec2-instance-connect"

Question = Callable[[], Answer]


def running(
    subject: ec2.Instance | autoscaling.Group, facts: Facts
) -> tuple[tuple[ec2.Instance, ...], str]:
    """The instances of a subject that operators could need, or why there are none.

    An instance in a state that is not known counts, so that what is said of it can be unknown.
    """
    if isinstance(subject, ec2.Instance):
        if subject.scaling_group:
            return (), "it is judged with its scaling group"
        mine: tuple[ec2.Instance, ...] = (subject,)
    else:
        name = subject.auto_scaling_group_name
        mine = facts.where(ec2.INSTANCES, ec2.scaling_group_of, name)
    found = tuple(one for one in mine if one.state.name not in _NOT_RUNNING)
    return found, "" if found else "no instance of it is running"


def has_way_in(
    instance: ec2.Instance, facts: Facts, mode: str, operators: OperatorAccess
) -> Answer:
    """Whether operators have one of the ways in that the baseline counts.

    Raises `Unanswered` where none is proven and AWS would not say of one.
    """
    if instance.state.name != _RUNNING:
        return Answer.CANNOT_TELL
    doubts: list[Answer] = []

    def proven(question: Question) -> Callable[[], bool]:
        def ask() -> bool:
            answer = question()
            doubts.extend([answer] if answer is Answer.CANNOT_TELL else ())
            return answer is Answer.YES

        return ask

    questions: list[Question] = []
    if mode in {SSM, EITHER}:
        questions.append(lambda: _session_manager.answers_now(instance, facts))
        questions.append(lambda: _session_manager.may_answer(instance, facts))
    if mode in {SSH, EITHER}:
        questions.append(lambda: _ssh(instance, facts, operators))
    if any_of(*(proven(question) for question in questions)):
        return Answer.YES
    return Answer.CANNOT_TELL if doubts else Answer.NO


def _ssh(instance: ec2.Instance, facts: Facts, operators: OperatorAccess) -> Answer:
    """Whether the groups of an instance let operators in at one of their ports."""
    rules = _rules.ingress(facts, (group.group_id for group in instance.security_groups))
    places = operators.blocks or _own_blocks(instance, facts)
    answer = Answer.NO
    for around in _rules.stages(facts, rules):
        answer = answers.any_of(_lets_in(rules, operators.troubleshooting_ports, places, around))
        if answer is not Answer.CANNOT_TELL:
            break
    return answer


def _own_blocks(instance: ec2.Instance, facts: Facts) -> Sequence[Block] | None:
    """The blocks of the VPC; None where it belongs to another account."""
    vpc = facts.named(ec2.VPCS, instance.vpc_id)
    return vpc.blocks if vpc else None


def _lets_in(
    rules: Sequence[Rule],
    ports: Sequence[int],
    places: Sequence[Block] | None,
    around: Surroundings,
) -> Iterator[Answer]:
    for rule in rules:
        opened = answers.any_of(covers(rule, Transport.TCP, port) for port in ports)
        if opened is not Answer.NO:
            yield answers.all_of((opened, _comes_from(rule, places, around)))


def _comes_from(rule: Rule, places: Sequence[Block] | None, around: Surroundings) -> Answer:
    """Whether a rule admits anybody from where operators are; a group is that of their endpoint."""
    match rule.peer:
        case GroupReference() as group:
            return group.admits
        case ListReference(list_id) if list_id in around.lists:
            found = around.lists[list_id]
            if found.aws_managed:
                return Answer.of(found.name.endswith(_CONSOLE))
    blocks = around.blocks(rule.peer)
    if places is None:
        return Answer.CANNOT_TELL
    if any(overlaps(one, places) for one in blocks.known):
        return Answer.YES
    return Answer.NO if blocks.complete else Answer.CANNOT_TELL
