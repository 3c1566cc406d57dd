"""Buckets, functions and topics: what their first pairs do not hold."""

from tests.probes.declared.pairs import case

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:resize"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:inbox"
MADE, GONE = "s3:ObjectCreated:*", "s3:ObjectRemoved:*"


def key(*rules):
    return {"Key": {"FilterRules": [{"Name": name, "Value": value} for name, value in rules]}}


CASES = [
    case(
        "what other sites may ask of a bucket, and how it is a website",
        "AWS::S3::Bucket",
        {
            "CorsConfiguration": {
                "CorsRules": [
                    {
                        "Id": "shop",
                        "AllowedMethods": ["GET", "PUT"],
                        "AllowedOrigins": ["https://shop.example.com"],
                        "ExposedHeaders": ["ETag"],
                        "MaxAge": "300",
                    },
                    {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]},
                ]
            },
            "WebsiteConfiguration": {
                "IndexDocument": "index.html",
                "ErrorDocument": "error.html",
                "RoutingRules": [
                    {
                        "RoutingRuleCondition": {"HttpErrorCodeReturnedEquals": "404"},
                        "RedirectRule": {"HostName": "www.example.com", "Protocol": "https"},
                    }
                ],
            },
        },
        {
            "CorsConfiguration": [
                {
                    "ID": "shop",
                    "AllowedMethods": ["PUT", "GET"],
                    "AllowedOrigins": ["https://shop.example.com"],
                    "ExposeHeaders": ["ETag"],
                    "MaxAgeSeconds": 300,
                },
                {"ID": "made-by-s3", "AllowedMethods": ["GET"], "AllowedOrigins": ["*"]},
            ],
            "WebsiteConfiguration": {
                "IndexDocument": {"Suffix": "index.html"},
                "ErrorDocument": {"Key": "error.html"},
                "RoutingRules": [
                    {
                        "Condition": {"HttpErrorCodeReturnedEquals": "404"},
                        "Redirect": {"HostName": "www.example.com", "Protocol": "https"},
                    }
                ],
            },
        },
        (
            {
                "CorsConfiguration": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}],
                "WebsiteConfiguration": {"RedirectAllRequestsTo": {"HostName": "evil.example.com"}},
            },
            {
                "CorsConfiguration",
                "WebsiteConfiguration.ErrorDocument",
                "WebsiteConfiguration.IndexDocument",
                "WebsiteConfiguration.RoutingRules",
            },
        ),
    ),
    case(
        "what of a bucket is copied elsewhere, by the ids of rules",
        "AWS::S3::Bucket",
        {
            "ReplicationConfiguration": {
                "Role": "arn:role",
                "Rules": [
                    {
                        "Id": "all",
                        "Priority": 1,
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "DeleteMarkerReplication": {"Status": "Disabled"},
                        "Destination": {
                            "Bucket": "arn:aws:s3:::copy",
                            "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:key"},
                        },
                        "SourceSelectionCriteria": {
                            "SseKmsEncryptedObjects": {"Status": "Enabled"}
                        },
                    },
                    {
                        "Id": "some",
                        "Status": "Enabled",
                        "Filter": {
                            "And": {"Prefix": "a/", "TagFilters": [{"Key": "k", "Value": "v"}]}
                        },
                        "Destination": {"Bucket": "arn:aws:s3:::copy"},
                    },
                    {"Id": "one", "Status": "Enabled", "Filter": {"TagFilter": {"Key": "k"}}},
                ],
            }
        },
        {
            "ReplicationConfiguration": {
                "Role": "arn:role",
                "Rules": [
                    {"ID": "one", "Status": "Enabled", "Filter": {"Tag": {"Key": "k"}}},
                    {
                        "ID": "some",
                        "Priority": 2,
                        "Status": "Enabled",
                        "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
                        "Destination": {"Bucket": "arn:aws:s3:::copy"},
                    },
                    {
                        "ID": "all",
                        "Priority": 1,
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "DeleteMarkerReplication": {"Status": "Disabled"},
                        "Destination": {
                            "Bucket": "arn:aws:s3:::copy",
                            "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:key"},
                        },
                        "SourceSelectionCriteria": {
                            "SseKmsEncryptedObjects": {"Status": "Enabled"}
                        },
                    },
                ],
            }
        },
        (
            {
                "ReplicationConfiguration": {
                    "Role": "arn:other",
                    "Rules": [
                        {"ID": "one", "Status": "Disabled", "Filter": {"Tag": {"Key": "k"}}},
                        {
                            "ID": "some",
                            "Status": "Enabled",
                            "Filter": {
                                "And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "w"}]}
                            },
                            "Destination": {"Bucket": "arn:aws:s3:::evil"},
                        },
                        {"ID": "more", "Status": "Enabled"},
                    ],
                }
            },
            {
                "ReplicationConfiguration.Role",
                "ReplicationConfiguration.Rules.all",
                "ReplicationConfiguration.Rules.more",
                "ReplicationConfiguration.Rules.one.Status",
                "ReplicationConfiguration.Rules.some.Destination.Bucket",
                "ReplicationConfiguration.Rules.some.Filter.And.Tags",
            },
        ),
    ),
    case(
        "who is told by a bucket, however its events are put together",
        "AWS::S3::Bucket",
        {
            "NotificationConfiguration": {
                "EventBridgeConfiguration": {},
                "LambdaConfigurations": [
                    {
                        "Event": event,
                        "Function": FUNCTION,
                        "Filter": {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".png"}]}},
                    }
                    for event in (MADE, GONE)
                ],
                "QueueConfigurations": [{"Event": MADE, "Queue": QUEUE}],
                "TopicConfigurations": [{"Event": GONE, "Topic": "arn:topic"}],
            }
        },
        {
            "NotificationConfiguration": {
                "EventBridgeConfiguration": {"EventBridgeEnabled": True},
                "LambdaFunctionConfigurations": [
                    {
                        "Id": "1",
                        "LambdaFunctionArn": FUNCTION,
                        "Events": [GONE, MADE],
                        "Filter": key(("Suffix", ".png")),
                    }
                ],
                "QueueConfigurations": [{"Id": "2", "QueueArn": QUEUE, "Events": [MADE]}],
                "TopicConfigurations": [{"Id": "3", "TopicArn": "arn:topic", "Events": [GONE]}],
            }
        },
        (
            {
                "NotificationConfiguration": {
                    "LambdaFunctionConfigurations": [
                        {"LambdaFunctionArn": FUNCTION, "Events": [MADE, GONE]}
                    ],
                    "QueueConfigurations": [
                        {"QueueArn": QUEUE, "Events": [MADE]},
                        {"QueueArn": QUEUE.replace("inbox", "evil"), "Events": [MADE]},
                    ],
                }
            },
            {
                "NotificationConfiguration.EventBridgeConfiguration",
                "NotificationConfiguration.LambdaFunctionConfigurations",
                "NotificationConfiguration.QueueConfigurations",
                "NotificationConfiguration.TopicConfigurations",
            },
        ),
    ),
    case(
        "a bucket that tells nobody through EventBridge",
        "AWS::S3::Bucket",
        {
            "NotificationConfiguration": {
                "EventBridgeConfiguration": {"EventBridgeEnabled": "false"},
                "QueueConfigurations": [{"Event": MADE, "Queue": QUEUE}],
            }
        },
        {
            "NotificationConfiguration": {
                "QueueConfigurations": [{"Id": "2", "QueueArn": QUEUE, "Events": [MADE]}]
            }
        },
        ({}, {"NotificationConfiguration"}),
    ),
    case(
        "how a function starts from an image",
        "AWS::Lambda::Function",
        {
            "ImageConfig": {"EntryPoint": ["/bin/sh", "-c"], "Command": ["run"]},
            "TenancyConfig": {"TenantIsolationMode": "PER_TENANT"},
            "DurableConfig": {"ExecutionTimeout": 60},
        },
        {
            "ImageConfigResponse": {
                "ImageConfig": {"EntryPoint": ["/bin/sh", "-c"], "Command": ["run"]}
            },
            "TenancyConfig": {"TenantIsolationMode": "PER_TENANT"},
            "DurableConfig": {"ExecutionTimeout": 60, "RetentionPeriodInDays": 14},
        },
        (
            {
                "ImageConfigResponse": {
                    "ImageConfig": {"EntryPoint": ["-c", "/bin/sh"], "Command": ["run"]}
                },
                "DurableConfig": {"ExecutionTimeout": 600},
            },
            {
                "ImageConfigResponse.ImageConfig.EntryPoint",
                "TenancyConfig",
                "DurableConfig.ExecutionTimeout",
            },
        ),
    ),
    case(
        "for how long a topic keeps messages",
        "AWS::SNS::Topic",
        {"FifoTopic": True, "ArchivePolicy": {"MessageRetentionPeriod": 30}},
        {"FifoTopic": "true", "ArchivePolicy": '{"MessageRetentionPeriod": "30"}'},
        (
            {"FifoTopic": "true", "ArchivePolicy": '{"MessageRetentionPeriod": "1"}'},
            {"ArchivePolicy.MessageRetentionPeriod"},
        ),
    ),
    case(
        "for how long a topic keeps messages, written as a text",
        "AWS::SNS::Topic",
        {"ArchivePolicy": '{"MessageRetentionPeriod": 30}'},
        {"ArchivePolicy": '{"MessageRetentionPeriod":"30"}'},
        ({}, {"ArchivePolicy"}),
    ),
]
