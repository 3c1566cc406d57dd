"""Whether EC2 Auto Scaling can seal volumes with a key, and what would let it.

It calls EC2 as the group's service-linked role, and EC2 calls KMS with that role's credentials:
`kms:ViaService` is EC2's, and grants are for AWS resources. AWS's own policy of that role has no
KMS actions, so that naming the account's root in a key policy does not help it.

Source: EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted volumes".
"""

from probes.analysis.access import SERVICE_LINKED, Decisions
from probes.analysis.conditions import Context
from probes.analysis.kms_access import Circumstances, Key, can_use
from probes.analysis.kms_operations import VOLUME_OPERATIONS
from probes.analysis.policy import Policy
from probes.analysis.principals import Named, Principal

_ROLES = ":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
_USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


def access(key: Key, role: Principal, region: str) -> Decisions:
    """What the service-linked role may do with a key, of all that volumes take."""
    known = {
        "kms:ViaService": (f"ec2.{region}.amazonaws.com",),
        "kms:GrantIsForAWSResource": ("true",),
        "aws:SecureTransport": ("true",),
        "aws:RequestedRegion": (region,),
    }
    how = Circumstances(Context(known))
    return can_use(key, role, VOLUME_OPERATIONS, identity=SERVICE_LINKED, circumstances=how)


def code(missing: tuple[str, ...], policy: Policy, role: Principal) -> str:
    """What a finding calls the way in which access is missing."""
    if missing == ("kms:CreateGrant",):
        return "no-create-grant"
    if len(missing) < len(VOLUME_OPERATIONS):
        return "missing-actions"
    named = [one for statement in policy.statements for one in statement.principals or ()]
    if Named("AWS", str(role)) in named:
        return "role-barred"
    if any(one.kind == "AWS" and _ROLES in one.value for one in named):
        return "other-role"
    if any(one.is_dangling for one in named):
        return "role-recreated"
    return "role-not-allowed"


def statements(role: Principal) -> tuple[dict[str, object], dict[str, object]]:
    """AWS's two statements: the condition holds for grants alone and would bar all else."""
    principal = {"AWS": str(role)}
    use = {"Effect": "Allow", "Principal": principal, "Action": list(_USE), "Resource": "*"}
    grants = {"Effect": "Allow", "Principal": principal, "Action": ["kms:CreateGrant"]}
    condition = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return (
        {"Sid": "AutoScalingUse", **use},
        {"Sid": "AutoScalingGrants", **grants, "Resource": "*", "Condition": condition},
    )
