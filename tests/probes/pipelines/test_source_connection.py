from uuid import NAMESPACE_URL, uuid5

import boto3
import pytest

from auditor.demo.documents import ACCOUNT
from auditor.demo.exchange import backend, memory
from probes.aws import codeconnections, codepipeline, iam
from probes.pipelines.source_connection import SourceConnection
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.pipelines.made import (
    FOREIGN_ROLE,
    HERE,
    action,
    allow,
    allowed,
    attached,
    live_pipeline,
    live_role,
    pipeline,
)

PROBE = SourceConnection()
ID = "aEXAMPLE-8aad-4d5d-8878-dfcab0bc441f".replace("aEXAMPLE", "1a2b3c4d")
ARN = f"arn:aws:codeconnections:{HERE}:connection/{ID}"
OLD_ARN = f"arn:aws:codestar-connections:{HERE}:connection/{ID}"
BOTH = (codeconnections.CONNECTIONS, codeconnections.OLDER_CONNECTIONS)
USE = allowed(allow("codeconnections:UseConnection", ARN))


def fetches(arn=ARN, **more):
    said = {"ConnectionArn": arn, "FullRepositoryId": "shop/web", "BranchName": "main", **more}
    return action("Source", "CodeStarSourceConnection", **said)


def connection(status="AVAILABLE", arn=ARN, query=codeconnections.CONNECTIONS):
    made = {
        "ConnectionArn": arn,
        "ConnectionName": "sources",
        "ConnectionStatus": status,
        "ProviderType": "GitHub",
        "OwnerAccountId": "123456789012",
    }
    return {query: [made]}


def there(title, answers, verdict, code=None, source=None, **more):
    return Case(
        title, pipeline(source or fetches()) | answers, verdict, code, part="connection", **more
    )


def used(title, answers, verdict, code=None, source=None, **more):
    return Case(
        title, pipeline(source or fetches()) | answers, verdict, code, part="permission", **more
    )


def said(title, answers, verdict, code=None, **more):
    return Case(title, answers, verdict, code, part="source", **more)


OTHER = "arn:aws:codeconnections:us-east-1:999999999999:connection/" + ID
EXAMPLE = "arn:aws:codeconnections:us-east-1:111122223333:connection/" + ID
WEST = ARN.replace("us-east-1", "eu-west-1")
OAUTH = action("Source", "GitHub", owner="ThirdParty", Owner="shop", Repo="web", OAuthToken="****")

