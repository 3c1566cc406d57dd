"""ARNs in answers: a text that is none is nothing that AWS says, and no shape accepts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator

from probes.analysis import names
from probes.analysis.principals import Principal


def _read_by(reading: Callable[[str], object]) -> AfterValidator:
    """Accepts what `reading` can read; it raises a ValueError for anything else."""

    def checked(text: str) -> str:
        reading(text)
        return text

    return AfterValidator(checked)


AnArn = Annotated[str, _read_by(names.arn)]
RoleArn = Annotated[str, _read_by(Principal.identity)]
LoadBalancerArn = Annotated[str, _read_by(names.load_balancer_dimension)]
TargetGroupArn = Annotated[str, _read_by(names.target_group_dimension)]
