"""Functions have the memory that the baseline asks for.

Lambda gives processor time in proportion to memory: a function with the default of 128 MB often
runs longer than it need, and so costs no less (Lambda developer guide, "Configure Lambda function
memory").

Fix: `aws lambda update-function-configuration --function-name FUNCTION --memory-size 256`; in
CloudFormation `MemorySize`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable
from auditor.settings import Settings, setting
from probes.aws import lambda_
from probes.aws.lambda_ import Function
from probes.groups import Helpers
from probes.serverless._functions import copied


class Sized(Settings):
    """How large functions must be."""

    helpers: Helpers = Helpers()
    min_memory_mb: int = setting(
        256, "Memory of a function, at least.", unit="MB", ge=128, le=32768
    )


class Memory(Probe[Function, Sized]):
    """The memory of each function, also of those that are container images."""

    subject = lambda_.FUNCTIONS
    severity, settings, sources = Severity.LOW, Sized, ("S2.17",)

    def judge(self, function: Function, _: Facts, expected: Sized) -> Iterator[Remark]:
        wanted, excuse = expected.min_memory_mb, copied(function)
        if excuse:
            yield excuse
        elif expected.helpers.include(function.function_name):
            yield not_applicable("it comes with the CDK or Control Tower", code="helper")
        elif function.memory_size < wanted:
            yield drift(
                "the function has too little memory",
                code="little-memory",
                expected=wanted,
                found=function.memory_size,
                cli=(
                    "aws", "lambda", "update-function-configuration",
                    "--function-name", function.function_arn, "--memory-size", str(wanted),
                ),
                cloudformation={"MemorySize": wanted},
            )  # fmt: skip
