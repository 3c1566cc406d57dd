"""Repositories let images expire.

Without a lifecycle policy every image that was ever pushed is kept and paid for, old and
vulnerable ones too. Repositories that pulling through a cache creates have what their creation
template gives them, and are left alone.

Fix: `aws ecr put-lifecycle-policy --repository-name NAME --lifecycle-policy-text file://policy`; in
CloudFormation `LifecyclePolicy`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable
from auditor.settings import setting
from probes.aws import ecr
from probes.containers import _repositories


class Expires(_repositories.Exempting):
    """Whether images are to expire."""

    lifecycle_policy: bool = setting(True, "Repositories must have a lifecycle policy.")


class ImageLifecycle(Probe[ecr.Repository, Expires]):
    """The lifecycle policy of each repository."""

    subject, needs = ecr.REPOSITORIES, (ecr.LIFECYCLE_POLICY, ecr.CACHE_RULES)
    severity, settings = Severity.LOW, Expires
    sources = ("S3.A4",)

    def judge(
        self, repository: ecr.Repository, facts: Facts, expected: Expires
    ) -> Iterator[Remark]:
        asked = expected.lifecycle_policy
        if reason := _repositories.left_alone(repository, facts, expected, asked=asked):
            yield reason
        elif facts.found(ecr.LIFECYCLE_POLICY) is not None:
            return
        elif _repositories.is_cached(repository.repository_name, facts):
            yield not_applicable("a creation template decides", code="pull-through-cache")
        else:
            yield gap(
                "its images never expire",
                code="no-lifecycle",
                expected="a lifecycle policy",
                found=None,
                **_repositories.lifecycle(repository),
            )
