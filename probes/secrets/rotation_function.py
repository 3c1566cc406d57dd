"""The function that rotates a secret can do so.

A rotation that is on and cannot work is found out when the old credential has to go. Secrets
Manager must be let in by the policy of the function, version or alias that the secret names; the
function's role must be let in by the secret, its key and, in a VPC, EC2 (user guide, "Permissions
for rotation", "Lambda rotation function execution role permissions"); and the function must reach
Secrets Manager. A permission that does not say for which account lets others' rotations in by way
of the service. Nothing is said about the secret of a superuser or the database to be reached: both
are named in secret values alone, and those nobody reads here. Service control policies are not
read. Templates often leave `SourceAccount` out, and let the schedule not wait for the permission.

Fix: `aws lambda add-permission --function-name FUNCTION --statement-id SecretsManagerRotation
--action lambda:InvokeFunction --principal secretsmanager.amazonaws.com --source-account ACCOUNT`,
and what is missing on the role; in CloudFormation `AWS::Lambda::Permission` with `SourceAccount`,
and `DependsOn` it in the `AWS::SecretsManager::RotationSchedule`.
"""

from collections.abc import Callable, Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable
from auditor.settings import Settings
from probes.aws import lambda_rotation, secretsmanager
from probes.aws.lambda_rotation import Rotator
from probes.aws.secretsmanager import Secret
from probes.secrets import _needs, _readers, _rotator

_LAMBDA = (lambda_rotation.ROTATORS, lambda_rotation.POLICIES, lambda_rotation.CONCURRENCY)
_ACCESS = (secretsmanager.POLICY, *_readers.ROLES, *_readers.KEYS)


class RotationFunction(Probe[Secret, Settings]):
    """The function of each secret that one rotates."""

    subject, needs = secretsmanager.SECRETS, (*_LAMBDA, *_ACCESS, *_rotator.NETWORK)
    severity, sources = Severity.HIGH, ("S1.3",)
    parts = ("runs", "invocable", "guarded", "trusted", "permitted", "connected")

    def judge_runs(self, secret: Secret, facts: Facts, _: Settings) -> Iterator[Remark]:
        def running(rotator: Rotator) -> Iterator[Remark]:
            yield from _rotator.stopped(rotator)
            yield from _rotator.throttled(secret, facts)

        return _of_function(secret, facts, running, _rotator.missing(secret))

    def judge_invocable(self, secret: Secret, facts: Facts, _: Settings) -> Iterator[Remark]:
        return _of_function(secret, facts, lambda _: _rotator.shut(secret, facts))

    def judge_guarded(self, secret: Secret, facts: Facts, _: Settings) -> Iterator[Remark]:
        return _of_function(secret, facts, lambda _: _rotator.unguarded(secret, facts))

    def judge_trusted(self, secret: Secret, facts: Facts, _: Settings) -> Iterator[Remark]:
        return _of_function(secret, facts, lambda one: _rotator.untrusted(one, facts))

    def judge_permitted(self, secret: Secret, facts: Facts, _: Settings) -> Iterator[Remark]:
        return _of_function(secret, facts, lambda one: _needs.lacking(secret, one, facts))

    def judge_connected(self, secret: Secret, facts: Facts, _: Settings) -> Iterator[Remark]:
        return _of_function(secret, facts, lambda one: _rotator.cut_off(one, facts))


def _of_function(
    secret: Secret,
    facts: Facts,
    judge: Callable[[Rotator], Iterator[Remark]],
    missing: Remark | None = None,
) -> Iterator[Remark]:
    """What there is to say of the function; its absence is said once."""
    if reason := _rotator.why_none(secret, facts):
        yield not_applicable(reason)
        return
    rotator = facts.named(lambda_rotation.ROTATORS, secret.rotation_lambda_arn)
    if rotator is None:
        yield missing or not_applicable("the function does not exist")
        return
    yield from judge(rotator)
