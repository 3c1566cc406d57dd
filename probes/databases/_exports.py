"""Which logs a database should export, and why some databases export none."""

from collections.abc import Mapping, Sequence

from auditor.probe import Remark, gap
from auditor.settings import Settings, setting
from probes.analysis.patterns import first
from probes.aws import rds

_MYSQL_LOGS = ["error", "slowquery", "audit"]
_LOG_TYPES = {
    "postgres": ["postgresql"],
    "aurora-postgresql": ["postgresql"],
    "mysql": _MYSQL_LOGS,
    "mariadb": _MYSQL_LOGS,
    "aurora-mysql": _MYSQL_LOGS,
    "oracle-*": ["alert", "audit", "listener"],
    "sqlserver-*": ["error"],
    "db2-*": ["diag.log"],
}


class LogExports(Settings):
    """Which logs must leave the database."""

    log_types: dict[str, list[str]] = setting(
        _LOG_TYPES,
        "For an engine, by name or pattern, the log types to export; what the version in use "
        "cannot export is not asked for.",
    )
    read_replicas: bool = setting(True, "Whether read replicas must export their logs, too.")


def wanted_logs(engine: str, log_types: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The log types wanted of an engine: by its name, else by the first pattern that fits it."""
    name = "aurora-mysql" if engine == "aurora" else engine
    if name in log_types:
        return frozenset(log_types[name])
    return frozenset(first(log_types, name) or ())


def exportable(database: rds.Database, version: rds.EngineVersion) -> frozenset[str]:
    """What a database can export: what its version can, less the audit log of Multi-AZ clusters.

    `CreateDBCluster` does not list `audit` for RDS for MySQL (API model).
    """
    types = frozenset(version.exportable_log_types) if version.exports_logs else frozenset()
    multi_az = isinstance(database, rds.Cluster) and database.engine == "mysql"
    return types - {"audit"} if multi_az else types


def why_none(database: rds.Database, expected: LogExports) -> str:
    """Why the question does not arise for a database; nothing where it does."""
    if isinstance(database, rds.Instance) and database.cluster:
        return "its cluster exports the logs"
    if database.engine.startswith("custom-"):
        return "RDS Custom exports no logs"
    if database.engine in {"docdb", "neptune"}:
        return f"{database.engine} has log types of its own"
    if isinstance(database, rds.Cluster) and database.engine_mode == "serverless":
        return "Aurora Serverless v1 exports by itself what its parameters switch on"
    if rds.is_replica(database) and not expected.read_replicas:
        return "the baseline asks no logs of read replicas"
    return ""


def not_exported(database: rds.Database, missing: frozenset[str]) -> Remark:
    """The remark on logs that should be exported and are not."""
    now = rds.exported(database)
    return gap(
        f"not exported to CloudWatch Logs: {', '.join(sorted(missing))}",
        code="log-export-missing",
        expected=sorted(missing),
        found=sorted(now),
        cli=_switch_on(database, missing),
        cloudformation={"EnableCloudwatchLogsExports": sorted(now | missing)},
    )


def _switch_on(database: rds.Database, logs: frozenset[str]) -> tuple[str, ...]:
    kind = "instance" if isinstance(database, rds.Instance) else "cluster"
    return (
        "aws", "rds", f"modify-db-{kind}", f"--db-{kind}-identifier", database.identifier,
        "--cloudwatch-logs-export-configuration", f"EnableLogTypes={','.join(sorted(logs))}",
    )  # fmt: skip
