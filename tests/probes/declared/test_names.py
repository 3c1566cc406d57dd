"""What return values come to: only what cannot change while a resource lives."""

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from auditor.answer import Place
from probes.aws.cloudformation import Made
from probes.declared._names import _BY_ID, _OF_LIVE, attributes_of

EVERYWHERE = Place("aws", "123456789012", "eu-central-1")
CHINA = Place("aws-cn", "123456789012", "cn-north-1")


def value(kind, name, physical, place=EVERYWHERE):
    said = {"LogicalResourceId": "It", "ResourceType": kind, "PhysicalResourceId": physical}
    made = Made.model_validate(said)
    return attributes_of((made,), place, {}, lambda *_: None).get(("It", name))


@pytest.mark.parametrize(
    ("kind", "name", "physical", "expected"),
    [
        ("AWS::CodeBuild::Project", "Arn", "shop",
         "arn:aws:codebuild:eu-central-1:123456789012:project/shop"),
        ("AWS::CodePipeline::Pipeline", "Arn", "shop",
         "arn:aws:codepipeline:eu-central-1:123456789012:shop"),
        ("AWS::CloudFront::Distribution", "Id", "E1", "E1"),
        ("AWS::CloudFront::Distribution", "DomainName", "E1", None),
        ("AWS::S3::Bucket", "DomainName", "files", "files.s3.amazonaws.com"),
        ("AWS::S3::Bucket", "RegionalDomainName", "files", "files.s3.eu-central-1.amazonaws.com"),
        ("AWS::S3::Bucket", "DualStackDomainName", "files",
         "files.s3.dualstack.eu-central-1.amazonaws.com"),
        ("AWS::ECR::Repository", "RepositoryUri", "shop/web",
         "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web"),
        ("AWS::WAFv2::WebACL", "Arn", "shop|1-2|CLOUDFRONT",
         "arn:aws:wafv2:eu-central-1:123456789012:global/webacl/shop/1-2"),
        ("AWS::WAFv2::WebACL", "Arn", "shop|1-2|REGIONAL",
         "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/1-2"),
        ("AWS::WAFv2::WebACL", "Arn", "shop", None),
        ("AWS::WAFv2::WebACL", "Arn", "shop|1-2|ELSEWHERE", None),
    ],
)  # fmt: skip
def test_a_return_value_follows_from_the_physical_id_or_is_not_known(
    kind, name, physical, expected
):
    assert value(kind, name, physical) == expected


@pytest.mark.parametrize(
    ("place", "name", "expected"),
    [
        (CHINA, "RegionalDomainName", "files.s3.cn-north-1.amazonaws.com.cn"),
        (CHINA, "DomainName", None),
        (Place("aws-iso", "123456789012", "us-iso-east-1"), "RegionalDomainName", None),
    ],
    ids=["where it is known", "where it is not", "in a partition that is not known"],
)
def test_names_of_hosts_end_as_those_of_their_partition(place, name, expected):
    assert value("AWS::S3::Bucket", name, "files", place) == expected


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in (*_BY_ID, *_OF_LIVE)}))
def test_a_kind_has_the_return_values_that_are_named(kind):
    known = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).get_atts
    named = {name for type_, name in (*_BY_ID, *_OF_LIVE) if type_ == kind}
    assert named <= set(known)
