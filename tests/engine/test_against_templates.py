"""Stacks on moto, deployed from a template, changed by hand, and compared with it."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from auditor.answer import Answer
from auditor.baseline import check, load
from auditor.catalogue import needed_against, templates
from auditor.cli import main as cli
from auditor.drift.template_findings import judge_templates
from auditor.judge import judge
from auditor.over_time import lifecycle
from auditor.report_builder import Builder
from auditor.scan import Access, inventories, scan
from auditor.yaml_file import YamlFile
from probes.aws import cloudformation, ec2_groups
from tests.kit import HERE, refusal

BODY = Path(__file__).with_name("against_stack.json").read_text()
COMPARED = templates()
REGION = "us-east-1"
ANYTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
)
ONLY = ("--probe", "encryption.key_rotation", "--region", REGION)


def client(service):
    return boto3.client(service, REGION)


def ids():
    found = client("cloudformation").list_stack_resources(StackName="shop")
    return {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for one in found["StackResourceSummaries"]
    }


@pytest.fixture
def shop(aws):
    """A deployed stack, with policies as texts, which moto keeps as it was given them."""
    from moto.iam.models import iam_backends
    from moto.kms.models import kms_backends

    client("cloudformation").create_stack(
        StackName="shop", TemplateBody=BODY, Tags=[{"Key": "CostCenter", "Value": "7"}]
    )
    for role in iam_backends["123456789012"]["aws"].roles.values():
        role.policies = {name: _text(policy) for name, policy in role.policies.items()}
    for key in kms_backends["123456789012"][REGION].keys.values():
        key.policy = _text(key.policy)
    return ids()


def _text(policy):
    return policy if isinstance(policy, str) else json.dumps(policy)


def looked():
    (found,) = inventories(Access(regions=(REGION,)), needed_against(COMPARED))
    found.skipped_regions.clear()  # as if the account had no other region
    return found


def judged(inventory, **baseline):
    used = check(YamlFile("b.yaml", {"version": 1, **baseline}), ())
    judgement = judge(inventory, (), used)
    judge_templates(inventory, COMPARED, used, judgement)
    assert len({one.id for one in judgement.findings}) == len(judgement.findings)
    return judgement


def by_name(judgement):
    return {
        one.resource.stack.logical_id if one.resource.stack else one.resource.name: one
        for one in judgement.findings
    }


def refused(inventory, query, *, kept=True):
    """The same inventory, in which AWS would not answer a question, or not to its end."""
    known = inventory.answers[query.id, HERE]
    for asked, answer in known.items():
        known[asked] = Answer(answer.items if kept else (), refusal(query, HERE, asked))
    return inventory


def test_an_unchanged_stack_has_no_drift(shop):
    found = by_name(judged(looked()))
    assert {name: one.verdict.value for name, one in found.items()} == dict.fromkeys(
        {"Web", "App", "Spare", "Logs", "Role", "Key", "Bucket", "Topic", "Lb", "Tg", "Listener",
         "Table", "Lt", "Asg"},
        "pass",
    )  # fmt: skip
    assert found["Asg"].note == "not compared: LaunchTemplate.Version"
    assert found["Lt"].note == "not compared: LaunchTemplateData.UserData"


def test_exactly_what_was_changed_by_hand_is_found(shop):
    ec2, elb = client("ec2"), client("elbv2")
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    }
    ec2.authorize_security_group_ingress(GroupId=shop["App"], IpPermissions=[rule])
    ec2.create_tags(Resources=[shop["Web"]], Tags=[{"Key": "Env", "Value": "x"}])
    ec2.delete_security_group(GroupId=shop["Spare"])
    client("logs").put_retention_policy(logGroupName=shop["Logs"], retentionInDays=1)
    client("kms").disable_key_rotation(KeyId=shop["Key"])
    client("sns").set_topic_attributes(
        TopicArn=shop["Topic"], AttributeName="DisplayName", AttributeValue="other"
    )
    client("iam").put_role_policy(
        RoleName=shop["Role"], PolicyName="by-hand", PolicyDocument=ANYTHING
    )
    client("s3").delete_bucket_encryption(Bucket=shop["Bucket"])
    elb.modify_target_group(TargetGroupArn=shop["Tg"], HealthCheckPath="/other")
    elb.delete_rule(RuleArn=shop["Rule"])
    client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=shop["Asg"], MaxSize=30, DesiredCapacity=1
    )
    ec2.create_launch_template_version(
        LaunchTemplateId=shop["Lt"],
        LaunchTemplateData={"ImageId": "ami-12345678", "InstanceType": "t3.large"},
    )
    found = by_name(judged(looked()))
    drifts = {
        name: sorted(one.expected) if isinstance(one.expected, dict) else one.code
        for name, one in found.items()
        if one.verdict != "pass"
    }
    assert drifts == {
        "App": ["IpPermissions"],
        "Web": ["Tags.Env"],
        "Spare": "removed",
        "Logs": ["retentionInDays"],
        "Key": ["KeyRotationEnabled"],
        "Topic": ["DisplayName"],
        "Role": ["RolePolicyList.by-hand"],
        "Bucket": ["BucketEncryption"],
        "Tg": ["HealthCheckPath"],
        "Listener": ["Rules.10"],
        "Asg": ["MaxSize"],
        "Lt": [
            "LaunchTemplateData.InstanceType",
            "LaunchTemplateData.MetadataOptions",
            "LaunchTemplateData.SecurityGroupIds",
        ],
    }
    app = found["App"]
    assert (app.probe, app.severity.value, app.code) == ("drift.template", "medium", "changed")
    assert app.found["IpPermissions"][0]["FromPort"] == 22
    assert "IpPermissions (SecurityGroupIngress): 1 more" in app.message
    assert app.fix
    assert found["Topic"].expected == {"DisplayName": "alarms"}
    assert found["Logs"].expected == {"retentionInDays": 90}


def test_a_rule_added_to_a_listener_by_hand_is_drift(shop):
    client("elbv2").create_rule(
        ListenerArn=shop["Listener"],
        Priority=20,
        Conditions=[{"Field": "path-pattern", "Values": ["/admin/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": shop["Tg"]}],
    )
    found = by_name(judged(looked()))["Listener"]
    assert (found.verdict, list(found.expected.values())) == ("drift", [None])
    assert list(found.found) == ["Rules.20"]


def test_a_policy_that_attaches_itself_to_a_role_is_no_drift_of_the_role(aws):
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                       "Action": "sts:AssumeRole"}],
    }  # fmt: skip
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": trust},
        },
        "Own": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"Roles": [{"Ref": "Role"}], "PolicyDocument": json.loads(ANYTHING)},
        },
    }
    client("cloudformation").create_stack(
        StackName="shop", TemplateBody=json.dumps({"Resources": resources})
    )
    made = ids()
    assert by_name(judged(looked()))["Role"].verdict == "pass"
    client("iam").detach_role_policy(RoleName=made["Role"], PolicyArn=made["Own"])
    found = by_name(judged(looked()))["Role"]
    assert (found.verdict, found.expected) == ("drift", {"AttachedManagedPolicies": [made["Own"]]})


def test_what_is_gone_is_unknown_where_the_list_was_not_read_to_its_end(shop):
    client("ec2").delete_security_group(GroupId=shop["Spare"])
    row = next(one.row for one in COMPARED.rows if one.type == "AWS::EC2::SecurityGroup")
    judgement = judged(refused(looked(), row.query))
    found = by_name(judgement)
    assert (found["Spare"].verdict, found["Spare"].code) == ("unknown", "AccessDenied")
    assert found["Web"].verdict == "pass"
    assert [found["Spare"].id] in judgement.unknown.values()


@pytest.mark.parametrize(
    "query", [cloudformation.STACKS, cloudformation.RESOURCES], ids=["stacks", "resources"]
)
def test_what_hides_resources_makes_the_place_incomplete(shop, query):
    judgement = judged(refused(looked(), query))
    assert judgement.incomplete[HERE] == {"drift.template"}
    assert "unknown" in {one.verdict.value for one in judgement.findings}


def test_of_a_template_that_was_refused_every_resource_is_unknown(shop):
    found = by_name(judged(refused(looked(), cloudformation.TEMPLATES)))
    assert {one.verdict.value for one in found.values()} == {"unknown"}
    assert len(found) == 14
    assert "AccessDenied" in {one.code for one in found.values()}


def test_drift_ends_only_where_it_was_seen_to_end(shop):
    client("logs").put_retention_policy(logGroupName=shop["Logs"], retentionInDays=1)
    first = reported(looked())
    past = lifecycle.past_of([first])
    for query in (cloudformation.STACKS, cloudformation.RESOURCES):
        unseen = lifecycle.follow(reported(refused(looked(), query, kept=False)), past)
        assert (len(unseen.unverified), unseen.resolved) == (1, [])
    without = reported(refused(looked(), cloudformation.TEMPLATES))
    assert len(lifecycle.follow(without, past).unverified) == 1
    client("logs").put_retention_policy(logGroupName=shop["Logs"], retentionInDays=90)
    mended = lifecycle.follow(reported(looked()), past)
    assert [(one.reason, one.finding.probe) for one in mended.resolved] == [
        ("fixed", "drift.template")
    ]


def reported(inventory):
    used = check(YamlFile("b.yaml", {"version": 1}), ())
    builder = Builder(used, ["drift.template"])
    builder.add(inventory, judged(inventory))
    return builder.build()


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ({}, "drift"),
        ({"settings": {"stacks": {"exempt": ["sho*"]}}}, "not_applicable"),
        ({"templates": {"free": [{"attribute": "RetentionInDays"}]}}, "pass"),
        (
            {"templates": {"free": [{"attribute": "retentionInDays", "type": "AWS::EC2::*"}]}},
            "drift",
        ),
    ],
    ids=["as shipped", "an exempt stack", "a free attribute", "free elsewhere"],
)
def test_the_baseline_says_what_counts(shop, settings, verdict):
    from auditor.catalogue import load as probes

    client("logs").put_retention_policy(logGroupName=shop["Logs"], retentionInDays=1)
    used = check(YamlFile("b.yaml", {"version": 1, **settings}), probes())
    judgement = judge(inventory := looked(), (), used)
    judge_templates(inventory, COMPARED, used, judgement)
    assert by_name(judgement)["Logs"].verdict == verdict


EXEMPT = {"stacks": {"exempt": ["sho*"]}}
MINE, OTHERS = "123456789012", "000000000000"


def workload(**match):
    return {"workloads": [{"match": match, "settings": EXEMPT}]}


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        (workload(account=MINE), "not_applicable"),
        (workload(account=OTHERS), "drift"),
        (workload(name="shop"), "not_applicable"),
        (workload(name="other"), "drift"),
        (workload(stack="sh*"), "not_applicable"),
        (workload(stack="other"), "drift"),
        (workload(tags={"CostCenter": "7"}), "not_applicable"),
        (workload(tags={"CostCenter": "8"}), "drift"),
        (workload(environment="production"), "not_applicable"),
        (workload(environment="staging"), "drift"),
        (
            {
                "environments": {"accounts": {MINE: "staging"}},
                "overrides": {"staging": EXEMPT},
            },
            "not_applicable",
        ),
        (
            {
                "environments": {"accounts": {OTHERS: "staging"}},
                "overrides": {"staging": EXEMPT},
            },
            "drift",
        ),
        (
            {
                "settings": EXEMPT,
                "workloads": [{"match": {"name": "shop"}, "settings": {"stacks": {"exempt": []}}}],
            },
            "drift",
        ),
    ],
    ids=[
        "its account", "another account", "its name", "another name", "itself", "another stack",
        "its tags", "other tags", "its environment", "another environment",
        "the environment of its account", "that of another account", "a workload takes it back",
    ],
)  # fmt: skip
def test_stacks_are_exempt_by_account_environment_and_workload(shop, settings, verdict):
    from auditor.catalogue import load as probes

    client("logs").put_retention_policy(logGroupName=shop["Logs"], retentionInDays=1)
    used = check(YamlFile("b.yaml", {"version": 1, **settings}), probes())
    judgement = judge(inventory := looked(), (), used)
    judge_templates(inventory, COMPARED, used, judgement)
    assert by_name(judgement)["Logs"].verdict == verdict


def test_severity_and_desired_capacity_can_be_set(shop):
    client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=shop["Asg"], DesiredCapacity=1
    )
    settings = {
        "severities": {"AWS::AutoScaling::*": "high"},
        "held": [{"attribute": "DesiredCapacity"}],
    }
    found = by_name(judged(looked(), templates=settings))["Asg"]
    assert (found.verdict, found.severity) == ("drift", "high")


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"])
def test_a_stack_that_is_changing_says_nothing(shop, status):
    inventory = looked()
    for answer in inventory.answers[cloudformation.STACKS.id, HERE].values():
        for item in answer.items:
            item.data["StackStatus"] = status
            item._shape = None
    found = by_name(judged(inventory))
    assert {one.verdict.value for one in found.values()} == {"unknown"}
    assert status in found["Web"].message


def test_rules_of_a_stack_that_cannot_be_read_are_nobodys_drift(shop):
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
    }
    client("ec2").authorize_security_group_ingress(GroupId=shop["App"], IpPermissions=[rule])
    other = {
        "Rule": {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {"GroupId": shop["App"], "IpProtocol": "tcp", "FromPort": 22,
                           "ToPort": 22, "CidrIp": "10.0.0.0/8"},
        }
    }  # fmt: skip
    assert by_name(judged(looked()))["App"].verdict == "drift"
    plant("beside", {"Resources": other}, [("Rule", "AWS::EC2::SecurityGroupIngress", "rule-1")])
    assert by_name(judged(looked()))["App"].verdict == "pass"
    plant("beside", "not a template", [("Rule", "AWS::EC2::SecurityGroupIngress", "rule-1")])
    assert by_name(judged(looked()))["App"].verdict == "pass"


def plant(name, template, made, **more):
    """A stack as CloudFormation tells of it; nothing is created."""
    from types import SimpleNamespace

    from moto.cloudformation.models import cloudformation_backends
    from moto.core.utils import utcnow

    arn = f"arn:aws:cloudformation:{REGION}:123456789012:stack/{name}/1"
    said = {
        "stack_id": arn, "name": name, "stack_name": name, "status": "CREATE_COMPLETE",
        "stack_status": "CREATE_COMPLETE", "status_reason": None, "stack_status_reason": None,
        "template": template if isinstance(template, str) else json.dumps(template),
        "description": "", "template_description": "", "creation_time": utcnow(), "parameters": [],
        "tags": {}, "exports": [], "notification_arns": [], "role_arn": None, "outputs": [],
        "enable_termination_protection": False, "policy": "", "disable_rollback": False,
        "events": [],
        "stack_resources": [
            SimpleNamespace(logical_resource_id=i, cf_resource_type=t, physical_resource_id=p)
            for i, t, p in made
        ],
    }  # fmt: skip
    cloudformation_backends["123456789012"][REGION].stacks[arn] = SimpleNamespace(**said | more)


def test_imports_and_outputs_of_nested_stacks_are_what_stacks_hand_out(shop):
    handed = {"OutputKey": "Days", "OutputValue": "30", "ExportName": "days"}
    plant("shared", {"Resources": {}}, [], outputs=[handed])
    shared = f"arn:aws:cloudformation:{REGION}:123456789012:stack/shared/1"
    logs = client("logs")
    for name, days in (("one", 30), ("two", 7)):
        logs.create_log_group(logGroupName=name)
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    kind = "AWS::Logs::LogGroup"
    declared = {
        "Nested": {"Type": "AWS::CloudFormation::Stack"},
        "One": {"Type": kind, "Properties": {"RetentionInDays": {"Fn::ImportValue": "days"}}},
        "Two": {
            "Type": kind,
            "Properties": {"RetentionInDays": {"Fn::GetAtt": ["Nested", "Outputs.Days"]}},
        },
    }
    made = [("One", kind, "one"), ("Two", kind, "two"),
            ("Nested", "AWS::CloudFormation::Stack", shared)]  # fmt: skip
    plant("user", {"Resources": declared}, made)
    found = by_name(judged(looked()))
    assert found["One"].verdict == "pass"
    assert found["One"].note == ""
    assert (found["Two"].expected, found["Two"].found) == (
        {"retentionInDays": "30"},
        {"retentionInDays": 7},
    )


LOG_GROUP = "AWS::Logs::LogGroup"


def test_one_template_of_two_stacks_is_resolved_for_each(aws):
    body = {
        "Parameters": {"Days": {"Type": "Number"}},
        "Resources": {
            "Logs": {"Type": LOG_GROUP, "Properties": {"RetentionInDays": {"Ref": "Days"}}}
        },
    }
    for name, days in (("shop", "30"), ("bank", "7")):
        client("cloudformation").create_stack(
            StackName=name,
            TemplateBody=json.dumps(body),
            Parameters=[{"ParameterKey": "Days", "ParameterValue": days}],
        )
    assert {one.verdict.value for one in judged(looked()).findings} == {"pass"}
    client("logs").put_retention_policy(logGroupName=ids()["Logs"], retentionInDays=7)
    found = {one.resource.stack.name: one for one in judged(looked()).findings}
    assert found["shop"].expected == {"retentionInDays": "30"}
    assert found["bank"].verdict == "pass"
    assert found["bank"].id != found["shop"].id


def test_a_rule_that_another_stack_gives_by_a_parameter_is_no_drift(shop):
    peer = {"IpProtocol": "tcp", "FromPort": 9090, "ToPort": 9090}
    body = {
        "Parameters": {"Group": {"Type": "String"}},
        "Resources": {
            "Rule": {
                "Type": "AWS::EC2::SecurityGroupIngress",
                "Properties": {"GroupId": {"Ref": "Group"}, **peer, "CidrIp": "10.0.0.0/8"},
            }
        },
    }
    client("cloudformation").create_stack(
        StackName="metrics",
        TemplateBody=json.dumps(body),
        Parameters=[{"ParameterKey": "Group", "ParameterValue": shop["App"]}],
    )
    assert by_name(judged(looked()))["App"].verdict == "pass"
    client("cloudformation").delete_stack(StackName="metrics")
    left = client("ec2").describe_security_groups(GroupIds=[shop["App"]])["SecurityGroups"][0]
    assert 9090 in {one["FromPort"] for one in left["IpPermissions"]}
    assert by_name(judged(looked()))["App"].verdict == "drift"


@pytest.mark.parametrize("listed", [False, True], ids=["no more listed", "listed still"])
def test_what_a_condition_takes_out_of_a_stack_is_neither_missing_nor_declared(shop, listed):
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    rule = {"GroupId": shop["App"], "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
            "CidrIp": "10.0.0.0/8"}  # fmt: skip
    kinds = {"Logs": LOG_GROUP, "Rule": "AWS::EC2::SecurityGroupIngress"}
    resources = {
        "Logs": {"Type": LOG_GROUP, "Condition": "Never"},
        "Rule": {"Type": kinds["Rule"], "Condition": "Never", "Properties": rule},
    }
    made = [(name, kind, f"gone-{name}") for name, kind in kinds.items()] if listed else []
    plant("other", {"Conditions": conditions, "Resources": resources}, made)
    found = judged(looked()).findings
    assert {one.resource.stack.name for one in found} == {"shop"}
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
                  "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}  # fmt: skip
    client("ec2").authorize_security_group_ingress(GroupId=shop["App"], IpPermissions=[permission])
    assert by_name(judged(looked()))["App"].verdict == "drift"


def test_what_was_not_compared_is_counted_in_the_notes(shop):
    notes = judged(looked()).notes
    assert len(notes) == 1
    assert notes[0].startswith(f"{HERE}: 2 values that templates declare were not compared: ")
    assert "for it may be secret (1)" in notes[0]
    assert "; not known (1)" in notes[0]


def test_every_story_is_as_its_template_declares(credentials):
    """Of the broken ones the release has a role without the policy that its template names."""
    from moto import mock_aws

    from auditor.demo.account import build
    from auditor.demo.stories import applications

    baseline = load(None, ())
    baseline = replace(baseline, templates=COMPARED)
    with mock_aws(config={"lambda": {"use_docker": False}}):
        build(built=applications())
        report = scan(Access(), (), baseline)
    assert not report.errors
    assert report.coverage.complete
    drifts = [one for one in report.findings if one.verdict != "pass"]
    assert [(one.resource.stack.name, sorted(one.expected)) for one in drifts] == [
        ("release-broken", ["AttachedManagedPolicies"])
    ]
    assert len(report.findings) > 300


# -- on the command line --------------------------------------------------------------------------


@pytest.fixture
def auditor(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["auditor", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.run()
        return ended.value.code or 0, capsys.readouterr().out

    return run


def drifts(out):
    found = json.loads(out)
    return [
        one["resource"]["stack"]["logical_id"]
        for one in found["findings"]
        if (one["probe"], one["verdict"]) == ("drift.template", "drift") and not one["waiver"]
    ]


def test_scan_and_judge_say_the_same_and_a_waiver_accepts_it(shop, auditor, tmp_path):
    client("logs").put_retention_policy(logGroupName=shop["Logs"], retentionInDays=1)
    code, out = auditor("scan", *ONLY, "--against", "templates", "--format", "json")
    assert code == 1
    assert drifts(out) == ["Logs"]
    assert "drift.template" in json.loads(out)["scope"]["probes"]
    auditor("collect", *ONLY, "--against", "templates", "-o", "inventory.jsonl")
    judged_ = ("judge", "inventory.jsonl", "--probe", "encryption.key_rotation", "--format", "json")
    assert drifts(auditor(*judged_, "--against", "templates")[1]) == ["Logs"]
    assert drifts(auditor(*judged_)[1]) == []
    waiver = {"probe": "drift.template", "resource": "*", "reason": "meant", "owner": "me",
              "until": "2099-01-01"}  # fmt: skip
    (tmp_path / "b.yaml").write_text(json.dumps({"version": 1, "waivers": [waiver]}))
    assert drifts(auditor(*judged_, "--against", "templates", "--baseline", "b.yaml")[1]) == []


def test_permissions_name_what_comparing_takes(auditor):
    less = auditor("permissions", *ONLY[:2])[1]
    more = auditor("permissions", *ONLY[:2], "--against", "templates")[1]
    for action in ("cloudformation:GetTemplate", "cloudformation:ListStackResources"):
        assert action not in less
        assert action in more
    assert ec2_groups.SECURITY_GROUPS.operation in more
