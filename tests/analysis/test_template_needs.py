"""What has to wait for what, though nothing refers to it."""

import time

import pytest

from probes.analysis.answers import Answer
from probes.analysis.template import read
from probes.analysis.template_context import Context
from probes.analysis.template_needs import CHECKS, names_keys_by_value, needs
from probes.analysis.template_order import Order


def order_of(text, **more):
    template = read(text if text.startswith("\n") else f"Resources:\n  {text}\n")
    return Order(template, Context(template=template, **more))


def unmet(text, *checks, **more):
    order = order_of(text, **more)
    found = needs(order, checks or CHECKS)
    return [(n.source, n.targets, n.check) for n in found if order.is_met(n) is not Answer.YES]


def count(text, *checks, **more):
    return len(needs(order_of(text, **more), checks or CHECKS))


BALANCED = """
Resources:
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}
  Service:
    Type: AWS::ECS::Service
    DEPENDS
    Properties: {LoadBalancers: [{TargetGroupArn: !Ref Group, ContainerPort: 80}]}
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    DEPENDS
    Properties: {TargetGroupARNs: [!Ref Group]}
"""
RULE = BALANCED.replace("::Listener\n", "::ListenerRule\n").replace("DefaultActions", "Actions")
KEYED = """
Resources:
  Key: {Type: AWS::KMS::Key}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: VALUE}}
"""
NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  Subject: SUBJECT
"""  # fmt: skip
POLICY = """
Resources:
  Role: {Type: AWS::IAM::Role}
  Policy: {Type: AWS::IAM::Policy, Properties: {Roles: [!Ref Role]}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {IamInstanceProfile: {Arn: !GetAtt Profile.Arn}}}}
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {TaskRoleArn: !GetAtt Role.Arn}}
  Function: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
  Subject: SUBJECT
"""
ROTATED = """
Resources:
  Function: {Type: AWS::Lambda::Function}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Function}}
  Schedule:
    Type: AWS::SecretsManager::RotationSchedule
    DEPENDS
    Properties: {RotationLambdaARN: !GetAtt Function.Arn}
"""
TRIGGERED = """
Resources:
  Function: {Type: AWS::Lambda::Function}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !GetAtt Function.Arn, SOURCE}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt Function.Arn}]}}
"""
INSTANCES = """
Resources:
  Cluster: {Type: AWS::ECS::Cluster}
  Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {UserData: !Sub 'echo ${Cluster}'}}}
  Fleet: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template}}}
  Service:
    Type: AWS::ECS::Service
    DEPENDS
    Properties: {Cluster: !Ref Cluster, LaunchType: LAUNCH}
