import boto3
import pytest

from probes.aws import cloudformation
from probes.stacks.dependencies import Dependencies
from tests.kit import Case, Refused, audit, check_case, findings_of, verdicts
from tests.probes.stacks.made import ARN, deployed, event, own

PROBE = Dependencies()
BALANCED = """
Resources:
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {DefaultActions: [{TargetGroupArn: !Ref Group}]}}
  Service:
    Type: AWS::ECS::ServiceDEPENDS
    Properties: {LoadBalancers: [{TargetGroupArn: !Ref Group}]}
"""
CHANCE = BALANCED.replace("DEPENDS", "")
ORDERED = BALANCED.replace("DEPENDS", "\n    DependsOn: Listener")
KEYED = """
Resources:
  Key: {Type: AWS::KMS::Key}
  Logs: {Type: AWS::Logs::LogGroup, DEPENDSProperties: {KmsKeyId: VALUE}}
"""
BEFORE = KEYED.replace("DEPENDS", "").replace("VALUE", "!GetAtt Key.Arn")
AFTER = KEYED.replace("DEPENDS", "DependsOn: Key, ").replace("VALUE", "!GetAtt Key.Arn")
BY_VALUE = KEYED.replace("DEPENDS", "").replace(
    "VALUE", "'arn:aws:kms:us-east-1:123456789012:key/1234'"
)
MACRO = "Transform: [AWS::Serverless-2016-10-31]\nResources: {A: {Type: AWS::Serverless::Function}}"
TOO_EARLY = (
    "The target group with targetGroupArn arn:aws:x does not have an associated load balancer."
)


def made(physical):
    return {
        ARN: [
            {
                "LogicalResourceId": "Key",
                "PhysicalResourceId": physical,
                "ResourceType": "AWS::KMS::Key",
                "ResourceStatus": "CREATE_COMPLETE",
            }
        ]
    }


def broken(template, logical, reason):
    """A creation that failed for this reason."""
    failed = event(logical, "AWS::ECS::Service", "CREATE_FAILED", reason, at=5)
    events = [own("CREATE_IN_PROGRESS", at=0), failed, own("ROLLBACK_IN_PROGRESS", at=9)][::-1]
    return {**deployed(template, status="ROLLBACK_COMPLETE"), cloudformation.EVENTS: {ARN: events}}


CASES = [
    Case("in order", deployed(ORDERED), "pass"),
    Case("left to chance", deployed(CHANCE), "gap", "missing-dependency", severity="low", expected=["Service for Listener"], says="Service for Listener"),
    Case("a reference is as good as DependsOn", deployed(BEFORE) | {cloudformation.RESOURCES: made("1234")}, "pass"),
    Case("DependsOn adds nothing to it", deployed(AFTER) | {cloudformation.RESOURCES: made("1234")}, "pass", says="repeats what a reference says: Logs on Key"),
    Case("a key by its ARN", deployed(BY_VALUE) | {cloudformation.RESOURCES: made("1234")}, "gap", expected=["Logs for Key"]),
    Case("another key by its ARN", deployed(BY_VALUE) | {cloudformation.RESOURCES: made("5678")}, "not_applicable"),
    Case("what the stack made is refused", deployed(BY_VALUE) | {cloudformation.RESOURCES: {ARN: Refused()}}, "unknown"),
    Case("a deployment failed for it", broken(CHANCE, "Service", TOO_EARLY), "gap", severity="high", survives=(cloudformation.EVENTS,)),
    Case("a deployment failed for something else", broken(CHANCE, "Service", "AccessDenied"), "gap", severity="low", survives=(cloudformation.EVENTS,)),
    Case("a deployment failed elsewhere", broken(CHANCE, "Other", TOO_EARLY), "gap", severity="low", survives=(cloudformation.EVENTS,)),
    Case("nothing has to wait", deployed("Resources: {A: {Type: AWS::SNS::Topic}}"), "not_applicable", says="has to wait"),
    Case("not looked at", deployed(CHANCE), "not_applicable", settings={"depends_checks": ["gateway"]}),
    Case("exempt", deployed(CHANCE, StackName="CDKToolkit"), "not_applicable", says="exempts"),
    Case("being deleted", deployed(CHANCE, status="DELETE_IN_PROGRESS"), "not_applicable"),
    Case("what a macro made", deployed(MACRO, processed=CHANCE), "gap"),
    Case("a macro that is left", deployed(MACRO, processed="Resources: {'Fn::Transform': {Name: X}}"), "unknown", says="cannot be seen"),
    Case("a proven gap beside a macro that is left", deployed(MACRO, processed=f"{CHANCE}  'Fn::Transform': {{Name: X}}"), "gap"),
    Case("a condition that cannot be told", deployed(f"Conditions: {{C: !Equals [!Ref X, a]}}{CHANCE}".replace("Service\n", "Service\n    Condition: C\n")), "unknown", says="conditions decide"),
    Case("a template that cannot be read", deployed("a: b: c"), "unknown", "template-unreadable"),
    Case("more resources than there can be", deployed({"Resources": {f"R{n}": {"Type": "AWS::SNS::Topic"} for n in range(1001)}}), "unknown", says="more resources"),
    Case("the template is refused", deployed("") | {cloudformation.TEMPLATES: {ARN: Refused()}}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_is_on_the_resource_that_has_to_wait():
    (finding,) = findings_of(PROBE, CASES[1])
    assert "Type: AWS::ECS::Service" in finding.fix.cloudformation
    assert "DependsOn:\n    - Listener" in finding.fix.cloudformation
    assert finding.fix.cli.startswith(
        "aws cloudformation create-change-set --stack-name orders-prod"
    )


def test_many_notes_are_cut_short():
    text = "Resources:\n  Key: {Type: AWS::KMS::Key}\n" + "".join(
        f"  T{n}: {{Type: AWS::SNS::Topic, DependsOn: Key, Properties: {{K: !Ref Key}}}}\n"
        for n in range(9)
    )
    (finding,) = findings_of(PROBE, Case("", deployed(text), "not_applicable"))
    assert finding.note.endswith("T4 on Key, and others")


def test_on_an_account(aws):
    client = boto3.client("cloudformation", "us-east-1")
    network = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Route: {Type: AWS::EC2::Route, WAITSProperties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
"""
    client.create_stack(StackName="chance", TemplateBody=network.replace("WAITS", ""))
    client.create_stack(
        StackName="ordered", TemplateBody=network.replace("WAITS", "DependsOn: Attached, ")
    )
    assert verdicts(audit(Dependencies)) == {"chance": "gap", "ordered": "pass"}
