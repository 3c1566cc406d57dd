"""What there is to say of traffic that passes by the load balancers."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.facts import Facts
from auditor.probe import Remark, drift
from probes.analysis.exposure import Source
from probes.analysis.network import Direction, Rule
from probes.aws import ec2_groups
from probes.network import _rules, _sources, _workloads


def remark(
    group: ec2_groups.SecurityGroup,
    workload: _workloads.Workload,
    source: Source,
    rules: Sequence[Rule],
    facts: Facts,
) -> Remark:
    """A drift for the rules of one source, and the rule that should stand in their place."""
    return drift(
        f"{source.value} can reach it past its load balancer",
        code=f"from-{source.name.lower().replace('_', '-')}",
        severity=_sources.WEIGHT[source],
        expected=sorted(workload.senders),
        found=sorted(map(_rules.said, rules)),
        evidence={"rules": list(_rules.ids(rules))},
        related=(
            *(facts.related("load balancer", one) for one in workload.balancers),
            *(facts.related("target group", one) for one in workload.target_groups),
        ),
        cli=_rules.revoked(group.group_id, rules, Direction.INGRESS),
        cloudformation=_instead(group, workload),
    )


def _instead(
    group: ec2_groups.SecurityGroup, workload: _workloads.Workload
) -> dict[str, object] | None:
    """The rule that lets the load balancer in; none where its port is given as containers come."""
    port = next((one.port for one in workload.target_groups if one.port), None)
    if port is None:
        return None
    properties = {
        "GroupId": group.group_id,
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "SourceSecurityGroupId": min(workload.senders),
    }
    return {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties}
