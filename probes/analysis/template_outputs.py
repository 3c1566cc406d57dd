"""What a stack has to hand out to those who use it, and whether an output does.

An output is known by what its value refers to, in the second place only by its name: people name
outputs as they like. Functions that CDK adds for its own purposes are nobody's to call.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from probes.analysis.answers import Answer, any_of
from probes.analysis.template import Resource, Template
from probes.analysis.template_bounds import Json
from probes.analysis.template_context import Context, Unresolved
from probes.analysis.template_graph import Reference, references
from probes.analysis.template_text import says_true
from probes.analysis.template_values import exists

Wanted: TypeAlias = Literal[
    "load-balancer-address",
    "load-balancer-security-group",
    "instance-security-group",
    "database-port",
    "database-secret",
    "target-groups",
    "scaling-group-name",
    "function-arn",
    "table-name",
    "pipeline-name",
    "cluster-name",
]
_BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_GROUP: Final = "AWS::EC2::SecurityGroup"
_SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 - the name of a kind of resource
_LAUNCHES: Final = (
    "AWS::AutoScaling::LaunchConfiguration",
    "AWS::EC2::Instance",
    "AWS::EC2::LaunchTemplate",
)
_DATABASES: Final = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
_ATTACHMENT: Final = "AWS::SecretsManager::SecretTargetAttachment"
_OF_CDK: Final = (
    "Custom::",
    "CustomResourceProvider",
    "LogRetention",
    "/framework-on",
    "AWS679f53",
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an output may hand out.

    `of` finds the resources in question; `attributes` are those whose value says it, None standing
    for a `Ref`. `also` are other kinds that say it as well. `every` wants each resource handed out.
    `named` are signs of a name: one of each.
    """

    of: Callable[[Template], Iterator[Resource]]
    attributes: tuple[str | None, ...]
    named: tuple[tuple[str, ...], ...]
    also: Mapping[str, str | None] = field(default_factory=dict)
    every: bool = False


def _all(*types: str) -> Callable[[Template], Iterator[Resource]]:
    return lambda template: iter(template.of_type(*types))


def _used_by(kind: str, *users: str) -> Callable[[Template], Iterator[Resource]]:
    """The resources of a kind that resources of other kinds refer to."""

    def find(template: Template) -> Iterator[Resource]:
        values = [user.properties for user in template.of_type(*users)]
        used = {found.logical_id for value in values for found in references(value)}
        return (one for one in template.of_type(kind) if one.logical_id in used)

    return find


def _functions(template: Template) -> Iterator[Resource]:
    for function in template.of_type("AWS::Lambda::Function"):
        known = (function.logical_id, function.cdk_path or "")
        if not any(sign in name for sign in _OF_CDK for name in known):
            yield function


def _secrets(template: Template) -> Iterator[Resource]:
    """The secrets of databases, and the databases that keep one themselves."""
    yield from _used_by(_SECRET, *_DATABASES, _ATTACHMENT)(template)
    for database in template.of_type(*_DATABASES):
        if says_true(database.properties.get("ManageMasterUserPassword")):
            yield database


MEANINGS: Final[Mapping[Wanted, Meaning]] = MappingProxyType(
    {
        "load-balancer-address": Meaning(
            _all(_BALANCER),
            ("DNSName",),
            (("balancer", "alb", "elb", "nlb"), ("url", "dns", "address", "endpoint")),
            {"AWS::Route53::RecordSet": None, "AWS::CloudFront::Distribution": "DomainName"},
        ),
        "load-balancer-security-group": Meaning(
            _used_by(_GROUP, _BALANCER),
            ("GroupId", "Id", None),
            (("balancer", "alb", "elb", "nlb"), ("securitygroup", "sg")),
        ),
        "instance-security-group": Meaning(
            _used_by(_GROUP, *_LAUNCHES),
            ("GroupId", "Id", None),
            (("instance", "ec2", "server", "host"), ("securitygroup", "sg")),
        ),
        "database-port": Meaning(
            _all(*_DATABASES), ("Endpoint.Port",), (("rds", "db", "database"), ("port",))
        ),
        "database-secret": Meaning(
            _secrets,
            (None, "Id", "MasterUserSecret.SecretArn"),
            (("secret",),),
            {_ATTACHMENT: None},
        ),
        "target-groups": Meaning(
            _all("AWS::ElasticLoadBalancingV2::TargetGroup"),
            (None, "TargetGroupArn"),
            (("targetgroup", "tg"),),
            every=True,
        ),
        "scaling-group-name": Meaning(
            _all("AWS::AutoScaling::AutoScalingGroup"), (None,), (("scalinggroup", "asg"),)
        ),
        "function-arn": Meaning(
            _functions,
            ("Arn",),
            (("function", "lambda"), ("arn",)),
            {"AWS::Lambda::Alias": None, "AWS::Lambda::Version": None},
        ),
        "table-name": Meaning(
            _all("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"), (None,), (("table",),)
        ),
        "pipeline-name": Meaning(_all("AWS::CodePipeline::Pipeline"), (None,), (("pipeline",),)),
        "cluster-name": Meaning(_all("AWS::ECS::Cluster"), (None, "Arn"), (("cluster",),)),
    }
)


