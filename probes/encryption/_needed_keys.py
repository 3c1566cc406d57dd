"""One key that a scaling group's volumes need, and whether its service-linked role may use it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, gap, unknown
from probes.analysis import key_policies, volume_keys
from probes.analysis.access import Decisions
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.kms_operations import BLOCKED_STATES
from probes.analysis.policy import Policy
from probes.analysis.principals import Named, Principal
from probes.aws import autoscaling, iam, kms
from probes.encryption._launches import Sealed
from probes.encryption._policies import put_policy

NEEDS = (kms.METADATA, kms.POLICY, kms.GRANTS, iam.ROLES, autoscaling.ACTIVITIES)
_WAKING = {"Disabled": "enable-key", "PendingDeletion": "cancel-key-deletion"}
_FAILED = ("Failed", "Cancelled")


@dataclass(frozen=True, slots=True)
class NeededKey:
    """A key of this account, and the volume of a group that needs it."""

    facts: Facts
    group: autoscaling.Group
    sealed: Sealed
    metadata: kms.Metadata

    def judge(self, key: kms.Key) -> Iterator[Remark]:
        """What there is to say of the key; nothing of one that AWS manages and that works."""
        state, kind = self.metadata.key_state, self.metadata.key_spec
        usable = (self.metadata.key_usage, kind) == ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
        if state in BLOCKED_STATES:
            verb = _WAKING.get(state, "")
            wake = ("aws", "kms", verb, "--key-id", key.key_arn) if verb else ()
            message = f"{self._where} is {state}"
            yield self._gap(key, message, code="key-state", found=state, cli=wake)
        elif not usable:
            found = f"{kind} for {self.metadata.key_usage}"
            yield self._gap(key, f"{self._where} is {found}", code="key-unfit", found=found)
        elif self.metadata.key_manager != "AWS":
            yield from self._judge_access(key)

    @property
    def _where(self) -> str:
        return f"the key of {self.sealed.device} ({self.sealed.stands})"

    def _judge_access(self, key: kms.Key) -> Iterator[Remark]:
        document = self.facts.of(key).its(kms.POLICY).policy
        policy = self.facts.once(key_policies.read, document)
        arn = self.group.service_linked_role_arn
        if isinstance(policy, CannotTell):
            yield unknown(policy.reason)
            return
        try:
            role = Principal.identity(arn)
        except ValueError:
            yield unknown(f"the group's service-linked role {arn!r} is no ARN of a role")
            return
        found = self._access(key, policy, role)
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

    def _access(self, key: kms.Key, policy: Policy, role: Principal) -> Decisions:
        """What the role may do by the key's policy, or else by that and by grants."""
        region = self.facts.region
        found = volume_keys.access(kms.as_key(self.metadata, policy, ()), role, region)
        if found.allowed is Answer.YES:
            return found
        grants = self.facts.of(key).each(kms.GRANTS)
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
            and one.status_code in _FAILED
        )
        latest = max(mine, key=lambda one: one.start_time, default=None)
        return {"latest failed activity": latest.status_message} if latest else {}
