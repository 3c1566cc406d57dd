"""Distributions, as `ListDistributions` answers them: lists counted, defaults filled in."""

from tests.probes.declared.pairs import case, counted

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1"
ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1"
CACHING = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def declared(**config):
    return {"DistributionConfig": config}


def behaviour(**more):
    """A behaviour with all that CloudFront fills in."""
    return {
        "TargetOriginId": "web",
        "TrustedSigners": {"Enabled": False, **counted()},
        "TrustedKeyGroups": {"Enabled": False, **counted()},
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": counted("HEAD", "GET", CachedMethods=counted("HEAD", "GET")),
        "SmoothStreaming": False,
        "Compress": True,
        "LambdaFunctionAssociations": counted(),
        "FunctionAssociations": counted(),
        "FieldLevelEncryptionId": "",
        "GrpcConfig": {"Enabled": False},
        "CachePolicyId": CACHING,
    } | more


def custom(**more):
    return {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": counted("TLSv1.2"),
        "OriginReadTimeout": 30,
        "OriginKeepaliveTimeout": 5,
        "IpAddressType": "ipv4",
    } | more


def origin(id_, **more):
    """An origin with all that CloudFront fills in."""
    return {
        "Id": id_,
        "DomainName": f"{id_}.example.com",
        "OriginPath": "",
        "CustomHeaders": counted(),
        "ConnectionAttempts": 3,
        "ConnectionTimeout": 10,
        "OriginShield": {"Enabled": False},
        "OriginAccessControlId": "",
    } | more


WEB = origin("web", CustomOriginConfig=custom())
FILES = origin("files", S3OriginConfig={"OriginAccessIdentity": ""}, OriginAccessControlId="E1")

