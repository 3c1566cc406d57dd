"""Roles of workloads may do what the baseline lists.

What a role lacks shows when the workload needs it: no logs on the day of a fault, no configuration
at start. What counts is what all policies together allow, less every Deny, within the boundary:
`CloudWatchAgentServerPolicy` already lets an instance write logs, so no inline copy is missing, and
`AmazonSSMManagedInstanceCore` lets it read a parameter but not list a path. A policy for
`log-group:NAME` without `:*` does not reach streams; `GetParametersByPath` is checked against the
path (Systems Manager user guide, "How Parameter Store authorizes parameter retrieval"), and
`DescribeParameters` against all of the Region. Unless the baseline names a resource, being allowed
on any one is enough. SecureString parameters need `kms:Decrypt`, too. Service control policies and
session policies are not read.

Fix: `aws iam put-role-policy` with the actions on the workload's own log groups and parameters; in
CloudFormation `Policies` of the role.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable, unknown
from probes.access import _holders, _required
from probes.access._required import Lack, Required
from probes.aws import iam


class WorkloadPermissions(Probe[iam.Role, Required]):
    """Each role that instances, tasks or functions have, or that the baseline names."""

    subject, needs = iam.ROLES, (iam.POLICIES,)
    severity, settings, sources = Severity.MEDIUM, Required, ("S0.11",)

    def judge(self, role: iam.Role, facts: Facts, expected: Required) -> Iterator[Remark]:
        reason = _required.why_none(role, expected)
        wanted = _required.wanted_of(role, facts, expected)
        if not reason and (why := _required.untold(role, facts)):
            yield unknown(f"which workloads have the role cannot be told: {why}")
        elif reason or not wanted:
            yield not_applicable(reason or "the baseline asks nothing of this role")
        if reason or not wanted:
            return
        who = _holders.holder(role, facts)
        found = tuple(_required.judged(who, wanted, facts, expected))
        lacking = [one for one in found if isinstance(one, Lack)]
        if lacking:
            severity = _required.severity_of(lacking, expected)
            yield _required.remark(who, lacking, wanted, severity)
        yield from (one for one in found if isinstance(one, Remark))
