"""Keys of KMS in AWS's own words: one of the customer's, and AWS's own for a service."""

from probes.aws import kms

OWN = "1234abcd-12ab-34cd-56ef-1234567890ab"
OF_AWS = "1234abcd-12ab-34cd-56ef-1234567890ff"
ARN = "arn:aws:kms:us-east-1:123456789012:key/"
FOREIGN = "arn:aws:kms:us-east-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890aa"


def metadata(number, manager):
    return {
        "AWSAccountId": "123456789012",
        "Arn": f"{ARN}{number}",
        "KeyManager": manager,
        "KeyState": "Enabled",
    }


def answers(manager="CUSTOMER"):
    """A key of the customer's named `alias/own`, and one of AWS's."""
    managers = {OWN: manager, OF_AWS: "AWS"}
    alias = "arn:aws:kms:us-east-1:123456789012:alias/own"
    return {
        kms.KEYS: [{"KeyId": number, "KeyArn": f"{ARN}{number}"} for number in managers],
        kms.ALIASES: [{"AliasArn": alias, "AliasName": "alias/own", "TargetKeyId": OWN}],
        kms.METADATA: {f"{ARN}{one}": metadata(one, by) for one, by in managers.items()},
    }
