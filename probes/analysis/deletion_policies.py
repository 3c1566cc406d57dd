"""What becomes of the data in a stack: deletion and replacement policies of what keeps state.

`DeletionPolicy` is for deletion, `UpdateReplacePolicy` for replacement; neither covers the other.
Where they are absent CloudFormation deletes, except that it takes a snapshot of an RDS cluster, and
of an instance outside of clusters, before it deletes it (Template Reference, "DeletionPolicy
attribute", "UpdateReplacePolicy attribute"). Topics of SNS keep no state and are not listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from probes.analysis.answers import Answer, all_of
from probes.analysis.template import Resource, Template
from probes.analysis.template_bounds import Json
from probes.analysis.template_context import ABSENT, Context, Unresolved
from probes.analysis.template_values import exists, resolve

DELETE, SNAPSHOT = "Delete", "Snapshot"
RETAINING: Final = frozenset({"Retain", "RetainExceptOnCreate"})
_KNOWN: Final = RETAINING | {DELETE, SNAPSHOT}
BUCKET: Final = "AWS::S3::Bucket"
KEY: Final = "AWS::KMS::Key"
SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 - the name of a kind of resource
NESTED: Final = "AWS::CloudFormation::Stack"
_INSTANCE: Final = "AWS::RDS::DBInstance"
# The page of `DeletionPolicy` on `Snapshot`; all others know only Delete and Retain.
SNAPSHOTS: Final = frozenset(
    {
        _INSTANCE,
        "AWS::DocDB::DBCluster",
        "AWS::EC2::Volume",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::Redshift::Cluster",
    }
)
STATEFUL: Final = SNAPSHOTS | {
    BUCKET,
    KEY,
    SECRET,
    NESTED,
    "AWS::Backup::BackupVault",
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::EFS::FileSystem",
    "AWS::EMR::Cluster",
    "AWS::Elasticsearch::Domain",
    "AWS::FSx::FileSystem",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
    "AWS::OpenSearchService::Domain",
    "AWS::Organizations::Account",
    "AWS::QLDB::Ledger",
    "AWS::SDB::Domain",
    "AWS::SQS::Queue",
    "AWS::Serverless::SimpleTable",
}
# What empties buckets before they are deleted: a custom resource that CDK writes.
_EMPTIES: Final = "Custom::S3AutoDeleteObjects"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one resource: the policy in force, None where it cannot be told.

    `written` says whether the template states it. `there` is whether the stack has the resource.
    """

    logical_id: str
    type: str
    policy: str | None
    written: bool
    there: Answer


def on_deletion(template: Template, context: Context) -> Iterator[Fate]:
    """What becomes of each stateful resource when it, or the stack, is deleted."""
    for resource, there in _stateful(template, context):
        default = SNAPSHOT if resource.type in _BY_SNAPSHOT else DELETE
        policy = resource.deletion_policy
        yield _fate(resource, there, policy, _told(policy, context, default))


def on_replacement(template: Template, context: Context) -> Iterator[Fate]:
    """What becomes of each stateful resource when an update replaces it."""
    for resource, there in _stateful(template, context):
        policy = resource.update_replace_policy
        yield _fate(resource, there, policy, _told(policy, context, DELETE))


def empties_buckets(template: Template) -> bool:
    """Whether something in the template empties buckets before they are deleted."""
    return bool(template.of_type(_EMPTIES))


_BY_SNAPSHOT: Final = frozenset({_INSTANCE, "AWS::RDS::DBCluster"})


def _stateful(template: Template, context: Context) -> Iterator[tuple[Resource, Answer]]:
    """The resources that keep state by themselves, and whether the stack has them."""
    for resource in template.of_type(*STATEFUL):
        there = all_of((_stands(resource, context), _stands_alone(resource, context)))
        if there is not Answer.NO:
            yield resource, there


def _stands(resource: Resource, context: Context) -> Answer:
    there = exists(resource, context)
    return Answer.CANNOT_TELL if isinstance(there, Unresolved) else Answer.of(there)


def _stands_alone(resource: Resource, context: Context) -> Answer:
    """Whether a resource is no instance of a cluster, which decides for its instances."""
    written = resource.properties.get("DBClusterIdentifier")
    if resource.type != _INSTANCE or written is None:
        return Answer.YES
    cluster = resolve(written, context)
    if isinstance(cluster, Unresolved) and isinstance(written, dict) and "Fn::If" in written:
        return Answer.CANNOT_TELL
    return Answer.of(cluster is ABSENT)


def _fate(resource: Resource, there: Answer, policy: Json, found: str | None) -> Fate:
    return Fate(resource.logical_id, resource.type, found, policy is not None, there)


def _told(policy: Json, context: Context, default: str) -> str | None:
    """A policy as it is written; functions may stand there with `AWS::LanguageExtensions`."""
    found = resolve(policy, context)
    if found is None or found is ABSENT:
        return default
    return found if isinstance(found, str) and found in _KNOWN else None
