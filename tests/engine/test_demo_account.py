"""The demo's account: served, refusing as AWS does, and held in-process by tests."""

import logging
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from auditor.demo import account, gaps
from auditor.demo.broken import BROKEN
from auditor.demo.builders.site import Site, session
from auditor.demo.hostile import HOSTILE, hostile
from auditor.demo.mends.world import ENABLED_REGIONS
from auditor.demo.repaired import REPAIRED
from auditor.demo.server import LocalAccount
from auditor.demo.stories import SHOP


def test_the_server_stops_and_leaves_everything_as_it_was() -> None:
    # First in the file: leaving an account forgets all that moto holds, the next one's too.
    loggers = [logging.getLogger(name) for name in ("werkzeug", "moto")]
    before = [logger.level for logger in loggers], os.environ.copy()
    with LocalAccount() as endpoint, urllib.request.urlopen(f"{endpoint}/moto-api/") as answer:
        assert answer.status == 200
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(endpoint)
    assert before == ([logger.level for logger in loggers], os.environ.copy())


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_by_hand_it_serves_until_it_is_stopped(ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "auditor.demo.server"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        endpoint = server.stdout.readline().strip()
        ec2 = session("us-east-1").client("ec2", endpoint_url=endpoint)
        assert len(ec2.describe_vpcs()["Vpcs"]) > 3
        ec2.close()
        server.send_signal(ending)
        assert server.wait(timeout=20) == 0
    finally:
        server.kill()
        server.communicate()


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, Site]]:
    with LocalAccount() as endpoint:
        sites = {site.app.name: site for site in account.build(endpoint, SHOP.both)}
        yield sites
        for site in sites.values():
            site.close()


@pytest.fixture(params=["shop-broken", "shop-repaired"])
def place(request: pytest.FixtureRequest, places: dict[str, Site]) -> Site:
    return places[str(request.param)]


@pytest.fixture
def broken(places: dict[str, Site]) -> Site:
    return places["shop-broken"]


