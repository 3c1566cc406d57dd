"""What resources declare of others, and what they change of others by design, is nobody's drift."""

from dataclasses import replace

import pytest

from auditor.drift.compare import Kind
from auditor.drift.declarable import Changer, StackRead
from auditor.drift.declared import against
from auditor.resources import Resource, Stack
from tests.engine.declaring import ID, ROWS, Found, compared, live, paths, stack_of
from tests.kit import HERE

ARN = "arn:aws:{}:us-east-1:123456789012:{}"
UNKNOWN = {"Fn::GetAtt": ["Custom", "Value"]}
IT = {"Ref": "It"}
POLICY_ARN = "arn:aws:iam::123456789012:policy/own"
BY_HAND = "arn:aws:iam::aws:policy/AdministratorAccess"
LISTENER = ARN.format("elasticloadbalancing", "listener/app/web/1/2")
GROUP, ROLE, SECRET = "AWS::EC2::SecurityGroup", "AWS::IAM::Role", "AWS::SecretsManager::Secret"
LISTENERS, RULE = (
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)
SCALING, SERVICE = "AWS::AutoScaling::AutoScalingGroup", "AWS::ECS::Service"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
CODE_DEPLOY = "AWS::CodeDeploy::DeploymentGroup"
CHANGES = "CodeDeploy changes with each deployment where it forwards to"


def beside(kind, properties, physical="beside"):
    """A resource that stands beside, and the ids of all."""
    return {
        "beside": {"Beside": {"Type": kind, "Properties": properties}},
        "ids": {"It": ID, "Beside": physical},
    }


# -- what is declared beside ----------------------------------------------------------------------


def attached(*policies):
    return {"AttachedManagedPolicies": [{"PolicyArn": one} for one in policies]}


def test_a_policy_that_attaches_itself_is_attached_by_the_template():
    declared = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}
    own = beside("AWS::IAM::ManagedPolicy", {"Roles": [IT], "PolicyDocument": {}}, POLICY_ARN)
    there = attached("arn:aws:iam::aws:policy/ReadOnlyAccess", POLICY_ARN)
    assert paths(compared(ROWS[ROLE], declared, there, **own)) == {}
    both = attached("arn:aws:iam::aws:policy/ReadOnlyAccess", POLICY_ARN, BY_HAND)
    assert paths(compared(ROWS[ROLE], declared, both, **own)) == {
        "AttachedManagedPolicies": (None, [BY_HAND])
    }
    gone = attached("arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert paths(compared(ROWS[ROLE], declared, gone, **own)) == {
        "AttachedManagedPolicies": ([POLICY_ARN], None)
    }


def test_a_role_without_policies_of_its_own_has_those_that_attach_themselves():
    own = beside("AWS::IAM::ManagedPolicy", {"Roles": [IT]}, POLICY_ARN)
    assert paths(compared(ROWS[ROLE], {}, attached(POLICY_ARN), **own)) == {}
    assert set(paths(compared(ROWS[ROLE], {}, attached(), **own))) == {"AttachedManagedPolicies"}


@pytest.mark.parametrize(
    ("properties", "physical"),
    [({"Roles": [UNKNOWN]}, POLICY_ARN), ({"Roles": [IT]}, "a-name")],
    ids=["of roles that are not known", "of which the ARN is not known"],
)
def test_of_a_policy_that_attaches_itself_more_may_be_than_can_be_told(properties, physical):
    own = beside("AWS::IAM::ManagedPolicy", properties, physical)
    declared = {"ManagedPolicyArns": [BY_HAND]}
    found = compared(ROWS[ROLE], declared, attached(BY_HAND, POLICY_ARN), **own)
    assert paths(found) == {}


def test_how_a_secret_is_rotated_stands_beside_it():
    rules = {"ScheduleExpression": "rate(10 days)"}
    function = ARN.format("lambda", "function:rotate")
    own = beside(
        "AWS::SecretsManager::RotationSchedule",
        {"SecretId": IT, "RotationRules": rules, "RotationLambdaARN": function},
    )
    there = {
        "RotationEnabled": True,
        "RotationLambdaARN": function,
        "RotationRules": {**rules, "AutomaticallyAfterDays": 10},
    }
    assert paths(compared(ROWS[SECRET], {}, there, **own)) == {}
    off = {**there, "RotationEnabled": False, "RotationRules": {"AutomaticallyAfterDays": 90}}
    assert set(paths(compared(ROWS[SECRET], {}, off, **own))) == {
        "RotationEnabled",
        "RotationRules.ScheduleExpression",
    }


