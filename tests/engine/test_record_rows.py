"""What rows keep of what AWS sends: facts where secrets may be, lasting names where ids change."""

import json

import pytest

from auditor.catalogue import CatalogueError, needed_to_record, recordables, select_rows
from auditor.drift.compare import compare
from auditor.facts import Facts
from auditor.query import prune
from auditor.recording.live import listed
from auditor.recording.normal import normal
from auditor.recording.recordable import by_name, each, the, the_list, the_object
from probes.aws import autoscaling, ec2_templates
from probes.recorded import (
    containers,
    identity,
    keys,
    load_balancing,
    pipelines,
    scaling,
    serverless,
)
from probes.recorded._documents import SET, digest, inside, known_values, names_only
from tests.kit import HERE, inventory_of

TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param({"a": "1", "B": "2"}, ["B", "a"], id="a mapping"),
        pytest.param([{"name": "b", "value": "2"}, {"name": "a"}], ["a", "b"], id="a list"),
        pytest.param("PASSWORD=1", None, id="anything else"),
    ],
)
def test_of_variables_the_names_are_kept(sent, kept):
    assert names_only(sent) == kept


def test_a_digest_tells_texts_apart_and_says_nothing():
    assert digest("rm -rf /") != digest("rm -rf .")
    assert digest(["a", "b"]) == digest(["a", "b"])
    assert digest("") is None
    assert "rm" not in digest("rm -rf /")


def test_secrets_are_not_kept_wherever_they_stand():
    kept = inside(UserData=digest)(
        {"A": [{"UserData": "#!/bin/sh"}], "B": {"apiToken": TOKEN, "n": 1}, "C": TOKEN, "D": True}
    )
    assert kept["A"][0]["UserData"].startswith("sha256:")
    assert kept["B"] == {"apiToken": SET, "n": 1}
    assert kept["C"] == SET
    assert kept["D"] is True
    assert TOKEN not in json.dumps(kept)


def test_what_is_nested_beyond_reason_is_a_digest():
    deep = TOKEN
    for _ in range(60):
        deep = [deep]
    assert "sha256:" in json.dumps(inside()(deep))


def test_of_a_configuration_only_known_values_are_kept():
    kept = known_values("Branch")({"Branch": "main", "OAuthToken": "x"})
    assert kept == {"Branch": "main", "OAuthToken": SET}
    assert known_values("Branch")("text") is None


def test_a_task_definition_is_recorded_without_values_and_commands():
    sent = {
        "taskDefinitionArn": "arn",
        "family": "web",
        "containerDefinitions": [
            {
                "name": "app",
                "image": "repo/app:1",
                "environment": [{"name": "DB_PASSWORD", "value": "hunter2"}],
                "command": ["serve", "--token", "hunter2"],
                "secrets": [{"name": "KEY", "valueFrom": "arn:aws:ssm:x:1:parameter/k"}],
                "logConfiguration": {
                    "logDriver": "splunk",
                    "options": {"splunk-token": "hunter2", "awslogs-group": "/web"},
                },
            }
        ],
    }
    row = containers.TASK_DEFINITION
    kept = prune(row.query.shape, sent)
    assert "hunter2" not in json.dumps(kept)
    app = normal(row, "containerDefinitions", kept["containerDefinitions"])["app"]
    assert app["environment"] == ["DB_PASSWORD"]
    assert app["secrets"] == {"KEY": {"valueFrom": "arn:aws:ssm:x:1:parameter/k"}}
    assert app["logConfiguration"]["options"] == {"awslogs-group": "/web", "splunk-token": SET}
    assert app["command"].startswith("sha256:")


@pytest.mark.parametrize(("options", "kept"), [("text", None), ({}, {})])
def test_log_options_of_another_kind(options, kept):
    assert containers.logged(options) == kept


@pytest.mark.parametrize(("sent", "kept"), [("family", "family"), (None, None), ("a:b", "a:b")])
def test_a_task_definition_without_a_revision_stays_as_it_is(sent, kept):
    assert containers.family_of(sent) == kept


