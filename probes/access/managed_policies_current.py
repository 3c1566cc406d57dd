"""Roles hold no managed policy that AWS has withdrawn or superseded.

A deprecated policy goes on working for those who hold it, gets no more corrections, and cannot be
attached again once it is detached; so a role that must be made anew, in a recovery or for another
environment, cannot be (IAM User Guide, "Deprecated AWS managed policies"). Before that AWS writes
"deprecation path" into the description, which only `GetPolicy` shows. Which policy succeeds which
AWS seldom says: the evidence says what each entry rests on. `AWSCodeDeployRole` is not deprecated:
it is alive at the path `service-role/`, in every Region, for IAM is global.

Fix: `aws iam attach-role-policy` with the policy to use instead, then `aws iam detach-role-policy`
with the old one; in CloudFormation `ManagedPolicyArns` of the role.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable
from auditor.settings import Settings
from probes.access._existing import Lookup, on_role
from probes.aws import iam
from probes.groups import DeprecatedPolicies


class Current(Settings):
    """What is not to be used any more."""

    deprecated: DeprecatedPolicies = DeprecatedPolicies()


class ManagedPoliciesCurrent(Probe[iam.Role, Current]):
    """Each role with AWS's managed policies on it, and the one that bounds it."""

    subject, needs = iam.ROLES, (iam.AWS_POLICIES, iam.POLICY_DETAILS)
    severity, settings, sources = Severity.MEDIUM, Current, ("S4.1",)

    def judge(self, role: iam.Role, facts: Facts, expected: Current) -> Iterator[Remark]:
        held = [one for one in iam.held_by(role) if iam.is_aws_managed(one)]
        if iam.is_out_of_reach(role):
            yield not_applicable("AWS keeps the policies of this role")
            return
        if not held:
            yield not_applicable("the role holds no managed policy of AWS")
        look = Lookup(facts, expected.deprecated.extra)
        yield from every(*(lambda one=one: on_role(role, one, look) for one in held))
