import json

import boto3
import pytest

from probes.aws import cloudformation
from probes.stacks.hard_coded_values import HardCodedValues
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.stacks.made import ARN, deployed, given

PROBE = HardCodedValues()
OWN, OTHER, NOBODY = "123456789012", "998877665544", "111122223333"
SUFFIX = "Parameters: {EnvironmentSuffix: {Type: String}}\n"
FREE = (
    SUFFIX
    + "Resources: {A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'orders-${EnvironmentSuffix}'}}}"
)


def bucket(properties, top=SUFFIX, more=""):
    return (
        f"{top}Resources:\n  Data: {{Type: AWS::S3::Bucket, Properties: {{{properties}}}{more}}}\n"
    )


def role(arn, top=SUFFIX):
    return bucket(f"Role: {arn}", top)


def case(name, template, verdict, code=None, *, part, more=None, **rest):
    return Case(name, deployed(template, **(more or {})), verdict, code, part, **rest)


def account(name, value, verdict="drift", code=None, **rest):
    return case(f"accounts: {name}", role(value), verdict, code, part="accounts", **rest)


def secret(name, properties, verdict="drift", **rest):
    return case(f"secrets: {name}", bucket(properties), verdict, part="secrets", **rest)


def named(name, properties, verdict="gap", code=None, **rest):
    return case(f"names: {name}", bucket(properties), verdict, code, part="names", **rest)


def place(name, properties, verdict="drift", code=None, **rest):
    return case(f"places: {name}", bucket(properties), verdict, code, part="places", **rest)


def default(name, text, verdict, code=None, **rest):
    template = f"Parameters: {{Connection: {{Type: String, Default: '{text}'}}}}\nResources: {{Bare: {{Type: 'AWS::SNS::Topic'}}}}"
    return case(f"defaults: {name}", template, verdict, code, part="defaults", **rest)


CDK = "Parameters: {BootstrapVersion: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /cdk-bootstrap/hnb659fds/version}}\n"
CONNECTION = f"arn:aws:codeconnections:us-east-1:{NOBODY}:connection/x"
ENVIRONMENT = (
    "ContainerDefinitions: [{Environment: [{Name: ENV, Value: VALUE}, {Name: DEBUG, Value: 'on'}]}]"
)
VARIABLES = "Environment: {Variables: {ENVIRONMENT_SUFFIX: VALUE, DEBUG: 'on'}}"
PARTS = ("accounts", "secrets", "names", "places", "defaults")

