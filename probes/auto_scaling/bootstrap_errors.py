"""Bootstrap scripts stop at the first error.

A shell goes on after a command that failed: an instance whose packages could not be installed comes
up all the same, and takes traffic. `set -e` ends the script there, or `set -o errexit`, an option
of the shebang or a trap on ERR; in PowerShell `$ErrorActionPreference = 'Stop'`. cloud-config, the
settings of Bottlerocket and batch files have no such option. One of the source's own repaired
scripts, which fetches a database's password, has none of these.

Fix: begin the script with `set -euo pipefail`, make a new version with `aws ec2
create-launch-template-version`, then an instance refresh; in CloudFormation
`LaunchTemplateData.UserData`. Whether the script came to its end, `cfn-signal` can tell.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.auto_scaling import _bootstrap
from probes.auto_scaling._bootstrap import Holder, Script
from probes.aws.user_data import Bootstrap


class Strict(Settings):
    """Whether scripts must be strict."""

    require_set_e: bool = setting(True, "Whether scripts must stop at the first error.")


class BootstrapErrors(Probe[Holder, Strict]):
    """The shell and PowerShell scripts that instances are started with."""

    subject, needs = _bootstrap.SUBJECTS, _bootstrap.NEEDS
    severity, settings, sources = Severity.LOW, Strict, ("S0.14", "S1.2")

    def judge(self, holder: Holder, facts: Facts, expected: Strict) -> Iterator[Remark]:
        if not expected.require_set_e:
            yield not_applicable("the baseline lets scripts go on after errors")
            return
        yield from _bootstrap.judged(holder, facts, partial(_judge))


def _judge(script: Script) -> Iterator[Remark]:
    reason = _bootstrap.nothing_to_read(script) or _bootstrap.written_by_service(script)
    if reason or script.said is None:
        yield from (reason,) if reason else ()
    elif script.said.errexit == "no":
        yield gap(
            "the script goes on after a command that failed",
            code="no-error-exit",
            expected="stops",
            found="goes on",
        )
    elif script.said.errexit == "unknown":
        yield _untold(script.said)
    else:
        lines = sorted(s.line for s in script.said.smells if s.code == "errexit-turned-off")
        if lines:
            yield note(f"the script lets errors pass again on line {lines[0]}")


def _untold(said: Bootstrap) -> Remark:
    """Of what is not a shell script, or is not here."""
    if "include" in said.parts:
        return unknown("the script is somewhere else", code="elsewhere")
    kinds = ", ".join(sorted({*said.parts}))
    return not_applicable(f"no part is a shell script (kinds: {kinds})", code="no-shell")
