"""CloudWatch: log groups, metric alarms and composite alarms."""

from __future__ import annotations

from auditor.drift.declarable import Declarable
from probes.declared._words import key, lowered, same
from probes.recorded import observability

_ACTIONS = (
    "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions",
)  # fmt: skip
LOG_GROUP = Declarable(
    observability.LOG_GROUP,
    (
        *lowered("RetentionInDays", "LogGroupClass", "DeletionProtectionEnabled"),
        key("KmsKeyId", "kmsKeyId"),
    ),
    silent={"LogGroupName"},
)
ALARM = Declarable(
    observability.ALARM,
    same(
        *_ACTIONS, "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions",
        "Period", "Unit", "EvaluationPeriods", "DatapointsToAlarm", "Threshold",
        "ComparisonOperator", "TreatMissingData", "EvaluateLowSampleCountPercentile", "Metrics",
        "ThresholdMetricId",
    ),
    silent={"AlarmName"},
    absent={"TreatMissingData": "missing"},
)  # fmt: skip
COMPOSITE_ALARM = Declarable(
    observability.COMPOSITE_ALARM,
    same(
        *_ACTIONS, "AlarmRule", "ActionsSuppressor", "ActionsSuppressorWaitPeriod",
        "ActionsSuppressorExtensionPeriod",
    ),
    silent={"AlarmName"},
)  # fmt: skip
