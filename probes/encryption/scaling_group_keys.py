"""Auto Scaling can use the keys that seal the volumes of its groups.

It launches as the group's service-linked role. The key policy (or a grant) must name that very role
for a customer's key; one with a suffix is another role. AWS's own key `aws/ebs` takes nothing (EC2
Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes"). Launches
fail without it, and the error reads like a broken key: `Client.InvalidKMSKey.InvalidState`, or
`Client.InternalError`. A volume's key is the template's, the snapshot's or the account's default.
Keys of other accounts need the role's grant, made from the group's account.

The source blames default encryption: that fails only where the default key is a customer's. Its
statement has neither Effect nor Resource, and without `kms:GrantIsForAWSResource` grants are
unbound. It pins the default name of the role.

Fix: `aws kms put-key-policy` with AWS's two statements, or `aws kms create-grant` with
`--grantee-principal ROLE --operations ...`; in CloudFormation two statements of `KeyPolicy`.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable, unknown
from auditor.settings import Settings
from probes.analysis.answers import CannotTell
from probes.aws import autoscaling
from probes.encryption import _launches, _volume_keys


class ScalingGroupKeys(Probe[autoscaling.Group, Settings]):
    """The service-linked role of each group, and each key that volumes of the group need."""

    subject, needs = autoscaling.GROUPS, _volume_keys.NEEDS
    severity, sources = Severity.CRITICAL, ("S0.critical",)

    def judge(
        self, group: autoscaling.Group, facts: Facts, _expected: Settings
    ) -> Iterator[Remark]:
        if group.status:
            yield not_applicable("the group is being deleted")
            return
        launches = _launches.launches(facts, group)
        if isinstance(launches, CannotTell):
            yield unknown(launches.reason)
            return
        keys = _volume_keys.VolumeKeys(facts, group)
        yield from every(
            *(partial(keys.of_template, launch) for launch in launches),
            *(partial(keys.of_image, launch) for launch in launches),
        )
        if not keys.met:
            yield not_applicable("the group launches no encrypted volumes")
