"""Lambda: functions, what they run as and where; of environment variables the names alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from auditor.query import JSON, Document, Query, Reduced, Shape
from probes.analysis.secret_references import of_variables
from probes.aws import cloudwatch, tagging
from probes.aws.variables import Variable

if TYPE_CHECKING:
    from auditor.facts import Facts


def _variable_names(environment: object) -> JSON:
    """The names of the variables; None where Lambda could not decrypt them and says an error.

    What names none is False, which no shape accepts: nothing of it may be kept.
    """
    if not isinstance(environment, Mapping):
        return False
    if environment.get("Error") is not None:
        return None
    variables = environment.get("Variables") or {}
    return sorted(str(name) for name in variables) if isinstance(variables, Mapping) else False


class VpcConfig(Shape):
    """The network of a function; no subnets means none."""

    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    vpc_id: str = ""


class DeadLetterConfig(Shape):
    """Where events go that could not be processed."""

    target_arn: str = ""


class LoggingConfig(Shape):
    """Where a function logs; without a group to `/aws/lambda/NAME`."""

    log_group: str = ""


class Function(Shape):
    """A function as `ListFunctions` has it (API model, `FunctionConfiguration`).

    `runtime` is empty for container images. `environment` holds the names of the variables, none
    where AWS leaves them out, and is None where Lambda could not decrypt them. `memory_size` in MB
    and `timeout` in seconds are Lambda's defaults where left out; `master_arn` is set for copies
    that CloudFront made at its edge.
    """

    function_arn: str
    function_name: str
    role: str = ""
    runtime: str = ""
    package_type: str = "Zip"
    version: str = "$LATEST"
    memory_size: int = 128
    timeout: int = 3
    vpc_config: VpcConfig = Field(default_factory=VpcConfig)
    environment: Annotated[tuple[str, ...] | None, Reduced(_variable_names)] = ()
    kms_key_arn: str = Field("", alias="KMSKeyArn")
    dead_letter_config: DeadLetterConfig = Field(default_factory=DeadLetterConfig)
    logging_config: LoggingConfig = Field(default_factory=LoggingConfig)
    master_arn: str = ""
    last_modified: str = ""


class Version(Shape):
    """A published version of a function, or the unpublished one; what runs it never changes."""

    function_arn: str
    function_name: str
    version: str
    runtime: str = ""


class Routing(Shape):
    """Further versions to which an alias sends a part of what it is called for."""

    additional_version_weights: dict[str, float] = Field(default_factory=dict)


class Alias(Shape):
    """A name for a version of a function."""

    alias_arn: str
    function_version: str
    routing_config: Routing | None = None

    @property
    def versions(self) -> frozenset[str]:
        """The versions that are called by it."""
        more = self.routing_config.additional_version_weights if self.routing_config else {}
        return frozenset({self.function_version, *more})


class CalledFunction(Shape):
    """A function, one of its versions or what an alias stands for."""

    function_arn: str


FUNCTIONS = Query(
    "lambda:ListFunctions",
    Function,
    each="Functions",
    key="FunctionArn",
    arn="FunctionArn",
    name="FunctionName",
    tags=tagging.TAGGED,
    type="AWS::Lambda::Function",
)


def _secrets_named(environment: object) -> JSON:
    """The variables with the secrets that they name; None where Lambda could not decrypt them."""
    if not isinstance(environment, Mapping) or environment.get("Error") is not None:
        return None
    return of_variables(environment.get("Variables") or {})


class Reader(Shape):
    """A function with the secrets that its variables name; None where they are not readable."""

    function_arn: str
    role: str = ""
    environment: Annotated[tuple[Variable, ...] | None, Reduced(_secrets_named)] = ()


READERS = Query(
    "lambda:ListFunctions", Reader, each="Functions", key="FunctionArn", label="secrets"
)
"""The same call as `FUNCTIONS`: their variables, by the function's ARN."""


def _called_by_alarms(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for action in cloudwatch.called(facts, "lambda"):
        yield {"FunctionName": action}


CALLED_FUNCTIONS = Query(
    "lambda:GetFunctionConfiguration",
    CalledFunction,
    asks=_called_by_alarms,
    reads=cloudwatch.EVERY_ALARM,
    absent={"ResourceNotFoundException"},
    label="called",
)
"""Asked for each function, version or alias that an alarm names, by its ARN."""


def log_group_of(function: Function) -> str:
    """The name of the group that a function logs to (API model, `LoggingConfig`)."""
    return function.logging_config.log_group or f"/aws/lambda/{function.function_name}"


def is_published(version: Version) -> bool:
    """Whether it is a version that was published, and not the one that is edited."""
    return version.version != "$LATEST"


def function_named_by(version: Version) -> str:
    """For `where`: the versions of a function, by its name."""
    return version.function_name


def function_called_by(alias: Alias) -> str:
    """For `where`: the aliases of a function, by its ARN."""
    return alias.alias_arn.rpartition(":")[0]


VERSIONS = Query(
    "lambda:ListFunctions",
    Version,
    each="Functions",
    key="FunctionArn",
    also={"FunctionVersion": "ALL"},
    label="versions",
)
"""Every version of every function in one list, instead of a list for each function."""


def _of_published(facts: Facts) -> Iterator[Mapping[str, JSON]]:
    for version in facts.seen(VERSIONS):
        if is_published(version):
            yield {"FunctionName": version.function_name}


ALIASES = Query(
    "lambda:ListAliases",
    Alias,
    each="Aliases",
    key="AliasArn",
    asks=_of_published,
    reads=(VERSIONS,),
    absent={"ResourceNotFoundException"},
)
"""Asked for each function that has published versions, by its name."""


class FunctionPolicy(Shape):
    """The policy on a function: who may call it."""

    policy: Document = ""


POLICY = Query(
    "lambda:GetPolicy",
    FunctionPolicy,
    of=FUNCTIONS,
    given={"FunctionName": "FunctionArn"},
    absent={"ResourceNotFoundException"},
)
"""One call for each function; of a function without a policy AWS says that there is none."""
