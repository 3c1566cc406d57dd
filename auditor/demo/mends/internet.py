"""What internet gateways let through, which moto has no switch for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend


def _blocked(exchange: Exchange) -> dict[str, Any]:
    """The block of the region as planted; nothing is blocked unless somebody does."""
    mode = exchange.memory("ec2", "public access").get("mode", "off")
    options = {
        "AwsAccountId": exchange.account,
        "AwsRegion": exchange.region,
        "State": "default-state" if mode == "off" else "update-complete",
        "InternetGatewayBlockMode": mode,
    }
    return {"VpcBlockPublicAccessOptions": options}


ANSWERS: Mapping[str, Answer] = {"ec2:DescribeVpcBlockPublicAccessOptions": _blocked}
MENDS: Mapping[str, Mend] = {}
