"""Customer keys rotate.

Key material that never changes makes one leak a leak of everything that it ever sealed. KMS
rotates symmetric encryption keys whose material it made itself; asymmetric and HMAC keys, imported
material and custom key stores do not rotate there, and a multi-Region replica rotates with its
primary key, which alone has the setting (KMS API, `EnableKeyRotation`). While a key is disabled or
pending deletion its status says nothing. Imported material can rotate on demand.

Fix: `aws kms enable-key-rotation --key-id KEY --rotation-period-in-days 365`; in CloudFormation
`EnableKeyRotation: true` and `RotationPeriodInDays`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, gap, not_applicable, note, unknown
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
    sources = ("S0.critical", "S4.2", "design card")

    def judge(self, key: kms.Key, facts: Facts, expected: Rotates) -> Iterator[Remark]:
        metadata = facts.its(kms.METADATA)
        reason = kms.why_no_rotation(metadata)
        if reason or not expected.required:
            yield not_applicable(reason or "the baseline asks for no rotation")
            return
        rotation = facts.of(metadata).found(kms.ROTATION)
        if rotation is None:
            yield not_applicable("KMS does not rotate keys of this kind")
            return
        new = kms.what_is_new(metadata)
        if new and not rotation.key_rotation_enabled:
            yield unknown(f"whether such a key rotates is not known here: {new}")
            return
        if rotation.on_demand_rotation_start_date:
            yield note("a rotation on demand is under way")
        yield from self._judge_rotation(key, rotation, expected)

    def _judge_rotation(
        self, key: kms.Key, rotation: kms.Rotation, expected: Rotates
    ) -> Iterator[Remark]:
        mend = (
            "aws", "kms", "enable-key-rotation", "--key-id", key.key_arn,
            "--rotation-period-in-days", str(expected.longest_days),
        )  # fmt: skip
        wanted = {"EnableKeyRotation": True, "RotationPeriodInDays": expected.longest_days}
        more = {"cli": mend, "cloudformation": wanted}
        if not rotation.key_rotation_enabled:
            message = "the key never rotates"
            yield gap(message, code="rotation-off", expected="on", found="off", **more)
        elif rotation.rotation_period_in_days > expected.longest_days:
            yield drift(
                "the key rotates too seldom",
                code="period-too-long",
                expected=expected.longest_days,
                found=rotation.rotation_period_in_days,
                **more,
            )
