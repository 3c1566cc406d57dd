"""The options that commands share; each can be set by an `AUDITOR_...` environment variable."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

SEVERITIES = ("critical", "high", "medium", "low", "informational")
VERDICTS = ("pass", "gap", "drift", "unknown", "not_applicable")


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """An option that an environment variable can set as well."""
    flags = [name for name in names if name.startswith("--")]
    variable = flags[0].lstrip("-").replace("-", "_").upper()
    return click.option(*names, envvar=f"AUDITOR_{variable}", **settings)


def _together(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    def apply(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


class Duration(click.ParamType[int]):
    """Seconds, as a number or as in `90s`, `15m`, `1h`."""

    name = "duration"
    units = MappingProxyType({"": 1, "s": 1, "m": 60, "h": 3600})
    longest = 7 * 24 * 3600

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The seconds; fails where they are none, or more than a week."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"([0-9]{1,6})([smh]?)", value)
        seconds = int(found[1]) * self.units[found[2]] if found else 0
        if not 0 < seconds <= self.longest:
            self.fail(f"{value!r} is no duration such as 90, 90s, 15m or 1h", param, ctx)
        return seconds


package = option("--package", "packages", multiple=True, help="A further package of probes.")
quiet = option("--quiet", is_flag=True, help="No progress and no remarks on stderr.")
baseline = option(
    "--baseline",
    "baseline_file",
    type=click.Path(path_type=Path),
    help="Baseline file; else config/baseline.yaml here, else the shipped one.",
)
recorded = option(
    "--recorded",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Report what differs from this recorded state (`auditor record`).",
)
against = option(
    "--against",
    type=click.Choice(["templates"]),
    help="Report what differs from what the templates of deployed stacks declare.",
)
to_record = click.option(
    "--record", is_flag=True, help="With what `auditor record` and --recorded take."
)
types = option(
    "--type", "types", multiple=True, metavar="PATTERN", help="Kinds, as CloudFormation says."
)
as_of = option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Let waivers count as on this day (UTC).",
)
selection = _together(
    option("--probe", "patterns", multiple=True, metavar="PATTERN", help="Probes, by id."),
    package,
)
access = _together(
    option("--profile", "profiles", multiple=True, help="A profile of the AWS configuration."),
    option("--role-arn", "roles", multiple=True, help="A role to assume, with each profile."),
    option("--external-id", help="The external id that the roles ask for."),
    option("--region", "regions", multiple=True, help="A region; else all that are enabled."),
)
kept = _together(
    option(
        "--state",
        metavar="DIR|s3://BUCKET/PREFIX",
        help="Where the last run is kept, for the next one to continue.",
    ),
    option("--state-profile", help="The profile that may write the state; the audit's never does."),
    option(
        "--keep",
        type=click.IntRange(min=1),
        default=30,
        show_default=True,
        help="Earlier reports to keep in a state folder.",
    ),
)
who_calls = option(
    "--who-calls",
    type=click.IntRange(min=1, max=100_000),
    default=200,
    show_default=True,
    help="Ask CloudTrail so often at most, about the most severe drifts first; two a second.",
)
who = _together(
    option("--who", is_flag=True, help="Ask CloudTrail who made each drift; evidence only."),
    who_calls,
)
history = _together(
    option(
        "--previous",
        type=click.Path(path_type=Path),
        help="An earlier report (JSON): say what is new, changed, resolved.",
    ),
    kept,
)
bounds = _together(
    option(
        "--lock",
        "lock_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Do not run while another run holds this file.",
    ),
    option(
        "--timeout",
        type=Duration(),
        metavar="SECONDS|15m|1h",
        help="Ask nothing more after so long: a report of what was seen, and exit 3.",
    ),
)
endings = _together(
    option(
        "--summary",
        is_flag=False,
        flag_value="-",
        default="",
        metavar="[FILE]",
        help="The outcome as one line of JSON: to stderr, or to a file.",
    ),
    option("--metrics", default="", metavar="FILE", help="Metrics for Prometheus."),
    option(
        "--metrics-emf",
        default="",
        metavar="FILE|-",
        help="Metrics for CloudWatch, in its embedded format; - is stdout.",
    ),
)
outputs = _together(
    option(
        "--format",
        "formats",
        type=click.Choice(["table", "json", "jsonl", "tickets", "csv", "html"]),
        multiple=True,
        help="How to report; several, each with its --output.",
    ),
    option("--output", "files", multiple=True, metavar="FILE", help="Where to; - is stdout."),
    option(
        "--only", type=click.Choice(VERDICTS), multiple=True, help="Show findings of this verdict."
    ),
    option("--severity", type=click.Choice(SEVERITIES), help="Show findings this severe or more."),
    option(
        "--fail-on",
        type=click.Choice([*SEVERITIES, "never"]),
        default="low",
        show_default=True,
        help="Exit 1 for gaps and drifts this severe or more.",
    ),
    quiet,
)
