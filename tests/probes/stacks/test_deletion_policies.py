import boto3
import pytest

from probes.aws import cloudformation
from probes.stacks.deletion_policies import DeletionPolicies
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.stacks.made import ARN, deployed, given

PROBE = DeletionPolicies()
DATABASE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
BUCKET, SECRET, KEY = "AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::KMS::Key"
TABLE, TOPIC = "AWS::DynamoDB::Table", "AWS::SNS::Topic"
RETAINED = "Type: AWS::DynamoDB::Table, DeletionPolicy: Retain, UpdateReplacePolicy: Retain"


def resources(text):
    return f"Resources:\n  {text}\n"


def one(kind, deletion=None, replacement=None, more=""):
    """A template of one resource, as YAML."""
    policies = {"DeletionPolicy": deletion, "UpdateReplacePolicy": replacement}
    written = "".join(f", {name}: {value}" for name, value in policies.items() if value)
    return resources(f"Data: {{Type: {kind}{written}{more}}}")


def case(name, template, verdict, code=None, *, part="deletion", more=None, **rest):
    return Case(name, deployed(template, **(more or {})), verdict, code, part, **rest)


def ephemeral(name, template, verdict, code=None, **rest):
    return case(f"ephemeral: {name}", template, verdict, code, environment="ephemeral", **rest)


CONDITIONAL = """
Parameters: {Suffix: {Type: String, Default: dev}}
Conditions:
  IsProd: !Equals [!Ref Suffix, prod]
  Odd: !Equals [!Ref Missing, prod]
Resources:
  Data: {Type: AWS::DynamoDB::Table, Condition: CONDITION}
  Kept: {Type: AWS::DynamoDB::Table, DeletionPolicy: Retain, UpdateReplacePolicy: Retain}
"""
MEMBER = "Data: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: VALUE}}"
SOMETIMES = """
Conditions: {C: !Equals [!Ref Missing, x]}
Resources:
  Data:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties: {DBClusterIdentifier: !If [C, a, !Ref AWS::NoValue]}
"""
LANGUAGE = """
Transform: AWS::LanguageExtensions
Parameters: {Policy: {Type: String}}
Resources:
  Data: {Type: AWS::DynamoDB::Table, DeletionPolicy: !Ref Policy, UpdateReplacePolicy: Retain}
"""
LOOP = """
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Tables:
    - Name
    - [A, B]
    - Table${Name}: {Type: AWS::DynamoDB::Table, DeletionPolicy: Retain}
"""
MACRO = "Transform: [Acme]\nResources: {Data: {Type: Acme::Store}}"