class TestTheServer:
    def test_every_answer_carries_one_date(self, place: Site) -> None:
        answer = place.client("sts").get_caller_identity()
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        assert abs(parsedate_to_datetime(headers["date"]).timestamp() - time.time()) < 60

    @pytest.mark.parametrize(
        ("operation", "params", "code"),
        [
            pytest.param("ec2:DescribeVerifiedAccessTrustProviders", {}, "InvalidAction", id="ec2"),
            pytest.param("elbv2:DescribeTrustStores", {}, "InvalidAction", id="query"),
            pytest.param("ssm:DescribeOpsItems", {}, "UnknownOperationException", id="json"),
            pytest.param(
                "lambda:ListCodeSigningConfigs", {}, "UnknownOperationException", id="rest-json"
            ),
            pytest.param("cloudfront:ListCachePolicies", {}, "NotImplemented", id="rest-xml"),
            pytest.param(
                "accessanalyzer:ListAnalyzers",
                {},
                "UnknownOperationException",
                id="no such service",
            ),
            pytest.param(
                "resource-explorer-2:ListIndexes",
                {},
                "UnknownOperationException",
                id="no such service either",
            ),
        ],
    )
    def test_what_is_not_offered_is_refused_as_aws_refuses(
        self, broken: Site, operation: str, params: dict[str, Any], code: str
    ) -> None:
        with pytest.raises(ClientError) as refused:
            broken.ask(operation, **params)
        assert refused.value.response["Error"]["Code"] == code

    def test_a_crash_of_moto_is_no_answer_of_aws(self, broken: Site) -> None:
        # Moto 5.2.5 fails with a KeyError on this engine.
        with pytest.raises(ClientError) as refused:
            broken.ask(
                "rds:CreateDBInstance",
                DBInstanceIdentifier="m",
                DBInstanceClass="db.t3.micro",
                Engine="mariadb",
            )
        assert refused.value.response["Error"]["Code"] == "InternalFailure"

    def test_nothing_is_printed(self, broken: Site, capfd: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(ClientError):
            broken.ask("accessanalyzer:ListAnalyzers")
        broken.ask("ec2:DescribeVpcs")
        assert capfd.readouterr() == ("", "")


class TestPlaces:
    def test_four_regions_are_enabled_and_the_others_are_listed_on_request(
        self, place: Site
    ) -> None:
        enabled = place.each("ec2:DescribeRegions", "Regions")
        every = place.each("ec2:DescribeRegions", "Regions", AllRegions=True)
        assert {region["RegionName"] for region in enabled} == {
            "eu-central-1",
            "eu-west-1",
            "us-east-1",
            "us-west-2",
        }
        assert {region["OptInStatus"] for region in every} == {
            "not-opted-in",
            "opt-in-not-required",
        }

    @pytest.mark.parametrize("region", ENABLED_REGIONS)
    def test_no_region_holds_a_default_network(self, broken: Site, region: str) -> None:
        with closing(session(region).client("ec2", endpoint_url=broken.endpoint)) as ec2:
            vpcs = ec2.describe_vpcs()["Vpcs"]
        assert not [vpc for vpc in vpcs if vpc["IsDefault"]]

    def test_buckets_tell_their_region_to_those_who_page(self, place: Site) -> None:
        (bucket,) = place.client("s3").list_buckets(MaxBuckets=1, Prefix="shop-rep")["Buckets"]
        assert bucket["BucketRegion"] == "eu-central-1"
        assert "BucketRegion" not in place.client("s3").list_buckets()["Buckets"][0]

    def test_another_account_is_empty(self, broken: Site) -> None:
        session = broken.ask(
            "sts:AssumeRole",
            RoleArn="arn:aws:iam::210987654321:role/auditor",
            RoleSessionName="audit",
        )["Credentials"]
        other = boto3.Session(
            aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
            region_name="us-east-1",
        )
        with closing(other.client("kms", endpoint_url=broken.endpoint)) as kms:
            keys = kms.list_keys()["Keys"]
        assert keys == []


class TestWithoutAServer:
    def test_the_same_builders_work_under_the_mock(self) -> None:
        with mock_aws():
            sites = account.build(built=SHOP.both)
            for place in sites:
                assert place.each("autoscaling:DescribeScalingActivities", "Activities")
                assert place.each("ec2:DescribeVpcs", "Vpcs")

    def test_an_application_can_differ_in_one_point(self) -> None:
        (first, *others) = REPAIRED.databases
        databases = (replace(first, exports=()), *others)
        different = replace(REPAIRED, databases=databases)
        with mock_aws():
            (site,) = account.build(built=[different])
            (bare,) = site.each(
                "rds:DescribeDBInstances", "DBInstances", DBInstanceIdentifier="shop-repaired"
            )
        assert "EnabledCloudwatchLogsExports" not in bare

    def test_the_same_ids_in_every_run(self) -> None:
        seen = []
        for _ in range(2):
            with mock_aws():
                (site,) = account.build(built=[BROKEN])
                seen.append(site.refs)
        assert seen[0] == seen[1]

    def test_installing_the_gaps_twice_changes_nothing(self) -> None:
        gaps.install_gaps()
        with mock_aws():
            (first,) = account.build(built=[BROKEN])
            gaps.install_gaps()
            assert first.ask("kms:GetKeyPolicy", KeyId=first.refs["key:ebs"])["Policy"]

    def test_hostile_texts_arrive_as_they_are(self) -> None:
        with mock_aws():
            keys = hostile()
            here = session("eu-west-1")
            kms = here.client("kms")
            found = [kms.describe_key(KeyId=key)["KeyMetadata"] for key in keys]
            groups = here.client("ec2").describe_security_groups()["SecurityGroups"]
        assert [key["Description"] for key in found] == list(HOSTILE.values())
        names = {tag["Value"] for group in groups for tag in group.get("Tags", ())}
        assert {HOSTILE["markup"], HOSTILE["shell"], HOSTILE["newline"]} <= names
