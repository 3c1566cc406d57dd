"""What is said of accounts where there is little to say: nothing that nobody would act on.

The classes of findings of the mixed account stand in `mixed_findings.txt`, each with why it is
right to speak: a class that appears or goes is seen in review.
"""

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.baseline import load as load_baseline
from auditor.catalogue import load, needed
from auditor.clients import Clients
from auditor.collect import collect
from auditor.inventory import Inventory
from auditor.judge import Judgement, judge
from auditor.session import open_account

PROBES = load()
TABLE = Path(__file__).with_name("mixed_findings.txt")
BY_RULE = {
    ("access.least_privilege", "deployment-role"),
    ("access.least_privilege", "break-glass"),
}
"""Roles that may do everything by design: said, with a code of their own and a lower severity."""
UNKNOWABLE = {("auto_scaling.bootstrap_agent", "by-image")}
"""What no API says: whether the company's own image holds the agent."""
Asked = tuple[str, str, str]


@dataclass(frozen=True)
class Seen:
    """An account as it was collected and judged, and every call that it took."""

    inventory: Inventory
    judgement: Judgement
    calls: list[Asked]

    def violations(self):
        return [f for f in self.judgement.findings if f.verdict.violates]

    def unknown(self):
        return [f for f in self.judgement.findings if f.verdict == "unknown"]

    def refusals(self):
        answers = (one for by in self.inventory.answers.values() for one in by.values())
        return [one.refusal for one in answers if one.refusal]


def look(*regions):
    """Collect and judge with all probes, counting calls as they leave the process."""
    queries, calls = needed(PROBES), []
    clients = Clients(None, frozenset(query.operation for query in queries), threads=8)

    def heard(params, model, context, **_):
        told = json.dumps(params, sort_keys=True, default=str)
        service = model.service_model.service_name
        calls.append((f"{service}:{model.name}", context["client_region"], told))

    clients.session.register("before-parameter-build", heard)
    inventory = collect(open_account(clients, regions), queries)
    clients.close()
    return Seen(inventory, judge(inventory, PROBES, load_baseline(None, PROBES)), calls)


def told(findings):
    return [(f.probe, f.part, f.resource.name, f.message) for f in findings]


@contextmanager
def account():
    """An account on moto that outlives one test."""
    from moto import mock_aws

    from auditor.demo.gaps import install_gaps

    install_gaps()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        with mock_aws(config={"lambda": {"use_docker": False}}):
            yield


@pytest.fixture(scope="module")
def mixed():
    """(what was made, what was seen) of the mixed account."""
    from tests.stories.mixed import REGIONS, build

    with account():
        estates = build()
        return estates, look(*REGIONS)


class TestAFreshAccount:
    @pytest.fixture
    def fresh(self, aws):
        """Default VPCs with their groups, tables and subnets, AWS's keys, a service-linked role."""
        import boto3

        iam = boto3.client("iam", "us-east-1")
        for service in ("autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com"):
            iam.create_service_linked_role(AWSServiceName=service)
        boto3.client("kms", "us-east-1").describe_key(KeyId="alias/aws/ebs")
        return look()

    def test_there_is_nothing_to_say(self, fresh):
        assert len(fresh.inventory.places) > 1, "all regions, each with its default VPC"
        assert told(fresh.violations() + fresh.unknown()) == []
        assert not fresh.judgement.errors
        assert not fresh.refusals()

    def test_nothing_is_asked_twice(self, fresh):
        assert twice(fresh) == []


class TestALandingZone:
    @pytest.fixture
    def landed(self, aws):
        from tests.stories import landing

        landing.bootstrap()
        landing.landing_zone()
        return look("us-east-1")

    def test_nothing_is_said_of_it_but_who_may_do_everything(self, landed):
        said = {(f.probe, f.code) for f in landed.violations()}
        assert said == BY_RULE, told(landed.violations())
        assert told(landed.unknown()) == []

    def test_what_may_do_everything_by_design_weighs_less(self, landed):
        weights = {f.code: f.severity for f in landed.violations()}
        assert weights == {"deployment-role": "medium", "break-glass": "informational"}


class TestStrangers:
    """Resources of teams that never heard of the baseline's tags."""

    @pytest.fixture
    def strange(self, aws):
        import boto3

        boto3.client("sqs", "us-east-1").create_queue(
            QueueName="jobs", Attributes={"SqsManagedSseEnabled": "true"}, tags={"team": "blue"}
        )
        boto3.client("dynamodb", "us-east-1").create_table(
            TableName="notes",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=True,
        )
        boto3.client("dynamodb", "us-east-1").update_continuous_backups(
            TableName="notes",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        return look("us-east-1")

    def test_they_lack_tags_and_nothing_else(self, strange):
        found = {(f.probe, f.resource.type, f.severity) for f in strange.violations()}
        assert found == {
            ("tags.required_tags", "AWS::SQS::Queue", "low"),
            ("tags.required_tags", "AWS::DynamoDB::Table", "low"),
        }

    def test_one_resource_has_one_finding_for_all_that_it_lacks(self, strange):
        assert len(strange.violations()) == 2


class TestTheMixedAccount:
    def test_it_is_as_large_as_a_company_of_middling_size(self, mixed):
        assert sum(estate.made for estate in mixed[0]) >= 1000

    def test_everything_was_looked_at(self, mixed):
        assert not mixed[1].judgement.errors
        assert not mixed[1].refusals()

    def test_its_classes_of_findings_are_those_of_the_table(self, mixed):
        found = {(f.probe, f.part or "-", f.code, f.severity.value) for f in mixed[1].violations()}
        assert sorted(found) == sorted(row[:4] for row in rows())

    def test_each_class_has_its_reason(self):
        assert all(len(row) == 5 and row[4] for row in rows())

    def test_what_cannot_be_known_is_what_no_api_says(self, mixed):
        assert {(f.probe, f.code) for f in mixed[1].unknown()} == UNKNOWABLE

    def test_no_resource_has_two_findings_of_one_part(self, mixed):
        seen = Counter((f.probe, f.part, f.account, f.region, f.resource.id, f.resource.type)
                       for f in mixed[1].violations())  # fmt: skip
        assert [one for one, times in seen.items() if times > 1] == []

    def test_nothing_is_asked_twice(self, mixed):
        assert twice(mixed[1]) == []

    def test_what_is_asked_of_each_thing_is_asked_at_most_once_of_it(self, mixed):
        """Lists are paged by the hundred or so: many calls of one kind are calls per resource."""
        estates, seen = mixed
        made = {ref.partition(":")[0] for estate in estates for ref in estate.refs}
        assert made
        calls = Counter(operation for operation, _, _ in seen.calls)
        most = max(len(estate.all(f"{kind}:")) for estate in estates for kind in made)
        assert all(times <= most * len(estates) for times in calls.values()), calls.most_common(5)


def rows():
    """Probe, part, code, severity, why; columns are two or more spaces apart."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [tuple(filter(None, map(str.strip, line.split("  ")))) for line in lines if line]


def twice(seen):
    """The calls that were made more than once with the same parameters."""
    return [call for call, times in Counter(seen.calls).items() if times > 1]
