"""Databases and buckets: engine versions, parameters, option groups, regions of buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.exchange import Answer, Exchange, Mend, NoSuchThing

# Engine -> versions and log types: "Publishing database logs to Amazon CloudWatch Logs".
_VERSIONS = {
    "postgres": ("14.7", "15.8", "16.4", "17.2"),
    "mysql": ("8.0.39", "8.4.3"),
    "mariadb": ("10.11.9", "11.4.3"),
    "aurora-postgresql": ("15.8", "16.4"),
    "aurora-mysql": ("8.0.mysql_aurora.3.08.0",),
}
_LOG_TYPES = {
    "postgres": ["postgresql", "upgrade", "iam-db-auth-error"],
    "mysql": ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
    "mariadb": ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
    "aurora-postgresql": ["instance", "postgresql", "iam-db-auth-error"],
    "aurora-mysql": ["audit", "error", "general", "instance", "slowquery", "iam-db-auth-error"],
}
_DEPRECATED = {("postgres", "14.7")}
# The few of the hundreds of parameters of a default group that say what is logged.
# RDS's own choice for `log_output` is TABLE, Aurora's FILE: the user guides on logs of each.
_POSTGRES = {"log_connections": None, "log_min_duration_statement": None, "rds.force_ssl": "1"}
_MYSQL = {"general_log": None, "log_output": "TABLE", "slow_query_log": None}
_AURORA = {
    "aws_default_logs_role": None,
    "general_log": None,
    "log_output": "FILE",
    "server_audit_events": None,
    "server_audit_logging": "0",
    "server_audit_logs_upload": "0",
    "slow_query_log": None,
}
_DEFAULT_PARAMETERS: Mapping[str, Mapping[str, str | None]] = {
    "aurora-mysql": _AURORA,
    "aurora-postgresql": _POSTGRES,
    "mariadb": _MYSQL,
    "mysql": _MYSQL,
    "postgres": _POSTGRES,
}


def major(engine: str, version: str) -> str:
    """The major version: `16.4` -> `16`, `8.0.39` -> `8.0`, `8.0.mysql_aurora.3.08.0` -> `8.0`."""
    parts = version.split(".")
    return parts[0] if "postgres" in engine else ".".join(parts[:2])


def family(engine: str, version: str) -> str:
    """The family of parameter groups that fit an engine's version."""
    return f"{engine}{major(engine, version)}"


def _engine_versions(exchange: Exchange) -> dict[str, Any]:
    engine, version = exchange.params.get("Engine"), exchange.params.get("EngineVersion")
    pairs = [
        (name, number)
        for name, numbers in _VERSIONS.items()
        for number in numbers
        if engine in {None, name} and version in {None, number, major(name, number)}
    ]
    return {"DBEngineVersions": [_engine_version(*pair) for pair in pairs]}


def _engine_version(engine: str, version: str) -> dict[str, Any]:
    return {
        "Engine": engine,
        "EngineVersion": version,
        "MajorEngineVersion": major(engine, version),
        "DBParameterGroupFamily": family(engine, version),
        "ExportableLogTypes": _LOG_TYPES[engine],
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": True,
        "Status": "deprecated" if (engine, version) in _DEPRECATED else "available",
    }


def _parameters(exchange: Exchange) -> dict[str, Any]:
    name = exchange.params["DBParameterGroupName"]
    return _of_group(exchange, name, exchange.backend("rds").db_parameter_groups.get(name))


def _cluster_parameters(exchange: Exchange) -> dict[str, Any]:
    name = exchange.params["DBClusterParameterGroupName"]
    return _of_group(exchange, name, exchange.backend("rds").db_cluster_parameter_groups.get(name))


