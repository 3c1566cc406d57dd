"""What was added to a resource of which no template declares it, and what nobody added."""

from dataclasses import replace

import pytest

from auditor.drift.compare import Kind
from auditor.drift.declared import against
from auditor.resources import Resource
from tests.engine.declaring import ID, ROWS, Found, compared, live, paths, stack_of

ACCOUNT = "123456789012"
KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"
GROUP, ROLE, BUCKET = "AWS::EC2::SecurityGroup", "AWS::IAM::Role", "AWS::S3::Bucket"
KEY, TOPIC, SECRET = "AWS::KMS::Key", "AWS::SNS::Topic", "AWS::SecretsManager::Secret"
FUNCTION = "AWS::Lambda::Function"
IT, UNKNOWN = {"Ref": "It"}, {"Fn::GetAtt": ["Custom", "Value"]}


def allow(actions, principal, **more):
    return {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*", **more}


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def compare(kind, there, arn="", tags=None, declared=None, **beside):
    """A resource of which a template says little, as it is; `beside` stands in the stack, too."""
    row = ROWS[kind]
    resources = {"It": {"Type": kind, "Properties": declared or {}}}
    resources |= {
        name: {"Type": type_, "Properties": said} for name, (type_, said) in beside.items()
    }
    one = live(row, there)
    one = replace(one, resource=Resource(kind, ID, arn or ID, "it", tags or {}))
    ids = {name: ID if name == "It" else f"{name}-id" for name in resources}
    found = against((stack_of(resources, ids=ids),), Found((row, one)), lambda *_: False)
    return next(one for one in found if one.drift.type == kind)


EVERYBODY = policy(allow("*", "*"))
WORLD = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
TOLD = {"LambdaFunctionArn": "arn:aws:lambda:x", "Events": ["s3:ObjectCreated:*"]}
INLINE = {"PolicyName": "by-hand", "PolicyDocument": policy({"Effect": "Allow", "Action": "*"})}


@pytest.mark.parametrize(
    ("kind", "there", "drifted"),
    [
        (GROUP, {"IpPermissions": [WORLD]}, {"IpPermissions"}),
        (GROUP, {"IpPermissionsEgress": [WORLD]}, {"IpPermissionsEgress"}),
        (ROLE, {"RolePolicyList": [INLINE]}, {"RolePolicyList.by-hand"}),
        (
            ROLE,
            {"AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/PowerUserAccess"}]},
            {"AttachedManagedPolicies"},
        ),
        (BUCKET, {"BucketPolicy": EVERYBODY}, {"BucketPolicy"}),
        (
            BUCKET,
            {"NotificationConfiguration": {"LambdaFunctionConfigurations": [TOLD]}},
            {"NotificationConfiguration.LambdaFunctionConfigurations"},
        ),
        (
            BUCKET,
            {"ReplicationConfiguration": {"Role": "r", "Rules": [{"ID": "x"}]}},
            {"ReplicationConfiguration.Role", "ReplicationConfiguration.Rules.x"},
        ),
        (
            BUCKET,
            {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "index.html"}}},
            {"WebsiteConfiguration.IndexDocument"},
        ),
        (BUCKET, {"CorsConfiguration": [{"AllowedOrigins": ["*"]}]}, {"CorsConfiguration"}),
        (KEY, {"KeyPolicy": EVERYBODY}, {"KeyPolicy"}),
        (TOPIC, {"Policy": EVERYBODY}, {"Policy"}),
        (FUNCTION, {"Policy": EVERYBODY}, {"Policy"}),
        (SECRET, {"ResourcePolicy": EVERYBODY}, {"ResourcePolicy"}),
    ],
    ids=[
        "a rule that lets in", "a rule that lets out", "an inline policy", "an attached policy",
        "a policy on a bucket", "a notification", "a replication", "a website", "rules for sites",
        "another policy on a key", "another policy on a topic", "a permission on a function",
        "a policy on a secret",
    ],
)  # fmt: skip
def test_what_no_template_declares_was_added(kind, there, drifted):
    found = compare(kind, there)
    tops = {name for name in paths(found) if any(name.startswith(one) for one in drifted)}
    assert (found.drift.kind, tops) == (Kind.CHANGED, set(paths(found)))
    assert {expected for expected, _ in paths(found).values()} == {None}
    assert compare(kind, {}).drift.kind is Kind.SAME


