import json

import boto3
import pytest

from auditor.answer import Unanswered
from probes.aws import cloudformation
from probes.stacks.outputs import Outputs
from tests.kit import HERE, Case, Refused, audit, check_case, findings_of, inventory_of, verdicts
from tests.probes.stacks.made import ARN, deployed, stack

PROBE = Outputs()


def output(key, value="x", export=""):
    return {"OutputKey": key, "OutputValue": value, "Description": "hunter2"} | (
        {"ExportName": export} if export else {}
    )


def answers(resources, outputs, live=None, **changes):
    """A stack whose outputs are all there, exported, unless said otherwise."""
    template = f"{changes.pop('top', '')}\nResources:\n{resources}\nOutputs:\n{outputs or '  {}'}\n"
    keys = [line.split(":")[0].strip() for line in outputs.splitlines() if line.strip()]
    told = [output(key, export=f"x-{key}") for key in keys] if live is None else live
    return deployed(template, Outputs=told, **changes)


BALANCER = "  Lb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}"
SITE = f"""
{BALANCER.replace("}", ", Properties: {SecurityGroups: [!GetAtt LbGroup.GroupId]}}")}
  LbGroup: {{Type: AWS::EC2::SecurityGroup}}
  AppGroup: {{Type: AWS::EC2::SecurityGroup}}
  Template: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{SecurityGroupIds: [!Ref AppGroup]}}}}}}
  Fleet: {{Type: AWS::AutoScaling::AutoScalingGroup}}
  Blue: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup}}
  Green: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup}}
  Secret: {{Type: AWS::SecretsManager::Secret}}
  Other: {{Type: AWS::SecretsManager::Secret}}
  Database: {{Type: AWS::RDS::DBInstance, Properties: {{MasterUserPassword: !Sub '{{{{resolve:secretsmanager:${{Secret}}:SecretString:password}}}}'}}}}
"""
EVERYTHING = """
  LoadBalancerURL: {Value: !Sub 'https://${Lb.DNSName}'}
  A: {Value: !GetAtt LbGroup.GroupId}
  B: {Value: !Ref AppGroup}
  AutoScalingGroupName: {Value: !Ref Fleet}
  BlueTargetGroupArn: {Value: !Ref Blue}
  GreenTargetGroupArn: {Value: !Ref Green}
  DBSecretArn: {Value: !Ref Secret}
  RDSPort: {Value: !GetAtt Database.Endpoint.Port}
"""
SERVERLESS = """
  Handler: {Type: AWS::Lambda::Function}
  Orders: {Type: AWS::DynamoDB::Table}
  Line: {Type: AWS::CodePipeline::Pipeline}
  Tasks: {Type: AWS::ECS::Cluster}
"""
TOLD = """
  X: {Value: !GetAtt Handler.Arn}
  Y: {Value: !Ref Orders}
  Z: {Value: !Ref Line}
  C: {Value: !Ref Tasks}
"""
ADDRESS = "  Url: {Value: !GetAtt Lb.DNSName}"
CDK = "  CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F: {Type: AWS::Lambda::Function}"
CONDITION = "Conditions: {C: !Equals [!Ref Missing, a]}"
NO_ECHO = "Parameters: {Given: {Type: String, NoEcho: true}}"
HIDDEN = "  Word: {Value: !Sub 'x-${Given}'}"

