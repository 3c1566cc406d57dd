import json
import shlex

import boto3
import pytest

from probes.aws import cloudformation, kms, logs, tagging
from probes.encryption.logs_access import LogsAccess
from tests.kit import Case, Gone, audit, check_case, findings_of, the_finding, verdicts
from tests.probes.encryption.keys import ACCOUNT, ARN, ID, OTHER, ROOT, allow, key, policy

PROBE = LogsAccess()
ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*")
PLACE = f"arn:aws:logs:us-east-1:{ACCOUNT}"
CONTEXT = "kms:EncryptionContext:aws:logs:arn"
REGIONAL, GLOBAL = "logs.us-east-1.amazonaws.com", "logs.amazonaws.com"
STACK = (
    "arn:aws:cloudformation:us-east-1:123456789012:stack/app/5f1d8c10-0000-11f0-8000-0e5d6f9b3c11"
)


def context(*values, operator="ArnLike"):
    return {operator: {CONTEXT: list(values) if len(values) > 1 else values[0]}}


ALL = context(f"{PLACE}:*")


def for_logs(*actions, service=REGIONAL, condition=ALL, **more):
    return allow({"Service": service}, *(actions or ACTIONS), condition=condition, **more)


def group(name="/app", sealed=ARN, region="us-east-1"):
    arn = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}"
    return {"logGroupName": name, "arn": f"{arn}:*", "logGroupArn": arn, "kmsKeyId": sealed}


def unused(*statements, **changes):
    return key(*statements, **changes)


def used(*statements, groups=(), **changes):
    return {**key(*statements, **changes), logs.LOG_GROUPS: list(groups) or [group()]}


def stack(template, status="CREATE_COMPLETE", events=(), **more):
    """The answers for one stack."""
    answers = {
        cloudformation.STACKS: [
            {"StackId": STACK, "StackName": "app", "StackStatus": status, **more}
        ],
        cloudformation.TEMPLATES: {STACK: {"TemplateBody": template}},
    }
    return answers | ({cloudformation.EVENTS: {STACK: list(events)}} if events else {})


