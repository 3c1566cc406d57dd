"""What pipelines stand on beyond CodePipeline itself: connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend, NoSuchThing

_PLANTED = "codeconnections"


def _connections(exchange: Exchange) -> dict[str, Any]:
    """Planted connections; either name of the service tells all (API ListConnections)."""
    return {"Connections": list(exchange.memory(_PLANTED, "connections").values())}


def _connection(exchange: Exchange) -> dict[str, Any]:
    """A planted connection, by its ARN (API GetConnection)."""
    arn = exchange.params["ConnectionArn"]
    found = exchange.memory(_PLANTED, "connections").get(arn)
    if found is None:
        raise NoSuchThing("ResourceNotFoundException", f"Connection not found: {arn}")
    return {"Connection": found}


ANSWERS: Mapping[str, Answer] = {
    f"{service}:{operation}": answer
    for service in ("codeconnections", "codestar-connections")
    for operation, answer in (("GetConnection", _connection), ("ListConnections", _connections))
}
MENDS: Mapping[str, Mend] = {}
