import pytest

from probes.analysis.metric_names import meant


@pytest.mark.parametrize(
    ("namespace", "name", "right"),
    [
        pytest.param("AWS/CodePipeline", "PipelineExecutionSuccess", "FailedPipelineExecutions", id="invented"),
        pytest.param("AWS/CodePipeline", "FailedPipelineExecutions", "", id="right"),
        pytest.param("AWS/ApplicationELB", "UnhealthyHostCount", "UnHealthyHostCount", id="a letter"),
        pytest.param("AWS/Lambda", "SomethingNew", "", id="not known here"),
        pytest.param("Mine", "PipelineExecutionSuccess", "", id="somebody's own"),
    ],
)  # fmt: skip
def test_what_a_name_that_does_not_exist_stands_for(namespace, name, right):
    assert meant(namespace, name) == right