"""
PUBLIC = [
    pytest.param("{Type: AWS::EC2::Route, Properties: {GatewayId: !Ref Gateway}}", True, id="a route to the gateway"),
    pytest.param("{Type: AWS::EC2::Route, Properties: {NatGatewayId: nat-1}}", False, id="another route"),
    pytest.param("{Type: AWS::EC2::Route, DependsOn: Attached, Properties: {GatewayId: !Ref Gateway}}", False, id="a route that waits"),
    pytest.param("{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [!Ref Subnet]}}", True, id="a public balancer"),
    pytest.param("{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref Subnet]}}", False, id="an internal balancer"),
    pytest.param("{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: !Ref 'AWS::NoValue', Subnets: [!Ref Subnet]}}", True, id="a balancer by default public"),
    pytest.param("{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [subnet-1]}}", False, id="a balancer elsewhere"),
    pytest.param("{Type: AWS::RDS::DBInstance, Properties: {PubliclyAccessible: 'true', X: !Ref Subnet}}", True, id="a public database"),
    pytest.param("{Type: AWS::RDS::DBInstance, Properties: {X: !Ref Subnet}}", False, id="a private database"),
    pytest.param("{Type: AWS::EC2::Instance, Properties: {NetworkInterfaces: [{AssociatePublicIpAddress: true, SubnetId: !Ref Subnet}]}}", True, id="a public instance"),
    pytest.param("{Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet}}", False, id="a private instance"),
    pytest.param("{Type: AWS::EC2::EIP}", False, id="an address of nobody"),
]  # fmt: skip
ACTORS = [
    pytest.param("{Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Task}}", True, id="a service by its task"),
    pytest.param("{Type: AWS::ECS::Service, DependsOn: Policy, Properties: {TaskDefinition: !Ref Task}}", False, id="a service that waits"),
    pytest.param("{Type: AWS::ECS::Service, Properties: {Cluster: !Ref Task}}", False, id="a service without a role"),
    pytest.param("{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template}}}", True, id="a group by its template"),
    pytest.param("{Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Function}}", True, id="an event source by its function"),
    pytest.param("{Type: AWS::CodePipeline::Pipeline, Properties: {RoleArn: !GetAtt Role.Arn}}", True, id="a pipeline"),
    pytest.param("{Type: AWS::SNS::Topic, Properties: {X: !GetAtt Role.Arn}}", False, id="a topic does nothing"),
]  # fmt: skip


@pytest.mark.parametrize("template", [BALANCED, RULE], ids=["listener", "rule"])
def test_services_and_groups_wait_for_what_forwards_to_them(template):
    found = unmet(template.replace("DEPENDS\n", "\n"))
    wanted = ("Listener",)
    assert found == [("Fleet", wanted, "listener"), ("Service", wanted, "listener")]
    assert unmet(template.replace("DEPENDS", "DependsOn: [Listener]")) == []


def test_one_of_several_listeners_is_enough():
    template = BALANCED.replace("DEPENDS", "DependsOn: Listener").replace(
        "  Service:",
        "  Second: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {X: !Ref Group}}\n  Service:",
    )
    assert unmet(template) == []


def test_a_listener_of_another_stack_is_not_waited_for():
    template = BALANCED.replace("!Ref Group}]}\n  Service", "arn:aws:x}]}\n  Service")
    assert count(template.replace("DEPENDS\n", "\n")) == 0


@pytest.mark.parametrize("value", ["!GetAtt Key.Arn", "!Sub '${Key.Arn}'"])
def test_a_reference_orders_a_log_group_after_its_key(value):
    text = KEYED.replace("VALUE", value)
    assert unmet(text) == []
    assert count(text) == 1
    assert not names_keys_by_value(read(text))


def test_a_key_named_by_its_arn_orders_nothing():
    text = KEYED.replace("VALUE", "'arn:aws:kms:us-east-1:111122223333:key/1234'")
    assert names_keys_by_value(read(text))
    assert unmet(text, physical_ids={"Key": "1234"}) == [("Logs", ("Key",), "key")]
    assert unmet(text, physical_ids={"Key": "5678"}) == []
    assert unmet(text) == []
    assert not names_keys_by_value(read("\n".join(text.splitlines()[:2] + text.splitlines()[3:])))


@pytest.mark.parametrize(("subject", "waits_in_vain"), PUBLIC)
def test_what_needs_the_internet_waits_for_the_attachment(subject, waits_in_vain):
    found = unmet(NETWORK.replace("SUBJECT", subject))
    assert found == ([("Subject", ("Attached",), "gateway")] if waits_in_vain else [])


def test_a_group_is_public_by_its_template():
    text = NETWORK.replace(
        "SUBJECT",
        "{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {L: !Ref T, VPCZoneIdentifier: [!Ref Subnet]}}\n"
        "  T: {Type: AWS::EC2::LaunchTemplate, Properties: {D: {N: [{AssociatePublicIpAddress: true}]}}}",
    )
    assert unmet(text) == [("Subject", ("Attached",), "gateway")]


def test_an_address_waits_where_it_is_given_to_an_instance():
    text = NETWORK.replace(
        "SUBJECT",
        "{Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref I}}\n"
        "  I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet}}",
    )
    assert unmet(text) == [("Subject", ("Attached",), "gateway")]


@pytest.mark.parametrize(("subject", "waits_in_vain"), ACTORS)
def test_who_acts_by_a_role_waits_for_its_policies(subject, waits_in_vain):
    found = unmet(POLICY.replace("SUBJECT", subject))
    assert found == ([("Subject", ("Policy",), "policy")] if waits_in_vain else [])


def test_a_role_handed_on_twice_counts_once():
    subject = "{Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: !Ref Profile, LaunchTemplate: {LaunchTemplateId: !Ref Template}}}"
    assert unmet(POLICY.replace("SUBJECT", subject)) == [("Subject", ("Policy",), "policy")]


def test_the_attachment_of_a_vpn_is_none_of_the_internet():
    text = NETWORK.replace("InternetGatewayId: !Ref Gateway", "VpnGatewayId: vgw-1")
    balancer = (
        "{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [!Ref Subnet]}}"
    )
    assert count(text.replace("SUBJECT", balancer)) == 0


def test_a_schedule_waits_for_the_permission():
    assert unmet(ROTATED.replace("DEPENDS\n", "\n")) == [("Schedule", ("Permission",), "rotation")]
    assert unmet(ROTATED.replace("DEPENDS", "DependsOn: Permission")) == []


def test_a_bucket_waits_for_the_permission_unless_that_waits_for_the_bucket():
    assert unmet(TRIGGERED.replace("SOURCE", "Action: x")) == [
        ("Bucket", ("Permission",), "trigger")
    ]
    assert count(TRIGGERED.replace("SOURCE", "SourceArn: !GetAtt Bucket.Arn")) == 0


def test_a_service_on_instances_waits_for_the_instances():
    ec2 = INSTANCES.replace("LAUNCH}", "EC2}")
    assert unmet(ec2.replace("DEPENDS\n", "\n")) == [("Service", ("Fleet",), "capacity")]
    assert unmet(ec2.replace("DEPENDS", "DependsOn: Fleet")) == []
    assert count(INSTANCES.replace("LAUNCH}", "FARGATE}").replace("DEPENDS\n", "\n")) == 0


def test_only_the_wanted_needs_are_looked_at():
    assert count(BALANCED.replace("DEPENDS\n", "\n"), "key", "gateway") == 0


def test_what_the_stack_does_not_have_needs_nothing():
    text = "\nConditions: {No: !Equals [a, b], May: !Equals [!Ref X, b]}" + KEYED.replace(
        "VALUE", "k-1"
    )
    absent = text.replace("Key: {", "Key: {Condition: No, ")
    perhaps = text.replace("Key: {", "Key: {Condition: May, ")
    assert count(absent, physical_ids={"Key": "k-1"}) == 0
    order = order_of(perhaps, physical_ids={"Key": "k-1"})
    (need,) = needs(order, CHECKS)
    assert order.is_met(need) is Answer.CANNOT_TELL


def test_what_depends_on_says_twice_is_told():
    text = KEYED.replace("VALUE", "!GetAtt Key.Arn").replace(
        "LogGroup,", "LogGroup, DependsOn: Key,"
    )
    assert order_of(text).redundant == (("Logs", "Key"),)
    assert order_of(KEYED.replace("VALUE", "k")).redundant == ()


def test_a_thousand_resources_are_judged_in_a_moment():
    lines = ["  Vpc: {Type: AWS::EC2::VPC}", "  G: {Type: AWS::EC2::InternetGateway}"]
    for n in range(300):
        lines += [
            f"  A{n}: {{Type: AWS::EC2::VPCGatewayAttachment, Properties: {{VpcId: !Ref Vpc, InternetGatewayId: !Ref G}}}}",
            f"  B{n}: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{S: !Ref Vpc, P: !Ref T{n - 1}}}}}",
            f"  T{n}: {{Type: AWS::SNS::Topic, Properties: {{P: !Ref B{n}}}}}",
        ]
    started = time.process_time()
    assert len(unmet("\nResources:\n" + "\n".join(lines))) == 300
    # Measured at 1 s; the bound leaves room for a busy machine.
    assert time.process_time() - started < 20
