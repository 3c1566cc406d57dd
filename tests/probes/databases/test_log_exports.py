import boto3
import pytest

from probes.aws import rds, rds_parameters
from probes.databases.log_exports import Logs
from tests.kit import Case, Refused, audit, check_case, verdicts

PROBE = Logs()
ARN = "arn:aws:rds:us-east-1:123456789012"
ONE = f"{ARN}:db:one"
WHOLE = f"{ARN}:cluster:whole"
OFF, ON = {"slow_query_log": None}, {"slow_query_log": "1"}


def instance(engine="postgres", version="16.4", name="one", **more):
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"{ARN}:db:{name}",
        "Engine": engine,
        "EngineVersion": version,
        "DBParameterGroups": [{"DBParameterGroupName": "own", "ParameterApplyStatus": "in-sync"}],
        "OptionGroupMemberships": [{"OptionGroupName": "options", "Status": "in-sync"}],
        "PendingModifiedValues": {},
        "TagList": [],
        **more,
    }


def cluster(engine="aurora-postgresql", version="16.4", members=("one",), **more):
    return {
        "DBClusterIdentifier": "whole",
        "DBClusterArn": WHOLE,
        "Engine": engine,
        "EngineVersion": version,
        "DBClusterParameterGroup": "shared",
        "DBClusterMembers": [{"DBInstanceIdentifier": name} for name in members],
        "TagList": [],
        **more,
    }


def version(engine, number, *types, supports=True):
    described = {
        "Engine": engine,
        "EngineVersion": number,
        "ExportableLogTypes": list(types),
        "SupportsLogExportsToCloudwatchLogs": supports,
        "Status": "available",
    }
    return {f"{engine}/{number}": [described]}


def parameters(name, source="user", **values):
    listed = [
        {"ParameterName": key, "Source": source} | ({"ParameterValue": v} if v is not None else {})
        for key, v in values.items()
    ]
    return {name: {"Parameters": listed}}


POSTGRES = version("postgres", "16.4", "postgresql", "upgrade", "iam-db-auth-error")
MYSQL = version("mysql", "8.0.39", "audit", "error", "general", "slowquery")
AURORA = version("aurora-mysql", "8.0", "audit", "error", "general", "instance", "slowquery")
AURORA_PG = version("aurora-postgresql", "16.4", "instance", "postgresql")


def postgres(**more):
    return {rds.INSTANCES: [instance(**more)], rds.ENGINE_VERSIONS: POSTGRES}


def mysql(*exports, group=None, options=None, **more):
    answers = {
        rds.INSTANCES: [
            instance("mysql", "8.0.39", EnabledCloudwatchLogsExports=list(exports), **more)
        ],
        rds.ENGINE_VERSIONS: MYSQL,
    }
    if group is not None:
        answers[rds_parameters.PARAMETERS] = group
    if options is not None:
        listed = [{"OptionName": name} for name in options]
        answers[rds_parameters.OPTION_GROUPS] = {
            "options": [{"OptionGroupName": "options", "Options": listed}]
        }
    return answers


def aurora(*exports, shared=None, own=None, **more):
    answers = {
        rds.CLUSTERS: [
            cluster("aurora-mysql", "8.0", EnabledCloudwatchLogsExports=list(exports), **more)
        ],
        rds.INSTANCES: [instance("aurora-mysql", "8.0", DBClusterIdentifier="whole")],
        rds.ENGINE_VERSIONS: AURORA,
        rds_parameters.CLUSTER_PARAMETERS: shared or parameters("shared"),
    }
    if own is not None:
        answers[rds_parameters.PARAMETERS] = own
    return answers


AUDITED = {"server_audit_logging": "1", "server_audit_events": "CONNECT"}
BY_ROLE = {
    "server_audit_logging": "1",
    "server_audit_logs_upload": "1",
    "aws_default_logs_role": "arn:aws:iam::123456789012:role/logs",
}
FILES = {"log_output": "FILE"}


def exported(name, answers, verdict, *rest, **more):
    return Case(name, answers, verdict, *rest, part="exported", subject=more.pop("of", ONE), **more)


def written(name, answers, verdict, *rest, **more):
    return Case(name, answers, verdict, *rest, part="written", subject=more.pop("of", ONE), **more)


PENDING = {"PendingCloudwatchLogsExports": {"LogTypesToEnable": ["postgresql"]}}
LEAVING = {"PendingCloudwatchLogsExports": {"LogTypesToDisable": ["postgresql"]}}
LOG_OUTPUT_OF_NEXT_YEAR = parameters("own", slow_query_log="1", log_output="STREAM")