@pytest.mark.parametrize(
    ("kind", "name"),
    [(row.type, name) for row in ROWS.values() for name in sorted(row.none)],
)
def test_whether_something_was_added_is_unknown_where_aws_would_not_say_what_is_there(kind, name):
    found = compared(ROWS[kind], {}, {}, unread=(name,))
    assert (found.drift.kind, found.drift.unread) == (Kind.UNKNOWN, (name,))


# -- what stands beside ---------------------------------------------------------------------------

NOT_TOLD = {"GroupId": UNKNOWN, "IpProtocol": "tcp"}


@pytest.mark.parametrize(
    ("kind", "there", "beside"),
    [
        (GROUP, {"IpPermissions": [WORLD]}, ("AWS::EC2::SecurityGroupIngress", NOT_TOLD)),
        (GROUP, {"IpPermissionsEgress": [WORLD]}, ("AWS::EC2::SecurityGroupEgress", NOT_TOLD)),
        (ROLE, {"RolePolicyList": [INLINE]}, ("AWS::IAM::Policy", {"Roles": [UNKNOWN]})),
        (BUCKET, {"BucketPolicy": EVERYBODY}, ("AWS::S3::BucketPolicy", {"Bucket": UNKNOWN})),
        (TOPIC, {"Policy": EVERYBODY}, ("AWS::SNS::TopicPolicy", {"Topics": [UNKNOWN]})),
        (FUNCTION, {"Policy": EVERYBODY}, ("AWS::Lambda::Permission", {"FunctionName": UNKNOWN})),
        (
            FUNCTION,
            {"Policy": EVERYBODY},
            (
                "AWS::Lambda::Permission",
                {
                    "FunctionName": {"Ref": "It"},
                    "Action": "*",
                    "Principal": "*",
                    "SourceArn": UNKNOWN,
                },
            ),
        ),
    ],
    ids=[
        "lets in",
        "lets out",
        "a policy of roles",
        "a policy of buckets",
        "a policy of topics",
        "a permission of whom",
        "a permission for whom",
    ],
)
def test_what_a_template_may_have_declared_is_nobodys_drift(kind, there, beside):
    assert compare(kind, there, Beside=beside).drift.kind is Kind.SAME


