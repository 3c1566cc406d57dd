"""What is behind a load balancer takes traffic from nowhere else.

Whoever reaches targets past their load balancer passes by its TLS, its firewall and its logs. Each
rule must name a group of a load balancer that routes to the target; a rule for the VPC's block is a
sloppy substitute. Let be are the group itself (services that call each other), groups that the
baseline names, and operators' ports from inside the VPC. Behind network load balancers without
groups and gateways, targets see the clients' own addresses, so nothing is asked there. Ports given
to containers as they come (32768 and up) are as good as the target's.

The source's two documents disagree: one wants only the load balancer let in, the other port 22 from
the VPC; operators' ports are a setting.

Fix: `aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULES`; in
CloudFormation `SourceSecurityGroupId: !Ref AlbSecurityGroup`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.analysis.exposure import Source
from probes.analysis.network import Direction
from probes.aws import ec2_groups
from probes.groups import OperatorAccess
from probes.network import _passing, _rules, _sources, _workloads


class Entrances(Settings):
    """Who may come besides load balancers."""

    operators: OperatorAccess = OperatorAccess()
    allowed_groups: list[str] = setting(
        [], "Groups that may come: patterns of name, id or `Key=Value` of a tag."
    )
    self_reference_allowed: bool = setting(True, "Whether members of the group may.")


class LoadBalancerOnly(Probe[ec2_groups.SecurityGroup, Entrances]):
    """The ingress rules of each group that targets of a load balancer have."""

    subject = ec2_groups.SECURITY_GROUPS
    needs = (*_workloads.NEEDS, *_sources.NEEDS)
    severity, settings = Severity.MEDIUM, Entrances
    sources = ("S2.4", "S1.5")

    def judge(
        self, group: ec2_groups.SecurityGroup, facts: Facts, expected: Entrances
    ) -> Iterator[Remark]:
        workload = _workloads.workload_of(group.group_id, facts)
        if workload.why_not:
            yield not_applicable(workload.why_not)
            return
        if workload.doubt:
            yield unknown(workload.doubt, code="unknown-load-balancer")
            return
        rules = _rules.rules(facts, group.group_id, Direction.INGRESS)
        wanted = [rule for rule in rules if workload.sends(rule)]
        wide = sorted(map(_rules.said, filter(workload.is_wide, wanted)))
        if wide:
            yield note(f"wider than the target's port: {', '.join(wide)}")
        others = [rule for rule in rules if rule not in wanted]
        exempt = _sources.Exempt(
            tuple(expected.allowed_groups), expected.self_reference_allowed, expected.operators
        )
        for source, found in _sources.unwanted(group, others, exempt, facts):
            if source is Source.CANNOT_TELL:
                yield _rules.unread(found)
            else:
                yield _passing.remark(group, workload, source, found, facts)
