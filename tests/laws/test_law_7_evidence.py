"""No verdict survives the loss of its evidence."""

import importlib
from pathlib import Path

import pytest

from tests.kit import check_law_seven

FOLDER = Path(__file__).parent.parent / "probes"


def modules():
    for concern in sorted(FOLDER.iterdir()):
        for path in sorted(concern.glob("test_*.py")):
            yield importlib.import_module(f"tests.probes.{concern.name}.{path.stem}")


CASES = [
    pytest.param(module.PROBE, case, id=f"{module.PROBE.id}: {case.id}")
    for module in modules()
    for case in module.CASES
]


@pytest.mark.parametrize(("probe", "case"), CASES)
def test_each_refused_query_makes_the_verdict_unknown_or_leaves_it_proven(probe, case):
    check_law_seven(probe, case)
