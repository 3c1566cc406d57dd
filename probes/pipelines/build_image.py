"""The image that a project builds in exists and can be pulled.

A build fails at once whose image is not there, and a repository that was only just made is empty,
`latest` included. With `SERVICE_ROLE` the project's role pulls the image, by its own policies or
the repository's; with `CODEBUILD` the repository's policy must trust CodeBuild. Curated images
(`aws/codebuild/...`) are pulled by CodeBuild, those of other accounts and of private registries by
the role (API model, `ProjectEnvironment`). What CodeBuild no longer lists
(`ListCuratedEnvironmentImages`) still works, and grows old. Of images of other accounts only these
know whether they exist. Public registries are not asked. Privileged mode is for builds of
containers only.

Fix: push the image, or `aws codebuild update-project --name PROJECT --environment ENVIRONMENT` with
the whole environment; in CloudFormation `Image` and `ImagePullCredentialsType` of `Environment`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, note
from auditor.settings import Settings
from probes.aws import codebuild
from probes.pipelines._build_images import NEEDS, Built, judged


class BuildImage(Probe[codebuild.Project, Settings]):
    """The image of each project."""

    subject, needs = codebuild.PROJECTS, NEEDS
    severity, sources = Severity.HIGH, ("S3.A4",)

    def judge(
        self, project: codebuild.Project, facts: Facts, _expected: Settings
    ) -> Iterator[Remark]:
        build = project.source.buildspec
        if project.environment.privileged_mode and build.where == "inline" and not build.docker:
            yield note("it builds in privileged mode, which only builds of containers need")
        yield from judged(Built(project, facts))
