"""Buckets, tables, queues, and the distributions before buckets."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.demo.builders.site import Site, logical
from auditor.demo.documents import ACCOUNT
from auditor.demo.exchange import memory
from auditor.demo.parts import Bucket, Distribution, Queue, Table

_FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def build(site: Site) -> None:
    """Make them; the keys that they name must exist."""
    for one in site.app.buckets:
        bucket(site, one)
    for table in site.app.tables:
        _table(site, table)
    for queue in site.app.queues:
        _queue(site, queue)


def build_distributions(site: Site) -> None:
    """Make the distributions; the balancers that they reach must exist."""
    for distribution in site.app.distributions:
        _distribution(site, distribution)


def bucket(site: Site, one: Bucket) -> str:
    """Make one bucket and answer its name."""
    s3, name = site.client("s3"), f"{site.name(one.role)}-{ACCOUNT}"
    place = {"CreateBucketConfiguration": {"LocationConstraint": site.region}}
    s3.create_bucket(Bucket=name, **({} if site.region == "us-east-1" else place))
    if one.closed:
        s3.put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(_FLAGS, True)
        )
    # Every bucket of AWS's is encrypted; moto's are once it is said.
    rule = {"ApplyServerSideEncryptionByDefault": _sealed(site, one), "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if one.versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if one.expires:
        s3.put_bucket_lifecycle_configuration(
            Bucket=name, LifecycleConfiguration={"Rules": [_EXPIRY]}
        )
    logical_id = logical(one.role, "bucket")
    own = site.own_pairs(logical_id, name)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": own})
    # S3 refuses tags of AWS's own from callers; CloudFormation sets them all the same.
    store = site.store("s3")
    store.tagger.tag_resource(store.get_bucket(name).arn, site.pairs(logical_id, name))
    return site.make("AWS::S3::Bucket", logical_id, name, f"bucket:{one.role}")


_EXPIRY = {
    "ID": "old",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "Expiration": {"Days": 90},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}


def _sealed(site: Site, one: Bucket) -> dict[str, str]:
    if one.key is None:
        return {"SSEAlgorithm": "AES256"}
    return {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": site.refs[f"key:{one.key}"]}


def _table(site: Site, table: Table) -> None:
    dynamodb, name = site.client("dynamodb"), site.name(table.role)
    logical_id, settings = logical(table.role, "table"), dict[str, Any]()
    if table.key is not None:
        key = site.refs[f"key:{table.key}"]
        settings["SSESpecification"] = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=table.protected,
        Tags=site.pairs(logical_id, name),
        **settings,
    )
    if table.recoverable:
        dynamodb.update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
    site.make("AWS::DynamoDB::Table", logical_id, name, f"table:{table.role}")


def _queue(site: Site, queue: Queue) -> None:
    name, logical_id = site.name(queue.role), logical(queue.role, "queue")
    url = site.client("sqs").create_queue(
        QueueName=name,
        Attributes={"SqsManagedSseEnabled": "true"},
        tags=site.tags(logical_id, name),
    )["QueueUrl"]
    site.make("AWS::SQS::Queue", logical_id, url)


def _distribution(site: Site, one: Distribution) -> None:
    name, logical_id = site.name(one.role), logical(one.role, "distribution")
    # Moto drops it where it is said.
    origins = memory(site.store("cloudfront"), "origins")
    origins[name] = {"OriginAccessControlId": "E2QWRUHAPOMQZL"}
    if one.vpc_origin:
        origins[f"{name}-inside"] = {"VpcOriginConfig": _vpc_origin(site, one)}
    made = site.client("cloudfront").create_distribution_with_tags(
        DistributionConfigWithTags={
            "DistributionConfig": _configuration(site, one, name),
            "Tags": {"Items": site.pairs(logical_id, name)},
        }
    )["Distribution"]
    site.make("AWS::CloudFront::Distribution", logical_id, made["Id"], f"distribution:{one.role}")


def _configuration(site: Site, one: Distribution, name: str) -> dict[str, Any]:
    domain = f"{site.refs[f'bucket:{one.bucket}']}.s3.{site.region}.amazonaws.com"
    origins = [_origin(name, domain)]
    if one.vpc_origin:
        origins.append(_inside(f"{name}-inside", site))
    return {
        "CallerReference": name,
        "Aliases": {"Quantity": 1, "Items": [f"{name}.example.com"]},
        "Comment": f"{one.role} of {site.app.name}",
        "Enabled": True,
        "DefaultRootObject": "index.html",
        "HttpVersion": one.http_version,
        "PriceClass": one.price_class,
        "IsIPV6Enabled": True,
        "Origins": {"Quantity": len(origins), "Items": origins},
        "DefaultCacheBehavior": _behaviour(one, name),
        "ViewerCertificate": {
            "ACMCertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/{one.role}",
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
            "CloudFrontDefaultCertificate": False,
        },
    }


def _origin(name: str, domain: str) -> dict[str, Any]:
    identity = {"OriginAccessIdentity": ""}
    return {"Id": name, "DomainName": domain, "S3OriginConfig": identity}


def _inside(name: str, site: Site) -> dict[str, Any]:
    """An origin in the VPC; moto knows origins of this kind as servers anywhere."""
    server = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    return {"Id": name, "DomainName": f"{site.app.name}.internal", "CustomOriginConfig": server}


def _vpc_origin(site: Site, one: Distribution) -> dict[str, str]:
    """Plant the VPC origin; moto does not have them."""
    identity = f"vo_{uuid5(NAMESPACE_URL, site.name(one.role)).hex[:22]}"
    memory(site.store("cloudfront"), "vpc-origins")[identity] = {
        "Id": identity,
        "Arn": f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/{identity}",
        "AccountId": ACCOUNT,
        "Status": "Deployed",
        "VpcOriginEndpointConfig": {
            "Name": site.name(one.role),
            "Arn": site.refs[f"balancer:{one.vpc_origin}"],
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
        },
    }
    return {"VpcOriginId": identity, "OwnerAccountId": ACCOUNT}


def _behaviour(one: Distribution, name: str) -> dict[str, Any]:
    cached = ("GET", "HEAD")
    return {
        "TargetOriginId": name,
        "ViewerProtocolPolicy": one.viewers,
        "Compress": one.compressed,
        # AWS's own policy "CachingOptimized" accepts gzip and brotli.
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "AllowedMethods": {
            "Quantity": len(one.methods),
            "Items": list(one.methods),
            "CachedMethods": {"Quantity": len(cached), "Items": list(cached)},
        },
    }