CASES = [
    *(case(f"{part}: nothing is hard-coded", FREE, "pass", part=part) for part in PARTS),
    account("a foreign one", f"'arn:aws:iam::{OTHER}:role/x'", code="foreign-account", severity="medium", found={"Data.Role": OTHER}, expected={}),
    account("one of the documentation", f"'{CONNECTION}'", code="placeholder-account", severity="high"),
    account("its own", f"'arn:aws:iam::{OWN}:role/x'", code="own-account", severity="low"),
    account("the gravest counts", f"['arn:aws:iam::{OWN}:role/x', 'arn:aws:iam::{NOBODY}:role/x']", code="placeholder-account"),
    account("by parameter", "!Sub 'arn:aws:iam::${AWS::AccountId}:role/x'", "pass"),
    account("after a placeholder", f"!Sub 'arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:{OTHER}:x'", code="foreign-account"),
    account("in a principal", f"{{Principal: {{AWS: '{OTHER}'}}}}", code="foreign-account"),
    account("twelve digits of something else", f"'{OTHER}'", "pass"),
    account("allowed", f"'arn:aws:iam::{OTHER}:role/x'", "pass", settings={"allowed_accounts": [OTHER]}),
    account("of the load balancers", "'arn:aws:iam::127311923021:root'", "pass"),
    account("a managed policy", "'arn:aws:iam::aws:policy/ReadOnlyAccess'", "pass"),
    account("a layer that somebody publishes", "'arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:14'", "pass"),
    account("a function of somebody", f"'arn:aws:lambda:us-east-1:{OTHER}:function:x'", code="foreign-account"),
    account("a public application", f"'arn:aws:serverlessrepo:us-east-1:{OTHER}:applications/x'", "pass"),
    account("CDK's assets", f"'arn:aws:s3:::cdk-hnb659fds-assets-{OTHER}-us-east-1 arn:aws:iam::{OTHER}:x'", "pass"),
    case("accounts: CDK writes out its own", role(f"'arn:aws:iam::{OWN}:role/x'", CDK), "pass", part="accounts"),
    case("accounts: a stranger's in CDK", role(f"'arn:aws:iam::{OTHER}:role/x'", CDK), "drift", "foreign-account", part="accounts"),
    case("accounts: in a variable", bucket(f"Environment: {{Variables: {{X: 'arn:aws:sns:eu-west-1:{OTHER}:x'}}}}"), "drift", "foreign-account", part="accounts", found={"Data.Environment.Variables.X": OTHER}),
    case("accounts: in an output", f"Resources: {{Bare: {{Type: 'AWS::SNS::Topic'}}}}\nOutputs: {{O: {{Value: 'arn:aws:iam::{OTHER}:role/x'}}}}", "drift", "foreign-account", part="accounts", found={"Outputs.O": OTHER}),
    case("accounts: where the condition does not hold", bucket(f"R: 'arn:aws:iam::{OTHER}:x'", "Conditions: {C: !Equals [a, b]}\n", ", Condition: C"), "pass", part="accounts"),
    case("accounts: a mapping may", f"Mappings: {{M: {{prod: {{id: 'arn:aws:iam::{OTHER}:x'}}}}}}\nResources: {{Bare: {{Type: 'AWS::SNS::Topic'}}}}", "pass", part="accounts"),
    case("accounts: a description may", f"Description: 'arn:aws:iam::{OTHER}:x'\nResources: {{Bare: {{Type: 'AWS::SNS::Topic'}}}}", "pass", part="accounts"),
    secret("a password", "MasterUserPassword: hunter2hunter2", code="secret-literal", severity="medium", found=["Data.Properties.MasterUserPassword"]),
    secret("a password in one branch", "MasterUserPassword: !If [C, hunter2hunter2, !Ref P]", found=["Data.Properties.MasterUserPassword[1]"]),
    secret("a variable", "Environment: {Variables: {API_KEY: hunter2hunter2}}", found=["Data.Properties.Environment.Variables.API_KEY"]),
    secret("a variable of a container", "Containers: [{Environment: [{Name: DB_PASSWORD, Value: hunter2hunter2}]}]", found=["Data.Properties.Containers[0].Environment[0].Value"]),
    secret("an access key anywhere", "X: !Join ['', [AKIAIOSFODNN7EXAMPLE, !Ref P]]"),
    secret("a part of a password", "MasterUserPassword: !Sub 'x${P}'", "pass"),
    secret("a reference", "MasterUserPassword: !Ref P", "pass"),
    secret("a dynamic reference", "MasterUserPassword: '{{resolve:secretsmanager:x:SecretString:password}}'", "pass"),
    secret("the ARN of a secret", "AuthToken: arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf", "pass"),
    secret("the name of a parameter", "EnvironmentVariables: [{Name: TOKEN, Value: /x, Type: PARAMETER_STORE}]", "pass"),
    case("secrets: the default of a parameter", "Parameters: {P: {Type: String, NoEcho: true, Default: hunter2}}\nResources: {Bare: {Type: AWS::SNS::Topic}}", "drift", part="secrets", found=["Parameters.P.Default"]),
    case("secrets: also where the condition does not hold", bucket("Password: hunter2hunter2", "Conditions: {C: !Equals [a, b]}\n", ", Condition: C"), "drift", part="secrets"),
    named("a literal", "BucketName: orders", code="name-without-suffix", severity="low", found={"Data.BucketName": "orders"}, expected={"Data.BucketName": "orders-${EnvironmentSuffix}"}),
    named("a literal in a needless Sub", "BucketName: !Sub orders"),
    named("the other style", "BucketName: orders", expected={"Data.BucketName": "${EnvironmentSuffix}-orders"}, settings={"suffix_style": "<suffix>-"}),
    named("another reference", "BucketName: !Ref Other", "pass"),
    named("in two branches", "BucketName: !If [C, a, b]", "pass"),
    named("of its own choice", "Tags: []", "pass"),
    named("a dynamic reference", "BucketName: '{{resolve:ssm:/name}}'", "pass"),
    named("a variable", VARIABLES.replace("VALUE", "dev"), code="environment-literal", found=["Data.Environment.Variables.ENVIRONMENT_SUFFIX"]),
    named("a variable of a container", ENVIRONMENT.replace("VALUE", "dev"), code="environment-literal", found=["Data.ContainerDefinitions[0].Environment[0].ENV"]),
    named("a variable that follows", VARIABLES.replace("VALUE", "!Ref EnvironmentSuffix"), "pass"),
    case("names: no suffix", bucket("BucketName: orders", ""), "not_applicable", part="names", says="no parameter"),
    case("names: another parameter", bucket("BucketName: orders", "Parameters: {Stage: {Type: String}}\n"), "gap", part="names", expected={"Data.BucketName": "orders-${Stage}"}),
    case("names: of the baseline's choice", bucket("BucketName: orders", "Parameters: {Flavour: {Type: String}}\n"), "gap", part="names", settings={"suffix_parameter_names": ["Flavour"]}),
    place("a zone", "AvailabilityZones: [us-east-1a]", code="zone-literal", severity="low", found={"Data.AvailabilityZones[0]": "us-east-1a"}),
    place("a zone by function", "AvailabilityZones: !GetAZs ''", "pass"),
    place("its region", "X: !Sub 'arn:aws:sns:us-east-1:${AWS::AccountId}:x'", code="region-literal", severity="low"),
    place("another region", "X: !Sub 'arn:aws:sns:eu-west-1:${AWS::AccountId}:x'", "pass"),
    place("a certificate for the world", "X: !Sub 'arn:aws:acm:us-east-1:${AWS::AccountId}:certificate/x'", "pass"),
    place("a partition", "X: !Sub 'arn:aws:s3:::${B}'", "pass", says="the partition is written out: Data.X"),
    case("places: a zone that CDK wrote", bucket("AvailabilityZone: us-east-1a", CDK), "drift", "zone-literal", part="places", severity="informational"),
    default("a foreign account", f"arn:aws:iam::{OTHER}:role/x", "drift", "default-literal", severity="informational", found={"Connection": OTHER}),
    default("a placeholder", CONNECTION, "drift", "default-literal", severity="informational"),
    default("a placeholder in force", CONNECTION, "drift", "placeholder-account", severity="high", more={"Parameters": given(Connection=CONNECTION)}),
    default("its own account", f"arn:aws:iam::{OWN}:role/x", "pass"),
    default("allowed", f"arn:aws:iam::{OTHER}:role/x", "pass", settings={"allowed_accounts": [OTHER]}),
    *(
        case(f"{part}: {name}", template, verdict, part=part, more=more)
        for part in PARTS
        for name, template, verdict, more in (
            ("exempt", role(f"'{CONNECTION}'"), "not_applicable", {"StackName": "CDKToolkit"}),
            ("gone", role(f"'{CONNECTION}'"), "not_applicable", {"status": "ROLLBACK_COMPLETE"}),
            ("cannot be read", "a: b: c", "unknown", {}),
        )
    ),
    Case("refused", {**deployed(""), cloudformation.TEMPLATES: {ARN: Refused()}}, "unknown", part="secrets"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_no_secret_is_in_any_finding():
    template = bucket(
        "BucketName: orders, Password: hunter2, Url: 'postgres://a:hunter2@db',"
        " Environment: {Variables: {ENV: hunter2, TOKEN: hunter2}}, UserData: 'x hunter2'"
    )
    for finding in findings_of(PROBE, case("", template, "drift", part="")):
        told = [
            finding.message,
            finding.note,
            finding.expected,
            finding.found,
            finding.fix.cli if finding.fix else "",
        ]
        told += [finding.fix.cloudformation] if finding.fix else []
        told += [[e.subject, e.value] for e in finding.evidence]
        assert "hunter2" not in json.dumps(told)


def test_the_fix_renames_the_resource():
    finding = next(
        f
        for f in findings_of(PROBE, case("", bucket("BucketName: orders"), "gap", part=""))
        if f.part == "names"
    )
    assert "Fn::Sub: orders-${EnvironmentSuffix}" in finding.fix.cloudformation


def test_many_literals_are_cut_short():
    text = SUFFIX + "Resources:\n" + "".join(
        f"  B{n:03}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: b{n}}}}}\n" for n in range(150)
    )  # fmt: skip
    finding = next(
        f for f in findings_of(PROBE, case("", text, "gap", part="")) if f.part == "names"
    )
    assert len(finding.found) == 100
    assert finding.message.endswith("B004.BucketName, and others")


def test_on_an_account(aws):
    client = boto3.client("cloudformation", "us-east-1")
    template = SUFFIX + "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: NAME}}}"
    values = [{"ParameterKey": "EnvironmentSuffix", "ParameterValue": "dev"}]
    client.create_stack(
        StackName="fixed", TemplateBody=template.replace("NAME", "orders"), Parameters=values
    )
    client.create_stack(
        StackName="free",
        TemplateBody=template.replace("NAME", "!Sub 'orders-${EnvironmentSuffix}'"),
        Parameters=values,
    )
    assert verdicts(audit(HardCodedValues), "names") == {"fixed": "gap", "free": "pass"}
