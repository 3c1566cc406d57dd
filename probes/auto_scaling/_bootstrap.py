"""The bootstrap scripts of launch templates, launch configurations and single instances."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, every, not_applicable, unknown
from auditor.query import JSON
from probes.auto_scaling._consumers import Source, Use, no_such_version, uses_of
from probes.aws import autoscaling, ec2, ec2_templates
from probes.aws.user_data import Bootstrap

Holder = Source | ec2.Instance

SUBJECTS = (
    ec2_templates.LAUNCH_TEMPLATES,
    autoscaling.LAUNCH_CONFIGURATIONS,
    ec2.INSTANCES,
)
NEEDS = (autoscaling.GROUPS, *ec2_templates.EVERY_VERSION, ec2.USER_DATA)

_WRITERS = {
    "eks:nodegroup-name": "Amazon EKS",
    "elasticbeanstalk:environment-name": "Elastic Beanstalk",
    "AWSBatchServiceTag": "AWS Batch",
}
"""Tags by which groups are known whose launch templates a service writes."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is known of a script, and where it runs."""

    said: Bootstrap | None
    image: str
    groups: tuple[autoscaling.Group, ...] = ()
    instance: ec2.Instance | None = None

    @property
    def writer(self) -> str:
        """The service that wrote it; nothing where the customer did."""
        found = {_writer_of(group) for group in self.groups}
        return found.pop() if len(found) == 1 else ""


Judgement = Callable[[Script], Iterator[Remark]]


def judged(holder: Holder, facts: Facts, judgement: Judgement) -> Iterator[Remark]:
    """What a judgement has to say of each script that a holder starts instances with."""
    if isinstance(holder, ec2.Instance):
        yield from _of_instance(holder, facts, judgement)
        return
    uses = uses_of(holder, facts)
    if not uses:
        yield not_applicable("no scaling group launches from it")
    yield from every(*(partial(_of_use, holder, facts, judgement, use) for use in uses))


def nothing_to_read(script: Script) -> Remark | None:
    """Why nothing can be said of a script; None where there is one that can be read."""
    if script.said is None:
        return not_applicable("there is no user data", code="no-user-data")
    if script.said.kind == "undecodable":
        return unknown("the user data cannot be decoded", code="undecodable")
    return None


def written_by_service(script: Script) -> Remark | None:
    """That nobody here can change the script; None where somebody can."""
    if script.writer:
        return not_applicable(f"{script.writer} writes this script", code="of-service")
    return None


def _of_instance(instance: ec2.Instance, facts: Facts, judgement: Judgement) -> Iterator[Remark]:
    if instance.scaling_group:
        yield not_applicable("its scaling group's template is judged", code="in-group")
    elif not ec2.stands_alone(instance):
        yield not_applicable(f"the instance is {instance.state.name}")
    else:
        said = facts.its(ec2.USER_DATA).user_data.value
        for remark in judgement(Script(said, instance.image_id, instance=instance)):
            yield replace(remark, evidence={**remark.evidence, **_evidence(said, "")})


def _of_use(holder: Source, facts: Facts, judgement: Judgement, use: Use) -> Iterator[Remark]:
    if isinstance(holder, autoscaling.LaunchConfiguration):
        script = Script(holder.user_data, holder.image_id, use.groups)
    else:
        meant = ec2_templates.version_meant(holder.launch_template_id, use.version, facts)
        if meant is None:
            yield no_such_version(use)
            return
        data = meant.launch_template_data
        script = Script(data.user_data, data.image_id, use.groups)
    for remark in judgement(script):
        yield replace(
            remark,
            evidence={**remark.evidence, **_evidence(script.said, use.version)},
            related=(*remark.related, *use.related(facts)),
        )


def _evidence(said: Bootstrap | None, version: str) -> dict[str, JSON]:
    """What a script is known by; never a word of it."""
    named: dict[str, JSON] = {"version": version} if version else {}
    return named | ({"sha256": said.digest, "bytes": said.length} if said else {})


def _writer_of(group: autoscaling.Group) -> str:
    return next((name for tag, name in _WRITERS.items() if tag in group.tags), "")
