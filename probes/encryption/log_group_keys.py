"""The keys of log groups exist.

Events that were sealed with a key that is gone can never be read again, and new ones are refused
(CloudWatch Logs API, `AssociateKmsKey`). Whether CloudWatch Logs may use a key that exists is
judged with the key; of a key of another account neither can be seen from here. A log group without
a key of the customer's is encrypted with one of CloudWatch Logs' own.

Fix: `aws logs associate-kms-key --log-group-name GROUP --kms-key-id KEY` with a key that exists, or
`aws logs disassociate-kms-key` for CloudWatch Logs' own; in CloudFormation `KmsKeyId`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, unknown
from auditor.settings import Settings
from probes.analysis.answers import CannotTell
from probes.aws import kms_names, logs


class LogGroupKeys(Probe[logs.LogGroup, Settings]):
    """The key that each log group names."""

    subject, needs = logs.LOG_GROUPS, kms_names.NEEDS
    severity, sources = Severity.CRITICAL, ("S4.2",)

    def judge(self, group: logs.LogGroup, facts: Facts, _expected: Settings) -> Iterator[Remark]:
        if not group.kms_key_id:
            yield not_applicable("it is sealed with a key of CloudWatch Logs' own")
            return
        match kms_names.meant(group.kms_key_id, facts):
            case kms_names.Foreign(account):
                yield unknown(f"its key belongs to account {account} and cannot be seen from here")
            case CannotTell(reason):
                yield unknown(f"its key cannot be told: {reason}")
            case kms_names.Missing(reason):
                name = group.log_group_name
                yield drift(
                    f"its key does not exist: {reason}",
                    code="key-missing",
                    expected="a key that exists",
                    found=group.kms_key_id,
                    cli=("aws", "logs", "disassociate-kms-key", "--log-group-name", name),
                )
