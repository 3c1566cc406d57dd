"""The recipes of docs/scheduling.md: as they are shown, and tried as far as that goes here."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import boto3
import pytest
import yaml
from cfnlint.api import lint

from auditor.baseline import load as load_baseline
from auditor.catalogue import load, needed
from auditor.cli.main import main
from auditor.over_time.bucket import Bucket
from auditor.over_time.state import PlaceName, State
from auditor.permissions import LONGEST, actions_for, policies
from auditor.scan import Access, scan
from tests.engine.nights import Sight, night
from tests.kit import ACCOUNT
from tests.recipes.deploying import RECIPES, REGION, deploy, template_of

ROOT = RECIPES.parent.parent.parent
DOC = (ROOT / "docs" / "scheduling.md").read_text()
SHOWN = re.findall(r"\[`([^`]+)`\]\(recipes/schedule/\1\)\n\n```\w+\n(.*?)```", DOC, re.DOTALL)
TEMPLATES = ("state.yaml", "audit-role.yaml", "fargate.yaml", "lambda.yaml", "github-role.yaml")
SCRIPTS = ("nightly.sh", "docker.sh")
AUDIT_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-live-auditor"
JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/job"


# moto says of each type that it does not make
pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning")


def text_of(recipe):
    return (RECIPES / recipe).read_text()


# -- what the page shows --------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "text"), SHOWN, ids=[file for file, _ in SHOWN])
def test_what_the_page_shows_is_what_the_file_holds(file, text):
    assert text.strip()
    assert text in text_of(file)


def test_every_recipe_is_named_on_the_page():
    files = {path.name for path in RECIPES.iterdir()} - {"Dockerfile.dockerignore"}
    assert files <= set(re.findall(r"`([\w.-]+)`", DOC))
    assert len(SHOWN) > 12


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", DOC))))
def test_a_link_leads_somewhere(target):
    assert (ROOT / "docs" / target).exists()


def scans(text):
    """The words of each `auditor scan` in a text, its folded lines put together."""
    folded = text.replace("\\\n", " ")
    for line in re.findall(r"\bauditor scan([^#|>\n]*)", folded):
        yield line.split()


def flags(words):
    return {word.partition("=")[0] for word in words if word.startswith("--")}


@pytest.mark.parametrize(
    "file", ["nightly.sh", "docker.sh", "auditor.service", "github-actions.yml"]
)
def test_options_that_a_recipe_types_exist(file):
    known = {name for parameter in main.commands["scan"].params for name in parameter.opts}
    (words,) = list(scans(text_of(file)))
    assert flags(words)
    assert flags(words) <= known


def test_options_that_the_page_types_exist():
    known = {name for parameter in main.commands["scan"].params for name in parameter.opts}
    typed = [flags(words) for words in scans(DOC)]
    assert len(typed) > 4
    assert set().union(*typed) <= known


def test_options_that_templates_and_the_function_type_exist():
    known = {name for parameter in main.commands["scan"].params for name in parameter.opts}
    task = template_of("fargate.yaml")["Resources"]["TaskDefinition"]["Properties"]
    command = task["ContainerDefinitions"][0]["Command"]
    typed = re.findall(r'"(--[a-z-]+)', text_of("lambda_runtime.py"))
    assert command[0] == "scan"
    assert flags(command) | set(typed) <= known
    assert {"--timeout", "--summary"} <= flags(command) & set(typed)


def test_variables_that_recipes_set_are_options():
    known = {parameter.envvar for parameter in main.commands["scan"].params}
    texts = [text_of(path.name) for path in RECIPES.iterdir()]
    named = {name for text in (*texts, DOC) for name in re.findall(r"AUDITOR_[A-Z_]+", text)}
    assert len(named) > 3
    assert {name for name in named if not name.endswith("_")} <= known


# -- cron and shell -------------------------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_sound_and_may_be_run(script):
    path = RECIPES / script
    assert os.access(path, os.X_OK)
    for shell in ("sh", "bash"):
        subprocess.run([shell, "-n", str(path)], check=True)


@pytest.fixture
def fake(tmp_path):
    """A program in place of the auditor that notes its arguments and ends as it is told."""
    path = tmp_path / "bin" / "auditor"
    path.parent.mkdir()
    path.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$SAID"\nexit "$CODE"\n')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(("code", "says"), [(0, ""), (1, ""), (2, "2"), (3, "3"), (4, "4")])
def test_a_night_is_silent_unless_somebody_must_look(fake, tmp_path, code, says):
    (tmp_path / "summary.json").write_text('{"exit_code": 3}')
    script = tmp_path / "nightly.sh"
    script.write_text(
        text_of("nightly.sh")
        .replace("/opt/auditor/bin/auditor", str(fake))
        .replace("/var/lib/auditor", str(tmp_path))
    )
    environment = {**os.environ, "CODE": str(code), "SAID": str(tmp_path / "said")}
    done = subprocess.run(
        ["sh", str(script)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert done.stderr == ""
    assert done.stdout == (
        f'auditor ended with exit code {says}: {{"exit_code": 3}}\n' if says else ""
    )
    assert "--lock" in (tmp_path / "said").read_text()


def test_a_container_is_its_callers_and_so_are_the_files_that_it_reads(fake, tmp_path):
    fake.rename(fake.with_name("docker"))
    environment = {
        "PATH": f"{fake.parent}:{os.environ['PATH']}",
        "HOME": "/home/me", "AUDIT_FOLDER": "/srv/my audit", "CODE": "3",
        "SAID": str(tmp_path / "said"),
    }  # fmt: skip
    done = subprocess.run([RECIPES / "docker.sh"], env=environment, check=False)
    said = (tmp_path / "said").read_text().splitlines()
    assert done.returncode == 3
    assert said[said.index("--user") + 1] == f"{os.getuid()}:{os.getgid()}"
    assert {"/home/me/.aws:/aws:ro", "/srv/my audit:/data"} <= set(said)


def test_the_crontab_is_one_line_of_cron():
    lines = [line for line in text_of("crontab").splitlines() if line and line[0] not in "#MS"]
    (line,) = lines
    minute, hour, day, month, weekday, user, command = line.split(maxsplit=6)
    assert (minute, hour, day, month, weekday) == ("0", "3", "*", "*", "*")
    assert user != "root"
    assert "%" not in command  # cron would take it for a line's end


# -- systemd --------------------------------------------------------------------------------------


def unit(name):
    parsed = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    parsed.optionxform = str
    parsed.read_string(text_of(name).replace("\\\n", " "))
    return parsed


def test_the_service_treats_findings_as_a_success_and_can_write_little():
    service = unit("auditor.service")["Service"]
    assert service["Type"] == "oneshot"
    assert service["SuccessExitStatus"] == "1"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    words = shlex.split(service["ExecStart"])
    assert words[words.index("--timeout") + 1] == "1h"
    assert service["TimeoutStartSec"] == "75min"  # longer than the run's own end


def test_the_units_are_sound(fake, tmp_path):
    assert unit("auditor.timer")["Timer"]["Persistent"] == "true"
    if not shutil.which("systemd-analyze"):
        return
    for name in ("auditor.service", "auditor.timer"):
        text = text_of(name).replace("/opt/auditor/bin/auditor", str(fake))
        (tmp_path / name).write_text(text)
    paths = [str(tmp_path / name) for name in ("auditor.service", "auditor.timer")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


# -- GitHub Actions, Prometheus -------------------------------------------------------------------


class TestTheWorkflow:
    WORKFLOW = yaml.safe_load(text_of("github-actions.yml"))
    STEPS = WORKFLOW["jobs"]["audit"]["steps"]

    def test_takes_a_role_and_has_no_keys(self):
        assert self.WORKFLOW["permissions"] == {}
        (job,) = self.WORKFLOW["jobs"].values()
        assert job["permissions"] == {"contents": "read", "id-token": "write"}
        (given,) = [s["with"] for s in self.STEPS if "configure-aws" in s.get("uses", "")]
        assert set(given) == {"role-to-assume", "aws-region", "role-duration-seconds"}
        assert "secrets." not in text_of("github-actions.yml")

    def test_pins_its_actions_by_commit_and_says_which_version_that_is(self):
        uses = [step["uses"] for step in self.STEPS if "uses" in step]
        assert len(uses) == 4
        assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", use) for use in uses)
        for use in uses:
            assert re.search(rf"{use}  # v[0-9]+\.[0-9]+\.[0-9]+\n", text_of("github-actions.yml"))

    def test_pastes_nothing_into_a_script(self):
        assert not any("${{" in step.get("run", "") for step in self.STEPS)

    def test_does_not_overlap_and_runs_on_a_schedule(self):
        when = self.WORKFLOW[True]  # YAML 1.1 takes `on` for a boolean
        assert re.fullmatch(r"[0-9]+ [0-9]+ \* \* \*", when["schedule"][0]["cron"])
        assert self.WORKFLOW["concurrency"] == {"group": "audit", "cancel-in-progress": False}

    @pytest.mark.parametrize(("code", "ends"), [(0, 0), (1, 0), (3, 3)])
    def test_fails_for_what_is_more_than_findings(self, fake, tmp_path, code, ends):
        (script,) = [step["run"] for step in self.STEPS if step.get("name") == "Audit"]
        environment = {
            "PATH": f"{fake.parent}:{os.environ['PATH']}",
            "CODE": str(code),
            "SAID": str(tmp_path / "said"),
        }
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == ends
        assert ("::error::" in done.stdout) == (ends > 0)

    def test_keeps_the_report_even_of_a_bad_night(self):
        (upload,) = [s for s in self.STEPS if "upload-artifact" in s.get("uses", "")]
        assert upload["if"] == "${{ !cancelled() }}"
        assert "report.json" in upload["with"]["path"]


def test_alerts_are_on_metrics_that_there_are():
    rules = yaml.safe_load(text_of("alerts.yaml"))["groups"][0]["rules"]
    named = {name for rule in rules for name in re.findall(r"auditor_\w+", rule["expr"])}
    source = (ROOT / "auditor" / "job" / "metrics.py").read_text()
    assert len(rules) == 3
    assert all(f'"{name}"' in source or f'"{name[8:]}"' in source for name in named)


# -- the image ------------------------------------------------------------------------------------


class TestTheImage:
    LINES = tuple(
        line.split(maxsplit=1)
        for line in text_of("Dockerfile").replace("\\\n", " ").splitlines()
        if line and not line.startswith("#")
    )

    def of(self, instruction):
        return [argument for name, argument in self.LINES if name == instruction]

    def test_is_made_in_two_stages_on_a_base_that_is_named_by_its_tag(self):
        bases = [argument.split(" AS ")[0] for argument in self.of("FROM")]
        assert len(bases) == 2
        assert all(re.fullmatch(r"python:3\.\d+-slim", base) for base in bases)

    def test_runs_as_nobody_and_writes_to_one_folder(self):
        assert self.of("USER") == ["10001:10001"]
        assert self.of("WORKDIR")[-1] == "/data"
        assert self.of("VOLUME") == ['["/data"]']
        assert json.loads(self.of("ENTRYPOINT")[0]) == ["auditor"]
        last = max(n for n, (name, _) in enumerate(self.LINES) if name == "RUN")
        assert last < [name for name, _ in self.LINES].index("USER")

    def test_copies_what_there_is_and_what_is_not_ignored(self):
        ignored = text_of("Dockerfile.dockerignore").splitlines()
        assert ignored[0] == "*"
        sources = [
            source
            for argument in self.of("COPY")
            if not argument.startswith("--from")
            for source in argument.removeprefix("--chmod=0644 ").split()[:-1]
        ]
        assert "auditor" in sources
        for source in sources:
            assert (ROOT / source).exists()
            assert f"!{source}" in ignored

    def test_holds_no_instruction_that_fetches_or_opens(self):
        assert {name for name, _ in self.LINES} <= {
            "FROM", "WORKDIR", "COPY", "RUN", "ENV", "VOLUME", "USER", "ENTRYPOINT", "CMD",
        }  # fmt: skip

    def test_is_the_one_that_the_templates_run(self):
        function = template_of("lambda.yaml")["Resources"]["Function"]["Properties"]
        program, script = function["ImageConfig"]["EntryPoint"]
        assert program.startswith("/opt/auditor/bin/")
        (copied,) = [argument for argument in self.of("COPY") if argument.endswith(f" {script}")]
        assert copied.startswith("--chmod=0644 ")  # Lambda's user is neither root nor ours
        task = template_of("fargate.yaml")["Resources"]["TaskDefinition"]["Properties"]
        (container,) = task["ContainerDefinitions"]
        assert container["User"] == self.of("USER")[0]
        assert container["ReadonlyRootFilesystem"] is True
        assert container["MountPoints"][0]["ContainerPath"] == self.of("WORKDIR")[-1]


# -- Lambda ---------------------------------------------------------------------------------------


class Lambda:
    """The runtime API as a function sees it: some invocations, and then an end."""

    def __init__(self, *seconds_left):
        self.said, self.over = [], threading.Event()
        waiting = list(seconds_left)
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if not waiting:
                    api.over.set()
                    time.sleep(30)
                    return
                self.send_response(200)
                deadline = round((time.time() + waiting.pop(0)) * 1000)
                self.send_header("Lambda-Runtime-Aws-Request-Id", f"request-{len(waiting)}")
                self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                api.said.append(
                    (self.path.removeprefix("/2018-06-01/runtime/invocation/"), json.loads(body))
                )
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def function(fake, tmp_path):
    """Runs the function for some invocations: (what Lambda was told, the last arguments)."""

    def run(code, *seconds_left):
        api = Lambda(*seconds_left)
        environment = {
            "PATH": f"{fake.parent}:{os.environ['PATH']}",
            "AWS_LAMBDA_RUNTIME_API": api.host,
            "CODE": str(code),
            "SAID": str(tmp_path / "said"),
        }
        program = [sys.executable, str(RECIPES / "lambda_runtime.py")]
        with subprocess.Popen(
            program, env=environment, stderr=subprocess.PIPE, text=True
        ) as process:
            assert api.over.wait(20)
            process.kill()
        said = tmp_path / "said"
        return api.said, said.read_text().split() if said.exists() else []

    return run


@pytest.mark.parametrize("code", [0, 1])
def test_a_function_gives_each_run_the_time_that_is_left_less_a_minute(function, code):
    told, words = function(code, 900, 300)
    assert told == [
        ("request-1/response", {"exit_code": code}),
        ("request-0/response", {"exit_code": code}),
    ]
    assert 235 <= int(words[words.index("--timeout") + 1]) <= 240


@pytest.mark.parametrize("code", [2, 3, 4])
def test_a_run_that_somebody_must_look_at_is_a_failed_invocation(function, code):
    told, _ = function(code, 900)
    ((path, body),) = told
    assert path == "request-0/error"
    assert body["errorMessage"] == f"the audit ended with exit code {code}; the log says why"


def test_a_function_without_time_does_not_begin(function):
    told, words = function(0, 70)
    assert [path for path, _ in told] == ["request-0/error"]
    assert words == []


# -- CloudFormation -------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", TEMPLATES)
def test_a_template_passes_cfn_lint(recipe):
    assert [str(match) for match in lint(text_of(recipe))] == []


def statements(template):
    """Every statement of a policy that something may do, with its resource's logical id."""
    for logical, resource in template["Resources"].items():
        given = resource["Properties"]
        inline = [one["PolicyDocument"] for one in given.get("Policies", ())]
        own = [given["PolicyDocument"]] if resource["Type"] == "AWS::IAM::ManagedPolicy" else []
        for document in (*inline, *own):
            yield from ((logical, statement) for statement in document["Statement"])


