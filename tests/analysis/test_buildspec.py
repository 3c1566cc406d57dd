import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.query import prune
from probes.analysis.buildspec import reduce_buildspec
from probes.aws.codebuild import PROJECTS, Buildspec

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
LOGIN = "aws ecr get-login-password --region x | docker login --username AWS --password-stdin $H"


def phases(**commands):
    return {name: {"commands": listed} for name, listed in commands.items()}


def facts_of(document):
    text = document if isinstance(document, str) else json.dumps({"version": 0.2, **document})
    return reduce_buildspec(text)


def built(*commands):
    return facts_of({"phases": phases(build=list(commands))})


SIGNING = [
    pytest.param([LOGIN, f"docker push {HOST}/a"], "yes", id="by the CLI"),
    pytest.param(["$(aws ecr get-login)", f"docker push {HOST}/a"], "yes", id="by the old CLI"),
    pytest.param([f"docker login -u AWS {HOST}", f"docker push {HOST}/a"], "yes", id="by Docker"),
    pytest.param(["(Get-ECRLoginCommand).Password | docker login", f"docker push {HOST}/a"], "yes", id="by PowerShell"),
    pytest.param(["if true; then\n  aws ecr get-login-password |\n docker login\nfi", f"docker push {HOST}/a"], "yes", id="in a block"),
    pytest.param([f"docker push {HOST}/a", LOGIN], "late", id="too late"),
    pytest.param(["docker pull node:18", LOGIN, f"docker push {HOST}/a"], "yes", id="after a public pull"),
    pytest.param(["# aws ecr get-login-password", f"docker push {HOST}/a"], "no", id="in a comment"),
    pytest.param(["docker login -u me registry.example.com", f"docker push {HOST}/a"], "no", id="elsewhere"),
]  # fmt: skip
USES = [
    pytest.param([f"docker push {HOST}/a:1"], "yes", True, id="a push"),
    pytest.param([f"docker pull {HOST}/a:1"], "yes", False, id="a pull"),
    pytest.param([f"docker buildx build --push -t {HOST}/a ."], "yes", True, id="a build that pushes"),
    pytest.param([f"docker build -t {HOST}/a ."], "no", False, id="a build"),
    pytest.param(["docker image push $URI"], "cannot tell", True, id="to what a variable names"),
    pytest.param([f"URI={HOST}/a", 'docker push "$URI:1"'], "yes", True, id="to a variable of ECR"),
    pytest.param([f"R={HOST}", "export URI=$R/a", "docker push ${URI}:1"], "yes", True, id="by two variables"),
    pytest.param(["URI=$(aws ecr describe-repositories --query x)", "docker push $URI"], "yes", True, id="to what ECR describes"),
    pytest.param(["docker compose push"], "cannot tell", True, id="to what a file names"),
    pytest.param(["docker push shop/web"], "no", False, id="to Docker Hub"),
    pytest.param(["sudo docker push shop/web"], "no", False, id="as root"),
    pytest.param(["git push origin main"], "no", False, id="another push"),
    pytest.param(["docker ps"], "no", False, id="no use"),
]  # fmt: skip


@pytest.mark.parametrize(("commands", "answer"), SIGNING)
def test_signing_in_is_seen(commands, answer):
    assert built(*commands)["signs_in"] == answer


@pytest.mark.parametrize(("commands", "answer", "pushes"), USES)
def test_uses_of_ecr_are_seen(commands, answer, pushes):
    facts = built(*commands)
    assert (facts["uses_registry"], facts["pushes"]) == (answer, pushes)


def test_phases_run_in_their_order_however_they_are_written():
    facts = facts_of({"phases": phases(build=[f"docker push {HOST}/a"], pre_build=[LOGIN])})
    assert facts["signs_in"] == "yes"
    assert facts["where_used"] == ["pre_build", "build"]


def test_finally_and_a_single_text_are_commands_too():
    document = {"phases": {"build": {"commands": LOGIN, "finally": [f"docker push {HOST}/a"]}}}
    facts = facts_of(document)
    assert (facts["signs_in"], facts["uses_registry"]) == ("yes", "yes")


def test_a_push_after_a_failed_build_is_seen():
    made = phases(pre_build=[LOGIN], build=["x"], post_build=[f"docker push {HOST}/a"])
    assert facts_of({"phases": made})["pushes_after_failure"]
    made["build"]["on-failure"] = "ABORT"
    assert not facts_of({"phases": made})["pushes_after_failure"]


def test_variables_reports_and_names_are_kept():
    document = {
        "env": {
            "variables": {"A": "1", "DB_PASSWORD": "hunter22"},
            "parameter-store": {"B": "/b"},
            "secrets-manager": {"C": "c:k"},
        },
        "phases": phases(build=["export D=$AWS_ACCOUNT_ID", "echo $OTHER"]),
        "reports": {"unit": {"files": ["*.xml"]}},
    }
    facts = facts_of(document)
    assert facts["variables"] == ["A", "B", "C", "D", "DB_PASSWORD"]
    assert facts["suspicious"] == ["DB_PASSWORD"]
    assert facts["uses"] == ["AWS_ACCOUNT_ID"]
    assert facts["reports"] is True
    assert not facts_of({"reports": {}})["reports"]


