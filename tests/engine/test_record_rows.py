"""What rows keep of what AWS sends: facts where secrets may be, lasting names where ids change."""

import json

import pytest

from auditor.catalogue import CatalogueError, recordables, select_rows
from auditor.query import prune
from auditor.recording import by_name, each, the, the_list, the_object
from auditor.recording_normal import normal
from probes.recorded import containers, identity, load_balancing, pipelines, scaling, serverless
from probes.recorded._documents import SET, digest, inside, known_values, names_only

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
    action = {"name": "s", "configuration": {"Branch": "main", "OAuthToken": "hunter2"}}
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
        "from auditor.recording import Recordable\n"
        "from probes.aws.ec2_groups import SECURITY_GROUPS\n"
        "ROW = Recordable(SECURITY_GROUPS, keeps=())\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert recordables(["bare"]) == recordables()
    with pytest.raises(CatalogueError, match="a second row for AWS::EC2::SecurityGroup"):
        recordables(["more"])
