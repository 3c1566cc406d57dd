"""Key policies let in nobody but those who are known, and lock nobody out.

The key policy alone decides who may use a key. `*` opens it to every AWS account unless a condition
names callers or sources: `kms:ViaService` does not, as anybody may call through a service (KMS
developer guide, "Key policies"). A service should come on behalf of known resources only (IAM user
guide, "The confused deputy problem"); EventBridge cannot say so when it publishes to an encrypted
topic (SNS developer guide, "Key management"), and CloudWatch Logs is judged on its own. Without
anybody who has `kms:PutKeyPolicy`, only AWS Support can mend a key. Unique ids (`AROA...`) are what
is left of deleted principals. A key shared through Resource Access Manager has a second policy.

Fix: `aws kms put-key-policy --key-id KEY --policy-name default --policy POLICY`; in CloudFormation
`KeyPolicy`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, unknown
from auditor.settings import Settings, setting
from probes.analysis.answers import CannotTell
from probes.analysis.policy import read_policy
from probes.aws import kms
from probes.encryption import _grantees
from probes.encryption._policies import Opened, opened


class Trust(Settings):
    """Who may be let in."""

    trusted_accounts: list[str] = setting([], "Other accounts that may use keys of this one.")


Judgement = Callable[[Any, kms.Key, Facts, Trust], Iterator[Remark]]


def _judged_by(about: Callable[[Opened], Iterator[Remark]]) -> Judgement:
    """A judgement that reads nothing but the policy of the key."""

    def judge(_self: Any, _key: kms.Key, facts: Facts, _expected: Trust) -> Iterator[Remark]:
        found = opened(facts)
        yield from (found,) if isinstance(found, Remark) else about(found)

    return judge


class KeyPolicy(Probe[kms.Key, Trust]):
    """Whom the policy of each customer key lets in."""

    subject, needs = kms.KEYS, (kms.METADATA, kms.POLICY, kms.SHARED_POLICY)
    severity, settings = Severity.HIGH, Trust
    sources = ("S0.critical", "S4.2", "design card")
    parts = (
        "public", "cross_account", "lockout", "service_confused_deputy", "dangling_principal",
        "wide_admin",
    )  # fmt: skip

    judge_public = _judged_by(_grantees.anyone)
    judge_lockout = _judged_by(_grantees.keepers)
    judge_service_confused_deputy = _judged_by(_grantees.services)
    judge_dangling_principal = _judged_by(_grantees.ghosts)
    judge_wide_admin = _judged_by(_grantees.administrators)

    def judge_cross_account(self, _key: kms.Key, facts: Facts, expected: Trust) -> Iterator[Remark]:
        found = opened(facts)
        if isinstance(found, Remark):
            yield found
            return
        yield from _grantees.other_accounts(found, found.policy, expected.trusted_accounts)
        shared = facts.of(found.metadata).found(kms.SHARED_POLICY)
        policy = facts.once(read_policy, shared.policy) if shared else None
        if isinstance(policy, CannotTell):
            yield unknown(f"the policy of the resource share cannot be read: {policy.reason}")
        elif policy is not None:
            share, trusted = "by a resource share", expected.trusted_accounts
            yield from _grantees.other_accounts(found, policy, trusted, share)
