"""Bootstrap scripts fetch the secret of their database.

A workload whose stack made a database and a secret for it needs that secret from somewhere. Where
the script does not fetch it (`aws secretsmanager get-secret-value`, a call of an SDK, or `aws ssm
get-parameter --with-decryption`) the application may do so while it runs, which is as good or
better: it is not seen in the bootstrap, no more. Which stack made what CloudFormation's own tags
say. The source's repaired script does fetch it, and leaves it lying in `/tmp`.

Fix: fetch the secret in the script, into memory, or let the application do it and set
`require_secret_fetch: false`; `aws ec2 create-launch-template-version`, then an instance refresh.
In CloudFormation `LaunchTemplateData.UserData`.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.auto_scaling import _bootstrap, _stack_secrets
from probes.auto_scaling._bootstrap import Holder, Script


class Fetched(Settings):
    """Whether scripts must fetch secrets."""

    require_secret_fetch: bool = setting(
        True, "Whether scripts must fetch the secret of a database that their stack made."
    )


class BootstrapDatabaseSecret(Probe[Holder, Fetched]):
    """What the scripts of workloads with a database fetch."""

    subject, needs = _bootstrap.SUBJECTS, (*_bootstrap.NEEDS, *_stack_secrets.NEEDS)
    severity, settings, sources = Severity.LOW, Fetched, ("S1.2",)

    def judge(self, holder: Holder, facts: Facts, expected: Fetched) -> Iterator[Remark]:
        if not expected.require_secret_fetch:
            yield not_applicable("the baseline does not ask for it")
            return
        yield from _bootstrap.judged(holder, facts, partial(_judge, facts))


def _judge(facts: Facts, script: Script) -> Iterator[Remark]:
    if script.said and script.said.fetches_secrets == "yes":
        return
    reason = _bootstrap.written_by_service(script)
    if script.said is None:
        reason = _bootstrap.nothing_to_read(script)
    if reason:
        yield reason
        return
    related = _stack_secrets.of_stack(script, facts)
    if not related:
        yield not_applicable("its stack made no database with a secret", code="no-database")
    elif script.said and script.said.fetches_secrets == "no":
        message = "that the script fetches the database's secret is not seen in the bootstrap"
        yield gap(
            message,
            code="no-secret-fetch",
            expected="a fetched secret",
            found="none",
            related=related,
        )
    else:
        elsewhere = unknown("another program or script may fetch the secret", code="elsewhere")
        yield _bootstrap.nothing_to_read(script) or elsewhere
