"""Log groups keep their events as long as the baseline says, and not for ever.

What never expires is paid for for ever; what expires too early is missing when something is looked
into. Groups that services make by themselves never expire. Where a retention policy of the account
applies, the API answers its days, and none where it says never (API model, `LogGroup`). Groups of
class DELIVERY keep a day, whatever is set. Reviews advise 7 days; auditors want a year.

Fix: `aws logs put-retention-policy --log-group-name GROUP --retention-in-days 7`, or the policy of
the account by `aws logs put-account-policy`; in CloudFormation `RetentionInDays`.
"""

from collections.abc import Iterator
from typing import Any, Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.analysis.patterns import fits
from probes.aws import logs

_CLASSES = frozenset({"STANDARD", "INFREQUENT_ACCESS", "ESSENTIALS"})
_YEAR = 365


class Retention(Settings):
    """How long events are kept."""

    days_min: int = setting(7, "Days that events are kept at least.", unit="days", ge=1, le=3653)
    days_max: int | None = setting(
        None, "Days that events are kept at most; none means that any will do.", unit="days", ge=1
    )
    compliance_profile: Literal["none", "year"] = setting(
        "none", "Whether auditors want events for a year."
    )
    allow_never: bool = setting(False, "Whether events may be kept for ever.")
    personal_data: list[str] = setting(
        [], "Patterns of names of log groups whose events hold personal data."
    )


class LogRetention(Probe[logs.LogGroup, Retention]):
    """The retention of each log group."""

    subject = logs.LOG_GROUPS
    severity, settings, sources = Severity.LOW, Retention, ("S3.I2", "S2.17")

    def judge(self, group: logs.LogGroup, _facts: Facts, expected: Retention) -> Iterator[Remark]:
        days, least = group.retention_in_days, expected.days_min
        if expected.compliance_profile == "year":
            least = max(least, _YEAR)
        if group.log_group_class == "DELIVERY":
            yield not_applicable("groups of class DELIVERY keep a day", code="delivery")
        elif group.log_group_class not in _CLASSES:
            yield unknown(f"how long class {group.log_group_class!r} keeps events is not known")
        elif days is None and not expected.allow_never:
            secret = fits(expected.personal_data, group.log_group_name)
            severity = Severity.MEDIUM if secret else Severity.LOW
            more = _more(group, logs.at_least(least), f"at least {least} days")
            yield gap("its events never expire", code="never-expire", severity=severity, **more)
        elif days is not None and days < least:
            more = _more(group, logs.at_least(least), f"at least {least} days")
            severity = Severity.MEDIUM
            yield drift("its events expire too early", code="too-short", severity=severity, **more)
        elif days is not None and expected.days_max is not None and days > expected.days_max:
            days_max = expected.days_max
            more = _more(group, logs.at_most(days_max), f"at most {days_max} days")
            yield drift("its events are kept too long", code="too-long", **more)


def _more(group: logs.LogGroup, days: int, expected: str) -> dict[str, Any]:
    policy, name = group.retention_policy_name, group.log_group_name
    mend = ("put-retention-policy", "--log-group-name", name, "--retention-in-days", str(days))
    return {
        "expected": expected,
        "found": group.retention_in_days or "never",
        "evidence": {"set by": f"policy {policy} of the account" if policy else "the log group"},
        "cli": () if policy else ("aws", "logs", *mend),
        "cloudformation": None if policy else {"RetentionInDays": days},
    }