EXPORTED = [
    exported("exported", postgres(EnabledCloudwatchLogsExports=["postgresql"]), "pass"),
    exported(
        "none exported: AWS leaves the field out",
        postgres(),
        "gap",
        "log-export-missing",
        severity="medium",
        expected=["postgresql"],
        found=[],
    ),
    exported(
        "another log than the wanted one",
        postgres(EnabledCloudwatchLogsExports=["upgrade"]),
        "gap",
        found=["upgrade"],
    ),
    exported("being switched on", postgres(PendingModifiedValues=PENDING), "pass", says="being"),
    exported(
        "being switched off",
        postgres(EnabledCloudwatchLogsExports=["postgresql"], PendingModifiedValues=LEAVING),
        "gap",
    ),
    exported(
        "some of several missing",
        mysql("error"),
        "gap",
        expected=["audit", "slowquery"],
        found=["error"],
    ),
    exported(
        "the version cannot export one of them",
        {
            **mysql("error", "slowquery"),
            rds.ENGINE_VERSIONS: version("mysql", "8.0.39", "error", "slowquery"),
        },
        "pass",
    ),
    exported(
        "the version cannot export any",
        {**postgres(), rds.ENGINE_VERSIONS: version("postgres", "16.4")},
        "not_applicable",
    ),
    exported(
        "the version has no exports",
        {
            **postgres(),
            rds.ENGINE_VERSIONS: version("postgres", "16.4", "postgresql", supports=False),
        },
        "not_applicable",
    ),
    exported(
        "a version that AWS no longer describes",
        {**postgres(), rds.ENGINE_VERSIONS: {"postgres/16.4": []}},
        "unknown",
        says="does not describe",
    ),
    exported(
        "versions refused",
        {**postgres(), rds.ENGINE_VERSIONS: {"postgres/16.4": Refused()}},
        "unknown",
        "AccessDenied",
    ),
    exported("a member of a cluster", postgres(DBClusterIdentifier="whole"), "not_applicable"),
    exported("RDS Custom", postgres(engine="custom-oracle-ee", version="19.c"), "not_applicable"),
    exported("DocumentDB", postgres(engine="docdb", version="5.0.0"), "not_applicable", says="own"),
    exported(
        "an engine that the baseline leaves out", postgres(engine="informix"), "not_applicable"
    ),
    exported(
        "an engine by pattern",
        {
            rds.INSTANCES: [instance("oracle-se2-cdb", "19")],
            rds.ENGINE_VERSIONS: version(
                "oracle-se2-cdb", "19", "alert", "audit", "listener", "trace"
            ),
        },
        "gap",
        expected=["alert", "audit", "listener"],
    ),
    exported("a replica", postgres(ReadReplicaSourceDBInstanceIdentifier="primary"), "gap"),
    exported(
        "a replica, and the baseline lets it",
        postgres(ReadReplicaSourceDBInstanceIdentifier="primary"),
        "not_applicable",
        settings={"read_replicas": False},
    ),
    exported(
        "other logs wanted",
        postgres(EnabledCloudwatchLogsExports=["postgresql"]),
        "gap",
        settings={"log_types": {"postgres": ["postgresql", "upgrade"]}},
        expected=["upgrade"],
    ),
    exported(
        "a cluster",
        {rds.CLUSTERS: [cluster()], rds.ENGINE_VERSIONS: AURORA_PG},
        "gap",
        of=WHOLE,
    ),
    exported(
        "a cluster that replicates another, and the baseline lets it",
        {
            rds.CLUSTERS: [
                cluster(ReplicationSourceIdentifier="arn:aws:rds:eu-west-1:123456789012:cluster:x")
            ],
            rds.ENGINE_VERSIONS: AURORA_PG,
        },
        "not_applicable",
        of=WHOLE,
        settings={"read_replicas": False},
    ),
    exported(
        "Serverless v1",
        {rds.CLUSTERS: [cluster(EngineMode="serverless")], rds.ENGINE_VERSIONS: AURORA_PG},
        "not_applicable",
        of=WHOLE,
    ),
    exported(
        "a Multi-AZ cluster has no audit log",
        {
            rds.CLUSTERS: [
                cluster("mysql", "8.0.39", EnabledCloudwatchLogsExports=["error", "slowquery"])
            ],
            rds.ENGINE_VERSIONS: MYSQL,
        },
        "pass",
        of=WHOLE,
    ),
    exported(
        "Aurora ships its audit log by its role",
        aurora("error", "slowquery", shared=parameters("shared", **BY_ROLE)),
        "pass",
        of=WHOLE,
        says="own role",
    ),
    exported(
        "Aurora has no role to ship its audit log by",
        aurora("error", "slowquery", shared=parameters("shared", server_audit_logs_upload="1")),
        "gap",
        of=WHOLE,
        expected=["audit"],
    ),
    exported(
        "a switch that is neither on nor off",
        aurora(
            "error",
            "slowquery",
            shared=parameters("shared", **{**BY_ROLE, "server_audit_logs_upload": "{x}"}),
        ),
        "unknown",
        of=WHOLE,
    ),
    exported(
        "Aurora lacks others than the audit log: proven without its parameters",
        aurora("slowquery", shared=parameters("shared", **BY_ROLE)),
        "gap",
        of=WHOLE,
        expected=["error"],
        survives=(rds_parameters.CLUSTER_PARAMETERS,),
    ),
]

