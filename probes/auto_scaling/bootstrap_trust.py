"""Bootstrap scripts run only what can be trusted, with every placeholder filled in.

What comes over plain HTTP may be changed on its way, and a script that is piped to a shell runs as
root. A `${AWS::Region}` or `${Resource.Attribute}` that stands in live user data was never worked
out: `Fn::Sub` was forgotten, and a shell takes neither for a variable of its own (CloudFormation
user guide, "Fn::Sub").

Fix: download over HTTPS and check the digest, or install a signed package; put `Fn::Sub` around the
text. `aws ec2 create-launch-template-version`, then an instance refresh; in CloudFormation
`LaunchTemplateData.UserData` with `Fn::Base64` and `Fn::Sub`.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity
from auditor.settings import Settings
from probes.auto_scaling import _bootstrap, _suspicions
from probes.auto_scaling._bootstrap import Holder

_DOWNLOADS = {"piped-to-shell-over-http": "what comes over plain HTTP is piped to a shell"}
_PLACEHOLDERS = {"unresolved-placeholder": "a placeholder of the template was never filled in"}


class BootstrapTrust(Probe[Holder, Settings]):
    """One part for what scripts run, one for what was left in them."""

    subject, needs = _bootstrap.SUBJECTS, _bootstrap.NEEDS
    severity, sources = Severity.MEDIUM, ("S0.14", "S1.2")
    parts = ("downloads", "placeholders")

    def judge_downloads(
        self, holder: Holder, facts: Facts, _expected: Settings
    ) -> Iterator[Remark]:
        yield from _bootstrap.judged(holder, facts, partial(_suspicions.judged, _DOWNLOADS))

    def judge_placeholders(
        self, holder: Holder, facts: Facts, _expected: Settings
    ) -> Iterator[Remark]:
        yield from _bootstrap.judged(holder, facts, partial(_suspicions.judged, _PLACEHOLDERS))
