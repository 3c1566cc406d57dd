"""What keeps a log of MySQL's kin empty although RDS exports it.

Sources: RDS user guide, "Publishing MySQL logs to Amazon CloudWatch Logs" (the general and the slow
query log need `general_log` or `slow_query_log` = 1, both 0 by default, and `log_output` = FILE)
and "Publishing MariaDB logs ..."; Aurora user guide, "Using Advanced Auditing with an Amazon Aurora
MySQL DB cluster" and "Publishing Amazon Aurora MySQL logs ..."; MySQL manual, "Selecting General
Query Log and Slow Query Log Output Destinations" (NONE overrides the other destinations).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from probes.analysis.answers import Answer, all_of

Values = Mapping[str, str | None]
"""Parameter -> value; None or no entry where the engine's own default counts."""

_SWITCHES = {"general": "general_log", "slowquery": "slow_query_log"}


@dataclass(frozen=True, slots=True)
class Silence:
    """A parameter that keeps a log empty; `certain` is false for a value that is not known."""

    log: str
    parameter: str
    wanted: str
    found: str | None
    certain: bool


def silences(log: str, values: Values, *, aurora: bool) -> Iterator[Silence]:
    """What keeps a log empty, or may; nothing for logs that are always written.

    What Aurora's `log_output` is where nobody set it is documented (FILE), RDS's is not: some
    default groups say TABLE.
    """
    if log in _SWITCHES:
        yield from _unless(_is_on(values, _SWITCHES[log]), log, _SWITCHES[log], "1", values)
        if values.get("log_output") is not None or not aurora:
            yield from _unless(_to_file(values), log, "log_output", "FILE", values)
    if log == "audit" and aurora:
        logging = _is_on(values, "server_audit_logging")
        yield from _unless(logging, log, "server_audit_logging", "1", values)
        events = Answer.of(bool(values.get("server_audit_events")))
        yield from _unless(events, log, "server_audit_events", "CONNECT,QUERY", values)


def aurora_ships_audit(values: Values) -> Answer:
    """Whether Aurora writes an audit log and sends it by its own role, without an export."""
    role = Answer.of(bool(values.get("aws_default_logs_role")))
    switches = ("server_audit_logging", "server_audit_logs_upload")
    return all_of((role, *(_is_on(values, switch) for switch in switches)))


def _is_on(values: Values, name: str) -> Answer:
    """A switch of MySQL: off where nobody set it."""
    value = (values.get(name) or "0").strip().upper()
    if value in {"1", "ON"}:
        return Answer.YES
    return Answer.NO if value in {"0", "OFF"} else Answer.CANNOT_TELL


def _to_file(values: Values) -> Answer:
    value = values.get("log_output")
    if value is None:
        return Answer.CANNOT_TELL
    words = {word.strip().upper() for word in value.split(",")}
    if not words <= {"FILE", "TABLE", "NONE"}:
        return Answer.CANNOT_TELL
    return Answer.of("FILE" in words and "NONE" not in words)


def _unless(
    fine: Answer, log: str, parameter: str, wanted: str, values: Values
) -> Iterator[Silence]:
    if fine is not Answer.YES:
        yield Silence(log, parameter, wanted, values.get(parameter), fine is Answer.NO)