def declared(key_id, **resources):
    properties = {"LogGroupName": "/app", "KmsKeyId": key_id}
    groups = {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": properties}}
    return {"Resources": {**groups, **resources}}


def refused(sealed=ARN, **changes):
    return {
        "EventId": "Logs-CREATE_FAILED",
        "StackId": STACK,
        "LogicalResourceId": "Logs",
        "ResourceType": "AWS::Logs::LogGroup",
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": "Resource handler returned message: \"The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:us-east-1:123456789012:log-group:/app' (Service: CloudWatchLogs, Status Code: 400)\"",
        "ResourceProperties": json.dumps({"KmsKeyId": sealed, "LogGroupName": "/app"}),
        **changes,
    }


EVERYTHING = (kms.POLICY, logs.LOG_GROUPS, cloudformation.STACKS, cloudformation.TEMPLATES,
              cloudformation.EVENTS, tagging.TAGGED)  # fmt: skip
ELSEWHERE = EVERYTHING[1:]
BEYOND_GROUPS = EVERYTHING[2:]
SHORT = for_logs("kms:Decrypt", "kms:GenerateDataKey", service=GLOBAL, condition=None)
BY_STACK = declared({"Fn::GetAtt": ["Key", "Arn"]}, Key={"Type": "AWS::KMS::Key"})
MADE = {
    tagging.TAGGED: [
        {
            "ResourceARN": ARN,
            "Tags": [
                {"Key": "aws:cloudformation:stack-id", "Value": STACK},
                {"Key": "aws:cloudformation:stack-name", "Value": "app"},
                {"Key": "aws:cloudformation:logical-id", "Value": "Key"},
            ],
        }
    ]
}

CONCERN = [
    Case("nobody's", unused(), "not_applicable", says="no log group has the key"),
    Case("of another log group", used(groups=[group(sealed=f"{ARN}0")]), "not_applicable"),
    Case("AWS's own", used(for_logs(), KeyManager="AWS"), "not_applicable"),
    Case(
        "a log group, and no statement",
        used(),
        "gap",
        "no-logs-statement",
        severity="critical",
        survives=BEYOND_GROUPS,
    ),
    Case(
        "a template names the key",
        {**unused(), **stack(declared(ARN))},
        "gap",
        "no-logs-statement",
        severity="critical",
        survives=(logs.LOG_GROUPS, cloudformation.EVENTS),
    ),
    Case(
        "a template makes the key",
        {**unused(), **stack(BY_STACK), **MADE},
        "gap",
        "no-logs-statement",
        survives=(logs.LOG_GROUPS, cloudformation.EVENTS),
    ),
    Case(
        "a template is given the key",
        {
            **unused(),
            **stack(
                {**declared({"Ref": "Key"}), "Parameters": {"Key": {"Type": "String"}}},
                Parameters=[{"ParameterKey": "Key", "ParameterValue": ARN}],
            ),
        },
        "gap",
        "no-logs-statement",survives=(logs.LOG_GROUPS, cloudformation.EVENTS),
    ),
    Case(
        "a template imports the key",
        {
            **unused(),
            **stack(
                declared({"Fn::ImportValue": "LogsKey"}),
                Outputs=[{"OutputKey": "Key", "OutputValue": ARN, "ExportName": "LogsKey"}],
            ),
        },
        "gap",
        "no-logs-statement",survives=(logs.LOG_GROUPS, cloudformation.EVENTS),
    ),
    Case(
        "a template names another key",
        {**unused(), **stack(declared(f"{ARN}0"))},
        "not_applicable",
    ),
    Case(
        "a log group that the stack leaves out",
        {
            **unused(),
            **stack(
                {
                    "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
                    "Resources": {
                        "Logs": {
                            **declared(ARN)["Resources"]["Logs"], "Condition": "Never",
                        }
                    },
                }
            ),
        },
        "not_applicable",
    ),
    Case(
        "a template of which the key cannot be told",
        {**unused(), **stack(declared({"Fn::FindInMap": ["No", "Such", "Map"]}))},
        "not_applicable",
        says="the key cannot be told",
    ),
    Case("a template that is none", {**unused(), **stack("AWS::Logs::LogGroup KmsKeyId: [")},
         "not_applicable"),
    Case("a stack that is being deleted",
         {**unused(), cloudformation.STACKS: stack("", "DELETE_IN_PROGRESS")[cloudformation.STACKS]},
         "not_applicable"),
    Case("a stack that vanished",
         {**unused(), **stack(""), cloudformation.TEMPLATES: {STACK: Gone("ValidationError")}},
         "not_applicable"),
    Case("a policy that is none", {**used(), kms.POLICY: {ARN: {"Policy": "[]"}}}, "unknown"),
]  # fmt: skip

PASSES = [
    Case("as AWS documents it", used(for_logs()), "pass"),
    Case("for no log group yet", unused(for_logs()), "pass"),
    Case("DescribeKey by name", used(for_logs(*ACTIONS[:4], "kms:DescribeKey")), "pass"),
    Case("one log group by name", used(for_logs(condition=context(f"{PLACE}:log-group:/app"))), "pass"),
    Case(
        "one log group to the letter",
        used(for_logs(condition=context(f"{PLACE}:log-group:/app", operator="StringEquals"))),
        "pass",
    ),
    Case(
        "a pattern in ArnEquals",
        used(for_logs(condition=context(f"{PLACE}:log-group:/a*", operator="ArnEquals"))),
        "pass",
    ),
    Case("shared out among statements", used(for_logs(*ACTIONS[:2]), for_logs(*ACTIONS[2:])), "pass"),
    Case(
        "the global name beside the regional one",
        used(for_logs(service=[GLOBAL, REGIONAL])),
        "pass",
    ),
    Case(
        "held to the account by its source",
        used(for_logs(condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})),
        "pass",
        says="narrowed by its source",
    ),
    Case(
        "no context, and the baseline wants none",
        used(for_logs(condition=None)),
        "pass",
        settings={"require_context": False},
    ),
    Case(
        "some log groups, and the baseline wants that",
        used(for_logs(condition=context(f"{PLACE}:log-group:/app*"))),
        "pass",
        settings={"context_scope": "log-group"},
    ),
    Case(
        "a Deny of plain HTTP",
        used(
            for_logs(),
            {**allow("*", "kms:*", condition={"Bool": {"aws:SecureTransport": "false"}}), "Effect": "Deny"},
        ),
        "pass",
    ),
    Case(
        "a Deny by IAM's own bars no service",
        used(
            for_logs(),
            {**allow({"AWS": f"arn:aws:iam::{OTHER}:root"}, "kms:*"), "Effect": "Deny"},
        ),
        "pass",
    ),
]  # fmt: skip

