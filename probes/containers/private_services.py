"""Services run in private subnets, without public addresses.

A task with a public address can be reached from the internet as far as its security groups let it,
past the load balancer. The address comes from `assignPublicIp` alone: what the subnet says of
instances does not hold for tasks (API model, `AwsVpcConfiguration`). A subnet is public if its
route table, which may be the main one of its VPC, has an active route to an internet gateway.
Without any way out, tasks on Fargate fetch images from ECR by endpoints of `ecr.api`, `ecr.dkr`
and S3, and write to CloudWatch by one of `logs` (ECR guide, "Interface VPC endpoints"). Some
designs save the NAT gateway in this way: in ephemeral environments it weighs less.

Fix: `aws ecs update-service --network-configuration` with private subnets and
`assignPublicIp=DISABLED`; in CloudFormation `NetworkConfiguration`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable
from probes.aws import ec2_groups, ec2_routes, ecs, ecs_tasks
from probes.containers import _egress, _placement
from probes.containers._placement import Private, not_asked


class PrivateServices(Probe[ecs.Service, Private]):
    """Where the tasks of each service are, those of its task sets too."""

    subject = ecs.SERVICES
    needs = (
        ec2_routes.SUBNETS,
        ec2_routes.ROUTE_TABLES,
        ec2_routes.NAT_GATEWAYS,
        ec2_routes.VPC_ENDPOINTS,
        ec2_groups.PREFIX_LISTS,
        ec2_groups.PREFIX_LIST_ENTRIES,
        ecs_tasks.TASK_DEFINITIONS,
    )
    severity, settings = Severity.HIGH, Private
    sources = ("S2.10",)
    parts = ("address", "subnets", "egress")

    def judge_address(
        self, service: ecs.Service, facts: Facts, expected: Private
    ) -> Iterator[Remark]:
        reason = not_asked(service, expected)
        if reason is None and expected.assign_public_ip_allowed:
            reason = not_applicable("the baseline allows public addresses", code="not-asked")
        yield from _placement.addresses(service, facts) if reason is None else (reason,)

    def judge_subnets(
        self, service: ecs.Service, facts: Facts, expected: Private
    ) -> Iterator[Remark]:
        reason = not_asked(service, expected)
        if reason is None and expected.subnet_tier == "any":
            reason = not_applicable("the baseline allows any subnet", code="not-asked")
        yield from (_placement.subnets(service, facts, expected) if reason is None else (reason,))

    def judge_egress(
        self, service: ecs.Service, facts: Facts, expected: Private
    ) -> Iterator[Remark]:
        reason = not_asked(service, expected)
        yield from _egress.judge(service, facts) if reason is None else (reason,)
