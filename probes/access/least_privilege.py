"""Roles allow no more than specific actions.

Whoever takes a role that may do everything has the account: the code of a service that is broken
into, a build, another account. Wildcards grant what nobody thought of, and every action that AWS
adds. `NotAction` with Allow is everything but a few, as in `PowerUserAccess`. To pass any role to
any service is to become any of them (IAM User Guide, "Security best practices in IAM", "Grant a
user permissions to pass a role"). Resource `*` alone is no fault: many actions know no resource.
A role that others than the account, or compute, can take is worse; a condition on tags, Region or
network, or a permissions boundary lessens it, and neither acquits. Inline `ec2:*`, `autoscaling:*`
and `elasticloadbalancing:*` instead of AWS's policy for CodeDeploy are broader than that policy.
Service control policies, which could narrow all of it, are not read.

Fix: let Access Analyzer work out what is used (`aws accessanalyzer start-policy-generation`), then
`aws iam detach-role-policy`; in CloudFormation `Policies` of the role with specific actions.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from probes.access._broad import LeastPrivilege, remarks
from probes.analysis.broad_permissions import Kind
from probes.aws import iam


class Least(Probe[iam.Role, LeastPrivilege]):
    """Each role with its managed and inline policies."""

    subject, needs = iam.ROLES, (iam.POLICIES,)
    severity, settings = Severity.HIGH, LeastPrivilege
    sources = ("S3.A1", "S4.1")
    parts = ("administrator", "services", "pass_role")

    def judge_administrator(
        self, role: iam.Role, facts: Facts, expected: LeastPrivilege
    ) -> Iterator[Remark]:
        yield from remarks(role, facts, expected, Kind.ADMINISTRATOR, Kind.POWER_USER)

    def judge_services(
        self, role: iam.Role, facts: Facts, expected: LeastPrivilege
    ) -> Iterator[Remark]:
        yield from remarks(role, facts, expected, Kind.SERVICE)

    def judge_pass_role(
        self, role: iam.Role, facts: Facts, expected: LeastPrivilege
    ) -> Iterator[Remark]:
        yield from remarks(role, facts, expected, Kind.PASS_ROLE)
