"""What happened to a group: its activities, and which failures nothing has made good since."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from auditor.facts import Facts
from auditor.query import JSON
from probes.analysis.failures import Cause, Kind, classify
from probes.aws.autoscaling import ACTIVITIES, FAILED, Activity, Group, group_of

_UNDER_WAY = frozenset(
    {
        "PendingSpotBidPlacement", "WaitingForSpotInstanceRequestId", "WaitingForSpotInstanceId",
        "WaitingForInstanceId", "PreInService", "InProgress", "WaitingForELBConnectionDraining",
        "MidLifecycleAction", "WaitingForInstanceWarmup", "WaitingForConnectionDraining",
        "WaitingForInPlaceUpdateToStart", "WaitingForInPlaceUpdateToFinalize",
        "InPlaceUpdateInProgress",
    }
)  # fmt: skip
"""API model, `ScalingActivityStatusCode`."""
_KNOWN = FAILED | _UNDER_WAY | {"Successful"}
_LAUNCH = "launching"
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class History:
    """The activities of a group, the newest first."""

    activities: tuple[Activity, ...]

    @property
    def unmended(self) -> list[Activity]:
        """What came after the last launch that succeeded, or began with it."""
        good = (one for one in self.activities if one.status_code == "Successful" and _starts(one))
        last = next(good, None)
        return [one for one in self.activities if not last or one.start_time >= last.start_time]

    @property
    def latest_failed(self) -> bool:
        """Whether the last activity that came to an end failed."""
        latest = next((one for one in self.activities if one.status_code not in _UNDER_WAY), None)
        return latest is not None and latest.status_code in FAILED


def history_of(group: Group, facts: Facts) -> History:
    """What happened to a group, and not to an earlier one of the same name."""
    listed = facts.where(ACTIVITIES, group_of, group.auto_scaling_group_name)
    own = {"", group.auto_scaling_group_arn}
    mine = (one for one in listed if one.auto_scaling_group_arn in own)
    return History(tuple(sorted(mine, key=lambda one: one.start_time, reverse=True)))


def failures(activities: Iterable[Activity]) -> list[Activity]:
    """Those that failed or were given up."""
    return [one for one in activities if one.status_code in FAILED]


def strange(activities: Iterable[Activity]) -> list[str]:
    """Status codes that this version does not know."""
    return sorted({one.status_code for one in activities} - _KNOWN)


def too_small(group: Group) -> bool:
    """Whether fewer units are in service than the group wants; what cannot be told counts as so."""
    if group.desired_capacity_type != "units":
        return True
    serving = (one for one in group.instances if one.lifecycle_state == "InService")
    return sum(_units(one.weighted_capacity) for one in serving) < group.desired_capacity


def _units(weight: str) -> int:
    """What an instance counts for: 1 to 999 (API model, `LaunchTemplateOverrides`)."""
    return int(weight) if weight.isdecimal() and len(weight) <= 3 else 0


def cause_of(activity: Activity) -> Cause:
    """The cause that an activity's message points to; its reason where the message says nothing."""
    by_message = classify(activity.status_message)
    return classify(activity.cause) if by_message.kind is Kind.UNKNOWN else by_message


def shown(activities: Iterable[Activity]) -> list[JSON]:
    """The newest of the activities, for evidence."""
    return [
        {
            "activity": one.activity_id,
            "started": one.start_time.isoformat(),
            "status": one.status_code,
            "message": one.status_message,
            "cause": cause_of(one).name,
        }
        for one in islice(activities, _MOST_SHOWN)
    ]


def _starts(activity: Activity) -> bool:
    return activity.description.lower().startswith(_LAUNCH)