# -- what AWS puts there --------------------------------------------------------------------------

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
OF_KEYS = allow("kms:*", ROOT, Sid="Enable IAM User Permissions")
OF_TOPICS = allow(
    ["SNS:GetTopicAttributes", "SNS:Publish", "SNS:Receive"],
    {"AWS": "*"},
    Sid="__default_statement_ID",
    Resource=TOPIC_ARN,
    Condition={"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
)
DELIVERS = {"Service": "delivery.logs.amazonaws.com"}
DELIVERY = (
    allow(
        "s3:PutObject",
        DELIVERS,
        Sid="AWSLogDeliveryWrite",
        Condition={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
    ),
    allow(["s3:GetBucketAcl", "s3:ListBucket"], DELIVERS, Sid="AWSLogDeliveryAclCheck"),
)
KAFKA = allow("secretsmanager:getSecretValue", {"Service": "kafka.amazonaws.com"})
OTHERS = {"AWS": "arn:aws:iam::999999999999:root"}


@pytest.mark.parametrize(
    ("kind", "arn", "name", "theirs", "similar"),
    [
        (KEY, KEY_ARN, "KeyPolicy", (OF_KEYS,), {**OF_KEYS, "Principal": OTHERS}),
        (KEY, KEY_ARN, "KeyPolicy", (OF_KEYS,), {**OF_KEYS, "Action": ["kms:*", "s3:*"]}),
        (TOPIC, TOPIC_ARN, "Policy", (OF_TOPICS,), {**OF_TOPICS, "Condition": {}}),
        (TOPIC, TOPIC_ARN, "Policy", (OF_TOPICS,), {**OF_TOPICS, "Action": "SNS:*"}),
        (
            TOPIC,
            TOPIC_ARN,
            "Policy",
            (OF_TOPICS,),
            {**OF_TOPICS, "Condition": {"StringEquals": {"AWS:SourceOwner": "999999999999"}}},
        ),
        (BUCKET, "", "BucketPolicy", DELIVERY, {**DELIVERY[0], "Action": "s3:GetObject"}),
        (
            BUCKET,
            "",
            "BucketPolicy",
            DELIVERY,
            {**DELIVERY[0], "Principal": {"Service": "cloudtrail.amazonaws.com"}},
        ),
        (BUCKET, "", "BucketPolicy", DELIVERY, {**DELIVERY[0], "Principal": "*"}),
        (SECRET, "", "ResourcePolicy", (KAFKA,), {**KAFKA, "Principal": OTHERS}),
        (SECRET, "", "ResourcePolicy", (KAFKA,), {**KAFKA, "Effect": "Deny"}),
    ],
    ids=[
        "another account's key", "more than keys", "a topic for all", "more of a topic",
        "another account's topic", "reading a bucket", "what CloudTrail's console writes",
        "everybody's bucket", "another account's secret", "a denial",
    ],
)  # fmt: skip
def test_what_aws_writes_by_itself_is_no_drift_and_what_is_like_it_is(
    kind, arn, name, theirs, similar
):
    assert compare(kind, {name: policy(*theirs)}, arn).drift.kind is Kind.SAME
    both = compare(kind, {name: policy(*theirs, similar)}, arn)
    assert set(paths(both)) == {f"{name}.Statement", f"{name}.Version"}
    ((said,),) = (there for path, (_, there) in paths(both).items() if path.endswith("Statement"))
    assert said.get("Sid") == similar.get("Sid")


def test_what_a_template_declares_counts_whoever_else_would_write_it():
    bare = policy(allow("s3:GetObject", OTHERS))
    declares = {"Bucket": IT, "PolicyDocument": policy(*bare["Statement"], *DELIVERY)}
    own = {"Policy": ("AWS::S3::BucketPolicy", declares)}
    there = {"BucketPolicy": declares["PolicyDocument"]}
    assert compare(BUCKET, there, **own).drift.kind is Kind.SAME
    found = compare(BUCKET, {"BucketPolicy": bare}, **own)
    assert set(paths(found)) == {"BucketPolicy.Statement"}


def test_log_delivery_adds_to_a_policy_that_a_template_declares():
    declares = {"Bucket": IT, "PolicyDocument": policy(allow("s3:GetObject", OTHERS))}
    there = {"BucketPolicy": policy(allow("s3:GetObject", OTHERS), *DELIVERY)}
    own = {"Policy": ("AWS::S3::BucketPolicy", declares)}
    assert compare(BUCKET, there, **own).drift.kind is Kind.SAME


@pytest.mark.parametrize(
    "document",
    ["no policy", {"Statement": "none"}, {"Statement": [7, None]}, {"Statement": [OF_KEYS, 7]}, 7],
    ids=["a text", "no statements", "odd statements", "one that is odd", "a number"],
)
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (KEY, "KeyPolicy"),
        (TOPIC, "Policy"),
        (BUCKET, "BucketPolicy"),
        (SECRET, "ResourcePolicy"),
    ],
)
def test_what_cannot_be_read_as_a_policy_is_not_taken_for_aws_s_own(kind, name, document):
    assert compare(kind, {name: document}, KEY_ARN).drift.kind is Kind.CHANGED


# -- what others put there ------------------------------------------------------------------------

OF_BALANCER = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-elb"}]}
CLUSTER = {"kubernetes.io/cluster/shop": "owned"}
EMR = {"for-use-with-amazon-emr-managed-policies": "true"}
QUICK_SETUP = {"QSConfigId-abcde": "abcde"}
ATTACHED = {"AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/x"}]}


def labelled(label):
    return {**WORLD, "IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": label}]}


@pytest.mark.parametrize("declared", [{}, {"SecurityGroupIngress": []}], ids=["bare", "empty"])
@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        (labelled("elbv2.k8s.aws/targetGroupBinding=shared"), Kind.SAME),
        (labelled("kubernetes.io/rule/nlb/health=a1"), Kind.SAME),
        (labelled("for kubernetes.io/rule/"), Kind.CHANGED),
        (WORLD, Kind.CHANGED),
    ],
    ids=["the controller's", "the cloud provider's", "a rule that speaks of it", "by hand"],
)
def test_rules_that_a_controller_of_kubernetes_signs_are_its_own(declared, rule, kind):
    assert compare(GROUP, {"IpPermissions": [rule]}, declared=declared).drift.kind is kind


