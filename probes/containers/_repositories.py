"""Repositories of ECR: which are judged, which a cache fills, and how to set them up."""

from __future__ import annotations

import json
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, not_applicable
from auditor.settings import Settings, setting
from probes.analysis.patterns import as_texts, fits
from probes.aws import ecr

_UNTAGGED = {
    "rules": [
        {
            "rulePriority": 1,
            "description": "Expire untagged images",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 30,
            },
            "action": {"type": "expire"},
        }
    ]
}


class Exempting(Settings):
    """Which repositories are left alone."""

    exempt: list[str] = setting(
        ["cdk-*-container-assets-*"],
        "Repositories that are left alone: patterns of name, ARN or `Key=Value` of a tag.",
    )


def left_alone(
    repository: ecr.Repository, facts: Facts, expected: Exempting, *, asked: bool
) -> Remark | None:
    """Why a repository is not judged, one being that the baseline never asks; None where it is."""
    if not asked:
        return not_applicable("the baseline does not ask for it", code="not-asked")
    exempt = tuple(expected.exempt)
    by_tag = any("=" in pattern for pattern in exempt)
    tags = facts.tags(repository) if by_tag else {}
    if fits(exempt, repository.repository_name, repository.repository_arn, *as_texts(tags)):
        return not_applicable("the baseline leaves this repository alone", code="exempt")
    return None


def is_cached(name: str, facts: Facts) -> bool:
    """Whether images of that name come from another registry. Needs `CACHE_RULES`."""
    return any(rule.fetches(name) for rule in facts.all(ecr.CACHE_RULES))


def scanning(repository: ecr.Repository) -> dict[str, Any]:
    """How to have the images of a repository scanned.

    No command: it would replace the rules that the registry has for other repositories.
    """
    filters = [{"Filter": repository.repository_name, "FilterType": "WILDCARD"}]
    properties = {
        "ScanType": "BASIC",
        "Rules": [{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": filters}],
    }
    kind = "AWS::ECR::RegistryScanningConfiguration"
    return {"cloudformation": {"Type": kind, "Properties": properties}}


def lifecycle(repository: ecr.Repository) -> dict[str, Any]:
    """A policy that lets untagged images expire, as a command and for a template."""
    text = json.dumps(_UNTAGGED)
    name = ("--repository-name", repository.repository_name)
    return {
        "cli": ("aws", "ecr", "put-lifecycle-policy", *name, "--lifecycle-policy-text", text),
        "cloudformation": {"LifecyclePolicy": {"LifecyclePolicyText": text}},
    }
