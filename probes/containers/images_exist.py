"""The images that services run are in their repositories.

A task whose image is gone does not start again: the next deployment, or the next scaling out,
fails. A repository that a template made is empty until somebody pushes, and `latest`, which stands
for every image that names no tag, is missing in it: one source's fix makes exactly such a
repository. A digest decides where there is one. Archived images cannot be pulled, and ECR does not
list them unless asked (API model, `DescribeImagesFilter`). Images of other accounts and of public
registries are not ours to look at; what a pull through cache rule covers comes when it is pulled.

Fix: `aws ecr create-repository --repository-name NAME`, and push the image; in CloudFormation
`AWS::ECR::Repository`.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, not_applicable
from auditor.settings import Settings, setting
from probes.aws import ecr, ecs, ecs_tasks
from probes.containers import _images, _services


class Exists(Settings):
    """Whether images are looked for."""

    check_images: bool = setting(True, "Images that services run must exist.")


class ImagesExist(Probe[ecs.Service, Exists]):
    """The images of the containers of each service."""

    subject = ecs.SERVICES
    needs = (ecs_tasks.TASK_DEFINITIONS, ecr.REPOSITORIES, ecr.IMAGES, ecr.CACHE_RULES)
    severity, settings = Severity.HIGH, Exists
    sources = ("S3.A4",)

    def judge(self, service: ecs.Service, facts: Facts, expected: Exists) -> Iterator[Remark]:
        reason = _services.left_alone(service)
        if reason is None and not expected.check_images:
            reason = not_applicable("the baseline does not ask for it", code="not-asked")
        if reason is not None:
            yield reason
            return
        shown, unshown = _services.tasks(service, facts)
        pairs = [(task, one) for task in shown for one in task.container_definitions]
        names = dict.fromkeys(one.image for _, one in pairs)
        uses = {name: [task for task, one in pairs if one.image == name] for name in names}
        yield from unshown
        judges = (partial(_images.missing, name, tasks, facts) for name, tasks in uses.items())
        yield from every(*judges)
        if not any(_images.is_ours(name, facts) for name in names) and not unshown:
            yield not_applicable("none of its images is in a registry of this account")