def test_a_function_is_recorded_with_the_names_of_its_variables():
    sent = {"FunctionArn": "arn", "Environment": {"Variables": {"KEY": "hunter2"}}}
    assert prune(serverless.FUNCTION.query.shape, sent)["Environment"] == ["KEY"]
    assert serverless.variable_names(None) is None


def test_a_pipeline_is_recorded_without_what_its_actions_are_told():
    variables = [{"name": "MODE", "value": "hunter2", "type": "PLAINTEXT"}]
    action = {"name": "s", "configuration": {"Branch": "main", "OAuthToken": "hunter2"}}
    action["environmentVariables"] = variables
    sent = {"stages": [{"name": "b", "actions": [action]}],
            "variables": [{"name": "v", "defaultValue": "hunter2"}]}  # fmt: skip
    (query,) = {fold.query for fold in pipelines.PIPELINE.folds}
    kept = prune(query.shape, sent)
    assert "hunter2" not in json.dumps(kept)
    assert "main" in json.dumps(kept)


def test_user_data_is_recorded_as_a_digest():
    fold = scaling.LAUNCH_TEMPLATE.folds[0]
    sent = {
        "LaunchTemplateId": "lt-1",
        "VersionNumber": 1,
        "LaunchTemplateData": {"UserData": "IyEvYmluL3No", "ImageId": "ami-1"},
    }
    kept = prune(fold.query.shape, sent)["LaunchTemplateData"]
    assert kept["UserData"].startswith("sha256:")
    assert kept["ImageId"] == "ami-1"


def test_the_latest_and_the_default_version_of_a_template_count():
    versions = [
        {"VersionNumber": 2, "LaunchTemplateData": {"ImageId": "b"}},
        {"VersionNumber": 1, "DefaultVersion": True, "LaunchTemplateData": {"ImageId": "a"}},
    ]
    assert scaling.latest(versions) == {"ImageId": "b"}
    assert scaling.default(versions) == {"ImageId": "a"}
    assert scaling.latest([]) is scaling.default([]) is None


def test_subnets_of_a_scaling_group_are_a_set():
    one, other = (normal(scaling.SCALING_GROUP, "VPCZoneIdentifier", s) for s in ("a,b", "b,a"))
    assert one == other == ["a", "b"]


def test_rules_of_a_listener_are_known_by_their_priority():
    rules = [
        {"Priority": "default", "IsDefault": True, "Actions": [{"Type": "forward"}]},
        {"Priority": "5", "RuleArn": "arn", "Actions": [{"Type": "redirect"}]},
    ]
    found = normal(load_balancing.LISTENER, "Rules", rules)
    assert found == {"5": {"Actions": [{"Type": "redirect"}]}}
    assert normal(load_balancing.LISTENER, "Rules", "x") is None


def test_of_a_managed_policy_the_version_in_force_counts():
    document = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*"},
    }
    versions = [{"Document": {}}, {"IsDefaultVersion": True, "Document": document}]
    found = normal(identity.MANAGED_POLICY, "PolicyVersionList", versions)
    assert found["Statement"][0]["Action"] == ["a:b"]
    assert normal(identity.MANAGED_POLICY, "PolicyVersionList", versions[:1]) is None


def test_attached_policies_are_a_set_of_arns():
    sent = [{"PolicyName": "b", "PolicyArn": "arn:b"}, {"PolicyName": "a", "PolicyArn": "arn:a"}]
    assert normal(identity.ROLE, "AttachedManagedPolicies", sent) == ["arn:a", "arn:b"]


@pytest.mark.parametrize(
    ("row", "item", "skipped"),
    [
        (scaling.SCALING_GROUP, {"Status": "Delete in progress"}, True),
        (scaling.SCALING_GROUP, {"Operator": {"Principal": "eks.amazonaws.com"}}, True),
        (scaling.SCALING_GROUP, {"Operator": None}, False),
        (identity.ROLE, {"Path": "/aws-service-role/x/"}, True),
        (identity.ROLE, {"Path": "/"}, False),
        (identity.MANAGED_POLICY, {"Arn": "arn:aws:iam::aws:policy/x"}, True),
        (containers.SERVICE, {"status": "INACTIVE"}, True),
        (serverless.FUNCTION, {"MasterArn": "arn"}, True),
    ],
)
def test_what_is_nobodys_to_configure_is_skipped(row, item, skipped):
    assert row.skips(item) is skipped


