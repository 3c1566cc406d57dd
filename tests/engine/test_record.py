"""The demo account is recorded, left alone, changed, and looked at with each question refused."""

from dataclasses import replace

import pytest
import yaml

from auditor.answer import Answer
from auditor.baseline import Approved, check
from auditor.catalogue import makers, needed_to_record, recordables
from auditor.clients import Clients
from auditor.collect import collect
from auditor.drift.findings import judge_recorded
from auditor.judge import Judgement
from auditor.recording.file import load, read_place
from auditor.recording.write import record
from auditor.session import open_account
from auditor.yaml_file import YamlFile
from tests.engine.approving import ROWS, account, group, recorded
from tests.kit import REGION, refusal

EVERY = recordables()
QUERIES = needed_to_record(EVERY)
SECRETS = ("s3cr3t", "hunter2", "BEGIN RSA", "#!/bin/bash", "AKIA")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """(inventory, folder) of the broken shop on moto, and a function that collects it again."""
    from moto import mock_aws

    from auditor.demo.account import build
    from auditor.demo.gaps import install_gaps
    from auditor.demo.stories import SHOP

    patch = pytest.MonkeyPatch()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "testing")
    install_gaps()
    with mock_aws(config={"lambda": {"use_docker": False}}):
        build(built=SHOP.both)
        clients = Clients(None, frozenset(query.operation for query in QUERIES), threads=4)
        entered = open_account(clients, [REGION])
        folder = tmp_path_factory.mktemp("recorded")
        inventory = collect(entered, QUERIES)
        written = record([inventory], EVERY, folder)
        assert not written.unread
        yield inventory, folder, lambda: collect(entered, QUERIES)
        clients.close()
    patch.undo()


def judged(inventory, folder):
    baseline = check(YamlFile("b.yaml", {"version": 1}), ())
    read = load(folder)
    rows = tuple(row for row in EVERY if row.type in read.types)
    approved = Approved(read, rows, makers())
    result = Judgement()
    for place in inventory.places:
        result.places |= {place.world: None, place: None}
    judge_recorded(inventory, approved, baseline, result)
    return result


def test_what_was_recorded_is_as_it_was(demo):
    inventory, folder, _ = demo
    result = judged(inventory, folder)
    assert {f.verdict.value for f in result.findings} == {"pass"}
    kinds = {f.resource.type for f in result.findings}
    assert len(kinds) > 15, kinds
    assert not result.incomplete


def test_recording_again_writes_the_same_bytes(demo, tmp_path):
    _, folder, again = demo
    record([again()], EVERY, tmp_path)
    for path in folder.rglob("*.yaml"):
        assert (tmp_path / path.relative_to(folder)).read_text() == path.read_text()


def test_nothing_secret_is_recorded(demo):
    inventory, folder, _ = demo
    text = "".join(path.read_text() for path in folder.rglob("*.yaml"))
    asked = str([item.data for q in QUERIES for place in (inventory.places[0], inventory.places[0].world)
                 for item in inventory.items(q, place)])  # fmt: skip
    for secret in SECRETS:
        assert secret not in text
        assert secret not in asked


def test_a_file_names_what_it_records_of_each_kind(demo):
    _, folder, _ = demo
    rows = {row.type: row for row in EVERY}
    for path in folder.rglob("*.yaml"):
        for type_, kind in read_place(path).content.types.items():
            assert kind.attributes == rows[type_].attributes
            for one in kind.resources.values():
                assert set(one.config) <= set(kind.attributes)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
def test_with_any_question_refused_nothing_is_drift(demo, query):
    inventory, folder, _ = demo
    answers = {
        (name, place): {
            subject: Answer(refusal=refusal(query, place, subject)) for subject in by_subject
        }
        if name == query.id
        else by_subject
        for (name, place), by_subject in inventory.answers.items()
    }
    result = judged(replace(inventory, answers=answers, _memo={}, _origins={}), folder)
    assert not [f.message for f in result.findings if f.verdict.violates]
    hung_on = [row for row in EVERY if query in row.queries]
    there = {
        row.type for row in hung_on if any(f.resource.type == row.type for f in result.findings)
    }
    unknown = {f.resource.type for f in result.findings if f.verdict == "unknown"}
    assert there <= unknown


# -- what a recording keeps of an earlier one -----------------------------------------------------


def kept(folder):
    (path,) = folder.rglob("us-east-1.yaml")
    kind = read_place(path).content.types[ROWS[0].type]
    return kind, {key: one.config for key, one in kind.resources.items()}


def test_a_list_that_broke_off_loses_nothing_that_was_recorded(tmp_path):
    recorded(tmp_path, group("web", 80), group("db", 5432))
    written = recorded(tmp_path, group("web", 443), refused=True)
    kind, configs = kept(tmp_path)
    assert set(configs) == {"sg-web", "sg-db"}
    assert configs["sg-web"]["IpPermissions"][0]["FromPort"] == 443
    assert kind.not_read == "ec2:DescribeSecurityGroups answered AccessDenied"
    assert len(written.unread) == 1


def test_a_whole_list_replaces_what_was_recorded(tmp_path):
    recorded(tmp_path, group("web", 80), group("db", 5432), refused=True)
    written = recorded(tmp_path, group("web", 80))
    kind, configs = kept(tmp_path)
    assert set(configs) == {"sg-web"}
    assert not kind.not_read
    assert not written.unread
    assert [(path.name, count) for path, count in written.files] == [("us-east-1.yaml", 1)]


def test_kinds_that_were_not_chosen_stay_as_they_were(tmp_path):
    recorded(tmp_path, group("web", 80))
    (path,) = tmp_path.rglob("us-east-1.yaml")
    value = yaml.safe_load(path.read_text())
    value["types"]["AWS::Other::Kind"] = {"attributes": ["A"], "resources": {"x": {"name": "x"}}}
    path.write_text(yaml.safe_dump(value))
    recorded(tmp_path, group("web", 443))
    assert set(read_place(path).content.types) == {"AWS::Other::Kind", ROWS[0].type}


def test_what_an_older_version_did_not_record_is_not_read_in_what_is_kept(tmp_path):
    recorded(tmp_path, group("db", 5432))
    (path,) = tmp_path.rglob("us-east-1.yaml")
    value = yaml.safe_load(path.read_text())
    value["types"][ROWS[0].type]["attributes"].remove("VpcId")
    path.write_text(yaml.safe_dump(value))
    recorded(tmp_path, refused=True)
    kind, _ = kept(tmp_path)
    assert kind.resources["sg-db"].not_read == ("VpcId",)


def test_an_account_without_anything_is_recorded_as_such(tmp_path):
    record([account()], ROWS, tmp_path)
    _, configs = kept(tmp_path)
    assert configs == {}