@pytest.mark.parametrize("recipe", [name for name in TEMPLATES if name != "audit-role.yaml"])
def test_nothing_may_do_more_than_it_names(recipe):
    found = list(statements(template_of(recipe)))
    assert found
    for logical, statement in found:
        actions = statement["Action"]
        named = actions if isinstance(actions, list) else [actions]
        assert not any("*" in action for action in named), logical
        anywhere = statement["Resource"] == "*"
        assert not anywhere or named == ["ecr:GetAuthorizationToken"], logical
    assert not any(
        "AWS::IAM::User" in one["Type"] for one in template_of(recipe)["Resources"].values()
    )


def test_the_state_is_got_listed_and_put_below_its_prefix_and_nothing_else():
    found = {statement["Sid"]: statement for _, statement in statements(template_of("state.yaml"))}
    assert set(found) == {"List", "ReadAndWrite"}
    assert found["List"]["Action"] == "s3:ListBucket"
    assert found["List"]["Condition"] == {
        "StringLikeIfExists": {"s3:prefix": {"Fn::Sub": "${Prefix}/*"}}
    }
    assert found["ReadAndWrite"]["Action"] == ["s3:GetObject", "s3:PutObject"]
    assert found["ReadAndWrite"]["Resource"] == {"Fn::Sub": "${StateBucket.Arn}/${Prefix}/*"}


