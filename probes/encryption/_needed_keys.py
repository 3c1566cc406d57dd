"""One key that a scaling group's volumes need, and whether its service-linked role may use it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, gap, unknown
from probes.analysis import key_policies, volume_keys
from probes.analysis.access import Decisions
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.policy import Policy, read_policy
from probes.analysis.principals import Named, Principal
from probes.aws import autoscaling, iam, kms
from probes.encryption._launches import Sealed
from probes.encryption._policies import put_policy

NEEDS = (kms.METADATA, kms.POLICY, kms.GRANTS, iam.ROLES, autoscaling.ACTIVITIES)
_WAKING = {"Disabled": "enable-key", "PendingDeletion": "cancel-key-deletion"}


@dataclass(frozen=True, slots=True)
class NeededKey:
    """A key of this account, and the volume of a group that needs it."""

    facts: Facts
    group: autoscaling.Group
    sealed: Sealed
    metadata: kms.Metadata

    def judge(self, key: kms.Key) -> Iterator[Remark]:
        """What there is to say of the key; nothing of one that AWS manages and that works."""
        if found := kms.why_unusable(self.metadata):
            verb = _WAKING.get(found, "")
            wake = ("aws", "kms", verb, "--key-id", key.key_arn) if verb else ()
            code = "key-state" if found == self.metadata.key_state else "key-unfit"
            yield self._gap(key, f"{self._where} is {found}", code=code, found=found, cli=wake)
        elif not self.metadata.is_of_aws:
            yield from self._judge_access(key)

    @property
    def _where(self) -> str:
        return f"the key of {self.sealed.device} ({self.sealed.stands})"

    def _judge_access(self, key: kms.Key) -> Iterator[Remark]:
        document = self.facts.of(self.metadata).its(kms.POLICY).policy
        policy = self.facts.once(read_policy, document)
        arn = self.group.service_linked_role_arn
        if isinstance(policy, CannotTell):
            yield unknown(f"the key policy cannot be read: {policy.reason}")
            return
        try:
            role = Principal.identity(arn)
        except ValueError:
            yield unknown(f"the group's service-linked role {arn!r} is no ARN of a role")
            return
        found = self._access(policy, role)
        if found.missing:
            labels = key_policies.in_effect(policy, key.key_arn).idle
            idle = [f"{label} has no effect, as its Resource is not this key" for label in labels]
            put = put_policy(
                key.key_arn, key_policies.with_statements(document, *volume_keys.statements(role))
            )
            yield self._gap(
                key,
                f"{role} may not use {self._where}: {'; '.join((*found.reasons, *idle))}",
                code=volume_keys.code(found.missing, policy, role),
                found=list(found.missing),
                cli=put["cli"],
                cloudformation={"Type": "AWS::KMS::Key", "Properties": put["cloudformation"]},
            )
        elif found.undecided:
            yield unknown(f"whether {role} may use {self._where}: {'; '.join(found.reasons)}")

    def _access(self, policy: Policy, role: Principal) -> Decisions:
        """What the role may do by the key's policy, or else by that and by grants."""
        region = self.facts.region
        found = volume_keys.access(kms.as_key(self.metadata, policy, ()), role, region)
        if found.allowed is Answer.YES:
            return found
        grants = self.facts.of(self.metadata).each(kms.GRANTS)
        if any(Named("AWS", one.grantee_principal or "").is_dangling for one in grants):
            known = self.facts.named(iam.ROLES, str(role))
            role = Principal.identity(str(role), unique_id=known.role_id if known else None)
        return volume_keys.access(kms.as_key(self.metadata, policy, grants), role, region)

    def _gap(self, key: kms.Key, message: str, **more: Any) -> Remark:
        return gap(
            message,
            expected="an enabled symmetric key that the group's service-linked role may use",
            related=(self.facts.related(f"key of {self.sealed.device}", key),),
            evidence=self._failure(),
            **more,
        )

    def _failure(self) -> dict[str, str]:
        """The latest launch that failed, as far as activities were read: it decides nothing."""
        mine = (
            one
            for one in self.facts.seen(autoscaling.ACTIVITIES)
            if one.auto_scaling_group_name == self.group.auto_scaling_group_name
            and one.status_code in autoscaling.FAILED
        )
        latest = max(mine, key=lambda one: one.start_time, default=None)
        return {"latest failed activity": latest.status_message} if latest else {}
