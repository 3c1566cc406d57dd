import json

import boto3
import pytest

from probes.aws import codepipeline
from probes.pipelines.build_commands import BuildCommands
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.pipelines.made import (
    action,
    allow,
    live_pipeline,
    live_project,
    live_role,
    project,
    running,
    variable,
)

PROBE = BuildCommands()
HOST = "$AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com"
LOGIN = f"aws ecr get-login-password | docker login --username AWS --password-stdin {HOST}"
PUSH = f"docker push {HOST}/web:1"
REGISTRY = variable("REGISTRY", "123456789012.dkr.ecr.us-east-1.amazonaws.com")
ACCOUNT_ID = variable("AWS_ACCOUNT_ID", "123456789012")


def spec(*commands, before=(), more=""):
    def listed(phase, lines):
        written = "".join(f"      - {json.dumps(line)}\n" for line in lines)
        return f"  {phase}:\n    commands:\n{written}" if lines else ""

    return f"version: 0.2\nphases:\n{listed('pre_build', before)}{listed('build', commands)}{more}"


def login(title, buildspec, verdict, code=None, variables=(), settings=None, says=None, severity=None, **environment):  # fmt: skip
    answers = project(buildspec, variables, **environment)
    return Case(title, answers, verdict, code, part="login", settings=settings or {}, says=says, severity=severity)  # fmt: skip


def has(title, buildspec, verdict, code=None, variables=(), **more):
    return Case(title, project(buildspec, variables), verdict, code, part="variables", **more)


def reports(title, answers, verdict, code=None, **more):
    return Case(title, answers, verdict, code, part="reports", **more)


def secrets(title, answers, verdict, code=None, **more):
    return Case(title, answers, verdict, code, part="secrets", **more)


REPORTED = spec("pytest", more="reports:\n  unit:\n    files: ['*.xml']\n")
LATE = spec(PUSH, LOGIN)
AFTER = spec(
    "docker build .", before=[LOGIN], more=f"  post_build:\n    commands:\n      - {PUSH}\n"
)

