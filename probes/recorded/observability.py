"""CloudWatch: log groups, metric alarms and composite alarms."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.query import JSON
from auditor.recording.recordable import Recordable
from probes.aws import cloudwatch, logs

_ALARM_STATES = (
    "AlarmName", "AlarmArn", "AlarmConfigurationUpdatedTimestamp", "StateValue", "StateReason",
    "StateReasonData", "StateUpdatedTimestamp", "StateTransitionedTimestamp",
)  # fmt: skip
_ALARM_ACTIONS = (
    "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions",
    "ActionConfiguration",
)  # fmt: skip


def is_of_scaling(alarm: Mapping[str, JSON]) -> bool:
    """Whether target tracking made an alarm: it owns it (`cloudwatch.scaling_owns`)."""
    return str(alarm.get("AlarmName")).startswith("TargetTracking-")


LOG_GROUP = Recordable(
    logs.LOG_GROUPS,
    keeps=(
        "retentionInDays", "kmsKeyId", "dataProtectionStatus", "inheritedProperties",
        "logGroupClass", "deletionProtectionEnabled", "bearerTokenAuthenticationEnabled",
        "retentionPolicyName",
    ),
    leaves=(
        "logGroupName", "creationTime", "metricFilterCount", "arn", "storedBytes", "logGroupArn",
    ),
    names={"dataProtectionStatus": "DataProtectionPolicy", "inheritedProperties": "",
           "retentionPolicyName": ""},
)  # fmt: skip
ALARM = Recordable(
    cloudwatch.ALARMS,
    keeps=(
        *_ALARM_ACTIONS, "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions",
        "Period", "Unit", "EvaluationPeriods", "DatapointsToAlarm", "Threshold",
        "ComparisonOperator", "TreatMissingData", "EvaluateLowSampleCountPercentile", "Metrics",
        "ThresholdMetricId", "EvaluationWindow", "WarmUpConfiguration", "EvaluationCriteria",
        "EvaluationInterval",
    ),
    leaves=(*_ALARM_STATES, "EvaluationState"),
    keyed={"Metrics": "Id"},
    skips=is_of_scaling,
)  # fmt: skip
COMPOSITE_ALARM = Recordable(
    cloudwatch.COMPOSITE_ALARMS,
    keeps=(
        *_ALARM_ACTIONS, "AlarmRule", "ActionsSuppressor", "ActionsSuppressorWaitPeriod",
        "ActionsSuppressorExtensionPeriod",
    ),
    leaves=(*_ALARM_STATES, "ActionsSuppressedBy", "ActionsSuppressedReason"),
)  # fmt: skip
