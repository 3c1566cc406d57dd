"""Answers of CloudFront in AWS's own words, to be varied."""

from probes.aws import cloudfront

ID = "EDFDVBD632BHDS5"
BUCKET = "photos.s3.us-east-1.amazonaws.com"
POLICY = "658327ea-f89d-4fab-a63d-7e88639e58f6"
VPC_ORIGIN = "vo_abcdEFGH1234"
LB_NAME = "web-1234567890.us-east-1.elb.amazonaws.com"


def listed(*items):
    return {"Quantity": len(items), **({"Items": list(items)} if items else {})}


def behaviour(path=None, origin="bucket", methods=("HEAD", "GET"), cached=("HEAD", "GET"), **more):
    kept = {
        "TargetOriginId": origin,
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": {**listed(*methods), "CachedMethods": listed(*cached)},
        "SmoothStreaming": False,
        "Compress": True,
        "CachePolicyId": POLICY,
        **more,
    }
    kept = {name: value for name, value in kept.items() if value is not None}
    return kept if path is None else {"PathPattern": path, **kept}


def bucket(name="bucket", identity="", control="E327GJI25M56DG"):
    return {
        "Id": name,
        "DomainName": BUCKET,
        "OriginPath": "",
        "S3OriginConfig": {"OriginAccessIdentity": identity},
        "OriginAccessControlId": control,
    }


def server(name="server", policy="https-only", versions=("TLSv1.2",), domain="api.example.com"):
    return {
        "Id": name,
        "DomainName": domain,
        "OriginPath": "",
        "CustomOriginConfig": {
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": policy,
            "OriginSslProtocols": listed(*versions),
        },
    }


def within_vpc(name="inside", **more):
    config = {"VpcOriginId": VPC_ORIGIN, "OriginReadTimeout": 30, **more}
    return {"Id": name, "DomainName": LB_NAME, "VpcOriginConfig": config}


def vpc_origin(arn, policy="https-only", versions=("TLSv1.2",)):
    endpoint = {
        "Name": "inside",
        "Arn": arn,
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": policy,
        "OriginSslProtocols": listed(*versions),
    }
    return {VPC_ORIGIN: {"Id": VPC_ORIGIN, "VpcOriginEndpointConfig": endpoint}}


OWN = {
    "CloudFrontDefaultCertificate": False,
    "ACMCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234",
    "SSLSupportMethod": "sni-only",
    "MinimumProtocolVersion": "TLSv1.2_2021",
}
AWS = {
    "CloudFrontDefaultCertificate": True,
    "SSLSupportMethod": "vip",
    "MinimumProtocolVersion": "TLSv1",
    "CertificateSource": "cloudfront",
}


def distribution(*paths, default=None, origins=None, groups=(), **changes):
    return {
        "Id": ID,
        "ARN": f"arn:aws:cloudfront::123456789012:distribution/{ID}",
        "Status": "Deployed",
        "DomainName": "d111111abcdef8.cloudfront.net",
        "Enabled": True,
        "Staging": False,
        "ConnectionMode": "direct",
        "PriceClass": "PriceClass_100",
        "HttpVersion": "http2and3",
        "ViewerCertificate": OWN,
        "DefaultCacheBehavior": default or behaviour(),
        "CacheBehaviors": listed(*paths),
        "Origins": listed(*(origins or [bucket(), server()])),
        "OriginGroups": listed(*groups),
        **changes,
    }


def group(name, *members):
    return {
        "Id": name,
        "FailoverCriteria": {"StatusCodes": listed(500)},
        "Members": listed(*({"OriginId": member} for member in members)),
    }


def answers(*paths, **changes):
    return {cloudfront.DISTRIBUTIONS: [distribution(*paths, **changes)]}


SERVES_NOBODY = {"disabled": {"Enabled": False}, "staging": {"Staging": True}}
"""Code -> what makes a distribution one that is not judged."""


# -- accounts on moto -----------------------------------------------------------------------------


def live(client, name, **changes):
    """A distribution, known by its comment; its domain name comes back."""
    config = distribution(**changes)
    wanted = ("Enabled", "PriceClass", "HttpVersion", "ViewerCertificate", "DefaultCacheBehavior",
              "CacheBehaviors", "Origins")  # fmt: skip
    config = {key: config[key] for key in wanted}
    made = client.create_distribution(
        DistributionConfig={**config, "CallerReference": name, "Comment": name}
    )
    return made["Distribution"]["DomainName"]
