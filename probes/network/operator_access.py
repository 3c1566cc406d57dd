"""Operators can reach instances when something is wrong.

There are two safe ways: Session Manager, which needs no open port, or SSH from inside the VPC or
from an EC2 Instance Connect endpoint. With neither, an instance that misbehaves can only be
replaced. Whether an agent answers is what Systems Manager itself says; some answer without an
instance profile, by the account's Default Host Management Configuration. Instances of a scaling
group are judged as that group. What is open to the world is judged elsewhere.

The source says of a role with AmazonSSMManagedInstanceCore that nobody can get in without port 22:
that policy is the way in, and the port no gain.

Fix: `aws iam attach-role-policy --role-name ROLE --policy-arn
arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore`, with a way to the endpoints; in
CloudFormation `ManagedPolicyArns` of the instance's role.
"""

from collections.abc import Iterator
from functools import partial
from typing import Literal, TypeAlias

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, any_of, gap, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.analysis.answers import Answer
from probes.aws import autoscaling, ec2
from probes.groups import OperatorAccess
from probes.network import _operators

Subject: TypeAlias = ec2.Instance | autoscaling.Group


class Access(Settings):
    """Which ways count."""

    operators: OperatorAccess = OperatorAccess()
    mode: Literal["ssm", "ssh-vpc", "either", "none"] = setting(
        "either", "Which way in there must be: Session Manager, SSH, either of them, or none."
    )


class OperatorAccessProbe(Probe[Subject, Access]):
    """The ways in to each instance, and to the instances of each scaling group."""

    subject = (ec2.INSTANCES, autoscaling.GROUPS)
    needs = _operators.NEEDS
    severity, settings = Severity.INFORMATIONAL, Access
    sources = ("S1.5",)

    def judge(self, subject: Subject, facts: Facts, expected: Access) -> Iterator[Remark]:
        if expected.mode == _operators.NONE:
            yield not_applicable("the baseline wants no way in")
            return
        running, why_not = _operators.running(subject, facts)
        if why_not:
            yield not_applicable(why_not)
            return
        shut: list[str] = []
        doubtful: list[str] = []

        def is_shut(instance: ec2.Instance) -> bool:
            found = _operators.has_way_in(instance, facts, expected.mode, expected.operators)
            shut.extend([instance.instance_id] if found is Answer.NO else ())
            doubtful.extend([instance.instance_id] if found is Answer.CANNOT_TELL else ())
            return found is Answer.NO

        if any_of(*(partial(is_shut, instance) for instance in running)):
            yield gap(
                "operators have none of the ways in that count",
                code="no-path",
                expected=_operators.WISHES[expected.mode],
                found="none",
                evidence={"instance": shut[0]},
            )
        elif doubtful:
            yield unknown(f"whether there is a way in to {doubtful[0]} cannot be told")