LOGINS = [
    login("it signs in", spec(PUSH, before=[LOGIN]), "pass"),
    login("in the same phase", spec(LOGIN, PUSH), "pass"),
    login("it does not", spec(PUSH), "gap", "no-login", severity="medium"),
    login("it only pulls", spec(f"docker pull {HOST}/base"), "gap", "no-login", severity="low"),
    login("too late", LATE, "gap", "login-too-late"),
    login(
        "by what the CLI lost",
        spec(PUSH, before=["$(aws ecr get-login --no-include-email)"]),
        "gap",
        "obsolete-login",
    ),
    login(
        "by a helper",
        spec(PUSH, before=['echo \'{"credHelpers": {"x": "ecr-login"}}\' > ~/.docker/config.json']),
        "pass",
    ),
    login("it uses no registry", spec("pytest"), "not_applicable"),
    login("it pulls from elsewhere", spec("docker pull node:18"), "not_applicable"),
    login(
        "a variable of the project names ECR",
        spec("docker push $REGISTRY/web"),
        "gap",
        "no-login",
        variables=[REGISTRY],
    ),
    login("a variable that names nothing known", spec("docker push $REGISTRY/web"), "unknown"),
    login("a script may sign in", spec("./scripts/login.sh", PUSH), "unknown"),
    login("a privileged script", spec("./scripts/build.sh"), "unknown", privilegedMode=True),
    login("a script", spec("./scripts/build.sh"), "not_applicable"),
    login("it pushes what failed", AFTER, "pass", says="on-failure"),
    login("a file in the source", "ci/buildspec.yml", "unknown", "buildspec-in-source"),
    login("no file named", None, "unknown", "buildspec-in-source"),
    login("a file in S3", "arn:aws:s3:::bucket/buildspec.yml", "unknown", "buildspec-in-source"),
    login("it cannot be read", "version: 0.2\nphases: [", "unknown", "buildspec-unreadable"),
    login("not wanted", spec(PUSH), "not_applicable", settings={"require_ecr_login": False}),
]
VARIABLES = [
    Case(
        "variables of another kind",
        project(spec("pytest"), environmentVariables={"A": "b"}),
        "unknown",
        part="variables",
    ),
    has("all are set", "buildspec.yml", "pass", variables=[ACCOUNT_ID]),
    has(
        "set by the specification",
        "env:\n  variables:\n    AWS_ACCOUNT_ID: '1'\nversion: 0.2\n",
        "pass",
    ),
    has(
        "set by a command",
        spec("export AWS_ACCOUNT_ID=$(aws sts get-caller-identity)", PUSH),
        "pass",
    ),
    has(
        "used and not set",
        spec(PUSH),
        "gap",
        "missing-variable",
        found=["AWS_DEFAULT_REGION"],
        severity="low",
    ),
    has("neither used nor set", spec("pytest"), "pass", says="does not use it"),
    has(
        "another one",
        spec("pytest"),
        "gap",
        "missing-variable",
        settings={"env_keys": ["ENVIRONMENT_SUFFIX"]},
    ),
    has("the source may set it", "buildspec.yml", "unknown", "buildspec-in-source"),
    has(
        "the region is CodeBuild's to set",
        "buildspec.yml",
        "pass",
        settings={"env_keys": ["AWS_REGION"]},
    ),
    has("variables that cannot be read", spec("pytest"), "unknown", variables=["odd"]),
]
REPORTS = [
    reports("it reports", running("Test") | project(REPORTED), "pass"),
    reports(
        "it does not",
        running("Test") | project(spec("pytest")),
        "gap",
        "no-reports",
        severity="low",
    ),
    reports("it does not test", running("Build") | project(spec("pytest")), "not_applicable"),
    reports(
        "the baseline says that it tests",
        project(spec("pytest")),
        "gap",
        settings={"builds": {"roles": {"unit": "test"}}},
    ),
    reports(
        "not wanted",
        running("Test") | project(spec("pytest")),
        "not_applicable",
        settings={"require_reports": False},
    ),
    reports(
        "a file in the source",
        running("Test") | project("buildspec.yml"),
        "unknown",
        "buildspec-in-source",
    ),
    reports(
        "pipelines refused",
        running("Test") | project(REPORTED) | {codepipeline.STRUCTURES: {"deliver": Refused()}},
        "unknown",
    ),
]
SECRETS = [
    secrets("none", project(spec("pytest"), [ACCOUNT_ID]), "pass"),
    secrets("a password", project(spec("pytest"), [variable("DB_PASSWORD", "hunter22")]), "drift", "plaintext-secret", found=["DB_PASSWORD"], severity="high"),
    secrets("fetched", project(spec("pytest"), [variable("DB_PASSWORD", "shop/db", "SECRETS_MANAGER")]), "pass"),
    secrets("in the specification", project("version: 0.2\nenv:\n  variables:\n    API_TOKEN: hunter22\n"), "drift", "plaintext-secret", found=["API_TOKEN"]),
    secrets("variables that cannot be read", project(spec("pytest"), ["odd"]), "unknown"),
]  # fmt: skip
CASES = [*LOGINS, *VARIABLES, *REPORTS, *SECRETS]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_moto_builds_sign_in_set_and_report(aws):
    works = live_role(boto3.client("iam"), allow("s3:*"))
    codebuild = boto3.client("codebuild")
    sound = spec(PUSH, before=[LOGIN], more="reports:\n  unit:\n    files: ['*.xml']\n")
    live_project(codebuild, "sound", works, sound, environmentVariables=[ACCOUNT_ID])
    secret = variable("DB_PASSWORD", "hunter22")
    live_project(codebuild, "found", works, spec(PUSH), environmentVariables=[secret])
    live_pipeline(
        boto3.client("codepipeline"),
        "deliver",
        works,
        *(action("Test", "CodeBuild", name, ProjectName=name) for name in ("sound", "found")),
    )
    found = audit(BuildCommands)
    for part in ("login", "variables", "reports"):
        assert verdicts(found, part) == {"sound": "pass", "found": "gap"}, part
    assert verdicts(found, "secrets") == {"sound": "pass", "found": "drift"}