@dataclass(frozen=True, slots=True)
class Handed:
    """Whether something wanted is handed out.

    `outputs` are those that do, by what they refer to or (`by_name`) by their name; `lacking` the
    resources for which there is none, and `there` whether the stack certainly has one of these.
    """

    wanted: Wanted
    outputs: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    by_name: bool = False
    there: Answer = Answer.YES

    @property
    def value(self) -> Json:
        """What an output for the first of the lacking resources would hold."""
        attribute = MEANINGS[self.wanted].attributes[0]
        return {"Ref": self.lacking[0]} if attribute is None else {
            "Fn::GetAtt": [self.lacking[0], attribute]
        }  # fmt: skip


def handed_out(
    wanted: Wanted, template: Template, context: Context, live: frozenset[str]
) -> Handed | None:
    """Whether an output that the stack really has says what is wanted; None where nothing can."""
    meaning = MEANINGS[wanted]
    there = {one.logical_id: _stands(one, context) for one in meaning.of(template)}
    there = {name: answer for name, answer in there.items() if answer is not Answer.NO}
    if not there:
        return None
    saying: dict[str, set[str]] = {name: set() for name in there}
    for output in sorted(live & template.outputs.keys()):
        for resource in _said(template.outputs[output].value, meaning, template, there):
            saying[resource].add(output)
    return _summed_up(wanted, saying, there, live)


def _said(
    value: Json, meaning: Meaning, template: Template, there: Mapping[str, Answer]
) -> Iterator[str]:
    """The resources that an output's value speaks for."""
    for found in references(value):
        if found.logical_id in there and found.attribute in meaning.attributes:
            yield found.logical_id
        elif _is_other(found, meaning, template):
            yield from there


def _is_other(found: Reference, meaning: Meaning, template: Template) -> bool:
    other = template.resources.get(found.logical_id)
    if other is None or other.type not in meaning.also:
        return False
    return found.attribute in {meaning.also[other.type], None}


def _summed_up(
    wanted: Wanted,
    saying: Mapping[str, set[str]],
    there: Mapping[str, Answer],
    live: frozenset[str],
) -> Handed:
    outputs = tuple(sorted(set().union(*saying.values())))
    lacking = tuple(sorted(name for name, said in saying.items() if not said))
    if not lacking or (outputs and not MEANINGS[wanted].every):
        return Handed(wanted, outputs)
    silent = live.difference(outputs)
    by_name = tuple(sorted(name for name in silent if _is_named(name, MEANINGS[wanted])))
    if len(by_name) >= len(lacking) or (by_name and not MEANINGS[wanted].every):
        return Handed(wanted, (*outputs, *by_name), by_name=True)
    return Handed(wanted, outputs, lacking, there=any_of(there[name] for name in lacking))


def _is_named(name: str, meaning: Meaning) -> bool:
    bare = "".join(filter(str.isalnum, name)).lower()
    return all(any(sign in bare for sign in signs) for signs in meaning.named)


def _stands(resource: Resource, context: Context) -> Answer:
    there = exists(resource, context)
    return Answer.CANNOT_TELL if isinstance(there, Unresolved) else Answer.of(there)