def test_what_a_fold_takes_of_an_answer():
    items = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert the("Key")(items) == "a"
    assert the_object(items) == items[0]
    assert the_list(items) == items
    assert each("Key")(items) == ["a", "b"]
    assert by_name("Key", "Value")(items) == {"a": "1", "b": "2"}
    assert the("Key")([]) is the_object([]) is None


def test_rows_are_found_by_walking_and_chosen_by_pattern():
    rows = recordables()
    assert [row.type for row in rows] == sorted(row.type for row in rows)
    assert [row.type for row in select_rows(rows, ["AWS::RDS::*"])] == [
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
    ]
    assert select_rows(rows, []) == rows
    with pytest.raises(CatalogueError, match="'AWS::X'"):
        select_rows(rows, ["AWS::X"])


def test_a_further_package_may_record_kinds_and_may_not_repeat_one(tmp_path, monkeypatch):
    folder = tmp_path / "more" / "recorded"
    folder.mkdir(parents=True)
    (tmp_path / "more" / "__init__.py").write_text("")
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "__init__.py").write_text("")
    (folder / "__init__.py").write_text("")
    (folder / "rows.py").write_text(
        "from auditor.recording.recordable import Recordable\n"
        "from probes.aws.ec2_groups import SECURITY_GROUPS\n"
        "ROW = Recordable(SECURITY_GROUPS, keeps=())\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert recordables(["bare"]) == recordables()
    with pytest.raises(CatalogueError, match="a second row for AWS::EC2::SecurityGroup"):
        recordables(["more"])


# -- what stands beside a resource ----------------------------------------------------------------

ROLE = "arn:aws:iam::123456789012:role/app"


@pytest.mark.parametrize(
    ("principals", "kept"),
    [
        pytest.param({"GranteePrincipal": ROLE}, True, id="a role"),
        pytest.param(
            {"GranteePrincipal": ROLE.replace("app", "aws-service-role/autoscaling.amazonaws.com/A")},
            True,
            id="a service-linked role, which only people let in",
        ),
        pytest.param(
            {"GranteeServicePrincipal": "rds.amazonaws.com"}, True,
            id="a service that anybody may name",
        ),
        pytest.param({"GranteePrincipal": "rds.us-east-1.amazonaws.com"}, False, id="a service"),
        pytest.param(
            {"GranteePrincipal": ROLE, "RetiringPrincipal": "lambda.cn-north-1.amazonaws.com.cn"},
            False,
            id="a role that a service lets in and out",
        ),
        pytest.param(
            {"GranteePrincipal": "arn:aws:sts::1:assumed-role/aws:ec2-infrastructure/i-1"},
            False,
            id="a machine of EC2",
        ),
        pytest.param({}, True, id="nobody that is named"),
    ],
)  # fmt: skip
def test_grants_that_services_make_for_their_own_work_are_left_out(principals, kept):
    grant = {"GrantId": "1", "CreationDate": "then", "Operations": ["Decrypt"], **principals}
    found = normal(keys.KEY, "Grants", keys.granted([grant]))
    assert found == ([{"Operations": ["Decrypt"], **principals}] if kept else None)


def test_a_grant_that_was_made_again_is_the_same():
    grants = [
        {"GrantId": id_, "GranteePrincipal": ROLE, "Operations": operations}
        for id_, operations in (("1", ["Decrypt", "Encrypt"]), ("2", ["Encrypt", "Decrypt"]))
    ]
    one, other = (normal(keys.KEY, "Grants", keys.granted([grant])) for grant in grants)
    assert one == other


def test_of_the_tags_of_a_group_those_that_instances_get_are_known():
    tags = [
        {"Key": "Team", "PropagateAtLaunch": True},
        {"Key": "Cost", "PropagateAtLaunch": False},
        {"Key": "aws:cloudformation:stack-name", "PropagateAtLaunch": True},
    ]
    assert scaling.propagated(tags) == ["Team"]


def group(name, template, version):
    named = {"LaunchTemplateName": template, "Version": version}
    return {
        "AutoScalingGroupName": name,
        "AutoScalingGroupARN": f"arn:{name}",
        "MinSize": 1,
        "MaxSize": 1,
        "DesiredCapacity": 1,
        "LaunchTemplate": named,
    }


def test_versions_that_groups_name_by_number_are_recorded_whatever_else_they_are():
    row = scaling.LAUNCH_TEMPLATE
    queries = needed_to_record((row,))
    in_use = row.folds[2].query
    versions = [
        {
            "LaunchTemplateId": "lt-1",
            "LaunchTemplateName": "web",
            "VersionNumber": n,
            "DefaultVersion": n == 2,
            "LaunchTemplateData": {"ImageId": f"ami-{n}"},
        }
        for n in (1, 2)
    ]
    groups = [group("a", "web", "1"), group("b", "web", "2"), group("c", "web", "$Latest")]
    answers = {
        row.query: [{"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web"}],
        row.folds[0].query: versions[1:],
        ec2_templates.VERSIONS: versions[1:],
        autoscaling.GROUPS: groups,
        in_use: {"lt-1/['1']": versions[:1], "lt-1/['2']": versions[1:]},
    }
    inventory = inventory_of(queries, answers)
    asked = [dict(one) for one in in_use.asks(Facts(inventory, HERE))]
    assert asked == [{"LaunchTemplateId": "lt-1", "Versions": [n]} for n in ("1", "2")]
    (found,) = listed(inventory, [row], HERE)
    (live,) = found.resources.values()
    assert live.attributes["VersionsInUse"] == {
        "1": {"ImageId": "ami-1"},
        "2": {"ImageId": "ami-2"},
    }
    assert not live.unread


def test_what_scales_is_listed_for_each_service_of_which_things_are_recorded():
    row = scaling.SCALABLE_TARGET
    target = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/t",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
        "MinCapacity": 1,
        "MaxCapacity": 9,
    }
    inventory = inventory_of(needed_to_record((row,)), {row.query: {"dynamodb": [target]}})
    asked = [dict(one) for one in row.query.asks(Facts(inventory, HERE))]
    assert [one["ServiceNamespace"] for one in asked] == ["ecs", "dynamodb", "rds", "lambda"]
    (found,) = listed(inventory, [row], HERE)
    (live,) = found.resources.values()
    assert live.key == "table/t/dynamodb:table:ReadCapacityUnits"
    assert live.resource.name == "table/t|dynamodb:table:ReadCapacityUnits|dynamodb"
    assert live.attributes["MaxCapacity"] == 9


def test_a_scaling_policy_that_was_put_again_is_the_same():
    row = scaling.SCALING_POLICY
    sent = [
        {"PolicyARN": f"arn:{n}", "PolicyName": "cpu", "AutoScalingGroupName": "web"}
        for n in (1, 2)
    ]
    keys_ = []
    for one in sent:
        inventory = inventory_of(needed_to_record((row,)), {row.query: [one]})
        (found,) = listed(inventory, [row], HERE)
        keys_ += found.resources
    assert keys_ == ["web/cpu", "web/cpu"]


def test_the_policy_of_a_function_is_a_set_of_statements():
    statement = {"Sid": "x", "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
                 "Action": "lambda:InvokeFunction", "Resource": "arn:f"}  # fmt: skip
    sent = [
        json.dumps(
            {"Version": "2012-10-17", "Id": "default", "Statement": [{**statement, "Sid": s}]}
        )
        for s in ("x", "y")
    ]
    one, other = ({"Policy": normal(serverless.FUNCTION, "Policy", text)} for text in sent)
    assert compare(serverless.FUNCTION, one, other) == ()
    (change,) = compare(serverless.FUNCTION, one, {})
    assert change.template == "AWS::Lambda::Permission"
