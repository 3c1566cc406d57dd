"""Customer keys rotate.

Key material that never changes makes one leak a leak of everything that it ever sealed. KMS
rotates symmetric encryption keys whose material it made itself; asymmetric and HMAC keys, imported
material, custom key stores and replicas do not rotate there (KMS developer guide, "Rotate AWS KMS
keys"), and the status of a key that is disabled or pending deletion says nothing.

Fix: `aws kms enable-key-rotation --key-id KEY --rotation-period-in-days 365`; in CloudFormation
`EnableKeyRotation: true` and `RotationPeriodInDays`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable
from auditor.settings import Settings, setting
from probes.aws import kms


class Rotates(Settings):
    """How often."""

    required: bool = setting(True, "Whether customer keys must rotate at all.")
    longest_days: int = setting(
        365, "Time between two rotations, at most.", unit="days", ge=90, le=2560
    )


class KeyRotation(Probe[kms.Key, Rotates]):
    """Rotation of each customer key that can rotate."""

    subject, needs = kms.KEYS, (kms.METADATA, kms.ROTATION)
    severity, settings = Severity.MEDIUM, Rotates
    sources = ("KMS key policies",)

    def judge(self, key: kms.Key, facts: Facts, expected: Rotates) -> Iterator[Remark]:
        metadata = facts.its(kms.METADATA)
        reason = kms.why_no_rotation(metadata)
        if reason or not expected.required:
            yield not_applicable(reason or "the baseline asks for no rotation")
            return
        rotation = facts.found(kms.ROTATION)
        if rotation is None:
            yield not_applicable("KMS does not rotate keys of this kind")
            return
        mend = (
            "aws", "kms", "enable-key-rotation", "--key-id", key.key_arn,
            "--rotation-period-in-days", str(expected.longest_days),
        )  # fmt: skip
        wanted = {"EnableKeyRotation": True, "RotationPeriodInDays": expected.longest_days}
        if not rotation.key_rotation_enabled:
            yield gap(
                "the key never rotates",
                code="rotation-off",
                expected="on",
                found="off",
                cli=mend,
                cloudformation=wanted,
            )
        elif rotation.rotation_period_in_days > expected.longest_days:
            yield drift(
                "the key rotates too seldom",
                code="period-too-long",
                expected=expected.longest_days,
                found=rotation.rotation_period_in_days,
                cli=mend,
                cloudformation=wanted,
            )