@pytest.mark.parametrize(
    ("kind", "there", "tags", "expected"),
    [
        (GROUP, {"IpPermissions": [OF_BALANCER]}, CLUSTER, Kind.UNKNOWN),
        (GROUP, {"IpPermissions": [OF_BALANCER]}, {}, Kind.CHANGED),
        (GROUP, {"IpPermissions": [OF_BALANCER, WORLD]}, CLUSTER, Kind.CHANGED),
        (GROUP, {"IpPermissionsEgress": [OF_BALANCER]}, CLUSTER, Kind.CHANGED),
        (GROUP, {"IpPermissions": [WORLD]}, EMR, Kind.UNKNOWN),
        (GROUP, {"GroupName": "other"}, EMR, Kind.CHANGED),
        (ROLE, ATTACHED, QUICK_SETUP, Kind.UNKNOWN),
        (ROLE, {"RolePolicyList": [INLINE]}, QUICK_SETUP, Kind.UNKNOWN),
        (ROLE, ATTACHED, {}, Kind.CHANGED),
    ],
    ids=[
        "a balancer let into nodes", "into no nodes", "and by hand", "let out", "a group of EMR",
        "its name", "a role of Quick Setup", "a policy in it", "no role of it",
    ],
)  # fmt: skip
def test_what_others_may_have_added_is_unknown(kind, there, tags, expected):
    named = {"GroupName": "web"} if kind == GROUP else {}
    found = compare(kind, {**named, **there}, tags=tags, declared=named)
    assert found.drift.kind is expected
    assert bool(found.why) is (expected is Kind.UNKNOWN)


def test_what_was_taken_away_is_drift_whoever_may_have_added_something():
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}
    found = compare(GROUP, {}, tags=EMR, declared={"SecurityGroupIngress": [rule]})
    assert found.drift.kind is Kind.CHANGED


# -- who is told of a bucket ----------------------------------------------------------------------

NOTIFIES = {"NotificationConfiguration": {"LambdaFunctionConfigurations": [TOLD]}}
LISTENS = {"NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}}
CDK = {"ServiceToken": "x", "BucketName": IT, "NotificationConfiguration": {}, "Managed": True}
PLAN = ("AWS::GuardDuty::MalwareProtectionPlan",
        {"ProtectedResource": {"S3Bucket": {"BucketName": IT}}})  # fmt: skip


@pytest.mark.parametrize(
    ("there", "beside", "expected"),
    [
        (NOTIFIES, ("Custom::S3BucketNotifications", CDK), Kind.SAME),
        (NOTIFIES, ("Custom::S3", {"BucketName": IT, "NotificationConfigs": []}), Kind.SAME),
        (NOTIFIES, ("Custom::LambdaTrigger", {"Bucket": IT, "Prefix": "in/"}), Kind.SAME),
        (
            NOTIFIES,
            ("AWS::CloudFormation::CustomResource", {"Bucket": IT, "Function": "f"}),
            Kind.SAME,
        ),
        (NOTIFIES, ("Custom::LambdaTrigger", {"Bucket": UNKNOWN, "Prefix": "in/"}), Kind.UNKNOWN),
        (NOTIFIES, ("Custom::S3BucketNotifications", {**CDK, "BucketName": "b"}), Kind.CHANGED),
        (
            NOTIFIES,
            ("Custom::S3AutoDeleteObjects", {"ServiceToken": "x", "BucketName": IT}),
            Kind.CHANGED,
        ),
        (LISTENS, PLAN, Kind.SAME),
        (LISTENS, ("AWS::SNS::Topic", {}), Kind.CHANGED),
        (NOTIFIES, PLAN, Kind.CHANGED),
    ],
    ids=[
        "CDK's", "the Serverless Framework's", "one's own", "one without a kind",
        "of a bucket that is not known", "of another bucket", "what empties a bucket",
        "GuardDuty by EventBridge", "EventBridge by hand", "more than GuardDuty",
    ],
)  # fmt: skip
def test_who_a_custom_resource_lets_be_told_is_no_drift(there, beside, expected):
    assert compare(BUCKET, there, Beside=beside).drift.kind is expected
