"""CloudWatch Logs can use the keys of its log groups, for known log groups alone.

Without the key events are neither stored nor shown, and a log group that names it is not created.
AWS's statement names the service of the key's region with five kinds of action and a condition on
the encryption context, which is the ARN of the log group, without `:*` (CloudWatch Logs user guide,
"Encrypt log data in CloudWatch Logs using AWS KMS"). The account's root does not help a service;
`kms:ViaService` bars one that calls as itself. An association takes five minutes to take effect.

The source blames the encryption context and `kms:CreateGrant`; neither is required. Its policy had
the global name of the service and lacked three actions; what alone would have failed is not known,
so that both are reported. Log groups without a key are encrypted with one of the service's own.

Fix: `aws kms put-key-policy` with AWS's statement; in CloudFormation a statement of `KeyPolicy` for
`!Sub logs.${AWS::Region}.amazonaws.com` with `ArnLike` on `kms:EncryptionContext:aws:logs:arn`.
"""

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, any_of, every, not_applicable, note
from auditor.settings import Settings, setting
from probes.analysis.logs_keys import LogsKey, of_any_group, of_groups, of_statements
from probes.aws import kms
from probes.encryption import _log_groups
from probes.encryption._logs_remarks import Judged
from probes.encryption._policies import opened


class Narrow(Settings):
    """How narrow the statement for CloudWatch Logs must be."""

    require_context: bool = setting(True, "Whether it must be held to log groups of the account.")
    context_scope: Literal["account", "log-group"] = setting(
        "account", "How far it may reach: every log group of the account, or some that it names."
    )


class LogsAccess(Probe[kms.Key, Narrow]):
    """What the policy of each key that log groups have, or are to have, lets CloudWatch Logs do."""

    subject, needs = kms.KEYS, _log_groups.NEEDS
    severity, settings, sources = Severity.CRITICAL, Narrow, ("S4.2",)

    def judge(self, key: kms.Key, facts: Facts, expected: Narrow) -> Iterator[Remark]:
        found = opened(facts)
        if isinstance(found, Remark):
            yield found
            return
        logs = LogsKey(found.key, facts.region)
        if not any_of(
            lambda: bool(logs.named),
            lambda: bool(_log_groups.sealed(facts, key)),
            lambda: bool(_log_groups.planned(facts, key)),
        ):
            yield not_applicable("no log group has the key and its policy is silent on Logs")
            if _log_groups.unresolved(facts):
                yield note("of some log groups in templates the key cannot be told")
            return
        yield from self._judge_policy(Judged(facts, key, found, logs), expected)

    def _judge_policy(self, judged: Judged, expected: Narrow) -> Iterator[Remark]:
        if found := kms.why_unusable(judged.opened.metadata):
            yield judged.unusable(found)
            return
        logs = judged.logs
        yield from every(
            lambda: judged.told(of_statements(logs)),
            lambda: judged.told(of_groups(logs, judged.live_arns())),
            lambda: judged.told(of_groups(logs, judged.planned_arns())),
            lambda: judged.told(() if judged.is_used() else of_any_group(logs)),
            lambda: judged.narrow(expected.require_context, expected.context_scope == "account"),
        )
