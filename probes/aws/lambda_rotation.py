"""Lambda: the functions that rotate secrets, whether they run, and who may call them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from auditor.query import JSON, Document, Query, Shape
from probes.analysis.names import UnreadableName, arn, strip_version_of_lambda_arn
from probes.aws.arns import AnArn
from probes.aws.lambda_ import VpcConfig
from probes.aws.secretsmanager import SECRETS, Secret

if TYPE_CHECKING:
    from auditor.facts import Facts


class Rotator(Shape):
    """A function, version or alias as `GetFunctionConfiguration` has it.

    `state` is empty where Lambda does not say; `runtime` is empty for container images.
    """

    function_arn: AnArn
    function_name: str = ""
    role: str = ""
    runtime: str = ""
    state: str = ""
    state_reason: str = ""
    vpc_config: VpcConfig = Field(default_factory=VpcConfig)


class FunctionPolicy(Shape):
    """Who may call a function."""

    policy: Document


class Concurrency(Shape):
    """What is reserved for a function; None where nothing is, and it shares the account's."""

    reserved_concurrent_executions: int | None = None


def function_of(secret: Secret) -> str:
    """The function that rotates a secret, without version or alias; empty if it is not readable."""
    try:
        return strip_version_of_lambda_arn(secret.rotation_lambda_arn)
    except UnreadableName:
        return ""


def _rotating_here(facts: Facts) -> Iterator[Secret]:
    """The secrets that functions of this account and region rotate: no others can be asked."""
    for secret in facts.seen(SECRETS):
        if secret.rotates_by_function and (function := function_of(secret)):
            found = arn(function)
            if (found.account, found.region) == (facts.account, facts.region):
                yield secret


def _called(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for secret in _rotating_here(facts):
        yield {"FunctionName": secret.rotation_lambda_arn}


def _functions(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for secret in _rotating_here(facts):
        yield {"FunctionName": function_of(secret)}


NONE = {"ResourceNotFoundException"}

ROTATORS = Query(
    "lambda:GetFunctionConfiguration",
    Rotator,
    key="FunctionArn",
    asks=_called,
    reads=(SECRETS,),
    absent=NONE,
    arn="FunctionArn",
    name="FunctionName",
    type="AWS::Lambda::Function",
    label="rotation",
)
"""Asked for each function, version or alias that rotates a secret, by its ARN."""

POLICIES = Query(
    "lambda:GetPolicy",
    FunctionPolicy,
    asks=_called,
    reads=(SECRETS,),
    absent=NONE,
    label="rotation",
)
"""Each version and alias has a policy of its own."""

CONCURRENCY = Query(
    "lambda:GetFunctionConcurrency",
    Concurrency,
    asks=_functions,
    reads=(SECRETS,),
    absent=NONE,
    label="rotation",
)
