"""Who made a drift, in one line for people."""

from __future__ import annotations

from collections.abc import Callable

from auditor.finding import ChangedBy
from auditor.reports.escape import terminal


def who_line(by: ChangedBy, show: Callable[[object], str] = terminal) -> str:
    """What is known of the change, or why nothing is; `show` makes each foreign word harmless."""
    if by.answer != "found":
        return f"who changed it: {_untold(by, show)}"
    day = f" on {by.time:%Y-%m-%d %H:%M} UTC" if by.time else ""
    session = f" (session {show(by.session)})" if by.session and by.principal else ""
    who = f" by {show(by.principal or by.session)}" if by.principal or by.session else ""
    source = f" from {show(by.source)}" if by.source else ""
    return f"{by.sure} change: {show(by.event_name)}{day}{who}{session}{source}"


def _untold(by: ChangedBy, show: Callable[[object], str]) -> str:
    words = {"not_found": "", "refused": "CloudTrail would not say: ", "not_asked": "not asked: "}
    return f"{words[by.answer]}{show(by.note)}"