def test_the_audit_role_has_the_policy_of_the_probes_and_trusts_one_role():
    template = template_of("audit-role.yaml")
    documents = [
        resource["Properties"]["PolicyDocument"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    assert documents == policies(actions_for(needed(load())))
    assert all(len(json.dumps(one, separators=(",", ":"))) <= LONGEST for one in documents)
    role = template["Resources"]["AuditRole"]["Properties"]
    assert len(role["ManagedPolicyArns"]) == len(documents)
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": {"Ref": "TrustedRoleArn"}}


@pytest.mark.parametrize(
    ("repository", "fits"),
    [
        ("acme/audit", True),
        ("acme@123456/audit@456789", True),
        ("acme/*", False),
        ("acme/audit:ref:refs/heads/other", False),
    ],
)
def test_a_repository_is_trusted_by_the_name_that_its_tokens_bear(repository, fits):
    template = template_of("github-role.yaml")
    pattern = template["Parameters"]["Repository"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, repository)) == fits
    (trust,) = template["Resources"]["JobRole"]["Properties"]["AssumeRolePolicyDocument"][
        "Statement"
    ]
    assert trust["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] == {
        "Fn::Sub": "repo:${Repository}:ref:refs/heads/${Branch}"
    }


@pytest.mark.parametrize("recipe", ["fargate.yaml", "lambda.yaml"])
def test_a_job_has_a_log_that_ends_alarms_that_act_and_one_run_at_a_time(recipe):
    resources = template_of(recipe)["Resources"]
    by_type = {}
    for resource in resources.values():
        by_type.setdefault(resource["Type"], []).append(resource["Properties"])
    assert by_type["AWS::Logs::LogGroup"] == [{"RetentionInDays": {"Ref": "LogDays"}}]
    failed, silent = by_type["AWS::CloudWatch::Alarm"]
    for alarm in (failed, silent):
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopicArn"}]
    assert (failed["TreatMissingData"], silent["TreatMissingData"]) == ("notBreaching", "breaching")
    (schedule,) = by_type["AWS::Scheduler::Schedule"]
    assert schedule["Target"]["RoleArn"] == {"Fn::GetAtt": ["SchedulerRole", "Arn"]}


def test_the_alarm_watches_a_metric_that_the_tool_writes():
    source = (ROOT / "auditor" / "job" / "metrics.py").read_text()
    alarm = template_of("fargate.yaml")["Resources"]["FailedAlarm"]["Properties"]
    assert f'"{alarm["MetricName"]}"' in source
    assert f'"{alarm["Namespace"]}"' in source


# -- deployed, and audited by the tool itself -----------------------------------------------------

DROPPED_BY_MOTO = {
    "serverless.runtime",  # that the function is an image
    "observability.log_groups",  # the log group that the function names
}


@pytest.fixture
def deployed(aws):
    ec2 = boto3.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    sns = boto3.client("sns", REGION)
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="somebody@example.com")
    job = {"AuditRoleArns": AUDIT_ROLE, "AlarmTopicArn": topic, "Image": "auditor:1"}
    repository = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/auditor"
    return [
        deploy("state.yaml"),
        deploy("fargate.yaml", **job, RepositoryArn=repository, VpcId=vpc, SubnetIds=subnet),
        deploy("lambda.yaml", **job),
        deploy("github-role.yaml", Repository="acme/audit", AuditRoleArns=AUDIT_ROLE),
        deploy("audit-role.yaml", TrustedRoleArn=JOB_ROLE),
    ]


