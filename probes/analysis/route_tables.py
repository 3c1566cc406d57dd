"""Route tables, and which of them a subnet uses.

The words are those of `DescribeRouteTables`; how tables apply is told in the VPC user guide
("Configure route tables").
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet and the VPC it belongs to."""

    subnet_id: str
    vpc_id: str


@dataclass(frozen=True, slots=True)
class Association:
    """What a route table applies to: a subnet, a gateway, or by default (`main`) its VPC."""

    main: bool
    subnet_id: str | None = None
    state: str | None = None

    @property
    def holds(self) -> bool:
        return self.state not in ("disassociated", "failed")


@dataclass(frozen=True, slots=True)
class Route:
    """One route: its state, its destination, and what it leads to.

    The destination is a block of addresses (`block`) or a prefix list (`list_id`). The targets are
    ids by what AWS calls their field in snake case, the one that says most first.
    """

    state: str | None
    block: str | None = None
    list_id: str | None = None
    targets: tuple[tuple[str, str], ...] = ()

    @property
    def destination(self) -> str:
        """The destination as AWS wrote it."""
        return self.block or self.list_id or ""

    @property
    def target(self) -> str:
        """The id of what the route leads to."""
        return next((target for _, target in self.targets), "")

    def to(self, field: str) -> str:
        """The id of a target by its field; nothing where the route does not lead there."""
        return next((target for name, target in self.targets if name == field), "")


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table of a VPC."""

    table_id: str
    vpc_id: str
    associations: tuple[Association, ...] = ()
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectiveTable:
    """The table that a subnet uses, and whether it names it rather than falling back on main."""

    table: RouteTable
    is_explicit: bool


def effective_table(subnet: Subnet, tables: Iterable[RouteTable]) -> EffectiveTable | None:
    """The table that a subnet uses, or None where no table or several fit.

    A subnet without an association of its own uses the main table of its VPC, and no row of
    `DescribeRouteTables` says so.
    """
    known = tuple(tables)
    for is_explicit in (True, False):
        fits = [table for table in known if _applies(table, subnet, is_explicit=is_explicit)]
        if fits:
            return EffectiveTable(fits[0], is_explicit) if len(fits) == 1 else None
    return None


def _applies(table: RouteTable, subnet: Subnet, *, is_explicit: bool) -> bool:
    if table.vpc_id != subnet.vpc_id:
        return False
    held = [one for one in table.associations if one.holds]
    if is_explicit:
        return any(one.subnet_id == subnet.subnet_id for one in held)
    return any(one.main for one in held)