CASES = [
    case("retained", one(TABLE, "Retain", "Retain"), "pass"),
    case("retained, replaced", one(TABLE, "Retain", "Retain"), "pass", part="replacement"),
    case("retained but for a failed creation", one(TABLE, "RetainExceptOnCreate", "Retain"), "pass"),
    case("saved", one(DATABASE, "Snapshot", "Snapshot"), "pass"),
    case("no policy", one(TABLE), "gap", "missing", severity="medium", found={"Data": "Delete"}, expected=["Retain", "RetainExceptOnCreate", "Snapshot"]),
    case("deleted", one(TABLE, "Delete", "Retain"), "drift", "deletes", severity="medium"),
    case("no word on replacement", one(TABLE, "Retain"), "gap", "no-update-replace", part="replacement", severity="medium"),
    case("the one says nothing of the other", one(TABLE, None, "Retain"), "pass", part="replacement"),
    case("deleted when replaced", one(TABLE, "Retain", "Delete"), "drift", "deletes", part="replacement"),
    case("RDS takes a snapshot by default", one(DATABASE), "pass", says="by default only: Data"),
    case("a cluster does, too", one(CLUSTER), "pass", says="by default only: Data"),
    case("not when it is replaced", one(CLUSTER), "gap", "no-update-replace", part="replacement"),
    case("a cluster decides for its instances", resources(MEMBER.replace("VALUE", "!Ref Cluster")), "not_applicable"),
    case("an instance in no cluster", resources(MEMBER.replace("VALUE", "!Ref AWS::NoValue")), "pass", says="by default"),
    case("an instance perhaps in a cluster", SOMETIMES, "unknown", says="Data cannot be told"),
    case("a secret", one(SECRET), "gap", "missing", severity="medium"),
    case("a topic keeps no state", one(TOPIC), "not_applicable", says="keeps state"),
    case("a nested stack is for its own template", one("AWS::CloudFormation::Stack"), "not_applicable"),
    case("unless the baseline wants it", one("AWS::CloudFormation::Stack"), "gap", settings={"exempt_types": []}),
    case("exempt kinds", one("AWS::Logs::LogGroup"), "not_applicable", settings={"exempt_types": ["AWS::Logs::*"]}),
    case("JSON", '{"Resources": {"Data": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}}}', "pass"),
    case("what a client parsed from JSON", {"Resources": {"Data": {"Type": BUCKET}}}, "gap", "missing"),
    case("a condition that holds", CONDITIONAL.replace("CONDITION", "IsProd"), "gap", "missing", more={"Parameters": given(Suffix="prod")}),
    case("a condition that does not hold", CONDITIONAL.replace("CONDITION", "IsProd"), "pass", more={"Parameters": given(Suffix="dev")}),
    case("a condition that cannot be told", CONDITIONAL.replace("CONDITION", "Odd"), "unknown", says="Data cannot be told"),
    case("a policy of the future", one(TABLE, "Freeze", "Retain"), "unknown", says="Data cannot be told"),
    case("a violation that is proven stands beside a doubt", one(TABLE, "Freeze") + "  Other: {Type: AWS::DynamoDB::Table}\n", "gap", "missing"),
    case("a policy by parameter", LANGUAGE, "pass", more={"Parameters": given(Policy="Retain"), "processed": LANGUAGE}),
    case("a loop, written out by the service", LOOP, "pass", more={"processed": {"Resources": {"TableA": {"Type": TABLE, "DeletionPolicy": "Retain"}}}}),
    case("a macro, written out by the service", MACRO, "gap", "missing", more={"processed": {"Resources": {"Data": {"Type": TABLE}}}}),
    case("a macro that is left", MACRO, "unknown", says="cannot be seen", more={"processed": "Resources: {'Fn::Transform': {Name: X}}"}),
    case("what a macro makes is refused", MACRO, "unknown", more={"processed": None}),
    case("a template that cannot be read", "a: b: c", "unknown", "template-unreadable", says="cannot be read"),
    case("a template of the wrong shape", "Resources: [a]", "unknown", "template-unreadable"),
    Case("the template is refused", {**deployed(""), cloudformation.TEMPLATES: {ARN: Refused()}}, "unknown", part="deletion"),
    case("nothing is deployed yet", one(TABLE), "not_applicable", more={"status": "REVIEW_IN_PROGRESS"}),
    case("nothing is deployed any more", one(TABLE), "not_applicable", more={"status": "ROLLBACK_COMPLETE"}),
    case("half deployed", one(TABLE), "gap", more={"status": "UPDATE_ROLLBACK_COMPLETE"}),
    case("CDK's own stack", one(BUCKET), "not_applicable", says="exempts", more={"StackName": "CDKToolkit"}),
    case("CDK's own stack, replaced", one(BUCKET), "not_applicable", part="replacement", more={"StackName": "CDKToolkit"}),
    ephemeral("no policy", one(TABLE), "pass"),
    ephemeral("no policy, replaced", one(TABLE), "pass", part="replacement"),
    ephemeral("retained", one(TABLE, "Retain"), "drift", "retain-in-ephemeral", severity="low", found={"Data": "Retain"}, expected=["Delete"]),
    ephemeral("a snapshot", one(DATABASE, "Snapshot"), "drift", "snapshot-left-behind", severity="informational"),
    ephemeral("a snapshot by default", one(DATABASE), "drift", "snapshot-left-behind", severity="informational"),
    ephemeral("a database that goes with it", one(DATABASE, "Delete"), "pass"),
    ephemeral("a bucket that may hold something", one(BUCKET, "Delete"), "pass", says="while these buckets hold anything: Data"),
    ephemeral("a bucket that is emptied", one(BUCKET, "Delete") + "  Empty: {Type: Custom::S3AutoDeleteObjects}\n", "pass"),
    ephemeral("a secret", one(SECRET), "pass", says="no recovery window: Data"),
    ephemeral("a key", one(KEY), "pass", says="waiting period: Data"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_note_of_an_emptied_bucket_is_silent():
    case = next(c for c in CASES if c.id == "ephemeral: a bucket that is emptied")
    assert findings_of(PROBE, case)[0].note == ""


def test_the_fix_is_what_the_resource_can_have():
    def fragment(kind):
        return findings_of(PROBE, case("", one(kind), "gap"))[1].fix.cloudformation

    assert "DeletionPolicy: Snapshot" in fragment(DATABASE)
    assert "DeletionPolicy: Retain" in fragment(TABLE)


def test_many_resources_are_one_finding_in_a_stable_order():
    text = "Resources:\n" + "".join(f"  T{n}: {{Type: {TABLE}}}\n" for n in (3, 1, 2))
    finding = findings_of(PROBE, case("", text, "gap"))[0]
    assert list(finding.found) == ["T1", "T2", "T3"]
    assert finding.message.startswith("T1, T2, T3: each has no DeletionPolicy")


def test_on_an_account(aws):
    client = boto3.client("cloudformation", "us-east-1")
    for name, template in {
        "kept": resources("Data: {Type: AWS::SQS::Queue, DeletionPolicy: Retain}"),
        "lost": resources("Data: {Type: AWS::SQS::Queue}"),
        "stateless": resources("Data: {Type: AWS::SNS::Topic}"),
    }.items():
        client.create_stack(StackName=name, TemplateBody=template)
    found = audit(DeletionPolicies)
    expected = {"kept": "pass", "lost": "gap", "stateless": "not_applicable"}
    assert verdicts(found, "deletion") == expected