def test_a_rotation_by_a_function_that_the_schedule_makes_is_compared_without_it():
    own = beside(
        "AWS::SecretsManager::RotationSchedule",
        {"SecretId": IT, "HostedRotationLambda": {"RotationType": "MySQLSingleUser"}},
    )
    there = {"RotationEnabled": True, "RotationLambdaARN": "arn:aws:lambda:x"}
    assert paths(compared(ROWS[SECRET], {}, there, **own)) == {}


def test_capacity_providers_of_a_cluster_stand_beside_it():
    kind = "AWS::ECS::Cluster"
    own = beside(
        "AWS::ECS::ClusterCapacityProviderAssociations",
        {
            "Cluster": IT,
            "CapacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "DefaultCapacityProviderStrategy": [{"CapacityProvider": "FARGATE", "Weight": 1}],
        },
    )
    there = {
        "capacityProviders": ["FARGATE_SPOT", "FARGATE"],
        "defaultCapacityProviderStrategy": [
            {"capacityProvider": "FARGATE", "weight": 1, "base": 0}
        ],
    }
    assert paths(compared(ROWS[kind], {}, there, **own)) == {}
    other = {**there, "capacityProviders": ["FARGATE"]}
    assert set(paths(compared(ROWS[kind], {}, other, **own))) == {"capacityProviders"}


