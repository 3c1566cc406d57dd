"""Builds sign in to ECR, have their variables, report their tests and hold no secrets.

A push without a login fails after the whole image was built. The login is `aws ecr
get-login-password` piped to `docker login`, or ECR's credential helper; version 2 of the CLI has no
`get-login` any more. CodeBuild sets the two variables of the region itself, the account's number it
does not (CodeBuild user guide, "Environment variables in build environments"). Without `reports`
test results end in a log. A specification that is a file in the source is not read, and what
scripts do is not known: that is unknown, not fine. Secrets belong to Secrets Manager, as everyone
who may read the project reads its variables; no value of them is kept, in stored answers neither.

Fix: edit the specification, or `aws codebuild update-project --name PROJECT --source SOURCE`; in
CloudFormation `BuildSpec` of `Source` and `EnvironmentVariables` of `Environment`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable
from auditor.settings import Settings, setting
from probes.aws import codebuild
from probes.groups import Builds
from probes.pipelines import _build_commands, _projects


class BuildsBy(Settings):
    """What builds must do."""

    builds: Builds = Builds()
    require_ecr_login: bool = setting(True, "Builds that use ECR must sign in to it first.")
    env_keys: list[str] = setting(
        ["AWS_ACCOUNT_ID", "AWS_DEFAULT_REGION"], "Variables that builds must have."
    )
    require_reports: bool = setting(True, "Builds that test must report the results.")


class BuildCommands(Probe[codebuild.Project, BuildsBy]):
    """The build specification and the variables of each project."""

    subject, needs = codebuild.PROJECTS, _projects.NEEDS
    severity, settings, sources = Severity.LOW, BuildsBy, ("S3.I6",)
    parts = ("login", "variables", "reports", "secrets")

    def judge_login(
        self, project: codebuild.Project, _facts: Facts, expected: BuildsBy
    ) -> Iterator[Remark]:
        if not expected.require_ecr_login:
            yield not_applicable("the baseline does not ask for a login")
            return
        yield from _build_commands.not_signed_in(project)

    def judge_variables(
        self, project: codebuild.Project, _facts: Facts, expected: BuildsBy
    ) -> Iterator[Remark]:
        yield from _build_commands.lacking(project, expected.env_keys)

    def judge_reports(
        self, project: codebuild.Project, facts: Facts, expected: BuildsBy
    ) -> Iterator[Remark]:
        tests = "test" in _projects.roles_of(project, facts, expected.builds)
        if not tests or not expected.require_reports:
            yield not_applicable(
                "the baseline asks it for no reports" if tests else "it does not test"
            )
            return
        yield from _build_commands.not_reported(project)

    def judge_secrets(
        self, project: codebuild.Project, _facts: Facts, _expected: BuildsBy
    ) -> Iterator[Remark]:
        yield from _build_commands.exposed(project)