CASES = [
    case(
        "a distribution",
        "AWS::CloudFront::Distribution",
        declared(
            Aliases=["Shop.example.com", "www.example.com"],
            Comment="shop",
            Enabled="true",
            HttpVersion="http2and3",
            IPV6Enabled=True,
            PriceClass="PriceClass_100",
            WebACLId=ACL,
            Restrictions={
                "GeoRestriction": {"RestrictionType": "whitelist", "Locations": ["DE", "AT"]}
            },
            ViewerCertificate={
                "AcmCertificateArn": CERTIFICATE,
                "MinimumProtocolVersion": "TLSv1.2_2021",
                "SslSupportMethod": "sni-only",
            },
            CustomErrorResponses=[
                {"ErrorCode": 404, "ResponseCode": 200, "ResponsePagePath": "/index.html"}
            ],
        ),
        {
            "Aliases": counted("www.example.com", "shop.example.com"),
            "Comment": "shop",
            "Enabled": True,
            "HttpVersion": "HTTP2AND3",
            "IsIPV6Enabled": True,
            "PriceClass": "PriceClass_100",
            "WebACLId": ACL,
            "Staging": False,
            "Restrictions": {
                "GeoRestriction": {"RestrictionType": "whitelist", **counted("AT", "DE")}
            },
            "ViewerCertificate": {
                "CloudFrontDefaultCertificate": False,
                "ACMCertificateArn": CERTIFICATE,
                "SSLSupportMethod": "sni-only",
                "MinimumProtocolVersion": "TLSv1.2_2021",
                "Certificate": CERTIFICATE,
                "CertificateSource": "acm",
            },
            "CustomErrorResponses": counted(
                {
                    "ErrorCode": 404,
                    "ResponsePagePath": "/index.html",
                    "ResponseCode": "200",
                    "ErrorCachingMinTTL": 300,
                }
            ),
        },
        (
            {
                "Aliases": counted("www.example.com", "shop.example.com", "evil.example.com"),
                "Comment": "shop",
                "Enabled": False,
                "HttpVersion": "HTTP1_1",
                "IsIPV6Enabled": True,
                "PriceClass": "PriceClass_All",
                "WebACLId": "",
                "Restrictions": {"GeoRestriction": {"RestrictionType": "none", **counted()}},
                "ViewerCertificate": {
                    "ACMCertificateArn": CERTIFICATE,
                    "SSLSupportMethod": "sni-only",
                    "MinimumProtocolVersion": "TLSv1",
                },
                "CustomErrorResponses": counted(),
            },
            {
                "Aliases.Items",
                "Enabled",
                "HttpVersion",
                "PriceClass",
                "WebACLId",
                "Restrictions.GeoRestriction.Items",
                "Restrictions.GeoRestriction.RestrictionType",
                "ViewerCertificate.MinimumProtocolVersion",
                "CustomErrorResponses",
            },
        ),
    ),
    case(
        "CloudFront's own certificate has its own security policy",
        "AWS::CloudFront::Distribution",
        declared(
            ViewerCertificate={
                "CloudFrontDefaultCertificate": "true",
                "MinimumProtocolVersion": "TLSv1.2_2021",
            },
            HttpVersion="http1.1",
        ),
        {
            "ViewerCertificate": {
                "CloudFrontDefaultCertificate": True,
                "SSLSupportMethod": "vip",
                "MinimumProtocolVersion": "TLSv1",
                "CertificateSource": "cloudfront",
            },
            "HttpVersion": "HTTP1_1",
        },
        (
            {"ViewerCertificate": {"ACMCertificateArn": CERTIFICATE}, "HttpVersion": "http1.1"},
            {"ViewerCertificate.CloudFrontDefaultCertificate"},
        ),
    ),
    case(
        "origins by their ids, their headers by name, and groups of them",
        "AWS::CloudFront::Distribution",
        declared(
            Origins=[
                {
                    "Id": "web",
                    "DomainName": "Web.Example.com",
                    "CustomOriginConfig": {
                        "OriginProtocolPolicy": "https-only",
                        "OriginSSLProtocols": ["TLSv1.2"],
                    },
                    "OriginCustomHeaders": [{"HeaderName": "X-Origin", "HeaderValue": "seldom"}],
                },
                {
                    "Id": "files",
                    "DomainName": "files.example.com",
                    "OriginPath": "",
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                    "OriginAccessControlId": "E1",
                },
            ],
            OriginGroups={
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "both",
                        "FailoverCriteria": {"StatusCodes": {"Quantity": 2, "Items": [500, 502]}},
                        "Members": {
                            "Quantity": 2,
                            "Items": [{"OriginId": "web"}, {"OriginId": "files"}],
                        },
                    }
                ],
            },
        ),
        {
            "Origins": counted(
                FILES,
                WEB | {"CustomHeaders": counted({"HeaderName": "X-Origin", "HeaderValue": "*"})},
            ),
            "OriginGroups": counted(
                {
                    "Id": "both",
                    "FailoverCriteria": {"StatusCodes": counted(502, 500)},
                    "Members": counted({"OriginId": "web"}, {"OriginId": "files"}),
                    "SelectionCriteria": "default",
                }
            ),
        },
        (
            {
                "Origins": counted(
                    FILES | {"OriginAccessControlId": ""},
                    origin(
                        "web",
                        CustomOriginConfig=custom(
                            OriginSslProtocols=counted("TLSv1", "TLSv1.2"),
                            OriginProtocolPolicy="match-viewer",
                        ),
                    ),
                    origin("third"),
                ),
                "OriginGroups": counted(
                    {
                        "Id": "both",
                        "FailoverCriteria": {"StatusCodes": counted(502, 500)},
                        "Members": counted({"OriginId": "files"}, {"OriginId": "web"}),
                    }
                ),
            },
            {
                "Origins.Items.files.OriginAccessControlId",
                "Origins.Items.web.CustomHeaders",
                "Origins.Items.web.CustomOriginConfig.OriginProtocolPolicy",
                "Origins.Items.web.CustomOriginConfig.OriginSslProtocols.Items",
                "Origins.Items.third",
                "OriginGroups.Items",
            },
        ),
    ),
    case(
        "behaviours, of which those of paths stand in an order",
        "AWS::CloudFront::Distribution",
        declared(
            DefaultCacheBehavior={
                "TargetOriginId": "web",
                "ViewerProtocolPolicy": "redirect-to-https",
                "AllowedMethods": ["GET", "HEAD"],
                "CachedMethods": ["GET", "HEAD"],
                "CachePolicyId": CACHING,
                "Compress": True,
                "FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": "arn:f"}],
            },
            CacheBehaviors=[
                {"PathPattern": "/a/*", "TargetOriginId": "web", "CachedMethods": ["GET", "HEAD"]},
                {
                    "PathPattern": "/b/*",
                    "TargetOriginId": "web",
                    "MinTTL": "0",
                    "ForwardedValues": {
                        "QueryString": True,
                        "Headers": ["Host", "Accept"],
                        "Cookies": {"Forward": "whitelist", "WhitelistedNames": ["id"]},
                    },
                },
            ],
        ),
        {
            "DefaultCacheBehavior": behaviour(
                FunctionAssociations=counted(
                    {"FunctionARN": "arn:f", "EventType": "viewer-request"}
                )
            ),
            "CacheBehaviors": counted(
                behaviour(PathPattern="/a/*"),
                behaviour(
                    PathPattern="/b/*",
                    MinTTL=0,
                    DefaultTTL=86400,
                    ForwardedValues={
                        "QueryString": True,
                        "Headers": counted("Accept", "Host"),
                        "Cookies": {"Forward": "whitelist", "WhitelistedNames": counted("id")},
                        "QueryStringCacheKeys": counted(),
                    },
                ),
            ),
        },
        (
            {
                "DefaultCacheBehavior": behaviour(
                    ViewerProtocolPolicy="allow-all",
                    AllowedMethods=counted(
                        "HEAD", "GET", "OPTIONS", CachedMethods=counted("HEAD", "GET")
                    ),
                ),
                "CacheBehaviors": counted(
                    behaviour(PathPattern="/b/*"), behaviour(PathPattern="/a/*")
                ),
            },
            {
                "DefaultCacheBehavior.ViewerProtocolPolicy",
                "DefaultCacheBehavior.AllowedMethods.Items",
                "DefaultCacheBehavior.FunctionAssociations",
                "CacheBehaviors.Items",
            },
        ),
    ),
]
