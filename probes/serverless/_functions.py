"""What several probes ask of a function."""

from __future__ import annotations

from auditor.probe import Remark, not_applicable, unknown
from probes.aws.lambda_ import Function


def copied(function: Function) -> Remark | None:
    """Why a copy at the edge is not judged: the function that it is made of is; else None."""
    if function.master_arn:
        return not_applicable("CloudFront made this copy; its original is judged", code="replica")
    return None


def not_named(function: Function) -> Remark | None:
    """Why a function has no runtime that could be judged; None where it names one."""
    if function.package_type == "Image":
        return not_applicable("what a container image runs on is not known", code="image")
    if not function.runtime:
        return unknown("AWS names no runtime", code="no-runtime")
    return None
