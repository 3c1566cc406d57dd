"""Queries -> IAM actions -> the exact read-only policy that a scan takes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from auditor.actions import actions_of
from auditor.query import JSON, Query

LONGEST = 6144
"""Characters of a managed policy, white space not counted (IAM user guide, "IAM quotas")."""

ALWAYS = ("ec2:DescribeRegions",)
"""Asked of every account before anything else; `sts:GetCallerIdentity` needs no permission."""


def actions_for(queries: Iterable[Query[Any]]) -> tuple[str, ...]:
    """The IAM actions that asking the queries takes, sorted."""
    return tuple(sorted({*ALWAYS, *(action for query in queries for action in actions_of(query))}))


def statement(actions: Iterable[str]) -> JSON:
    """The policy statement that grants actions; all are reads, and reads of lists take `*`."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


def policies(actions: Iterable[str]) -> list[JSON]:
    """The policy documents that grant actions: several where one would be too long."""
    documents: list[JSON] = []
    chunk: list[str] = []
    for action in actions:
        if len(json.dumps(_document([*chunk, action]), separators=(",", ":"))) > LONGEST:
            documents.append(_document(chunk))
            chunk = []
        chunk.append(action)
    return [*documents, _document(chunk)]


def _document(actions: list[str]) -> JSON:
    return {"Version": "2012-10-17", "Statement": [{"Sid": "Audit", **statement(actions)}]}