def _of_group(exchange: Exchange, name: str, group: Any) -> dict[str, Any]:
    """AWS's own groups are called `default.FAMILY` and exist everywhere; moto makes none."""
    if group is None and not name.startswith("default."):
        raise NoSuchThing("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    engine = _engine_of(group, name)
    values = dict(_DEFAULT_PARAMETERS.get(engine, {}))
    changed = group.parameters if group else {}
    values.update({key: given.get("ParameterValue") for key, given in changed.items()})
    wanted = exchange.filtered("parameter-name")
    return {
        "Parameters": [
            {
                "ParameterName": key,
                "Source": "user" if key in changed else "system",
                "IsModifiable": True,
                **({} if value is None else {"ParameterValue": value}),
            }
            for key, value in sorted(values.items())
            if not wanted or key in wanted
        ]
    }


def _engine_of(group: Any, name: str) -> str:
    """The engine in a group's family, which moto keeps under two names: `mysql8.0` -> `mysql`."""
    kept = vars(group) if group else {}
    full = kept.get("family") or kept.get("db_parameter_group_family")
    return str(full or name.removeprefix("default.")).rstrip(".0123456789")


def _option_groups(exchange: Exchange) -> dict[str, Any]:
    """Groups of the account, and those that AWS keeps for its databases, `default:ENGINE-MAJOR`."""
    rds, name = exchange.backend("rds"), exchange.params.get("OptionGroupName")
    # Moto's own objects serialize as AWS writes them, options and all.
    known: dict[str, Any] = {group.name: group for group in rds.option_groups.values()}
    for database in rds.databases.values():
        default = _default_options(database.engine, database.engine_version)
        known.setdefault(default, _default_option_group(exchange, default))
    if name and name.startswith("default:"):
        known.setdefault(name, _default_option_group(exchange, name))
    if name and name not in known:
        raise NoSuchThing(
            "OptionGroupNotFoundFault", f"Specified OptionGroupName: {name} not found."
        )
    return {"OptionGroupsList": [known[name]] if name else list(known.values())}


def _default_options(engine: str, version: str) -> str:
    return f"default:{engine}-{major(engine, version).replace('.', '-')}"


def _default_option_group(exchange: Exchange, name: str) -> dict[str, Any]:
    """`default:mysql-8-0` -> the group of MySQL 8.0; engines may have a hyphen themselves."""
    words = name.removeprefix("default:").split("-")
    engine = "-".join(word for word in words if not word.isdigit())
    major = ".".join(word for word in words if word.isdigit())
    return {
        "OptionGroupName": name,
        "EngineName": engine,
        "MajorEngineVersion": major,
        "OptionGroupArn": exchange.arn("rds", f"og:{name}"),
        "Options": [],
    }


def _databases(exchange: Exchange, answer: dict[str, Any]) -> None:
    """Every instance says whether it is public; none of the demo's is unless it asks to be."""
    for database in answer.get("DBInstances", ()):
        database.setdefault("PubliclyAccessible", False)
        _aws_groups(database)
        if not database.get("EnabledCloudwatchLogsExports"):
            database.pop("EnabledCloudwatchLogsExports", None)
        cluster = exchange.backend("rds").clusters.get(database.get("DBClusterIdentifier", ""))
        if cluster is not None:
            # The storage is the cluster's, and so is its encryption.
            database["StorageEncrypted"] = cluster.storage_encrypted
            database["KmsKeyId"] = cluster.kms_key_id
        _key_of_encrypted(database)


def _aws_groups(database: dict[str, Any]) -> None:
    """Moto calls AWS's own groups otherwise than AWS."""
    engine, version = database["Engine"], database["EngineVersion"]
    for group in database.get("OptionGroupMemberships", ()):
        if group["OptionGroupName"].startswith("default:"):
            group["OptionGroupName"] = _default_options(engine, version)
    for group in database.get("DBParameterGroups", ()):
        if group["DBParameterGroupName"].startswith("default."):
            group["DBParameterGroupName"] = f"default.{family(engine, version)}"


def _clusters(_: Exchange, answer: dict[str, Any]) -> None:
    for cluster in answer.get("DBClusters", ()):
        if cluster.get("DBClusterParameterGroup", "default.").startswith("default."):
            named = family(cluster["Engine"], cluster["EngineVersion"])
            cluster["DBClusterParameterGroup"] = f"default.{named}"
        _key_of_encrypted(cluster)


def _key_of_encrypted(database: dict[str, Any]) -> None:
    """What is not encrypted has no key; moto names one all the same."""
    if not database.get("StorageEncrypted"):
        database.pop("KmsKeyId", None)


def buckets(exchange: Exchange) -> dict[str, Any]:
    """A page of buckets; regions and pages are for callers who ask for either (API ListBuckets)."""
    params = exchange.params
    store, prefix = exchange.backend("s3").buckets, params.get("Prefix", "")
    wanted = params.get("BucketRegion")
    found = [
        store[name]
        for name in sorted(store)
        if name.startswith(prefix) and wanted in {None, store[name].region_name}
    ]
    start = int(params.get("ContinuationToken") or 0)
    end = start + int(params.get("MaxBuckets") or 10000)
    asked = any(params.get(key) for key in ("MaxBuckets", "Prefix", "BucketRegion"))
    page: dict[str, Any] = {
        "Owner": {"ID": "bcaf1ffd86f41161ca5fb16fd081034f"},
        "Buckets": [_bucket(bucket, in_full=asked) for bucket in found[start:end]],
    }
    return page | ({"ContinuationToken": str(end)} if end < len(found) else {})


def _bucket(bucket: Any, *, in_full: bool) -> dict[str, Any]:
    known = {"Name": bucket.name, "CreationDate": bucket.creation_date_ISO8601}
    return known | ({"BucketRegion": bucket.region_name} if in_full else {})


ANSWERS: Mapping[str, Answer] = {
    "rds:DescribeDBClusterParameters": _cluster_parameters,
    "rds:DescribeDBEngineVersions": _engine_versions,
    "rds:DescribeDBParameters": _parameters,
    "rds:DescribeOptionGroups": _option_groups,
}
MENDS: Mapping[str, Mend] = {
    "rds:DescribeDBClusters": _clusters,
    "rds:DescribeDBInstances": _databases,
}
