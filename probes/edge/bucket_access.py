"""Buckets behind CloudFront are asked with an access control, so that they need not be open.

CloudFront signs its requests to a bucket where the origin names an origin access control; without
one the bucket must let in everybody, past CloudFront and all that it checks. The older origin
access identity keeps a bucket closed, too, but knows neither keys of KMS nor newer Regions: to
replace it is advice (CloudFront developer guide, "Restrict access to an Amazon S3 origin").

Fix: `aws cloudfront create-origin-access-control`, then `aws cloudfront get-distribution-config
--id ID`, set `OriginAccessControlId` of the origins named and an empty `OriginAccessIdentity`, then
`aws cloudfront update-distribution --id ID --if-match ETAG --distribution-config
file://config.json`; in CloudFormation `OriginAccessControlId` of the origin. The bucket's policy
must let in the service principal `cloudfront.amazonaws.com` for this distribution.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable
from auditor.settings import Settings
from probes.aws import cloudfront
from probes.aws.cloudfront import Distribution
from probes.edge._distributions import not_serving, origins_in_use, written


class BucketAccess(Probe[Distribution, Settings]):
    """Each bucket that a behaviour of a distribution may ask."""

    subject, severity = cloudfront.DISTRIBUTIONS, Severity.MEDIUM
    sources = ("S2.12",)

    def judge(self, subject: Distribution, _: Facts, __: Settings) -> Iterator[Remark]:
        excuse = not_serving(subject)
        buckets = {
            origin.domain_name: origin.s3_origin_config
            for origin in origins_in_use(subject)
            if origin.s3_origin_config and not origin.origin_access_control_id
        }
        if excuse or not any(origin.s3_origin_config for origin in origins_in_use(subject)):
            yield excuse or not_applicable("no behaviour asks a bucket")
            return
        older = sorted(name for name, one in buckets.items() if one.origin_access_identity)
        without = sorted(set(buckets) - set(older))
        more = {"expected": "an origin access control", "evidence": written(subject)}
        if without:
            message = "buckets are asked without an access control"
            yield gap(message, code="no-access-control", found=without, **more)
        if older:
            yield drift(
                "buckets are asked with an identity of the older kind",
                code="legacy-identity",
                severity=Severity.INFORMATIONAL,
                found=older,
                **more,
            )
