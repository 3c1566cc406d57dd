"""What AWS, or a controller that works for it, puts into resources by itself: nobody's drift.

Each function takes what is found of an attribute, what is declared of it and the resource, and
leaves out what nobody had to declare. What a template declares stays, whoever else would write it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditor.query import JSON
from auditor.resources import Resource
from probes.recorded._documents import meaning

Without = Callable[[JSON, JSON, Resource], JSON]
IsTheirs = Callable[[Mapping[str, JSON], Resource], bool]


def statements_of(is_theirs: IsTheirs) -> Without:
    """A policy without the statements that are AWS's own."""

    def without(found: JSON, declared: JSON, resource: Resource) -> JSON:
        if not isinstance(found, Mapping):
            return found
        said, there = {meaning(one) for one in _statements(declared)}, _statements(found)
        left = [
            one
            for one in there
            if not isinstance(one, Mapping) or meaning(one) in said or not is_theirs(one, resource)
        ]
        if len(left) == len(there):
            return found
        return {**found, "Statement": left} if left else None

    return without


def members_of(is_theirs: IsTheirs) -> Without:
    """A list without the members that are not its owner's."""

    def without(found: JSON, declared: JSON, resource: Resource) -> JSON:
        if not isinstance(found, list):
            return found
        said = declared if isinstance(declared, list) else []
        return [
            one
            for one in found
            if one in said or not isinstance(one, Mapping) or not is_theirs(one, resource)
        ]

    return without


def _statements(document: JSON) -> list[JSON]:
    listed = document.get("Statement") if isinstance(document, Mapping) else None
    return listed if isinstance(listed, list) else []


# -- policies -------------------------------------------------------------------------------------


def is_default_of_key(statement: Mapping[str, JSON], resource: Resource) -> bool:
    """Whether it is the statement that KMS gives to a key made without a policy.

    KMS developer guide, "Default key policy".
    """
    root = {"AWS": _account(resource)}
    default = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return meaning(statement) == meaning(default)


_OF_TOPICS = frozenset(
    f"sns:{name}"
    for name in (
        "gettopicattributes", "settopicattributes", "addpermission", "removepermission",
        "deletetopic", "subscribe", "listsubscriptionsbytopic", "publish", "receive",
    )
)  # fmt: skip


def is_default_of_topic(statement: Mapping[str, JSON], resource: Resource) -> bool:
    """Whether it is the statement that SNS gives to a topic made without a policy.

    It lets in the account that owns the topic; older topics have one action more than new ones
    (what `GetTopicAttributes` answers).
    """
    default = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": statement.get("Action"),
        "Resource": resource.arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": _account(resource)}},
    }
    return _allows(statement, _OF_TOPICS) and meaning(statement) == meaning(default)


_DELIVERS = frozenset({"s3:putobject", "s3:getbucketacl", "s3:listbucket", "s3:get*", "s3:list*"})


def is_of_log_delivery(statement: Mapping[str, JSON], _resource: Resource) -> bool:
    """Whether it lets in the delivery of logs, which writes it into the bucket by itself.

    CloudWatch Logs user guide, "Logs sent to Amazon S3"; VPC user guide, "Amazon S3 bucket
    permissions for flow logs". What consoles write for people (CloudTrail, Config, load balancers)
    has other principals, and is somebody's doing.
    """
    principal: JSON = {"Service": ["delivery.logs.amazonaws.com"]}
    return _allows(statement, _DELIVERS) and statement.get("Principal") == principal


def is_of_kafka(statement: Mapping[str, JSON], _resource: Resource) -> bool:
    """Whether it lets MSK read a secret, which MSK writes where the secret is given to a cluster.

    MSK developer guide, "Sign-in credentials authentication".
    """
    principal: JSON = {"Service": ["kafka.amazonaws.com"]}
    reads = {"secretsmanager:getsecretvalue", "secretsmanager:describesecret"}
    return _allows(statement, reads) and statement.get("Principal") == principal


def _allows(statement: Mapping[str, JSON], actions: frozenset[str] | set[str]) -> bool:
    """Whether a statement allows some actions and no others."""
    listed = statement.get("Action")
    return (
        statement.get("Effect") == "Allow"
        and isinstance(listed, list)
        and {str(one).lower() for one in listed} <= actions
    )


def _account(resource: Resource) -> str:
    """The account of a resource by its ARN; nothing where it has none."""
    parts = resource.arn.split(":")
    return parts[4] if len(parts) > 5 else ""


# -- rules of security groups ---------------------------------------------------------------------

_LABELS = ("elbv2.k8s.aws/", "kubernetes.io/rule/")


def is_of_kubernetes(rule: Mapping[str, JSON], _resource: Resource) -> bool:
    """Whether a controller of Kubernetes says that a rule is its own.

    The AWS Load Balancer Controller and the cloud provider for AWS write so into descriptions, and
    they change groups of nodes whoever made those.
    """
    return str(rule.get("Description", "")).startswith(_LABELS)


_CLUSTER = "kubernetes.io/cluster/"
_EMR = "for-use-with-amazon-emr-managed-policies"


def admitted_by_others(resource: Resource, path: str, found: JSON) -> str:
    """Why others may have made the rules that no template declares; nothing where none would.

    Older controllers of Kubernetes let the groups of classic load balancers into tagged groups and
    do not sign that (EKS user guide). The managed policies of EMR ask for the tag on the groups in
    which EMR keeps rules (EMR management guide); its clusters often are in no template.
    """
    tags = resource.tags or {}
    if _EMR in tags and path in {"IpPermissions", "IpPermissionsEgress"}:
        return "EMR keeps rules of its own in groups that are tagged for it"
    tagged = any(name.startswith(_CLUSTER) for name in tags)
    if tagged and path == "IpPermissions" and isinstance(found, list) and _are_of_balancers(found):
        return "Kubernetes admits load balancers to groups that are tagged for a cluster"
    return ""


def _are_of_balancers(rules: list[JSON]) -> bool:
    return all(
        isinstance(one, Mapping)
        and one.get("IpProtocol") == "-1"
        and "GroupId" in one
        and "Description" not in one
        for one in rules
    )


# -- permissions of roles -------------------------------------------------------------------------

_QUICK_SETUP = "QSConfigId-"


def permitted_by_others(resource: Resource, path: str, _found: JSON) -> str:
    """Why others may have given a role a policy; nothing where none would.

    Quick Setup of Systems Manager gives permissions to the roles of instances, and tags them.
    """
    tagged = any(name.startswith(_QUICK_SETUP) for name in resource.tags or {})
    given = path.partition(".")[0] in {"AttachedManagedPolicies", "RolePolicyList"}
    return "Quick Setup of Systems Manager gives its roles permissions" if tagged and given else ""
