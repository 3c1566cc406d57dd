"""Which secret of a database a workload was made together with, by the stack that made both."""

from collections.abc import Iterator
from itertools import chain

from auditor.facts import Facts
from auditor.resources import Related
from probes.auto_scaling._bootstrap import Script
from probes.aws import rds, secretsmanager

NEEDS = (rds.INSTANCES, rds.CLUSTERS, secretsmanager.SECRETS)

_STACK = "aws:cloudformation:stack-id"
"""CloudFormation alone can write tags that begin so (user guide, "Resource tags")."""


def of_stack(script: Script, facts: Facts) -> tuple[Related, ...]:
    """The databases of the script's stack and their secrets; nothing where either is missing."""
    stacks = {group.tags.get(_STACK, "") for group in script.groups}
    if script.instance:
        stacks.add(script.instance.tags.get(_STACK, ""))
    found = [pair for stack in sorted(stacks - {""}) for pair in _pairs(stack, facts)]
    return tuple(found)


def _pairs(stack: str, facts: Facts) -> Iterator[Related]:
    databases = tuple(
        chain(
            facts.where(rds.INSTANCES, _stack_of_database, stack),
            facts.where(rds.CLUSTERS, _stack_of_database, stack),
        )
    )
    if not databases:
        return
    masters = {rds.master_secret_of(database) for database in databases} - {""}
    named = (facts.named(secretsmanager.SECRETS, arn) for arn in sorted(masters))
    secrets = {s.arn: s for s in named if s}
    secrets |= {s.arn: s for s in facts.where(secretsmanager.SECRETS, _stack_of_secret, stack)}
    live = [secret for secret in secrets.values() if secret.deleted_date is None]
    if live:
        yield from (facts.related("database of the stack", one) for one in databases)
        yield from (facts.related("secret of the stack", one) for one in live)


def _stack_of_database(database: rds.Database) -> str:
    return database.tag_list.get(_STACK, "")


def _stack_of_secret(secret: secretsmanager.Secret) -> str:
    return secret.tags.get(_STACK, "")
