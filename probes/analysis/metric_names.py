"""Metrics that look right on a dashboard or an alarm and do not exist.

Sources: CodePipeline user guide, "CodePipeline CloudWatch metrics" (`PipelineDuration` and
`FailedPipelineExecutions` are all there are); CodeBuild user guide, "CodeBuild CloudWatch metrics";
Elastic Load Balancing, ECS and Lambda guides. Names count letter by letter.
"""

from collections.abc import Mapping

_KNOWN: Mapping[str, frozenset[str]] = {
    "AWS/ApplicationELB": frozenset(
        {
            "ActiveConnectionCount",
            "HTTPCode_ELB_4XX_Count",
            "HTTPCode_ELB_5XX_Count",
            "HTTPCode_Target_2XX_Count",
            "HTTPCode_Target_3XX_Count",
            "HTTPCode_Target_4XX_Count",
            "HTTPCode_Target_5XX_Count",
            "HealthyHostCount",
            "RequestCount",
            "TargetResponseTime",
            "UnHealthyHostCount",
        }
    ),
    "AWS/CodeBuild": frozenset(
        {"BuildDuration", "Builds", "Duration", "FailedBuilds", "QueuedDuration", "SucceededBuilds"}
    ),
    "AWS/CodePipeline": frozenset({"FailedPipelineExecutions", "PipelineDuration"}),
    "AWS/ECS": frozenset({"CPUReservation", "CPUUtilization", "MemoryReservation"})
    | {"MemoryUtilization"},
    "AWS/Lambda": frozenset(
        {"ConcurrentExecutions", "Duration", "Errors", "Invocations", "Throttles"}
    ),
    "AWS/NetworkELB": frozenset({"HealthyHostCount", "UnHealthyHostCount"}),
}
_INVENTED: Mapping[tuple[str, str], str] = {
    ("AWS/CodePipeline", "PipelineExecutionSuccess"): "FailedPipelineExecutions",
    ("AWS/CodePipeline", "PipelineExecutionFailure"): "FailedPipelineExecutions",
}
_BY_CASE: Mapping[tuple[str, str], str] = {
    (namespace, name.casefold()): name for namespace, names in _KNOWN.items() for name in names
}


def meant(namespace: str, name: str) -> str:
    """The metric that a name which does not exist stands for; nothing for all other names."""
    found = _INVENTED.get((namespace, name)) or _BY_CASE.get((namespace, name.casefold()), "")
    return found if found != name else ""