CASES = [
    there("available", connection(), "pass"),
    there("listed under the older name", connection(query=BOTH[1]), "pass", survives=BOTH[:1]),
    there("known by its older ARN", connection(arn=OLD_ARN), "pass", survives=BOTH[1:]),
    there("named by its older ARN", connection(), "pass", source=fetches(OLD_ARN)),
    there("pending", connection("PENDING"), "gap", "connection-pending", severity="high"),
    there("broken", connection("ERROR"), "drift", "connection-error"),
    there("a status of the future", connection("SUSPENDED"), "unknown", says="SUSPENDED"),
    there("gone", {}, "gap", "connection-missing", found=ARN),
    there("a placeholder", {}, "gap", "placeholder-connection", source=fetches(ARN[:-36] + "abc123")),
    there("another placeholder", {}, "gap", "placeholder-connection", source=fetches(ARN[:-36] + "example")),
    there("an account of the documentation", {}, "gap", "placeholder-connection", source=fetches(EXAMPLE)),
    there("nothing", {}, "gap", "placeholder-connection", source=fetches(""), found="none"),
    there("another kind of resource", {}, "gap", "placeholder-connection", source=fetches(f"arn:aws:sns:{HERE}:t")),
    there("another account's", connection(), "unknown", "foreign-account", source=fetches(OTHER)),
    there("of a region that was not looked at", connection(), "unknown", source=fetches(WEST)),
    there("of another region", {}, "pass", source=fetches(WEST), says="eu-west-1", elsewhere={"eu-west-1": connection(arn=WEST)}, survives=BOTH[1:]),
    there("one list refused, found in the other", {BOTH[0]: Refused(), **connection(query=BOTH[1])}, "pass", survives=BOTH[:1]),
    there("one list refused, not in the other", {BOTH[1]: Refused()}, "unknown"),
    there("no connection", {}, "not_applicable", source=action("Source", "S3")),
    there("pipeline refused", {codepipeline.STRUCTURES: {"deliver": Refused()}}, "unknown"),
    there("another approval of the same name", {}, "not_applicable", source=action("Build", "CodeStarSourceConnection")),
    used("allowed", USE, "pass"),
    used("allowed by a managed policy", attached(allow("codeconnections:UseConnection")), "pass"),
    used("on the repository alone", allowed(allow("codeconnections:UseConnection", ARN, Condition={"StringEquals": {"codeconnections:FullRepositoryId": "shop/web"}})), "pass"),
    used("on another repository alone", allowed(allow("codeconnections:UseConnection", ARN, Condition={"StringEquals": {"codeconnections:FullRepositoryId": "shop/api"}})), "gap", "use-denied"),
    used("under a condition that is not known", allowed(allow("codeconnections:UseConnection", ARN, Condition={"StringEquals": {"codeconnections:ProviderAction": "x"}})), "unknown"),
    used("not allowed", allowed(allow("s3:*")), "gap", "use-denied"),
    used("allowed by the other prefix alone", allowed(allow("codestar-connections:UseConnection")), "unknown"),
    used("its role is gone", {}, "gap", "role-missing"),
    used("another account's role", USE, "unknown", source=fetches() | {"roleArn": FOREIGN_ROLE}),
    used("a placeholder", USE, "not_applicable", source=fetches("x")),
    used("no connection", USE, "not_applicable", source=action("Source", "S3")),
    used("roles refused", {iam.ROLES: Refused()}, "unknown"),
    said("it says what to fetch", pipeline(fetches()), "pass"),
    said("no branch", pipeline(fetches(BranchName=" ")), "gap", "no-repository", found=["FullRepositoryId"]),
    said("by OAuth", pipeline(OAUTH), "drift", "github-v1", severity="informational"),
    said("neither", pipeline(action("Source", "CodeCommit")), "not_applicable"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_moto_a_connection_must_be_there_and_open_to_the_role(aws):
    arn = f"arn:aws:codeconnections:us-east-1:{ACCOUNT}:connection/{uuid5(NAMESPACE_URL, 'x')}"
    planted = memory(backend("codeconnections", ACCOUNT, "us-east-1"), "connections")
    planted[arn] = connection(arn=arn)[codeconnections.CONNECTIONS][0]
    works = live_role(boto3.client("iam"), allow("codeconnections:UseConnection"))
    closed = live_role(boto3.client("iam"), allow("s3:*"), name="closed")
    client = boto3.client("codepipeline")
    live_pipeline(client, "sound", works, fetches(arn))
    live_pipeline(client, "found", closed, fetches(arn[:-36] + "abc123"))
    live_pipeline(client, "closed", closed, fetches(arn))
    found = audit(SourceConnection)
    assert verdicts(found, "connection") == {"sound": "pass", "found": "gap", "closed": "pass"}
    assert verdicts(found, "permission") == {
        "sound": "pass",
        "found": "not_applicable",
        "closed": "gap",
    }


def test_connections_are_read_to_the_last_page():
    class Client:
        def list_connections(self, MaxResults, NextToken="1"):  # noqa: N803 - AWS's spelling
            page = {"Connections": [{"ConnectionArn": NextToken}]}
            return page if NextToken == "3" else page | {"NextToken": str(int(NextToken) + 1)}

    pages = codeconnections.CONNECTIONS.fetch(Client(), {"MaxResults": 100})
    assert [page["Connections"][0]["ConnectionArn"] for page in pages] == ["1", "2", "3"]
