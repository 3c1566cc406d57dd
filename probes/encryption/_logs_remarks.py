"""What there is to say of a key that CloudWatch Logs is to use."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, Severity, any_of, drift, gap, note, severity_if, unknown
from probes.analysis import key_policies, logs_statements
from probes.analysis.logs_keys import Defect, LogsKey
from probes.analysis.logs_statements import Guard
from probes.analysis.narrowing import Narrowing
from probes.aws import kms
from probes.encryption import _log_groups
from probes.encryption._policies import Opened, put_policy


@dataclass(frozen=True, slots=True)
class Judged:
    """A key that CloudWatch Logs is to use, and where to find what it is used for."""

    facts: Facts
    key: kms.Key
    opened: Opened
    logs: LogsKey

    def live_arns(self) -> tuple[str, ...]:
        return tuple(one.plain_arn for one in _log_groups.sealed(self.facts, self.key))

    def planned_arns(self) -> tuple[str, ...]:
        """The log groups of templates that do not have the key yet, by ARN."""
        found = {one.arn for one in _log_groups.planned(self.facts, self.key)}
        return tuple(sorted(found - {"", *self.live_arns()}))

    def is_used(self) -> bool:
        """Whether a log group has the key or is to have it."""
        return any_of(
            lambda: bool(_log_groups.sealed(self.facts, self.key)),
            lambda: bool(_log_groups.planned(self.facts, self.key)),
        )

    def unusable(self, found: str) -> Remark:
        """A key that serves nobody, and what it is."""
        return gap(
            f"the key is {found}, so that CloudWatch Logs cannot use it",
            code="key-unusable",
            severity=severity_if(self.is_used, Severity.CRITICAL, Severity.LOW),
            expected="an enabled symmetric encryption key",
            found=found,
            related=_log_groups.shown(self.facts, self.key),
            cli=("aws", "kms", "enable-key", "--key-id", self.key.key_arn),
        )

    def told(self, defects: Iterable[Defect]) -> Iterator[Remark]:
        """Defects of the policy as remarks."""
        for defect in defects:
            evidence = (
                {"log groups": list(defect.groups[: _log_groups.MOST_SHOWN])}
                if defect.groups
                else {}
            )
            if not defect.certain:
                yield unknown(defect.message, evidence=evidence)
                continue
            yield gap(
                defect.message,
                code=defect.code,
                severity=self._severity(),
                expected=self._documented(),
                found=list(defect.found) or None,
                evidence=evidence,
                related=_log_groups.shown(self.facts, self.key),
                **self._mend(),
            )

    def narrow(self, required: bool, whole_account: bool) -> Iterator[Remark]:
        """How far the statements reach: to any account's log groups, or to all of this one's."""
        for guard in logs_statements.guards(self.logs.policy, self.logs.log_groups):
            if guard.by_context is not Narrowing.NARROWED:
                yield from self._without_context(guard, required)
            elif guard.whole_account and not whole_account:
                yield drift(
                    f"{guard.statement.label} is for every log group of the account",
                    code="context-too-wide",
                    severity=Severity.LOW,
                    expected="patterns that name log groups",
                    found=list(logs_statements.context_values((guard.statement,))),
                )

    def _without_context(self, guard: Guard, required: bool) -> Iterator[Remark]:
        label = guard.statement.label
        if guard.by_source is Narrowing.NARROWED:
            yield note(f"{label} is narrowed by its source, not by the encryption context")
        elif Narrowing.CANNOT_TELL in {guard.by_context, guard.by_source}:
            yield unknown(f"whether {label} is held to known log groups cannot be told")
        elif required:
            yield gap(
                f"{label} lets CloudWatch Logs use the key for anybody's log groups",
                code="no-encryption-context",
                severity=Severity.MEDIUM,
                expected=self._documented(),
                found=[label],
                **self._mend(),
            )

    def _severity(self) -> Severity:
        """Of a policy that fails CloudWatch Logs.

        That log groups have a key whose policy names the service globally shows that this worked
        when they were given it: then only a refusal that is seen is critical.
        """
        if self.logs.only_global:
            used = severity_if(self.is_used, Severity.MEDIUM, Severity.LOW)
            return severity_if(self._is_refused, Severity.CRITICAL, used)
        return severity_if(self.is_used, Severity.CRITICAL, Severity.LOW)

    def _is_refused(self) -> bool:
        return _log_groups.refused(self.facts, self.key)

    def _documented(self) -> dict[str, Any]:
        place = self.facts.place
        return logs_statements.documented(place.partition, place.region, self.opened.account)

    def _mend(self) -> dict[str, Any]:
        document = self.opened.document
        others = key_policies.without_principals(document, logs_statements.is_logs)
        others["Statement"].append(self._documented())
        return put_policy(self.opened.arn, others)
