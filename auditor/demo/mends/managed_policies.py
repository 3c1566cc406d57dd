"""AWS's own managed policies: the whole list, of which moto offers only those that are planted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from auditor.demo.exchange import Answer, Exchange, Mend


@cache
def _list() -> Mapping[str, str]:
    """By ARN the names of AWS's policies."""
    known = json.loads(aws_managed_policies_data)
    return {f"arn:aws:iam::aws:policy{p['Path']}{name}": name for name, p in known.items()}


def _policies(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Every account lists all of AWS's policies (API ListPolicies); they end the last page."""
    wanted = exchange.params
    if answer.get("IsTruncated") or wanted.get("OnlyAttached") or wanted.get("Scope") == "Local":
        return
    planted = {policy["Arn"] for policy in answer["Policies"]}
    answer["Policies"] += [
        {"Arn": arn, "PolicyName": name, "IsAttachable": True}
        for arn, name in _list().items()
        if arn not in planted
    ]


def _policy(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Of AWS's policies moto keeps no description; one that is planted by ARN is shown."""
    planted = exchange.memory("iam", "descriptions").get(answer["Policy"]["Arn"])
    if planted:
        answer["Policy"]["Description"] = planted


ANSWERS: Mapping[str, Answer] = {}
MENDS: Mapping[str, Mend] = {"iam:GetPolicy": _policy, "iam:ListPolicies": _policies}
