"""The sizes of CodeBuild's own machines, and whether a project has the wanted one.

Source: CodeBuild API model, `ComputeType`.
"""

from collections.abc import Collection, Iterator
from typing import Literal

from auditor.probe import Remark, Severity, drift, not_applicable

Size = Literal[
    "BUILD_GENERAL1_SMALL",
    "BUILD_GENERAL1_MEDIUM",
    "BUILD_GENERAL1_LARGE",
    "BUILD_GENERAL1_XLARGE",
    "BUILD_GENERAL1_2XLARGE",
]
Compare = Literal["exact", "at_most"]
SIZES = tuple(f"BUILD_GENERAL1_{s}" for s in ("SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"))
OTHER_SCALES = {"ATTRIBUTE_BASED_COMPUTE", "CUSTOM_INSTANCE_TYPE"} | {
    f"BUILD_LAMBDA_{size}GB" for size in (1, 2, 4, 8, 10)
}


def off_size(found: str, wanted: Collection[str], compare: Compare) -> Iterator[Remark]:
    """What is wrong with the size of a project that should have one of the wanted sizes."""
    if not wanted:
        yield not_applicable("the baseline asks for no size of such projects")
        return
    largest = max(wanted, key=SIZES.index)
    smaller = SIZES.index(found) < SIZES.index(largest)
    if found in wanted or (smaller and compare == "at_most"):
        return
    yield drift(
        f"its machines are too {'small' if smaller else 'large'} for what it does",
        code="compute-too-small" if smaller else "compute-too-large",
        severity=Severity.LOW,
        expected=sorted(wanted),
        found=found,
        cloudformation={"Environment": {"ComputeType": largest}},
    )
