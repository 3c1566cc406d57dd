"""Sizes of ECS tasks: CPU units and MiB, and the pairs that Fargate offers.

Sources: ECS API model (`RegisterTaskDefinition`, `cpu` and `memory`); ECS developer guide, "Amazon
ECS task definition differences for Fargate".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_UNITS_OF_A_CPU: Final = 1024
_MIB_OF_A_GB: Final = 1024
_SMALLEST_ON_WINDOWS: Final = 1024
_CPU: Final = re.compile(r"(\d{0,6}(?:\.\d{1,6})?)\s{0,3}(vcpu)?", re.IGNORECASE | re.ASCII)
_MEMORY: Final = re.compile(r"(\d{0,9}(?:\.\d{1,6})?)\s{0,3}(gb)?", re.IGNORECASE | re.ASCII)
_OFFERED: Final = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}


@dataclass(frozen=True, slots=True)
class Size:
    """CPU units and MiB of memory; None where the task has none of its own."""

    cpu: int | None
    memory: int | None


def cpu_units(text: str) -> int | None:
    """CPU units out of `512` or `.5 vCPU`; None if it is neither."""
    return _amount(_CPU, text, _UNITS_OF_A_CPU)


def memory_mib(text: str) -> int | None:
    """MiB out of `1024` or `1 GB`; None if it is neither."""
    return _amount(_MEMORY, text, _MIB_OF_A_GB)


def offered_on_fargate(cpu: int, memory: int, *, windows: bool = False) -> Size | None:
    """The smallest pair of Fargate that is at least so large; None if it offers none."""
    least = max(cpu, _SMALLEST_ON_WINDOWS) if windows else cpu
    return next((one for one in _offers() if one.cpu >= least and one.memory >= memory), None)


@dataclass(frozen=True, slots=True)
class _Offer(Size):
    cpu: int
    memory: int


def _offers() -> Iterator[_Offer]:
    return (_Offer(cpu, memory) for cpu, sizes in _OFFERED.items() for memory in sizes)


def _amount(form: re.Pattern[str], text: str, per_unit: int) -> int | None:
    found = form.fullmatch(text.strip())
    if found is None or not found[1]:
        return None
    amount = float(found[1])
    if found[2]:
        return round(amount * per_unit)
    return int(amount) if amount.is_integer() and "." not in found[1] else None