def test_the_tool_finds_nothing_to_complain_of_in_its_own_stacks(deployed):
    probes = load()
    report = scan(Access(regions=(REGION,)), probes, load_baseline(None, probes))
    ours = [
        finding
        for finding in report.findings
        if finding.resource.name.startswith(("auditor-", "aws-live-auditor"))
        and finding.probe not in DROPPED_BY_MOTO
    ]
    bad = [f for f in ours if f.verdict.violates or f.verdict == "unknown"]
    assert [(f.probe, f.part, f.resource.name, f.message) for f in bad] == []
    assert not report.errors
    assert report.coverage.complete
    passed = {f.probe for f in ours if f.verdict == "pass"}
    assert passed >= {
        "storage.default_encryption",
        "storage.lifecycle",
        "storage.public_access",
        "storage.versioning",
        "access.least_privilege",
        "observability.alarm_actions",
        "observability.alarm_missing_data",
        "observability.log_retention",
        "stacks.deletion_policies",
        "stacks.outputs",
        "tags.required_tags",
    }


def test_a_state_bucket_that_lost_its_versions_would_be_found(deployed):
    stack = deployed[0]
    boto3.client("s3", REGION).put_bucket_versioning(
        Bucket=stack.values["StateBucket"], VersioningConfiguration={"Status": "Suspended"}
    )
    probes = [probe for probe in load() if probe.id == "storage.versioning"]
    report = scan(Access(regions=(REGION,)), probes, load_baseline(None, load()))
    assert [f.verdict for f in report.findings] == ["drift"]


def test_state_is_kept_where_the_stack_says(deployed):
    # moto reads no conditions: it would deny everybody what the policy denies without TLS.
    bucket = deployed[0].values["StateBucket"]
    boto3.client("s3", REGION).delete_bucket_policy(Bucket=bucket)
    url = deployed[1].exports["auditor-state-StateUrl"]
    assert re.fullmatch(r"s3://[a-z0-9-]+/audit", url)
    state = State(Bucket(url))
    state.advance(night(0, {REGION: Sight({"a": "Disabled"})}))
    assert PlaceName("aws", ACCOUNT, REGION) in state.places()


def test_the_stacks_folder_holds_no_other_templates():
    found = {
        path.name
        for path in Path(RECIPES).glob("*.yaml")
        if "AWSTemplateFormatVersion" in path.read_text()
    }
    assert found == set(TEMPLATES)
