"""The policy documents that the demo's applications carry."""

from __future__ import annotations

from auditor.demo.parts import Document, Failure

ACCOUNT = "123456789012"
AUTO_SCALING_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/"
    "AWSServiceRoleForAutoScaling"
)


def allow(actions: tuple[str, ...], resource: str = "*", **more: object) -> Document:
    """An Allow statement; `more` are its other elements by name."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def key_administration() -> Document:
    """The statement that keeps a key manageable: the account's own policies decide."""
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return allow(("kms:*",), Sid="Administration", Principal=root)


_USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


def auto_scaling_may_use() -> tuple[Document, ...]:
    """AWS's two statements: "Required AWS KMS key policy for use with encrypted volumes".

    The condition stands on the grant alone, because encryption itself does not carry its key.
    """
    principal = {"AWS": AUTO_SCALING_ROLE}
    for_resources = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return (
        allow(_USE, Sid="AutoScalingUse", Principal=principal),
        allow(
            ("kms:CreateGrant",),
            Sid="AutoScalingGrants",
            Principal=principal,
            Condition=for_resources,
        ),
    )


def logs_may_use(region: str) -> Document:
    """AWS's statement: "Encrypt log data in CloudWatch Logs using AWS Key Management Service"."""
    own_groups = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{ACCOUNT}:*"}
    return allow(
        _USE,
        Sid="Logs",
        Principal={"Service": f"logs.{region}.amazonaws.com"},
        Condition={"ArnLike": own_groups},
    )


def logs_by_the_global_name() -> Document:
    """The statement of a deployment that failed: no such principal, and too few actions."""
    return allow(
        ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"),
        Sid="Services",
        Principal={"Service": ["s3.amazonaws.com", "logs.amazonaws.com"]},
    )


def alarms_may_use() -> Document:
    """AWS's statement for alarms that publish to an encrypted topic, for this account's alone."""
    return allow(
        ("kms:GenerateDataKey*", "kms:Decrypt"),
        Sid="Alarms",
        Principal={"Service": "cloudwatch.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    )


def events_may_use() -> Document:
    """AWS's statement for rules that publish to an encrypted topic; it bears no condition."""
    return allow(
        ("kms:GenerateDataKey*", "kms:Decrypt"),
        Sid="Events",
        Principal={"Service": "events.amazonaws.com"},
    )


def events_may_publish(topic: str) -> Document:
    """AWS's policy of a topic that rules of EventBridge tell of events."""
    return policy(
        allow(
            ("sns:Publish",),
            topic,
            Sid="Events",
            Principal={"Service": "events.amazonaws.com"},
        ),
        allow(
            ("sns:Publish",),
            topic,
            Sid="Account",
            Principal={"AWS": "*"},
            Condition={"StringEquals": {"aws:SourceOwner": ACCOUNT}},
        ),
    )


def anybody_may_use() -> Document:
    """A key that is open to every account there is."""
    return allow(_USE, Sid="Everybody", Principal="*")


def balancer_logs(bucket: str) -> Document:
    """AWS's bucket policy: "Enable access logs for your Application Load Balancer"."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            allow(
                ("s3:PutObject",),
                f"arn:aws:s3:::{bucket}/AWSLogs/{ACCOUNT}/*",
                Sid="BalancerLogs",
                Principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            ),
            {
                "Sid": "OnlyEncrypted",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }


def refused_by_logs(region: str, group: str) -> Failure:
    """What CloudFormation says where CloudWatch Logs may not use the key of a new log group."""
    arn = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{group}"
    reason = (
        'Resource handler returned message: "The specified KMS key does not exist or is not '
        f"allowed to be used with Arn '{arn}' (Service: CloudWatchLogs, Status Code: 400)\""
    )
    return Failure("AccessLogs", "AWS::Logs::LogGroup", reason)


def policy(*statements: Document) -> Document:
    """Statements as a document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(who: str) -> Document:
    """Who may take a role: one service, where it can say so for this account's resources alone.

    Or, by its ARN, a role of this account or of another.
    """
    principal = {"AWS": who} if who.startswith("arn:") else {"Service": who}
    taking: dict[str, object] = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sts:AssumeRole",
    }
    if who == "ecs-tasks.amazonaws.com":
        taking["Condition"] = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    return policy(taking)