def test_the_rule_that_ec2_lets_everything_out_by_is_no_drift_beside_declared_ones():
    out = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    own = beside("AWS::EC2::SecurityGroupEgress", {"GroupId": IT, **out, "CidrIp": "10.0.0.0/8"})
    mine = {**out, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    for there in ([mine], [mine, everything]):
        assert paths(compared(ROWS[GROUP], {}, {"IpPermissionsEgress": there}, **own)) == {}
    other = {**mine, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    found = compared(ROWS[GROUP], {}, {"IpPermissionsEgress": [mine, other]}, **own)
    assert set(paths(found)) == {"IpPermissionsEgress"}
    declared = {"SecurityGroupEgress": [{**out, "CidrIp": "10.0.0.0/8"}]}
    found = compared(ROWS[GROUP], declared, {"IpPermissionsEgress": [mine, everything]})
    assert set(paths(found)) == {"IpPermissionsEgress"}


# -- rules of a listener --------------------------------------------------------------------------


def ruled(*priorities):
    rules = [
        {"Priority": str(one), "Conditions": [], "Actions": [{"Type": "fixed-response"}]}
        for one in priorities
    ]
    default = {"Priority": "default", "IsDefault": True, "Actions": [{"Type": "forward"}]}
    return {"Port": 443, "Rules": [*rules, default]}


def rule(priority, listener=IT):
    actions = [{"Type": "fixed-response"}]
    return beside(RULE, {"ListenerArn": listener, "Priority": priority, "Actions": actions})


@pytest.mark.parametrize(
    ("more", "drifted"),
    [
        ({}, {"Rules.10", "Rules.20"}),
        (rule(10), {"Rules.20"}),
        (rule(UNKNOWN), set()),
        (rule(30, UNKNOWN), set()),
    ],
    ids=[
        "no template declares a rule",
        "one declares another",
        "one declares a rule, whichever its priority",
        "one declares a rule of a listener, whichever that is",
    ],
)
def test_a_rule_that_no_template_can_have_declared_is_drift(more, drifted):
    assert set(paths(compared(ROWS[LISTENERS], {"Port": 443}, ruled(10, 20), **more))) == drifted


def test_the_default_rule_is_that_of_the_listener():
    assert paths(compared(ROWS[LISTENERS], {"Port": 443}, ruled())) == {}


# -- what others change by design -----------------------------------------------------------------


def pairs(route, listener):
    return {"LoadBalancerInfo": {"TargetGroupPairInfoList": [{route: {"ListenerArns": listener}}]}}


def service(controller, group="tg-1"):
    return {
        "DeploymentController": {"Type": controller},
        "LoadBalancers": [{"TargetGroupArn": group, "ContainerName": "web"}],
    }


def forwarding(to, *rules):
    told = [{"Type": "forward", "TargetGroupArn": to}]
    listed = [{"Priority": str(n), "Actions": told} for n in rules]
    return {"DefaultActions": told, "Rules": listed}


@pytest.mark.parametrize(
    ("kind", "properties", "drifted"),
    [
        (CODE_DEPLOY, pairs("ProdTrafficRoute", [IT]), set()),
        (CODE_DEPLOY, pairs("TestTrafficRoute", [IT]), set()),
        (CODE_DEPLOY, pairs("ProdTrafficRoute", ["arn:other"]), {"DefaultActions"}),
        (CODE_DEPLOY, {"DeploymentGroupName": "of instances"}, {"DefaultActions"}),
        (SERVICE, service("CODE_DEPLOY"), set()),
        (SERVICE, service("EXTERNAL"), set()),
        (SERVICE, service("ECS"), {"DefaultActions"}),
        (SERVICE, service("CODE_DEPLOY", "tg-7"), {"DefaultActions"}),
        (SERVICE, {"LoadBalancers": [{"TargetGroupArn": "tg-1"}]}, {"DefaultActions"}),
    ],
    ids=[
        "a group with its traffic", "a group with its tests", "another listener", "no listener",
        "a service of CodeDeploy", "one of others", "one of ECS", "one that is elsewhere",
        "one of ECS, as services are",
    ],
)  # fmt: skip
def test_where_a_deployment_sends_traffic_is_no_drift(kind, properties, drifted):
    declared = {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-1"}]}
    found = compared(
        ROWS[LISTENERS], declared, forwarding("tg-2"), **beside(kind, properties, "svc")
    )
    assert set(paths(found)) == drifted
    assert ("DefaultActions" in found.left) is not bool(drifted)


def test_a_rule_by_hand_is_drift_where_deployments_change_where_rules_forward_to():
    declared = {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-1"}]}
    around = {
        "Group": {"Type": CODE_DEPLOY, "Properties": pairs("ProdTrafficRoute", [IT])},
        "Ten": {
            "Type": RULE,
            "Properties": {
                "ListenerArn": IT,
                "Priority": 10,
                "Actions": [{"Type": "forward", "TargetGroupArn": "tg-1"}],
            },
        },
    }
    ids = {"It": ID, "Group": "g", "Ten": "r"}
    found = compared(ROWS[LISTENERS], declared, forwarding("tg-2", 10, 20), beside=around, ids=ids)
    assert set(paths(found)) == {"Rules.20"}
    assert found.left == {"DefaultActions": CHANGES, "Rules.*.Actions": CHANGES}


def test_ecs_changes_the_listener_of_the_rules_that_a_service_names():
    declared = {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-1"}]}
    routed = {"ProductionListenerRule": LISTENER.replace("listener", "listener-rule") + "/3"}
    properties = {"LoadBalancers": [{"AdvancedConfiguration": routed}]}
    stack = stack_of(
        {
            "It": {"Type": LISTENERS, "Properties": declared},
            "Service": {"Type": SERVICE, "Properties": properties},
        },
        ids={"It": LISTENER, "Service": "svc"},
    )
    row = ROWS[LISTENERS]
    one = live(row, forwarding("tg-2"))
    one = replace(one, resource=Resource(row.type, LISTENER, LISTENER, "web"))
    lookup = Found()
    lookup.live = {(row.type, LISTENER): one}
    told = {one.drift.type: one for one in against((stack,), lookup, lambda *_: False)}
    assert told[LISTENERS].drift.kind is Kind.SAME


def test_of_whom_it_is_not_known_what_differs_is_unknown_and_what_he_does_not_change_is_drift():
    declared = {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-1"}], "Port": 443}
    more = beside(CODE_DEPLOY, pairs("ProdTrafficRoute", [UNKNOWN]))
    there = {**forwarding("tg-2"), "Port": 443}
    found = compared(ROWS[LISTENERS], declared, there, **more)
    assert (found.drift.kind, found.drift.unread) == (Kind.UNKNOWN, ("DefaultActions",))
    assert CHANGES in found.why
    same = compared(ROWS[LISTENERS], declared, {**forwarding("tg-1"), "Port": 443}, **more)
    assert same.drift.kind is Kind.SAME
    other = compared(ROWS[LISTENERS], declared, {**there, "Port": 80}, **more)
    assert (other.drift.kind, other.why, set(paths(other))) == (Kind.CHANGED, "", {"Port"})


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (((CODE_DEPLOY, "g", "Group"),), Kind.UNKNOWN),
        ((("AWS::SNS::Topic", "t", "Topic"),), Kind.CHANGED),
        (None, Kind.UNKNOWN),
    ],
    ids=["with a group of CodeDeploy", "without", "of which nothing is known"],
)
def test_a_stack_that_cannot_be_read_may_change_what_its_kinds_change(made, kind):
    declared = {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg-1"}]}
    mine = stack_of({"It": {"Type": LISTENERS, "Properties": declared}})
    of = Resource("AWS::CloudFormation::Stack", "o")
    other = StackRead(HERE, Stack("other"), of, made, why="its stack is UPDATE_IN_PROGRESS")
    lookup = Found((ROWS[LISTENERS], live(ROWS[LISTENERS], forwarding("tg-2"))))
    told = {one.drift.type: one for one in against((mine, other), lookup, lambda *_: False)}
    assert told[LISTENERS].drift.kind is kind


@pytest.mark.parametrize(
    ("row", "declared", "there", "changer", "drifted"),
    [
        (
            SCALING,
            {"MinSize": "1", "MaxSize": "3"},
            {"MinSize": 4, "MaxSize": 9},
            ("AWS::AutoScaling::ScheduledAction", {"AutoScalingGroupName": IT, "MinSize": 4}),
            {"MaxSize"},
        ),
        (
            SCALING,
            {"MinSize": "1", "MaxSize": "3"},
            {"MinSize": 4, "MaxSize": 9},
            (
                "AWS::AutoScalingPlans::ScalingPlan",
                {"ScalingInstructions": [{"ResourceId": {"Fn::Sub": "autoScalingGroup/${It}"}}]},
            ),
            set(),
        ),
        (
            SCALING,
            {"Tags": [{"Key": "Team", "Value": "a"}]},
            {"Tags": {"Team": "a", "AmazonECSManaged": "", "Mine": "x"}},
            (
                "AWS::ECS::CapacityProvider",
                {"AutoScalingGroupProvider": {"AutoScalingGroupArn": IT}},
            ),
            {"Tags.Mine"},
        ),
        (
            "AWS::EC2::LaunchTemplate",
            {"LaunchTemplateData": {"ImageId": "ami-1", "InstanceType": "t3.micro"}},
            {"LaunchTemplateData": {"ImageId": "ami-2", "InstanceType": "t3.large"}},
            (
                "AWS::ImageBuilder::DistributionConfiguration",
                {"Distributions": [{"LaunchTemplateConfigurations": [{"LaunchTemplateId": IT}]}]},
            ),
            {"LaunchTemplateData.InstanceType"},
        ),
        (
            GROUP,
            {"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
                                       "CidrIp": "10.0.0.0/8"}]},
            {"IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1"}]}]},
            ("AWS::EMR::Cluster", {"Instances": {"EmrManagedMasterSecurityGroup": IT}}),
            set(),
        ),
    ],
    ids=[
        "a scheduled action, what it sets", "a scaling plan", "a capacity provider, its tag",
        "Image Builder, the image", "EMR, the rules of its groups",
    ],
)  # fmt: skip
def test_what_others_change_by_design_is_no_drift(row, declared, there, changer, drifted):
    assert set(paths(compared(ROWS[row], declared, there, **beside(*changer)))) == drifted


