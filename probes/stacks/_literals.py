"""Remarks on what is written out in a template."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from auditor.probe import Remark, Severity, drift, gap, not_applicable, note
from auditor.query import JSON
from auditor.settings import Settings, setting
from probes.analysis import template_literals
from probes.analysis.template import Resource
from probes.analysis.template_literals import PLACEHOLDERS, Place
from probes.aws.cloudformation import Stack
from probes.groups import Stacks
from probes.stacks._templates import Deployed

Style = Literal["-<suffix>", "<suffix>-"]


class Variable(Settings):
    """What has to vary, and how."""

    suffix_parameter_names: list[str] = setting(
        ["EnvironmentSuffix", "environmentSuffix", "Environment", "Stage"],
        "Parameters that tell environments apart; the first that a template has counts.",
    )
    suffix_style: Style = setting("-<suffix>", "How names carry the suffix.")
    allowed_accounts: list[str] = setting([], "Ids of accounts that templates may name.")
    env_keys: list[str] = setting(
        ["ENV", "ENVIRONMENT_SUFFIX"], "Environment variables that tell the environment."
    )
    stacks: Stacks = Stacks()


_MOST_SHOWN = 100
_MOST_NAMED = 5
_SEVERITY: Mapping[str, Severity] = {
    "placeholder-account": Severity.HIGH,
    "foreign-account": Severity.MEDIUM,
    "own-account": Severity.LOW,
}
_SAYS: Mapping[str, str] = {
    "placeholder-account": "an account of the documentation, which is nobody's",
    "foreign-account": "another account",
    "own-account": "the id of its own account",
}


def accounts(stack: Stack, found: Deployed, allowed: Iterable[str]) -> Iterator[Remark]:
    """Ids of accounts, the gravest first; CDK writes its own account out."""
    own, known = found.context.account or "", frozenset(allowed)
    by_code: dict[str, list[Place]] = {}
    for place in template_literals.accounts(found.template, found.context):
        if place.text not in known:
            by_code.setdefault(_code(place.text, own), []).append(place)
    if template_literals.is_of_cdk(found.template):
        by_code.pop("own-account", None)
    for code, severity in _SEVERITY.items():
        if code in by_code:
            says = f"it names {_SAYS[code]}: {_paths(place.path for place in by_code[code])}"
            yield _drift(stack, says, code, by_code[code], severity)


def defaults(stack: Stack, found: Deployed, allowed: Iterable[str]) -> Iterator[Remark]:
    """Ids of accounts in defaults of parameters; grave where a placeholder is in force."""
    own, known = found.context.account or "", frozenset(allowed)
    places = [
        place
        for place in template_literals.default_accounts(found.template)
        if place.text not in known | {own}
    ]
    grave = [place for place in places if _in_force(place, stack, found)]
    if grave:
        says = f"parameters name {_SAYS['placeholder-account']}: {_paths(p.path for p in grave)}"
        yield _drift(stack, says, "placeholder-account", grave, Severity.HIGH)
    if mild := [place for place in places if place not in grave]:
        says = f"defaults of parameters name accounts: {_paths(p.path for p in mild)}"
        yield _drift(stack, says, "default-literal", mild, Severity.INFORMATIONAL)


def secrets(stack: Stack, found: Deployed) -> Iterator[Remark]:
    """Secrets, by their places; what they are is not kept."""
    if paths := sorted(set(template_literals.secrets(found.template))):
        yield drift(
            f"a secret stands in the template: {_paths(paths)}",
            code="secret-literal",
            expected=[],
            found=paths[:_MOST_SHOWN],
            severity=Severity.MEDIUM,
            cli=_change_set(stack),
        )


def names(stack: Stack, found: Deployed, wanted: Variable) -> Iterator[Remark]:
    """Names and variables that do not vary with the environment."""
    declared = found.template.parameters
    suffix = next((name for name in wanted.suffix_parameter_names if name in declared), "")
    if not suffix:
        yield not_applicable("no parameter of it tells environments apart")
        return
    yield from _names(stack, found, suffix, wanted.suffix_style)
    yield from _variables(stack, found, suffix, wanted.env_keys)


def _names(stack: Stack, found: Deployed, suffix: str, style: Style) -> Iterator[Remark]:
    written = template_literals.names(found.template, found.context)
    pairs = sorted(written, key=lambda pair: pair[1])[:_MOST_SHOWN]
    if not pairs:
        return
    places = [place for _, place in pairs]
    yield gap(
        f"names do not carry {suffix}: {_paths(place.path for place in places)}",
        code="name-without-suffix",
        expected={place.path: _with_suffix(place.text, suffix, style) for place in places},
        found={place.path: place.text for place in places},
        cli=_change_set(stack),
        cloudformation=_renamed(*pairs[0], suffix, style),
    )


def _variables(stack: Stack, found: Deployed, suffix: str, keys: Iterable[str]) -> Iterator[Remark]:
    fixed = template_literals.variables(found.template, found.context, keys)
    if paths := sorted(set(fixed))[:_MOST_SHOWN]:
        yield gap(
            f"variables do not follow {suffix}: {_paths(paths)}",
            code="environment-literal",
            expected=dict.fromkeys(paths, f"${{{suffix}}}"),
            found=paths,
            cli=_change_set(stack),
        )


def places(stack: Stack, found: Deployed) -> Iterator[Remark]:
    """Zones and regions; where CDK writes them out, the intent is lost."""
    by_cdk = template_literals.is_of_cdk(found.template)
    severity = Severity.INFORMATIONAL if by_cdk else Severity.LOW
    if zones := [*template_literals.zones(found.template, found.context)]:
        says = f"availability zones are written out: {_paths(p.path for p in zones)}"
        yield _drift(stack, says, "zone-literal", zones, severity)
    if regions := [*template_literals.regions(found.template, found.context)]:
        says = f"its region is written out: {_paths(p.path for p in regions)}"
        yield _drift(stack, says, "region-literal", regions, severity)
    paths = template_literals.partitions(found.template, found.context)
    if written := sorted(set(paths)):
        yield note(f"the partition is written out: {_paths(written)}")


def _code(account: str, own: str) -> str:
    if account == own:
        return "own-account"
    return "placeholder-account" if account in PLACEHOLDERS else "foreign-account"


def _in_force(place: Place, stack: Stack, found: Deployed) -> bool:
    """Whether a stack really has a default that names an account which is nobody's."""
    default = found.template.parameters[place.path].default
    return place.text in PLACEHOLDERS and stack.values.get(place.path) == default