def test_aliases_are_read():
    text = (
        "version: 0.2\nphases:\n  pre_build: &login\n    commands:\n"
        f"      - {LOGIN}\n  post_build: *login\n"
    )
    assert facts_of(text)["where_used"] == ["pre_build", "post_build"]


SCRIPTS = ["./build.sh", "bash ci/build.sh", ". ./env", "make push", "sudo ./x", "ci/run.py"]


@pytest.mark.parametrize("command", SCRIPTS)
def test_scripts_are_seen(command):
    assert built(command)["scripts"]


@pytest.mark.parametrize("command", ["npm ci", "bash -c 'echo x'", "pytest tests", "echo done"])
def test_other_commands_are_no_scripts(command):
    assert not built(command)["scripts"]


def test_batches_may_do_more_than_is_seen():
    assert facts_of({"batch": {"build-list": []}})["scripts"]


PLACES = [
    pytest.param(None, "source", id="nothing"),
    pytest.param("", "source", id="an empty text"),
    pytest.param("ci/buildspec.yml", "source", id="a path"),
    pytest.param("arn:aws-cn:s3:::b/version:1/spec.yml", "source", id="in S3"),
    pytest.param("version: 0.2", "inline", id="one line"),
    pytest.param('{"version": 0.2}', "inline", id="JSON"),
    pytest.param("version: 0.2\nphases: [", "unreadable", id="broken"),
    pytest.param("- version: 0.2\n", "unreadable", id="a list"),
    pytest.param("version: 0.2\nphases: 1\n", "unreadable", id="phases of another kind"),
    pytest.param("version: 0.2\n" + "#" * 400_000, "unreadable", id="enormous"),
    pytest.param(7, "source", id="a number"),
]


@pytest.mark.parametrize(("sent", "where"), PLACES)
def test_it_is_told_where_the_specification_is(sent, where):
    assert reduce_buildspec(sent)["where"] == where


HOSTILE = ["a: " * 5, "&a [*a]", "docker push " + "$" * 20_000, "'" * 20_000, "$(" * 9_000]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:12])
def test_hostile_specifications_are_reduced_soon(line):
    started = time.process_time()
    facts_of({"phases": phases(build=[line] * 10)})
    facts_of(f"version: 0.2\nphases: {line}")
    assert time.process_time() - started < 3


def test_a_specification_of_too_many_commands_is_doubted():
    assert facts_of({"phases": phases(build=["true"] * 2_500)})["scripts"]


SECRET = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=14, max_size=30).map(
    "s3cr3t{}".format
)
WRITTEN = st.sampled_from(
    [
        "export A={}", "docker login -p {}", "echo {} | docker login --password-stdin x", "A={} ./x",
        "docker push {}", "docker push ${}", "aws s3 cp {} y", "curl -H 'Authorization: {}' x", "{}",
        "cat <<E\n{}\nE", 'echo "{}"', "$({})", "docker login -p Pa${}",
    ]
)  # fmt: skip


@given(SECRET, WRITTEN)
def test_no_value_survives(secret, written):
    document = {
        "env": {
            "variables": {"TOKEN": secret, "OTHER": f"x{secret}"},
            "secrets-manager": {"S": secret},
            "parameter-store": {"P": f"/{secret}"},
            "exported-variables": ["S"],
        },
        "phases": {"build": {"commands": [written.format(secret)], "finally": [secret]}},
        "reports": {"unit": {"files": [secret]}},
        "artifacts": {"files": [secret]},
        "proxy": {"logs": secret},
    }
    kept = json.dumps(facts_of(document))
    # What is pushed to by a variable is named by that variable, which is no value.
    assert secret not in kept or written == "docker push ${}"


@given(st.text(max_size=300) | st.none() | st.integers())
def test_anything_has_facts_that_fit_their_shape(sent):
    Buildspec.model_validate(reduce_buildspec(sent))


@given(SECRET, st.sampled_from(["PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"]))
def test_no_value_of_a_projects_variables_survives(secret, kind):
    sent = {
        "name": "unit",
        "arn": "a",
        "source": {"type": "S3", "buildspec": f"version: 0.2\nenv: {{variables: {{A: {secret}}}}}"},
        "environment": {
            "image": "i",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{"name": "A", "value": secret, "type": kind}],
        },
    }
    kept = prune(PROJECTS.shape, sent)
    assert secret not in json.dumps(kept)
    assert PROJECTS.shape.model_validate(kept).environment.environment_variables[0].name == "A"
