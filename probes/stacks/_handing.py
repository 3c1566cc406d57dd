"""Which outputs a stack has, which it should have, and remarks on both."""

from collections.abc import Iterable, Iterator, Sequence

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, not_applicable, note, unknown
from auditor.query import JSON
from probes.analysis.answers import Answer
from probes.analysis.patterns import fits
from probes.analysis.template_graph import references
from probes.analysis.template_outputs import Handed, Wanted, handed_out
from probes.aws.cloudformation import Stack
from probes.groups import Stacks
from probes.stacks._templates import Deployed, deployed

_USABLE = frozenset(
    {
        "CREATE_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "UPDATE_COMPLETE",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE",
    }
)  # fmt: skip


def why_none(stack: Stack, *, nested: bool) -> str:
    """Why a stack needs no outputs; empty where it does."""
    if stack.stack_status not in _USABLE:
        return f"it is {stack.stack_status}"
    if stack.parent_id and not nested:
        return "it is nested: its outputs are for its parent"
    return ""


def handed(stack: Stack, found: Deployed, wanted: Iterable[Wanted]) -> list[Handed]:
    """What is wanted of a stack, and whether it hands that out."""
    live = frozenset(output.output_key for output in stack.outputs)
    each = (handed_out(one, found.template, found.context, live) for one in wanted)
    return [one for one in each if one is not None]


def missing(
    stack: Stack, found: Deployed, results: Sequence[Handed], names: Sequence[str]
) -> Iterator[Remark]:
    """What a stack does not hand out, by meaning and by name."""
    lacking = [one for one in results if one.lacking and one.there is Answer.YES]
    live = [output.output_key for output in stack.outputs]
    unnamed = sorted(pattern for pattern in names if not any(fits([pattern], key) for key in live))
    if lacking or unnamed:
        yield _lacking(stack, lacking, unnamed)
    if doubtful := [one.wanted for one in results if one.lacking and one.there is not Answer.YES]:
        yield unknown(f"conditions decide whether these are to be had: {', '.join(doubtful)}")
    if found.template.opaque:
        yield unknown("macros or loops make resources and outputs that cannot be seen")
    elif not results and not names:
        yield not_applicable("it has nothing that others would want to know")
    for one in results:
        if one.by_name:
            yield note(f"{one.wanted}: told by the name of {', '.join(one.outputs)} only")
    addresses = {name for one in results if _is_address(one) for name in one.outputs}
    plain = {o.output_key for o in stack.outputs if o.output_value.startswith("http://")}
    if told := sorted(addresses & plain):
        yield note(f"tells an address without TLS: {', '.join(told)}")


def _is_address(one: Handed) -> bool:
    return one.wanted == "load-balancer-address"


def _lacking(stack: Stack, lacking: Sequence[Handed], unnamed: Sequence[str]) -> Remark:
    wanted = sorted([*(one.wanted for one in lacking), *unnamed])
    return gap(
        f"no output tells {', '.join(wanted)}",
        code="missing-output",
        expected=wanted,
        found=sorted(output.output_key for output in stack.outputs),
        evidence={"outputs to add": {_key(one): _written(one) for one in lacking}},
        cli=change_set(stack),
    )


def not_exported(stack: Stack, results: Iterable[Handed]) -> Iterator[Remark]:
    """Which of the outputs that are wanted no other stack can import."""
    exported = {output.output_key for output in stack.outputs if output.export_name}
    handing = sorted({name for one in results for name in one.outputs})
    if not handing:
        yield not_applicable("it has no outputs that others would want to import")
    elif lacking := [name for name in handing if name not in exported]:
        yield gap(
            f"not exported: {', '.join(lacking)}",
            code="no-export",
            expected=handing,
            found=sorted(set(handing) & exported),
            severity=Severity.INFORMATIONAL,
            cli=change_set(stack),
        )


def secret_in_sight(stack: Stack) -> Iterator[Remark]:
    """A secret among the values that a stack hands out."""
    if names := sorted(output.output_key for output in stack.outputs if output.is_secret):
        yield _secret(stack, names, "its value is a secret, by its name or its looks")


def secret_parameters(stack: Stack, facts: Facts, expected: Stacks) -> Iterator[Remark]:
    """Outputs that tell a parameter which was to be kept from sight.

    `NoEcho` masks the parameter, not what an output makes of it (User Guide, "Parameters").
    """
    found = deployed(stack, facts, expected)
    if isinstance(found, Remark):
        yield found
        return
    masked = {one.name for one in found.template.parameters.values() if one.no_echo}
    live = {output.output_key for output in stack.outputs if not output.is_secret}
    told = [
        name
        for name in sorted(live & found.template.outputs.keys())
        if masked & {one.logical_id for one in references(found.template.outputs[name].value)}
    ]
    if told:
        yield _secret(stack, told, "it tells a parameter with NoEcho")


def _secret(stack: Stack, names: Sequence[str], why: str) -> Remark:
    return drift(
        f"output {', '.join(names)}: {why}",
        code="output-secret",
        expected=[],
        found=[*names],
        severity=Severity.HIGH,
        cli=change_set(stack),
    )


def _key(one: Handed) -> str:
    return "".join(word.capitalize() for word in one.wanted.split("-"))


def _written(one: Handed) -> JSON:
    return {"Value": one.value, "Export": {"Name": {"Fn::Sub": f"${{AWS::StackName}}-{_key(one)}"}}}


def change_set(stack: Stack) -> tuple[str, ...]:
    """The command that changes the outputs of a stack."""
    return (
        "aws", "cloudformation", "create-change-set", "--stack-name", stack.stack_name,
        "--change-set-name", "outputs", "--template-body", "file://template.yaml",
    )  # fmt: skip