def _drift(
    stack: Stack, says: str, code: str, where: Iterable[Place], severity: Severity
) -> Remark:
    shown: dict[str, JSON] = {place.path: place.text for place in sorted(set(where))[:_MOST_SHOWN]}
    return drift(
        says, code=code, expected={}, found=shown, severity=severity, cli=_change_set(stack)
    )


def _with_suffix(name: str, suffix: str, style: Style) -> str:
    return f"{name}-${{{suffix}}}" if style == "-<suffix>" else f"${{{suffix}}}-{name}"


def _renamed(resource: Resource, place: Place, suffix: str, style: Style) -> dict[str, JSON]:
    name = template_literals.NAMES[resource.type]
    value = {"Fn::Sub": _with_suffix(place.text, suffix, style)}
    return {"Type": resource.type, "Properties": {name: value}}


def _paths(paths: Iterable[str]) -> str:
    known = sorted(set(paths))
    more = ", and others" if len(known) > _MOST_NAMED else ""
    return ", ".join(known[:_MOST_NAMED]) + more


def _change_set(stack: Stack) -> tuple[str, ...]:
    return (
        "aws", "cloudformation", "create-change-set", "--stack-name", stack.stack_name,
        "--change-set-name", "no-literals", "--template-body", "file://template.yaml",
    )  # fmt: skip
