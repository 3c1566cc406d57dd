"""Pull through cache rules of ECR, which moto lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend


def _create_rule(exchange: Exchange) -> dict[str, Any]:
    """API CreatePullThroughCacheRule."""
    rule = {**exchange.params, "registryId": exchange.account}
    exchange.memory("ecr", "cache rules")[rule["ecrRepositoryPrefix"]] = rule
    return rule


def _rules(exchange: Exchange) -> dict[str, Any]:
    """All rules, or those of some prefixes (API DescribePullThroughCacheRules)."""
    wanted = exchange.params.get("ecrRepositoryPrefixes")
    known = exchange.memory("ecr", "cache rules")
    return {"pullThroughCacheRules": [r for p, r in known.items() if not wanted or p in wanted]}


ANSWERS: Mapping[str, Answer] = {
    "ecr:CreatePullThroughCacheRule": _create_rule,
    "ecr:DescribePullThroughCacheRules": _rules,
}
MENDS: Mapping[str, Mend] = {}
