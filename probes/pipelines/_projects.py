"""What projects of CodeBuild are for: what the baseline says, or the actions that run them."""

from collections.abc import Iterator

from auditor.facts import Facts
from probes.analysis.patterns import as_texts, fits
from probes.aws import codebuild, codepipeline
from probes.groups import Builds

NEEDS = (codepipeline.STRUCTURES,)
_ROLES = {"Test": "test", "Build": "build"}


def roles_of(project: codebuild.Project, facts: Facts, expected: Builds) -> tuple[str, ...]:
    """The roles of a project, sorted; none where neither baseline nor pipelines name one."""
    texts = (project.name, *as_texts(project.tags))
    said = {role for pattern, role in expected.roles.items() if fits([pattern], *texts)}
    return tuple(sorted(said or set(_by_pipelines(project.name, facts))))


def _by_pipelines(name: str, facts: Facts) -> Iterator[str]:
    for structure in facts.where(codepipeline.STRUCTURES, codepipeline.projects_of, name):
        for _, action in structure.actions:
            role = _ROLES.get(action.action_type_id.category)
            if role and action.configuration.project_name == name:
                yield role
