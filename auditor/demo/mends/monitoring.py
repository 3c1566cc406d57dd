"""Who else watches an account: links to accounts that see its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend


def _keep_link(exchange: Exchange) -> dict[str, Any]:
    """A link to a sink of another account (API CreateLink)."""
    links = exchange.memory("oam", "links")
    link = {
        "Arn": exchange.arn("oam", f"link/{len(links) + 1}"),
        "Id": str(len(links) + 1),
        "Label": exchange.params["LabelTemplate"],
        "ResourceTypes": list(exchange.params["ResourceTypes"]),
        "SinkArn": exchange.params["SinkIdentifier"],
    }
    links[link["Arn"]] = link
    return link


def _links(exchange: Exchange) -> dict[str, Any]:
    """The links of an account to those that watch it (API ListLinks)."""
    return {"Items": list(exchange.memory("oam", "links").values())}


ANSWERS: Mapping[str, Answer] = {"oam:CreateLink": _keep_link, "oam:ListLinks": _links}
MENDS: Mapping[str, Mend] = {}
