import boto3
import pytest

from probes.containers.environment_values import EnvironmentValues
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.containers import made
from tests.probes.containers.made import ACCOUNT, PRODUCTION, container, definition, running

PROBE = EnvironmentValues()
HIDDEN = "q7RzVb2LxW9dKf4TnYc8HgJm3PsAeUi6"
FILES = {"environmentFiles": [{"value": "arn:aws:s3:::shop/web.env", "type": "s3"}]}
QUEUE = "arn:aws:sqs:{}:{}:orders"


def given(*pairs, tags=PRODUCTION, **more):
    listed = [{"name": name, "value": value} for name, value in pairs]
    task = definition(container(environment=listed, **more))
    return running(task, tags=tags)


def tagged(value):
    return [{"key": "Environment", "value": value}]


def part(name, cases):
    return [Case(**{**one.__dict__, "id": f"{name}: {one.id}", "part": name}) for one in cases]


LEFT_ALONE = [
    Case("no variables", given(), "not_applicable", "no-variables"),
    Case("not shown", made.UNSHOWN, "unknown", "unshown"),
    Case("left alone", given(("DB_PASSWORD", "x")), "not_applicable", settings={"exempt": ["web"]}),
    Case("being deleted", running(status="DRAINING"), "not_applicable", "inactive"),
]
OF_SECRETS = [
    Case("nothing secret", given(("GREETING", "hello")), "pass"),
    Case("by name", given(("DB_PASSWORD", "hunter2")), "drift", "plaintext-secret",
         severity="high", found=["web.DB_PASSWORD"]),
    Case("by form", given(("MAIL", "AKIAIOSFODNN7EXAMPLE")), "drift", "plaintext-secret"),
    Case("by chance", given(("FLAGS", HIDDEN)), "drift", "possible-secret", severity="medium"),
    Case("the surer names the finding", given(("FLAGS", HIDDEN), ("DB_PASSWORD", "x")), "drift",
         "plaintext-secret", severity="high"),
    Case("injected", given(("GREETING", "x"), secrets=[{"name": "DB_PASSWORD",
         "valueFrom": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-AbCdEf"}]), "pass"),
    Case("the name of a secret", given(("DB_PASSWORD_ARN", "x")), "pass"),
    Case("ignored", given(("DB_PASSWORD", "x")), "pass", settings={"ignored": ["DB_*"]}),
    Case("files", given(("GREETING", "x"), **FILES), "unknown", "environment-files"),
    Case("files alone", given(**FILES), "unknown", "environment-files"),
    Case("files, and a secret", given(("DB_PASSWORD", "x"), **FILES), "drift"),
    Case("a sidecar, too", running(definition(
        container("envoy", environment=[{"name": "API_KEY", "value": "abc"}]))), "drift"),
    *LEFT_ALONE,
]  # fmt: skip
OF_ENVIRONMENT = [
    Case("the same word", given(("ENV", "production")), "pass"),
    Case("another word for it", given(("ENV", "PROD")), "pass"),
    Case("inside a value", given(("APP_ENV", "eu-prod-1")), "pass"),
    Case("another environment", given(("ENV", "staging")), "drift", "env-mismatch",
         severity="medium", expected={"web.ENV": ["production"]}, found={"web.ENV": ["staging"]}),
    Case("one of two", given(("ENV", "production"), ("STAGE", "dev")), "drift", "env-mismatch",
         found={"web.STAGE": ["development"]}),
    Case("a word in place of the suffix", given(("ENV", "production"), tags=tagged("pr4821")),
         "drift", "hard-coded", severity="low", expected={"web.ENV": ["pr4821"]}),
    Case("a suffix in both", given(("ENV", "pr4821"), tags=tagged("pr4821")), "not_applicable",
         "no-word", says="by a word that is kept"),
    Case("what is not kept beside a word", given(("ENV", "blue")), "unknown",
         says="values are not kept"),
    Case("a suffix beside a word", given(("ENV", "pr4821"), ("STAGE", "dev"),
         tags=tagged("pr4821")), "drift", "hard-coded"),
    Case("a mismatch beside what is not kept", given(("ENV", "blue"), ("STAGE", "dev")), "drift"),
    Case("a build mode is no environment", given(("NODE_ENV", "production"), tags=tagged("dev")),
         "not_applicable", "no-word"),
    Case("a name of the baseline", given(("NODE_ENV", "production"), tags=tagged("dev")), "drift",
         settings={"environment_names": ["*_ENV"]}),
    Case("no tag", given(("ENV", "staging"), tags=[]), "not_applicable", says="no tag"),
    Case("another tag", given(("ENV", "staging"), tags=[{"key": "Stage", "value": "prod"}]),
         "drift"),
    Case("aliases of the baseline", given(("ENV", "demo")), "pass",
         settings={"aliases": {"production": ["production", "demo"]}}),
    Case("no variable of that name", given(("GREETING", "staging")), "not_applicable", "no-word"),
    *LEFT_ALONE,
]  # fmt: skip
OF_REQUIRED = [
    Case("both", given(("ENV", "x"), ("ENVIRONMENT_SUFFIX", "y")), "pass"),
    Case("one", given(("ENV", "x")), "gap", "missing-key", severity="low",
         expected={"web": ["ENV", "ENVIRONMENT_SUFFIX"]}, found={"web": ["ENV"]}),
    Case("one injected", given(("ENV", "x"), secrets=[{"name": "ENVIRONMENT_SUFFIX",
                                                       "valueFrom": "suffix"}]), "pass"),
    Case("perhaps in files", given(("ENV", "x"), **FILES), "unknown", "environment-files"),
    Case("both, with files", given(("ENV", "x"), ("ENVIRONMENT_SUFFIX", "y"), **FILES), "pass"),
    Case("none asked for", given(("GREETING", "x")), "not_applicable", settings={"env_keys": []}),
    Case("of a sidecar", running(definition(
        container("envoy", environment=[{"name": "A", "value": "b"}]))), "not_applicable"),
    *LEFT_ALONE,
]  # fmt: skip
OF_REFERENCES = [
    Case("its own queue", given(("QUEUE", QUEUE.format("us-east-1", ACCOUNT))), "pass"),
    Case("of another account", given(("QUEUE", QUEUE.format("us-east-1", "210987654321"))),
         "drift", "foreign-reference", severity="low", found={"web.QUEUE": ["210987654321"]},
         expected={"web.QUEUE": [ACCOUNT, "us-east-1"]}),
    Case("of another region", given(("QUEUE", QUEUE.format("eu-west-1", ACCOUNT))), "drift",
         "foreign-reference", found={"web.QUEUE": ["eu-west-1"]}),
    Case("of both", given(("QUEUE", QUEUE.format("eu-west-1", "210987654321"))), "drift",
         found={"web.QUEUE": ["210987654321", "eu-west-1"]}),
    Case("an allowed account", given(("QUEUE", QUEUE.format("us-east-1", "210987654321"))), "pass",
         settings={"allowed_accounts": ["210*"]}),
    Case("an allowed region", given(("QUEUE", QUEUE.format("eu-west-1", ACCOUNT))), "pass",
         settings={"allowed_regions": ["eu-*"]}),
    Case("without account and region", given(("BUCKET", "arn:aws:s3:::shop")), "pass"),
    Case("a host of another environment", given(("DB", "db.staging.example.com")), "drift",
         "foreign-host", severity="informational", found={"web.DB": ["staging"]}),
    Case("a host of its own", given(("DB", "db.prod.example.com")), "pass"),
    Case("a host, and no tag", given(("DB", "db.staging.example.com"), tags=[]), "pass"),
    Case("a host, and a tag that is no word", given(("DB", "db.staging.example.com"),
                                                    tags=tagged("pr4821")), "pass"),
    Case("files", given(("GREETING", "x"), **FILES), "unknown", "environment-files"),
    *LEFT_ALONE,
]  # fmt: skip
CASES = [
    *part("secrets", OF_SECRETS),
    *part("environment", OF_ENVIRONMENT),
    *part("required", OF_REQUIRED),
    *part("references", OF_REFERENCES),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_no_value_is_in_a_finding():
    pairs = (("DB_PASSWORD", "hunter2"), ("ENV", "staging-hunter2"), ("URL", "http://hunter2.com"))
    found = findings_of(PROBE, Case("x", given(*pairs), "drift"))
    assert "hunter2" not in repr(found)


def test_on_an_account(aws):
    client = boto3.client("ecs", "us-east-1")
    client.create_cluster(clusterName="shop")
    right = [{"name": "ENV", "value": "prod"}, {"name": "ENVIRONMENT_SUFFIX", "value": "prod"}]
    wrong = [{"name": "ENV", "value": "staging"}, {"name": "DB_PASSWORD", "value": "hunter2"}]
    for name, environment in (("right", right), ("wrong", wrong)):
        task = {"name": "web", "image": "redis", "memory": 512, "environment": environment}
        client.register_task_definition(family=name, containerDefinitions=[task])
        client.create_service(
            cluster="shop", serviceName=name, taskDefinition=name, desiredCount=0, tags=PRODUCTION
        )
    found = audit(EnvironmentValues)
    assert "hunter2" not in repr(found)
    for one, verdict in (("secrets", "drift"), ("environment", "drift"), ("required", "gap")):
        assert verdicts(found, one) == {"right": "pass", "wrong": verdict}
