"""Bootstrap scripts hold no secrets and leave none behind.

Whoever may describe a launch template or an instance reads its user data, and so does every process
of the instance (EC2 user guide, "Instance user data": not for passwords). A secret that a script
fetches at run time is safe only in memory: in a file that others may read, in the log that
cloud-init keeps of all output, or traced by `set -x` it stays on the disk. One of the source's own
repaired scripts leaves a database's password in `/tmp`. Suspicious lines are named by number, and
the script by its digest; not a word of it is kept.

Fix: fetch the secret at run time, pass it on in memory or in a file of mode 600, and rotate what
was exposed: `aws secretsmanager rotate-secret --secret-id SECRET`. In CloudFormation
`LaunchTemplateData.UserData`, in a new version; old versions are to be deleted.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from auditor.settings import Settings
from probes.auto_scaling import _bootstrap, _suspicions
from probes.auto_scaling._bootstrap import Holder

_HELD = {"literal-secret": "a password or a key stands in the script"}
_LEAKED = {
    "secret-logged": "a secret is written to the log",
    "secret-written-to-disk": "a secret is written to a file",
    "trace-with-secrets": "secrets are traced to the log",
}


class BootstrapSecrets(Probe[Holder, Settings]):
    """One part for what stands in the scripts, one for what they do with what they fetch."""

    subject, needs = _bootstrap.SUBJECTS, _bootstrap.NEEDS
    severity, sources = Severity.HIGH, ("S1.2",)
    parts = ("held", "leaked")

    def judge_held(self, holder: Holder, facts: Facts, _expected: Settings) -> Iterator[Remark]:
        yield from _bootstrap.judged(holder, facts, partial(_suspicions.judged, _HELD))

    def judge_leaked(self, holder: Holder, facts: Facts, _expected: Settings) -> Iterator[Remark]:
        yield from _bootstrap.judged(holder, facts, partial(_suspicions.judged, _LEAKED))
