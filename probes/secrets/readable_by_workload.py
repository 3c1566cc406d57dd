"""Workloads can read the secrets that they name.

A service whose role may not read its secret does not start, or starts and fails. ECS fetches what
`secrets`, log options and registry credentials name in the execution role, before a container runs;
what a variable or user data names, code fetches in the role of the task, function or instance.
The role's policies or the secret's must allow it (across accounts both), a boundary must not be in
the way, and a customer's key must be open to the role through Secrets Manager, which policies made
for the secret alone forget (API model, `GetSecretValue`). ARNs end in six random characters, so
that a policy for the name alone matches nothing. AWS's own `AmazonECSTaskExecutionRolePolicy` lets
nobody read secrets. Only what AWS shows of the workload counts: references in a template have
become ARNs there. Service control policies are not read.

Fix: `aws iam put-role-policy` with `secretsmanager:GetSecretValue` on the ARN of the secret, and
`kms:Decrypt` on its key; in CloudFormation `Policies` of the role with `Resource: !Ref Secret`.
"""

from collections.abc import Iterable, Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable
from probes.aws import ecs, secretsmanager
from probes.secrets import _readers, _unreadable, _workloads
from probes.secrets._unreadable import Case, Reads
from probes.secrets._workloads import Want, Workload

_SECRETS = (secretsmanager.SECRETS, secretsmanager.POLICY)


class ReadableByWorkload(Probe[Workload, Reads]):
    """Each service, function and scaling group with the secrets that it names."""

    subject = _workloads.WORKLOADS
    needs = (*_workloads.NAMED_IN, *_SECRETS, *_readers.ROLES, *_readers.KEYS)
    severity, settings, sources = Severity.HIGH, Reads, ("S1.1",)
    parts = ("injected", "named")

    def judge_injected(self, workload: Workload, facts: Facts, expected: Reads) -> Iterator[Remark]:
        if not isinstance(workload, ecs.Service):
            yield not_applicable("ECS alone fetches secrets for containers")
            return
        found = _workloads.injected(workload, facts)
        yield from _judged(found, facts, expected, Severity.HIGH)

    def judge_named(self, workload: Workload, facts: Facts, expected: Reads) -> Iterator[Remark]:
        found = _workloads.named(workload, facts)
        yield from _judged(found, facts, expected, Severity.MEDIUM)


def _judged(
    found: Iterable[Want | Remark], facts: Facts, expected: Reads, severity: Severity
) -> Iterator[Remark]:
    """Each secret once for each role; a refusal of one does not keep the others from speaking."""
    once = {(w.role, w.reference) if isinstance(w, Want) else w.message: w for w in found}
    if not once:
        yield not_applicable("it names no secret")
        return
    yield from (one for one in once.values() if isinstance(one, Remark))
    wants = [one for one in once.values() if isinstance(one, Want)]
    cases = [Case(want, facts, expected.secret_actions, severity) for want in wants]
    yield from every(*(lambda case=case: _unreadable.unreadable(case) for case in cases))