MISNAMED = [
    Case(
        "only the global name, and it worked once",
        used(for_logs(service=GLOBAL)),
        "gap",
        "global-principal",
        severity="medium",
        survives=ELSEWHERE,
    ),
    Case(
        "only the global name, for no log group",
        unused(for_logs(service=GLOBAL)),
        "gap",
        "global-principal",
        severity="low",
        survives=ELSEWHERE,
    ),
    Case(
        "the policy of the failed deployment",
        {
            **unused(SHORT),
            **stack(declared(ARN), "UPDATE_ROLLBACK_COMPLETE", events=[refused()]),
        },
        "gap",
        "global-principal",
        severity="critical",
        says="lacks kms:Encrypt, kms:ReEncryptFrom, kms:ReEncryptTo",
        survives=ELSEWHERE,
    ),
    Case(
        "the failure was another key's",
        {
            **unused(for_logs(service=GLOBAL)),
            **stack(
                "{}",
                "ROLLBACK_COMPLETE",
                events=[refused(f"{ARN}0"), refused(ResourceProperties="{")],
            ),
        },
        "gap",
        "global-principal",
        severity="low",
        survives=ELSEWHERE,
    ),
    Case(
        "another region's name",
        used(for_logs(service="logs.eu-west-1.amazonaws.com")),
        "gap",
        "wrong-region",
        severity="critical",
        survives=ELSEWHERE,
        found=["eu-west-1"],
    ),
    Case(
        "another region's log groups",
        used(for_logs(condition=context(f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"))),
        "gap",
        "wrong-region",
        survives=BEYOND_GROUPS,
    ),
    Case(
        "another region's log groups, for none yet",
        unused(for_logs(condition=context(f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"))),
        "gap",
        "wrong-region",
        severity="low",
    ),
]

ACTIONS_AND_CONDITIONS = [
    Case(
        "actions that are missing",
        used(for_logs("kms:Decrypt", "kms:GenerateDataKey*", "kms:Describe*")),
        "gap",
        "missing-actions",
        severity="critical",
        found=["kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
        survives=ELSEWHERE,
    ),
    Case(
        "actions that are missing, for no log group",
        unused(for_logs("kms:Decrypt")),
        "gap",
        "missing-actions",
        severity="low",
        survives=ELSEWHERE,
    ),
    *(
        Case(
            name,
            used(for_logs(condition=condition)),
            "gap",
            "context-mismatch",
            severity="critical",
            survives=BEYOND_GROUPS,
        )
        for name, condition in (
            ("a wildcard that is none", context(f"{PLACE}:*", operator="StringEquals")),
            ("another log group", context(f"{PLACE}:log-group:/other", operator="ArnEquals")),
            ("the other form of ARN", context(f"{PLACE}:log-group:/app:*")),
            ("another account", context(f"arn:aws:logs:us-east-1:{OTHER}:*")),
        )
    ),
    Case(
        "one of two log groups",
        used(
            for_logs(condition=context(f"{PLACE}:log-group:/app")),
            groups=[group(), group("/other")],
        ),
        "gap",
        "context-mismatch",
        survives=BEYOND_GROUPS,
    ),
    Case(
        "a log group of a template",
        {
            **unused(for_logs(condition=context(f"{PLACE}:log-group:/other"))),
            **stack(declared(ARN)),
        },
        "gap",
        "context-mismatch",
    ),
    Case(
        "no log group could ever match",
        unused(for_logs(condition=context(f"{PLACE}:*", operator="StringEquals"))),
        "gap",
        "context-mismatch",
        severity="low",
    ),
    Case(
        "no context",
        used(for_logs(condition=None)),
        "gap",
        "no-encryption-context",
        severity="medium",
        survives=ELSEWHERE,
    ),
    Case(
        "the context of every account",
        used(for_logs(condition=context("arn:aws:logs:*:*:*"))),
        "gap",
        "no-encryption-context",
        survives=ELSEWHERE,
    ),
    Case(
        "the whole account, and the baseline wants less",
        used(for_logs()),
        "drift",
        "context-too-wide",
        severity="low",
        settings={"context_scope": "log-group"},
        survives=ELSEWHERE,
    ),
    Case(
        "via a service",
        used(for_logs(condition={"StringEquals": {"kms:ViaService": REGIONAL}, **ALL})),
        "gap",
        "via-service",
        severity="critical",
        survives=ELSEWHERE,
    ),
    Case(
        "denied to whoever is not of the organisation",
        used(
            for_logs(),
            {
                **allow(
                    "*", "kms:*", condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2"}}
                ),
                "Effect": "Deny",
            },
        ),
        "gap",
        "denied",
        severity="critical",
        survives=BEYOND_GROUPS,
    ),
    Case(
        "a Deny that cannot be told",
        used(
            for_logs(),
            {
                **allow("*", "kms:*", condition={"StringRhymes": {"aws:PrincipalOrgID": "o"}}),
                "Effect": "Deny",
            },
        ),
        "unknown",
    ),
    Case(
        "a new operator",
        used(for_logs(condition=context(f"{PLACE}:*", operator="ArnRhymes"))),
        "unknown",
    ),
    Case("a new state", used(for_logs(), KeyState="Dreaming"), "unknown"),
]

UNUSABLE = [
    Case(
        "disabled",
        used(for_logs(), KeyState="Disabled"),
        "gap",
        "key-unusable",
        severity="critical",
        survives=ELSEWHERE,
    ),
    Case(
        "pending deletion, for no log group",
        unused(for_logs(), KeyState="PendingDeletion"),
        "gap",
        "key-unusable",
        severity="low",
        survives=ELSEWHERE,
    ),
    Case(
        "asymmetric",
        used(for_logs(), KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT"),
        "gap",
        "key-unusable",
        survives=ELSEWHERE,
    ),
]
CASES = CONCERN + PASSES + MISNAMED + ACTIONS_AND_CONDITIONS + UNUSABLE


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


FAILURES = [
    case
    for case in CASES
    if case.code and case.code not in {"key-unusable", "context-too-wide", "denied"}
]


@pytest.mark.parametrize("case", FAILURES, ids=str)
def test_a_policy_that_is_mended_as_proposed_passes(case):
    words = shlex.split(the_finding(case, findings_of(PROBE, case)).fix.cli)
    put = {ARN: {"Policy": words[words.index("--policy") + 1]}}
    check_case(PROBE, Case("mended", {**case.answers, kms.POLICY: put}, "pass"))


def test_the_key_policy_of_the_failed_deployment_keeps_its_other_service():
    services = {"Service": ["s3.amazonaws.com", GLOBAL]}
    case = Case("mixed", used(allow(services, "kms:Decrypt")), "gap")
    words = shlex.split(the_finding(case, findings_of(PROBE, case)).fix.cli)
    statements = json.loads(words[words.index("--policy") + 1])["Statement"]
    assert statements[:2] == [ROOT, allow({"Service": ["s3.amazonaws.com"]}, "kms:Decrypt")]
    assert statements[2]["Principal"] == {"Service": REGIONAL}


def test_the_finding_points_at_the_log_groups():
    case = next(case for case in CASES if case.id == "a log group, and no statement")
    related = the_finding(case, findings_of(PROBE, case)).related
    assert [(one.role, one.resource.id) for one in related] == [("log group with the key", "/app")]


def test_a_region_of_china_may_name_either_form():
    place = "arn:aws-cn:logs:cn-north-1:123456789012"
    from probes.analysis.kms_access import Key
    from probes.analysis.logs_keys import LogsKey, of_groups, of_statements
    from probes.analysis.policy import read_policy

    for suffix in ("amazonaws.com", "amazonaws.com.cn"):
        statement = for_logs(service=f"logs.cn-north-1.{suffix}", condition=context(f"{place}:*"))
        parsed = read_policy(policy(statement)["Policy"])
        chinese = Key(
            f"arn:aws-cn:kms:cn-north-1:{ACCOUNT}:key/{ID}", ACCOUNT, "CUSTOMER", "Enabled",
            "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", (parsed,),
        )  # fmt: skip
        judged = LogsKey(chinese, "cn-north-1")
        assert not list(of_statements(judged))
        assert not list(of_groups(judged, (f"{place}:log-group:/app",)))


def test_on_an_account(aws):
    keys, client = boto3.client("kms", "us-east-1"), boto3.client("logs", "us-east-1")
    names = {}
    for name, statements in {"right": [for_logs()], "global": [SHORT], "silent": []}.items():
        made = keys.create_key(Policy=policy(ROOT, *statements)["Policy"])["KeyMetadata"]
        client.create_log_group(logGroupName=f"/{name}", kmsKeyId=made["Arn"])
        names[name] = made["KeyId"]
    idle = keys.create_key()["KeyMetadata"]["KeyId"]
    found = audit(LogsAccess)
    assert verdicts(found) == {
        names["right"]: "pass", names["global"]: "gap", names["silent"]: "gap",
        idle: "not_applicable",
    }  # fmt: skip
    codes = {f.resource.name: f.code for f in found}
    assert codes[names["global"]] == "global-principal"
    assert codes[names["silent"]] == "no-logs-statement"
