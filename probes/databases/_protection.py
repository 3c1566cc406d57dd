"""What the claims about the protection of databases have in common."""

from typing import Any

from auditor.probe import Remark, not_applicable
from probes.aws import rds
from probes.groups import DatabaseEngines


def passed_over(database: rds.Database, engines: DatabaseEngines) -> Remark | None:
    """Why nothing is asked of a database, whatever the claim; None where the claim arises."""
    if engines.leaves_out(database.engine):
        return not_applicable(f"the baseline leaves {database.engine} out", code="other-engine")
    if not database.is_there:
        return not_applicable(f"the database is {database.status}", code=database.status)
    return None


def with_its_cluster(database: rds.Database) -> Remark | None:
    """That the claim is about the cluster that an instance is a member of; None for all others."""
    if isinstance(database, rds.Instance) and database.cluster:
        return not_applicable(f"its cluster {database.cluster} has the setting", code="member")
    return None


def in_multi_az_cluster(database: rds.Database) -> bool:
    """Whether an instance is a member of a cluster that is not Aurora's."""
    member = isinstance(database, rds.Instance) and database.cluster
    return bool(member) and not database.engine.startswith("aurora")


def mend(database: rds.Database, *options: str, **properties: Any) -> dict[str, Any]:
    """The command and the properties that change a database."""
    kind = "instance" if isinstance(database, rds.Instance) else "cluster"
    command = (f"modify-db-{kind}", f"--db-{kind}-identifier", database.identifier)
    return {"cli": ("aws", "rds", *command, *options), "cloudformation": properties}
