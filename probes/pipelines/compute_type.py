"""Projects build on machines of the wanted size.

A test project on a larger machine costs more and finds no more. Which projects test is what the
baseline says, or else the category of the pipelines' actions that run them; names prove nothing.
`BUILD_GENERAL1_SMALL` has up to 4 GiB of memory and 2 vCPUs (API model, `ProjectEnvironment`),
older pages say 3 GB. Reserved fleets, Lambda, custom and attribute-based compute are of another
scale.

Fix: `aws codebuild update-project --name PROJECT --environment ENVIRONMENT` with the whole
environment; in CloudFormation `ComputeType` of `Environment`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import codebuild
from probes.groups import Builds
from probes.pipelines import _projects
from probes.pipelines._sizes import OTHER_SCALES, SIZES, Compare, Size, off_size


class BuildsOn(Settings):
    """What machines are wanted."""

    builds: Builds = Builds()
    compute_type: dict[str, Size] = setting(
        {"test": "BUILD_GENERAL1_SMALL"}, "Role of a project -> its compute type."
    )
    compare: Compare = setting(
        "at_most", "Whether a smaller machine than the wanted one is fine, or it must be exact."
    )


class ComputeType(Probe[codebuild.Project, BuildsOn]):
    """The compute type of each project."""

    subject, needs = codebuild.PROJECTS, _projects.NEEDS
    severity, settings, sources = Severity.LOW, BuildsOn, ("S3.B5",)

    def judge(
        self, project: codebuild.Project, facts: Facts, expected: BuildsOn
    ) -> Iterator[Remark]:
        found = project.environment.compute_type
        if project.environment.fleet or found in OTHER_SCALES:
            yield not_applicable("its machines are of another scale")
        elif found not in SIZES:
            yield unknown(f"the compute type {found!r} is not known here")
        else:
            roles = _projects.roles_of(project, facts, expected.builds)
            wanted = {expected.compute_type[one] for one in roles if one in expected.compute_type}
            yield from off_size(found, wanted, expected.compare)
