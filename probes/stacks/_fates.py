"""Remarks on what becomes of the data in a stack."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from auditor.probe import Remark, Severity, drift, gap, not_applicable, note, unknown
from probes.analysis.answers import Answer
from probes.analysis.deletion_policies import (
    BUCKET,
    DELETE,
    KEY,
    RETAINING,
    SECRET,
    SNAPSHOT,
    SNAPSHOTS,
    Fate,
    empties_buckets,
)
from probes.analysis.template import Template
from probes.aws.cloudformation import Stack

Policy = Literal["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"]
_SAYS = {
    "missing": "has no {attribute}, so that its data is deleted",
    "no-update-replace": "has no {attribute}, so that its data is deleted when it is replaced",
    "deletes": "is deleted with its data by its {attribute}",
    "retain-in-ephemeral": "is left behind by its {attribute}",
    "snapshot-left-behind": "leaves a snapshot behind",
}
_SEVERITY = {
    "retain-in-ephemeral": Severity.LOW,
    "snapshot-left-behind": Severity.INFORMATIONAL,
}


def judged(
    fates: Iterable[Fate], policies: Sequence[Policy], attribute: str, stack: Stack
) -> Iterator[Remark]:
    """One remark for each way to fail, and one on what cannot be told."""
    wrong: dict[str, list[Fate]] = {}
    doubtful = []
    for fate in fates:
        if fate.policy in policies:
            continue
        if fate.policy is None or fate.there is not Answer.YES:
            doubtful.append(fate.logical_id)
        else:
            wrong.setdefault(_code(fate, attribute), []).append(fate)
    for code, failed in sorted(wrong.items()):
        yield _wrong(code, failed, policies, attribute, stack)
    if doubtful:
        names = ", ".join(sorted(doubtful))
        yield unknown(f"the {attribute} or the condition of {names} cannot be told")


def notes(
    fates: Sequence[Fate], policies: Sequence[Policy], template: Template
) -> Iterator[Remark]:
    """What is as it should be, and still good to know."""
    deleted = [fate for fate in fates if fate.policy == DELETE and DELETE in policies]
    if secrets := _names(fate for fate in deleted if fate.type == SECRET):
        yield note(f"deleted at once, with no recovery window: {secrets}")
    if keys := _names(fate for fate in deleted if fate.type == KEY):
        yield note(f"what these keys seal cannot be read after their waiting period: {keys}")
    buckets = _names(fate for fate in deleted if fate.type == BUCKET)
    if buckets and not empties_buckets(template):
        yield note(f"the deletion fails while these buckets hold anything: {buckets}")
    if SNAPSHOT in policies:
        by_default = (f for f in fates if f.policy == SNAPSHOT and not f.written)
        if unwritten := _names(by_default):
            yield note(f"a snapshot is taken of these by default only: {unwritten}")


def none_seen(fates: Sequence[Fate], template: Template) -> Iterator[Remark]:
    """What there is to say where no more resources are seen."""
    if template.opaque:
        yield unknown("macros or loops make resources that cannot be seen")
    elif not fates:
        yield not_applicable("it has no resource that keeps state")


def _code(fate: Fate, attribute: str) -> str:
    if fate.policy in RETAINING:
        return "retain-in-ephemeral"
    if fate.policy == SNAPSHOT:
        return "snapshot-left-behind"
    if fate.written:
        return "deletes"
    return "missing" if attribute == "DeletionPolicy" else "no-update-replace"


def _wrong(
    code: str, failed: list[Fate], policies: Sequence[Policy], attribute: str, stack: Stack
) -> Remark:
    names = sorted(fate.logical_id for fate in failed)
    says = _SAYS[code].format(attribute=attribute)
    return (gap if code in _ABSENT else drift)(
        f"{', '.join(names)}: each {says}" if len(names) > 1 else f"{names[0]} {says}",
        code=code,
        expected=sorted(policies),
        found={fate.logical_id: fate.policy for fate in sorted(failed, key=_logical_id)},
        severity=_SEVERITY.get(code),
        evidence={
            "types": {fate.logical_id: fate.type for fate in failed},
            "termination protection": stack.enable_termination_protection,
        },
        cli=_change_set(stack),
        cloudformation=_fragment(failed[0], policies),
    )


_ABSENT = frozenset({"missing", "no-update-replace"})


def _logical_id(fate: Fate) -> str:
    return fate.logical_id


def _change_set(stack: Stack) -> tuple[str, ...]:
    return (
        "aws", "cloudformation", "create-change-set", "--stack-name", stack.stack_name,
        "--change-set-name", "deletion-policies", "--template-body", "file://template.yaml",
    )  # fmt: skip


def _fragment(fate: Fate, policies: Sequence[Policy]) -> dict[str, str]:
    """The attributes of one of the resources, as they should be."""
    possible = [one for one in policies if one != SNAPSHOT or fate.type in SNAPSHOTS]
    on_deletion = SNAPSHOT if SNAPSHOT in possible else possible[0] if possible else DELETE
    replaced = on_deletion.removesuffix("ExceptOnCreate")
    return {"Type": fate.type, "DeletionPolicy": on_deletion, "UpdateReplacePolicy": replaced}


def _names(fates: Iterable[Fate]) -> str:
    return ", ".join(sorted(fate.logical_id for fate in fates))
