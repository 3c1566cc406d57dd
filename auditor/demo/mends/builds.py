"""What CodeBuild curates, and the notification rules of pipelines and projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.demo.exchange import Answer, Exchange, Mend, NoSuchThing

_SERVICE = "codestar-notifications"
_CURATED = ("aws/codebuild/amazonlinux-x86_64-standard:5.0", "aws/codebuild/standard:7.0")


def _curated_images(_: Exchange) -> dict[str, Any]:
    """Two of the images that CodeBuild keeps (API ListCuratedEnvironmentImages)."""
    images = [{"name": name, "description": name, "versions": [name]} for name in _CURATED]
    languages = [{"language": "BASE", "images": images}]
    return {"platforms": [{"platform": "AMAZON_LINUX", "languages": languages}]}


def _create(exchange: Exchange) -> dict[str, Any]:
    """A rule whose targets can all be reached (API CreateNotificationRule)."""
    given = exchange.params
    arn = exchange.arn(
        "codestar-notifications", f"notificationrule/{uuid5(NAMESPACE_URL, given['Name'])}"
    )
    exchange.memory(_SERVICE, "rules")[arn] = {
        "Arn": arn,
        "Name": given["Name"],
        "Resource": given["Resource"],
        "DetailType": given["DetailType"],
        "Status": given.get("Status", "ENABLED"),
        "EventTypes": [{"EventTypeId": kind} for kind in given["EventTypeIds"]],
        "Targets": [{**target, "TargetStatus": "ACTIVE"} for target in given["Targets"]],
    }
    return {"Arn": arn}


def _listed(exchange: Exchange) -> dict[str, Any]:
    """The rules by ARN alone (API ListNotificationRules)."""
    known = exchange.memory(_SERVICE, "rules")
    return {"NotificationRules": [{"Arn": a, "Id": a.rpartition("/")[2]} for a in known]}


def _described(exchange: Exchange) -> dict[str, Any]:
    """One rule (API DescribeNotificationRule)."""
    arn = exchange.params["Arn"]
    found: dict[str, Any] | None = exchange.memory(_SERVICE, "rules").get(arn)
    if found is None:
        raise NoSuchThing("ResourceNotFoundException", f"Notification rule not found: {arn}")
    return found


ANSWERS: Mapping[str, Answer] = {
    "codebuild:ListCuratedEnvironmentImages": _curated_images,
    "codestar-notifications:CreateNotificationRule": _create,
    "codestar-notifications:DescribeNotificationRule": _described,
    "codestar-notifications:ListNotificationRules": _listed,
}
MENDS: Mapping[str, Mend] = {}
