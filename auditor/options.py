"""The options that commands share; each can be set by an `AUDITOR_...` environment variable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
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


package = option("--package", "packages", multiple=True, help="A further package of probes.")
quiet = option("--quiet", is_flag=True, help="No progress and no remarks on stderr.")
baseline = option(
    "--baseline",
    "baseline_file",
    type=click.Path(path_type=Path),
    help="Baseline file; else config/baseline.yaml here, else the shipped one.",
)
as_of = option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Let waivers count as on this day (UTC).",
)
selection = _together(
    option("--probe", "patterns", multiple=True, metavar="PATTERN", help="Probes, by id."),
    option("--severity", type=click.Choice(SEVERITIES), help="Only probes this severe or more."),
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
history = _together(
    option(
        "--previous",
        type=click.Path(path_type=Path),
        help="An earlier report (JSON): say what is new, changed, resolved.",
    ),
    kept,
)
outputs = _together(
    option(
        "--format",
        "formats",
        type=click.Choice(["table", "json", "jsonl"]),
        multiple=True,
        help="How to report; several, each with its --output.",
    ),
    option("--output", "files", multiple=True, metavar="FILE", help="Where to; - is stdout."),
    option("--only", type=click.Choice(VERDICTS), multiple=True, help="Only these verdicts."),
    option(
        "--fail-on",
        type=click.Choice([*SEVERITIES, "never"]),
        default="low",
        show_default=True,
        help="Exit 1 for gaps and drifts this severe or more.",
    ),
    quiet,
)