WRITTEN = [
    written(
        "PostgreSQL writes its log anyhow",
        postgres(EnabledCloudwatchLogsExports=["postgresql"]),
        "not_applicable",
    ),
    written("nothing exported", mysql(), "not_applicable"),
    written("the error log is always on", mysql("error"), "not_applicable"),
    written(
        "switched on, into files",
        mysql("slowquery", "general", group=parameters("own", general_log="ON", **ON, **FILES)),
        "pass",
    ),
    written(
        "never switched on",
        mysql("slowquery", group=parameters("own", **OFF, **FILES)),
        "drift",
        "exported-but-not-produced",
        severity="low",
        expected={"slow_query_log": "1"},
        found={"slow_query_log": None},
    ),
    written(
        "into tables",
        mysql("general", group=parameters("own", general_log="1", log_output="TABLE")),
        "drift",
        found={"log_output": "TABLE"},
    ),
    written(
        "NONE overrides FILE",
        mysql("general", group=parameters("own", general_log="1", log_output="FILE,NONE")),
        "drift",
    ),
    written(
        "into both",
        mysql("general", group=parameters("own", general_log="1", log_output="FILE,TABLE")),
        "pass",
    ),
    written(
        "no output set, and the default is not known",
        mysql("slowquery", group=parameters("own", **ON)),
        "unknown",
    ),
    written(
        "an output of the future", mysql("slowquery", group=LOG_OUTPUT_OF_NEXT_YEAR), "unknown"
    ),
    written(
        "an audit log without its plugin",
        mysql("audit", options=[]),
        "drift",
        found={"MARIADB_AUDIT_PLUGIN": None},
    ),
    written(
        "an audit log with its plugin", mysql("audit", options=["MARIADB_AUDIT_PLUGIN"]), "pass"
    ),
    written(
        "no plugin, proven without the parameters",
        mysql("audit", "slowquery", group=parameters("own", **ON, **FILES), options=["MEMCACHED"]),
        "drift",
        survives=(rds_parameters.PARAMETERS,),
    ),
    written(
        "parameters refused",
        mysql("slowquery", group={"own": Refused()}),
        "unknown",
        "AccessDenied",
    ),
    written(
        "a group that is gone",
        mysql("slowquery", group={"own": Refused("DBParameterGroupNotFound")}),
        "unknown",
    ),
    written(
        "a member of a cluster",
        mysql("slowquery", DBClusterIdentifier="whole"),
        "not_applicable",
    ),
    written(
        "Aurora's audit log",
        aurora("audit", shared=parameters("shared", **AUDITED)),
        "pass",
        of=WHOLE,
    ),
    written(
        "Aurora's audit log without events",
        aurora("audit", shared=parameters("shared", server_audit_logging="1")),
        "drift",
        of=WHOLE,
        expected={"server_audit_events": "CONNECT,QUERY"},
    ),
    written(
        "Aurora's members switch it on themselves",
        aurora("slowquery", own=parameters("own", **ON)),
        "pass",
        of=WHOLE,
    ),
    written(
        "Aurora's members take what the cluster's group sets",
        aurora(
            "slowquery",
            shared=parameters("shared", **ON),
            own=parameters("own", source="engine-default", slow_query_log="0"),
        ),
        "pass",
        of=WHOLE,
    ),
    written(
        "Aurora's members override the cluster's group",
        aurora(
            "slowquery",
            shared=parameters("shared", **ON),
            own=parameters("own", slow_query_log="0"),
        ),
        "drift",
        of=WHOLE,
        found={"slow_query_log": "0"},
    ),
    written(
        "a Multi-AZ cluster has one group",
        {
            rds.CLUSTERS: [cluster("mysql", "8.0.39", EnabledCloudwatchLogsExports=["slowquery"])],
            rds_parameters.CLUSTER_PARAMETERS: parameters("shared", slow_query_log="0", **FILES),
        },
        "drift",
        of=WHOLE,
    ),
]
CASES = EXPORTED + WRITTEN


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("rds", "us-east-1")
    client.create_db_parameter_group(
        DBParameterGroupName="loud", DBParameterGroupFamily="mysql8.0", Description="logs"
    )
    client.modify_db_parameter_group(
        DBParameterGroupName="loud",
        Parameters=[{"ParameterName": "slow_query_log", "ParameterValue": "1"}],
    )
    database = {"DBInstanceClass": "db.t4g.micro", "AllocatedStorage": 20, "MasterUsername": "root"}
    database |= {"MasterUserPassword": "not-a-secret"}
    logs = ["error", "slowquery"]
    for name, engine, number, exports, group in (
        ("mute", "postgres", "16.4", [], None),
        ("heard", "postgres", "16.4", ["postgresql"], None),
        ("quiet", "mysql", "8.0.39", logs, None),
        ("loud", "mysql", "8.0.39", [*logs, "audit"], "loud"),
    ):
        more = {"DBParameterGroupName": group} if group else {}
        client.create_db_instance(
            DBInstanceIdentifier=name,
            Engine=engine,
            EngineVersion=number,
            EnableCloudwatchLogsExports=exports,
            **database,
            **more,
        )
    findings = audit(Logs)
    assert verdicts(findings, "exported") == {
        "mute": "gap",
        "heard": "pass",
        "quiet": "gap",
        "loud": "pass",
    }
    of_part = verdicts(findings, "written")
    assert (of_part["heard"], of_part["quiet"]) == ("not_applicable", "drift")
