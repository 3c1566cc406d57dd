"""What a project's build specification is known to do with ECR and with its variables."""

from collections.abc import Iterator

from auditor.probe import Remark, Severity, drift, gap, not_applicable, note, unknown
from probes.aws import codebuild

IN_SOURCE = "buildspec-in-source"
_REGIONS = frozenset({"AWS_DEFAULT_REGION", "AWS_REGION"})


def unread(project: codebuild.Project) -> Remark | None:
    """Why the specification of a project is not known; None where it is."""
    if project.source.buildspec.where == "source":
        return unknown("its build specification is a file, which is not read", code=IN_SOURCE)
    if project.source.buildspec.where != "inline":
        return unknown("its build specification cannot be read", code="buildspec-unreadable")
    return None


def not_signed_in(project: codebuild.Project) -> Iterator[Remark]:
    """What is wrong with how a build signs in to ECR."""
    doubt = unread(project)
    if doubt:
        yield doubt
        return
    build = project.source.buildspec
    evidence = {"phases": list(build.where_used)}
    severity = Severity.MEDIUM if build.pushes else Severity.LOW
    uses = _uses_registry(project)
    if build.obsolete:
        yield gap(
            "it signs in by a command that version 2 of the CLI does not have",
            code="obsolete-login",
            severity=severity,
            expected="aws ecr get-login-password",
            found="aws ecr get-login",
            evidence=evidence,
        )
    elif uses == "no":
        yield from _without_registry(project)
    elif build.signs_in == "yes":
        if build.pushes_after_failure:
            yield note("it pushes after a failed build, too: `on-failure: ABORT` would stop it")
    elif uses == "cannot tell" or build.scripts:
        yield unknown("whether it signs in to ECR before it uses a registry cannot be told")
    else:
        late = build.signs_in == "late"
        yield gap(
            "it signs in to ECR too late" if late else "it uses ECR and does not sign in",
            code="login-too-late" if late else "no-login",
            severity=severity,
            expected="a login before the first use",
            found="later" if late else "none",
            evidence=evidence,
        )


def _without_registry(project: codebuild.Project) -> Iterator[Remark]:
    build = project.source.buildspec
    if project.environment.privileged_mode and build.scripts:
        yield unknown("its scripts may use a registry")
    else:
        yield not_applicable("it uses no registry of ECR")


def _uses_registry(project: codebuild.Project) -> str:
    """As the specification says, with the help of the project's own variables."""
    build = project.source.buildspec
    if build.uses_registry != "cannot tell":
        return build.uses_registry
    known = {one.name for one in project.environment.environment_variables or () if one.registry}
    return "yes" if known & {*build.registry_variables} else "cannot tell"


def lacking(project: codebuild.Project, keys: list[str]) -> Iterator[Remark]:
    """The variables that a build should have and does not.

    CodeBuild itself sets those of the region (user guide, "Environment variables in build
    environments"); the account's number is none of them.
    """
    own = project.environment.environment_variables
    if own is None:
        yield unknown("its environment variables cannot be read")
        return
    build = project.source.buildspec
    missing = sorted({*keys} - {one.name for one in own} - {*build.variables} - _REGIONS)
    if not missing:
        return
    doubt = unread(project)
    if doubt:
        yield doubt
        return
    needed = [key for key in missing if key != "AWS_ACCOUNT_ID" or key in build.uses]
    if not needed:
        yield note("it does not set AWS_ACCOUNT_ID, and does not use it")
        return
    yield gap(
        "variables are not set that its builds need",
        code="missing-variable",
        expected=sorted(keys),
        found=sorted({*keys} - {*needed}),
    )


def not_reported(project: codebuild.Project) -> Iterator[Remark]:
    """What is wrong with how a build that tests reports the results."""
    doubt = unread(project)
    if doubt:
        yield doubt
    elif not project.source.buildspec.reports:
        yield gap(
            "the results of its tests are not reported",
            code="no-reports",
            expected="a report group",
            found="none",
        )


def exposed(project: codebuild.Project) -> Iterator[Remark]:
    """The variables that hold secrets in plain sight, in the project or in its specification.

    What a specification in the source holds is not the project's, and is not looked for.
    """
    own = project.environment.environment_variables
    found = {*project.source.buildspec.suspicious}
    found |= {one.name for one in own or () if one.suspicion}
    if found:
        yield drift(
            "secrets stand in its variables in plain sight",
            code="plaintext-secret",
            severity=Severity.HIGH,
            expected="SECRETS_MANAGER or PARAMETER_STORE",
            found=sorted(found),
        )
    if own is None:
        yield unknown("its environment variables cannot be read")
