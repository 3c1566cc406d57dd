"""Events as CloudTrail's history sends them, and reports whose drifts ask for them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from auditor.over_time.lifecycle import Past, follow, past_of
from auditor.report import Report
from tests.engine.nights import Sight, night
from tests.kit import ACCOUNT, NOW, REGION

ROLE = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
KMS = "kms.amazonaws.com"


def assumed(session: str = "jane@example.com", role: str = "Deploy") -> dict[str, Any]:
    """The identity of a call with a role's credentials (user guide, "userIdentity element")."""
    return {
        "type": "AssumedRole",
        "principalId": f"AROAIDPPEZS35WEXAMPLE:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAIDPPEZS35WEXAMPLE",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"mfaAuthenticated": "false"},
        },
    }


def event(
    name: str = "PutKeyPolicy",
    days: float = -1,
    number: int = 1,
    source: str = KMS,
    read_only: str | None = "false",
    identity: Any = None,
    now: datetime = NOW,
    **more: Any,
) -> dict[str, Any]:
    """One event, so many days from the first night."""
    inside = {
        "eventVersion": "1.11",
        "userIdentity": assumed() if identity is None else identity,
        "eventSource": source,
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python",
        "requestParameters": {"policy": "hunter2", "masterUserPassword": "hunter2"},
        "responseElements": {"secret": "hunter2"},
        "readOnly": False,
        **more,
    }
    return {
        "EventId": f"0000000{number}-aaaa-bbbb-cccc-000000000000",
        "EventName": name,
        **({} if read_only is None else {"ReadOnly": read_only}),
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "EventTime": (now + timedelta(days=days)).timestamp(),
        "EventSource": source,
        "Username": "jane@example.com",
        "Resources": [{"ResourceType": "AWS::KMS::Key", "ResourceName": "k"}],
        "CloudTrailEvent": json.dumps(inside),
    }


def nights(*shown: dict[str, Any]) -> Report:
    """The last of some nights of one region, each the continuation of those before it."""
    past = Past()
    report = None
    for number, keys in enumerate(shown):
        made = night(number, {REGION: Sight(keys)})
        made.run.finished_at = made.run.started_at + timedelta(minutes=5)
        report = follow(made, past)
        past = past_of([report])
    assert report is not None
    return report