def test_application_auto_scaling_names_a_service_by_the_end_of_its_arn():
    arn = ARN.format("ecs", "service/main/web")
    stack = stack_of(
        {
            "It": {"Type": SERVICE, "Properties": {"DesiredCount": 2}},
            "Target": {
                "Type": TARGET,
                "Properties": {"ResourceId": {"Fn::Sub": "service/main/${It.Name}"}},
            },
        },
        ids={"It": arn, "Target": "t"},
        attributes={("It", "Name"): "web"},
    )
    row = ROWS[SERVICE]
    one = replace(live(row, {"desiredCount": 9}), resource=Resource(row.type, arn, arn, "web"))
    lookup = Found()
    lookup.live = {(row.type, arn): one}
    (told,) = against((stack,), lookup, lambda *_: False)
    assert told.drift.kind is Kind.SAME
    assert told.left == {"desiredCount": "Application Auto Scaling changes it"}


@pytest.mark.parametrize(
    ("declared", "there", "drifted"),
    [
        (
            {"DBClusterIdentifier": "c", "BackupRetentionPeriod": 7, "DBInstanceClass": "a"},
            {"DBClusterIdentifier": "c", "BackupRetentionPeriod": 1, "DBInstanceClass": "b"},
            {"DBInstanceClass"},
        ),
        (
            {"AllocatedStorage": "20", "MaxAllocatedStorage": 100},
            {"AllocatedStorage": 35, "MaxAllocatedStorage": 100},
            set(),
        ),
        ({"AllocatedStorage": "20"}, {"AllocatedStorage": 35}, {"AllocatedStorage"}),
    ],
    ids=["one of a cluster", "storage that grows by itself", "storage that does not"],
)
def test_what_an_instance_of_a_database_does_not_say_itself(declared, there, drifted):
    assert set(paths(compared(ROWS["AWS::RDS::DBInstance"], declared, there))) == drifted


def test_aurora_is_in_more_zones_than_a_template_names():
    kind, zones = "AWS::RDS::DBCluster", "AvailabilityZones"
    assert paths(compared(ROWS[kind], {zones: ["a"]}, {zones: ["a", "b", "c"]})) == {}
    assert set(paths(compared(ROWS[kind], {zones: ["d"]}, {zones: ["a", "b", "c"]}))) == {zones}


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.type)
def test_what_others_change_is_recorded_and_said_why(row):
    known = set(row.row.attributes)
    assert set(row.none) | set(row.given) <= known
    for changer in row.changed_by:
        assert isinstance(changer, Changer)
        assert changer.why
        assert {path.partition(".")[0] for path in changer.paths} <= known
