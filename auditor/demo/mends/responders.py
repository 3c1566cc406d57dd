"""Who is called by alarms beyond topics and policies: response plans, investigations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend, NoSuchThing


def _response_plan(exchange: Exchange) -> dict[str, Any]:
    """A planted plan, by its ARN (API GetResponsePlan)."""
    arn = exchange.params["arn"]
    plan: dict[str, Any] | None = exchange.memory("ssm-incidents", "plans").get(arn)
    if plan is None:
        raise NoSuchThing("ResourceNotFoundException", f"Response plan not found: {arn}")
    return plan


def _investigation_group(exchange: Exchange) -> dict[str, Any]:
    """A planted group, by its ARN or its name (API GetInvestigationGroup)."""
    wanted = exchange.params["identifier"]
    for arn, group in exchange.memory("aiops", "groups").items():
        if wanted in {arn, group["name"]}:
            return dict(group)
    raise NoSuchThing("ResourceNotFoundException", f"Investigation group not found: {wanted}")


ANSWERS: Mapping[str, Answer] = {
    "aiops:GetInvestigationGroup": _investigation_group,
    "ssm-incidents:GetResponsePlan": _response_plan,
}
MENDS: Mapping[str, Mend] = {}
