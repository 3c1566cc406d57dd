"""What decides, for an instance or a cluster, whether its exported logs are written."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, unknown
from probes.analysis.answers import Answer
from probes.analysis.database_logs import Silence, Values, aurora_ships_audit, silences
from probes.aws import rds, rds_parameters

AUDIT_PLUGIN = "MARIADB_AUDIT_PLUGIN"


def checks(database: rds.Database, facts: Facts) -> Iterator[Callable[[], Iterator[Remark]]]:
    """What is to be looked at: each group that could keep an exported log empty, on its own."""
    exported = rds.exported(database)
    if isinstance(database, rds.Instance):
        for group in database.parameter_groups if exported & rds_parameters.SWITCHED else ():
            yield partial(_instance_group, group.name, exported, facts)
        if "audit" in exported:
            yield partial(_option_groups, database, facts)
    elif isinstance(database, rds.Cluster):
        yield partial(_cluster_group, database, facts)
        if database.engine.startswith("aurora") and exported & rds_parameters.SWITCHED:
            yield partial(_member_groups, database, facts)


def ships_audit(cluster: rds.Cluster, facts: Facts) -> Answer:
    """Whether an Aurora cluster sends its audit log by its own role."""
    return aurora_ships_audit(
        _values(facts.named(rds_parameters.CLUSTER_PARAMETERS, cluster.parameter_group))
    )


def _instance_group(name: str, exported: frozenset[str], facts: Facts) -> Iterator[Remark]:
    values = _values(facts.named(rds_parameters.PARAMETERS, name))
    found = [
        s
        for log in sorted(exported & rds_parameters.SWITCHED)
        for s in silences(log, values, aurora=False)
    ]
    yield from _unwritten(found, name, "db-parameter-group")


def _option_groups(instance: rds.Instance, facts: Facts) -> Iterator[Remark]:
    names = [group.option_group_name for group in instance.option_group_memberships]
    groups = [facts.named(rds_parameters.OPTION_GROUPS, name) for name in names]
    if any(
        option.option_name == AUDIT_PLUGIN for group in groups if group for option in group.options
    ):
        return
    found = Silence("audit", AUDIT_PLUGIN, "in the option group", None, certain=True)
    yield from _unwritten([found], names[0] if names else "", "option-group")


def _cluster_group(cluster: rds.Cluster, facts: Facts) -> Iterator[Remark]:
    """Multi-AZ clusters take all their parameters from the cluster's group, Aurora's only some.

    Source: RDS user guide, "Working with DB cluster parameter groups for Multi-AZ DB clusters".
    """
    aurora, exported = cluster.engine.startswith("aurora"), rds.exported(cluster)
    logs = exported - rds_parameters.SWITCHED if aurora else exported
    values = _values(facts.named(rds_parameters.CLUSTER_PARAMETERS, cluster.parameter_group))
    found = [silence for log in sorted(logs) for silence in silences(log, values, aurora=aurora)]
    yield from _unwritten(found, cluster.parameter_group, "db-cluster-parameter-group")


def _member_groups(cluster: rds.Cluster, facts: Facts) -> Iterator[Remark]:
    """The groups of Aurora's instances: what they set themselves overrides the cluster's group.

    Source: Aurora user guide, "Working with parameter groups".
    """
    whole = facts.named(rds_parameters.CLUSTER_PARAMETERS, cluster.parameter_group)
    members = facts.where(rds.INSTANCES, rds.cluster_of, cluster.identifier)
    for name in sorted({group.name for member in members for group in member.parameter_groups}):
        own = facts.named(rds_parameters.PARAMETERS, name)
        values = {**_values(own), **_values(whole, by="user"), **_values(own, by="user")}
        logs = rds.exported(cluster) & rds_parameters.SWITCHED
        found = [silence for log in sorted(logs) for silence in silences(log, values, aurora=True)]
        yield from _unwritten(found, name, "db-parameter-group")


def _values(group: rds_parameters.Parameters | None, by: str = "") -> Values:
    """The values in a group, all of them or what was set `by` somebody."""
    parameters = group.parameters if group else ()
    return {p.parameter_name: p.parameter_value for p in parameters if p.source == by or not by}


def _unwritten(found: Sequence[Silence], group: str, kind: str) -> Iterator[Remark]:
    """One remark on what certainly keeps logs empty in a group, one on what cannot be told."""
    certain = [silence for silence in found if silence.certain]
    if certain:
        logs = ", ".join(sorted({silence.log for silence in certain}))
        yield drift(
            f"exported but not written by {group}: {logs}",
            code="exported-but-not-produced",
            severity=Severity.LOW,
            expected={silence.parameter: silence.wanted for silence in certain},
            found={silence.parameter: silence.found for silence in certain},
            cli=_mend(certain, group, kind),
        )
    doubtful = sorted({silence.parameter for silence in found if not silence.certain})
    if doubtful:
        what = ", ".join(doubtful)
        yield unknown(f"whether {what} in {group} lets the logs be written cannot be told")


def _mend(certain: Sequence[Silence], group: str, kind: str) -> tuple[str, ...]:
    """The command that mends a group; none for AWS's own groups, which nobody can change."""
    if not group or group.startswith("default"):
        return ()
    if kind == "option-group":
        return (
            "aws", "rds", "add-option-to-option-group", "--option-group-name", group,
            "--options", f"OptionName={AUDIT_PLUGIN}", "--apply-immediately",
        )  # fmt: skip
    settings = sorted({(silence.parameter, silence.wanted) for silence in certain})
    parameters = [
        f"ParameterName={name},ParameterValue='{value}',ApplyMethod=immediate"
        for name, value in settings
    ]
    return ("aws", "rds", f"modify-{kind}", f"--{kind}-name", group, "--parameters", *parameters)
