"""The policies of keys, as this concern reads and mends them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, not_applicable, unknown
from probes.analysis import key_policies
from probes.analysis.answers import CannotTell
from probes.analysis.kms_access import Key
from probes.analysis.policy import Policy, Statement, read_policy
from probes.aws import kms


@dataclass(frozen=True, slots=True)
class Opened:
    """A customer key with its policy: what has effect of it, and the document as AWS gave it."""

    metadata: kms.Metadata
    document: str
    policy: Policy
    idle: tuple[str, ...]

    @property
    def arn(self) -> str:
        return self.metadata.arn

    @property
    def account(self) -> str:
        return self.metadata.aws_account_id

    @property
    def key(self) -> Key:
        """The key for `kms_access`, by its policy alone."""
        return kms.as_key(self.metadata, self.policy, ())


def opened(facts: Facts) -> Opened | Remark:
    """The policy of the customer key that `facts` are about, or the verdict where there is none.

    Raises `Unanswered` where AWS would not say.
    """
    metadata = facts.its(kms.METADATA)
    if metadata.is_of_aws:
        return not_applicable("AWS writes the policies of the keys that it manages")
    if not metadata.is_customers:
        return unknown(f"the key's manager {metadata.key_manager!r} is not known here")
    document = facts.of(metadata).its(kms.POLICY).policy
    policy = facts.once(read_policy, document)
    if isinstance(policy, CannotTell):
        return unknown(f"the key policy cannot be read: {policy.reason}")
    effective = key_policies.in_effect(policy, metadata.arn)
    return Opened(metadata, document, effective.policy, effective.idle)


def put_policy(arn: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The two ways to give a key this policy: for a remark's `cli` and `cloudformation`.

    None for a policy without statements, which KMS does not take.
    """
    if not document["Statement"]:
        return {}
    text = json.dumps(document, separators=(",", ":"))
    put = ("aws", "kms", "put-key-policy", "--key-id", arn, "--policy-name", "default")
    return {"cli": (*put, "--policy", text), "cloudformation": {"KeyPolicy": dict(document)}}


def labels(statements: tuple[Statement, ...]) -> list[str]:
    """What a finding calls statements, in a stable order."""
    return sorted({one.label for one in statements})