CASES = [
    Case("everything", answers(SITE, EVERYTHING), "pass", part="missing"),
    Case("everything else", answers(SERVERLESS, TOLD), "pass", part="missing"),
    Case(
        "nothing",
        answers(SITE, ""),
        "gap",
        "missing-output",
        part="missing",
        severity="low",
        expected=["database-port", "database-secret", "instance-security-group", "load-balancer-address", "load-balancer-security-group", "scaling-group-name", "target-groups"],
        found=[],
    ),
    Case("one of two target groups", answers(SITE, EVERYTHING.replace("GreenTargetGroupArn: {Value: !Ref Green}", "Fleet: {Value: !Ref Fleet}")), "gap", part="missing", expected=["target-groups"]),
    Case("the name of a function is not its ARN", answers(SERVERLESS, TOLD.replace("!GetAtt Handler.Arn", "!Ref Handler")), "gap", part="missing", expected=["function-arn"]),
    Case("told by name only", answers(BALANCER, "  LoadBalancerDNS: {Value: example.com}"), "pass", part="missing", says="by the name of LoadBalancerDNS only"),
    Case("an address of one's own", answers(f"{BALANCER}\n  Name: {{Type: AWS::Route53::RecordSet}}", "  Site: {Value: !Ref Name}"), "pass", part="missing"),
    Case("an address without TLS", answers(BALANCER, ADDRESS, [output("Url", "http://lb.example.com", "x")]), "pass", part="missing", says="without TLS: Url"),
    Case("written, but not there", answers(BALANCER, ADDRESS, []), "gap", part="missing", expected=["load-balancer-address"]),
    Case("nothing to tell", answers("  Topic: {Type: AWS::SNS::Topic}", ""), "not_applicable", part="missing", says="nothing that others"),
    Case("a function that CDK adds for itself", answers(CDK, ""), "not_applicable", part="missing"),
    Case("not wanted", answers(BALANCER, ""), "not_applicable", part="missing", settings={"wanted": []}),
    Case("wanted by name", answers("  Topic: {Type: AWS::SNS::Topic}", ""), "gap", part="missing", expected=["*Topic*"], settings={"wanted_names": ["*Topic*"]}),
    Case("there by name", answers("  Topic: {Type: AWS::SNS::Topic}", "  MyTopicArn: {Value: !Ref Topic}"), "pass", part="missing", settings={"wanted_names": ["*Topic*"]}),
    Case("a resource that the stack does not have", answers(BALANCER.replace("}", ", Condition: C}"), "", top="Conditions: {C: !Equals [b, a]}"), "not_applicable", part="missing"),
    Case("a resource that it perhaps has", answers(BALANCER.replace("}", ", Condition: C}"), "", top=CONDITION), "unknown", part="missing", says="conditions decide"),
    Case("a database that keeps its own secret", answers("  Db: {Type: AWS::RDS::DBInstance, Properties: {ManageMasterUserPassword: true}}", "  P: {Value: !GetAtt Db.Endpoint.Port}"), "gap", part="missing", expected=["database-secret"]),
    Case("nested", answers(BALANCER, "", ParentId="arn:x"), "not_applicable", part="missing", says="nested"),
    Case("nested, and wanted all the same", answers(BALANCER, "", ParentId="arn:x"), "gap", part="missing", settings={"nested": True}),
    Case("failed", answers(BALANCER, "", status="CREATE_FAILED"), "not_applicable", part="missing"),
    Case("exempt", answers(BALANCER, "", StackName="CDKToolkit"), "not_applicable", part="missing"),
    Case("a macro that is left", deployed("Transform: [X]\nResources: {}", processed="Outputs: {'Fn::Transform': {Name: X}}"), "unknown", part="missing", says="cannot be seen"),
    Case("a template that cannot be read", deployed("a: b: c"), "unknown", "template-unreadable", part="missing"),
    Case("the template is refused", {**answers(BALANCER, ""), cloudformation.TEMPLATES: {ARN: Refused()}}, "unknown", part="missing"),
    Case("exported", answers(BALANCER, ADDRESS), "pass", part="exported"),
    Case("not exported", answers(BALANCER, ADDRESS, [output("Url")]), "gap", "no-export", part="exported", severity="informational", expected=["Url"], found=[]),
    Case("what is not wanted need not be exported", answers(BALANCER, f"{ADDRESS}\n  Note: {{Value: x}}", [output("Url", export="u"), output("Note")]), "pass", part="exported"),
    Case("nothing to export", answers(BALANCER, ""), "not_applicable", part="exported"),
    Case("exports are not asked for", answers(BALANCER, ADDRESS, [output("Url")]), "not_applicable", part="exported", settings={"require_export": False}),
    Case("exports cannot be told", {**answers(BALANCER, ADDRESS), cloudformation.TEMPLATES: {ARN: Refused()}}, "unknown", part="exported"),
    Case("no outputs", answers(BALANCER, ""), "not_applicable", part="secrets"),
    Case("no secrets", answers(BALANCER, ADDRESS), "pass", part="secrets"),
    Case("a password", answers(BALANCER, "", [output("DBPassword", "hunter2")]), "drift", "output-secret", part="secrets", severity="high", found=["DBPassword"], survives=(cloudformation.TEMPLATES,)),
    Case("an address with a password", answers(BALANCER, "", [output("Url", "postgres://a:hunter2@db/x")]), "drift", "output-secret", part="secrets", survives=(cloudformation.TEMPLATES,)),
    Case("the ARN of a secret is none", answers(BALANCER, "", [output("Secret", "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf")]), "pass", part="secrets"),
    Case("a parameter with NoEcho", answers(BALANCER, HIDDEN, top=NO_ECHO), "drift", "output-secret", part="secrets", severity="high", found=["Word"]),
    Case("written, but not there: no secret", answers(BALANCER, HIDDEN, [output("Else")], top=NO_ECHO), "pass", part="secrets"),
    Case("a secret stands though the template is refused", {**answers(BALANCER, "", [output("Token", "hunter2")]), cloudformation.TEMPLATES: {ARN: Refused()}}, "drift", part="secrets", survives=(cloudformation.TEMPLATES,)),
    Case("exempt, but a secret is a secret", answers(BALANCER, "", [output("Token", "hunter2")], StackName="CDKToolkit"), "drift", part="secrets"),
    Case("exempt, and no secret", answers(BALANCER, ADDRESS, StackName="CDKToolkit"), "not_applicable", part="secrets"),
    Case("whether it tells a parameter is refused", {**answers(BALANCER, ADDRESS), cloudformation.TEMPLATES: {ARN: Refused()}}, "unknown", part="secrets"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_nothing_of_a_secret_is_kept():
    listed = [
        stack(
            Outputs=[output("DBPassword", "hunter2")],
            Parameters=[
                {"ParameterKey": "ApiToken", "ParameterValue": "hunter2", "UsePreviousValue": True}
            ],
        )
    ]
    inventory = inventory_of((cloudformation.STACKS,), {cloudformation.STACKS: listed})
    (item,) = inventory.items(cloudformation.STACKS, inventory.places[0])
    assert "hunter2" not in json.dumps(item.data)
    assert item.read().values == {"ApiToken": "****"}


def test_a_secret_that_a_parameter_stands_for_is_masked_as_well():
    parameter = {
        "ParameterKey": "DbPassword",
        "ParameterValue": "/orders/db",
        "ResolvedValue": "hunter2",
    }
    (item,) = inventory_of(
        (cloudformation.STACKS,), {cloudformation.STACKS: [stack(Parameters=[parameter])]}
    ).items(cloudformation.STACKS, HERE)
    assert item.data["Parameters"] == [
        {"ParameterKey": "DbPassword", "ParameterValue": "****", "ResolvedValue": "****"}
    ]


def test_outputs_of_another_shape_are_not_kept():
    (item,) = inventory_of(
        (cloudformation.STACKS,), {cloudformation.STACKS: [stack(Outputs="hunter2")]}
    ).items(cloudformation.STACKS, HERE)
    assert "hunter2" not in json.dumps(item.data)
    with pytest.raises(Unanswered):
        item.read()


def test_the_finding_shows_what_to_add():
    case = Case("", answers(BALANCER, ""), "gap")
    finding = next(f for f in findings_of(PROBE, case) if f.part == "missing")
    told = {e.subject: e.value for e in finding.evidence}
    assert told["outputs to add"] == {
        "LoadBalancerAddress": {
            "Value": {"Fn::GetAtt": ["Lb", "DNSName"]},
            "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-LoadBalancerAddress"}},
        }
    }


def test_on_an_account(aws):
    client = boto3.client("cloudformation", "us-east-1")
    table = "Resources: {T: {Type: AWS::DynamoDB::Table, Properties: {TableName: NAME, BillingMode: PAY_PER_REQUEST, KeySchema: [{AttributeName: a, KeyType: HASH}], AttributeDefinitions: [{AttributeName: a, AttributeType: S}]}}}\n"
    told = "Outputs: {Table: {Value: !Ref T, Export: {Name: orders-table}}}"
    client.create_stack(StackName="silent", TemplateBody=table.replace("NAME", "a"))
    client.create_stack(StackName="telling", TemplateBody=table.replace("NAME", "b") + told)
    found = audit(Outputs)
    assert verdicts(found, "missing") == {"silent": "gap", "telling": "pass"}
    assert verdicts(found, "exported") == {"silent": "not_applicable", "telling": "pass"}
