"""No verdict survives the loss of its evidence."""

import pytest

from tests.kit import check_law_seven
from tests.laws.cases import modules

CASES = [
    pytest.param(module.PROBE, case, id=f"{module.PROBE.id}: {case.id}")
    for module in modules()
    for case in module.CASES
]


@pytest.mark.parametrize(("probe", "case"), CASES)
def test_each_refused_query_makes_the_verdict_unknown_or_leaves_it_proven(probe, case):
    check_law_seven(probe, case)
