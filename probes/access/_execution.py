"""What ECS needs of an execution role, and what keeps it from having it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.access import _holders
from probes.access._holders import Holder
from probes.access._tasks import Host, Task, role_name
from probes.analysis.access import (
    Access,
    Decision,
    Decisions,
    effective_access,
    identity_access,
    missing_actions,
    own_actions,
)
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.container_images import Image
from probes.analysis.policy import Policy, read_policy
from probes.analysis.statements import Request
from probes.aws import ecr, ecr_builds, iam

TOKEN = "ecr:GetAuthorizationToken"  # noqa: S105 - the name of an action
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
CACHE = ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository")
WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")
CREATE_GROUP = "logs:CreateLogGroup"
_OUTSIDE = "its tasks run on machines outside AWS"
_MANAGED = "service-role/AmazonECSTaskExecutionRolePolicy"


class Executing(Settings):
    """What an execution role is for."""

    services: list[str] = setting(
        ["ecr", "kms", "logs", "secretsmanager", "ssm"],
        "Services (as IAM names them) of which an execution role may hold actions.",
    )
    actions: list[str] = setting(
        ["s3:getbucketlocation", "s3:getobject"],
        "Further actions that it may hold: files with variables are fetched from S3.",
    )


@dataclass(frozen=True, slots=True)
class Need:
    """Actions on a resource that a task needs, and what for."""

    what: str
    resource: str
    found: Decisions


def given(task: Task, facts: Facts) -> Iterator[Remark]:
    """That a task lacks an execution role that it needs."""
    role = task.definition.execution_role_arn
    if task.host is Host.EXTERNAL:
        yield not_applicable(_OUTSIDE)
        return
    if role:
        if _holders.named(facts, role) is None:
            yield _none(task, facts, "role-missing", f"its execution role {role} does not exist")
        return
    needs = (*task.fetches, *(task.needs if task.host.pulls_by_role else ()))
    if needs:
        said = f"it has no execution role for {', '.join(needs)}"
        yield _none(task, facts, "no-execution-role", said)
    elif None in task.images and task.host.pulls_by_role:
        yield unknown(f"whether an image of {task.name} is in ECR cannot be told")
    elif task.needs and task.host is Host.UNKNOWN:
        yield unknown(f"what runs {task.name} cannot be told, nor whether a role is needed")
    else:
        yield not_applicable(f"{task.name} needs no execution role")


def by_role(
    task: Task, facts: Facts, judge: Callable[[Task, Holder, Facts], Iterator[Remark]]
) -> Iterator[Remark]:
    """What a task's execution role lacks of what ECS does in no other role."""
    if task.host is Host.EXTERNAL:
        yield not_applicable(_OUTSIDE)
    elif task.host is Host.EC2:
        yield not_applicable("the role of its instances may do so")
    elif task.host is Host.UNKNOWN:
        yield unknown(f"what runs {task.name} cannot be told, nor in which role")
    else:
        yield from with_role(
            task, facts, lambda role: judge(task, _holders.holder(role, facts), facts)
        )


def with_role(
    task: Task, facts: Facts, judge: Callable[[iam.Role], Iterator[Remark]]
) -> Iterator[Remark]:
    """What there is to say of a task's execution role, where it has one."""
    name = task.definition.execution_role_arn
    role = _holders.named(facts, name) if name else None
    if role is None:
        yield not_applicable(f"{task.name} has no execution role to look at")
        return
    yield from judge(role)


def pulling(task: Task, who: Holder, facts: Facts) -> Iterator[Remark]:
    """What the role lacks to pull the task's images."""
    images = [one for one in task.images if one is not None]
    if len(images) < len(task.images):
        yield unknown(f"the name of an image of {task.name} cannot be read")
    if not images:
        yield not_applicable(f"{task.name} pulls no image from a private registry of ECR")
        return
    token = own_actions(who.asks("", "*"), (TOKEN,), who.identity)
    yield from _lacking(task, who, facts, Need("sign in to ECR", "*", token))
    for image in images:
        resource = image.repository_arn(facts.partition)
        found = missing_actions(who.asks("", resource), PULL, _Repository(image, who, facts).decide)
        yield from _lacking(task, who, facts, Need(f"pull {image.repository}", resource, found))
        yield from _cached(image, who, facts)


def logging(task: Task, who: Holder, facts: Facts) -> Iterator[Remark]:
    """What the role lacks to send the containers' logs."""
    for options in task.logs or ():
        group = options.get("awslogs-group", "")
        region = options.get("awslogs-region", facts.region)
        resource = f"arn:{facts.partition}:logs:{region}:{facts.account}:log-group:{group}"
        streams = f"{resource}:log-stream:*"
        found = own_actions(who.asks("", streams), WRITE, who.identity)
        yield from _lacking(task, who, facts, Need(f"write to {group}", streams, found))
        if options.get("awslogs-create-group", "").lower() == "true":
            # As the reference has it, and as AWS's own refusals do.
            forms = (resource, f"{resource}:log-stream:")
            heard = [own_actions(who.asks("", one), (CREATE_GROUP,), who.identity) for one in forms]
            best = next((one for one in heard if one.allowed is Answer.YES), heard[0])
            yield from _lacking(task, who, facts, Need(f"create {group}", f"{resource}:*", best))
    if not task.logs:
        yield not_applicable(f"{task.name} sends no logs to CloudWatch by itself")


def overreaching(task: Task, facts: Facts, expected: Executing) -> Iterator[Remark]:
    """Actions on the execution role that belong to the application, not to ECS."""
    if role_name(task.definition.task_role_arn) == role_name(task.definition.execution_role_arn):
        yield not_applicable("it is the role of the application as well")
        return
    yield from with_role(task, facts, lambda role: _beyond(role, facts, expected))


def _beyond(role: iam.Role, facts: Facts, expected: Executing) -> Iterator[Remark]:
    held = (*_holders.inline(role, facts), *_holders.known(role),
            *_holders.attached(role, facts))  # fmt: skip
    foreign = {
        action for one in held if isinstance(one.read, Policy)
        for action in _foreign(one.read, expected)
    }  # fmt: skip
    if foreign:
        services = sorted({action.partition(":")[0] for action in foreign})
        yield drift(
            f"the execution role {role.role_name} also opens {', '.join(services)}",
            code="execution-overreach",
            severity=Severity.LOW,
            expected=sorted(expected.services),
            found=sorted(foreign),
            related=(facts.related("the execution role", role),),
        )
    for one in held:
        if isinstance(one.read, CannotTell):
            yield unknown(f"{one.name} cannot be read: {one.read.reason}")


@dataclass(frozen=True, slots=True)
class _Repository:
    """A repository, as far as its own policy can be read."""

    image: Image
    who: Holder
    facts: Facts

    def decide(self, request: Request) -> Access:
        """What role and repository say together; across accounts both must allow."""
        own = identity_access(request, self.who.identity)
        foreign = self.image.account != self.facts.account
        if own.decision is Decision.DENIED or (foreign and own.decision is Decision.NOT_ALLOWED):
            return own
        policies = self._policies()
        if policies is not None:
            return effective_access(request, self.who.identity, policies, owner=self.image.account)
        if own.decision is Decision.ALLOWED and not foreign:
            return own
        reason = f"the policy of the repository {self.image.repository} is not readable"
        return Access(Decision.CANNOT_TELL, reason=reason)

    def _policies(self) -> tuple[Policy, ...] | None:
        """The policy of a repository here; None where it cannot be read from here."""
        if (self.image.account, self.image.region) != (self.facts.account, self.facts.region):
            return None
        arn = self.image.repository_arn(self.facts.partition)
        repository = self.facts.named(ecr.REPOSITORIES, arn)
        if repository is None:
            return ()
        found = self.facts.of(repository).found(ecr_builds.POLICY)
        if found is None:
            return ()
        policy = self.facts.once(read_policy, found.policy_text)
        return (replace(policy, name="its policy"),) if isinstance(policy, Policy) else None


def _cached(image: Image, who: Holder, facts: Facts) -> Iterator[Remark]:
    """That the role may not fetch what a cache has not got; the registry's policy may let it."""
    rules = facts.seen(ecr.CACHE_RULES)
    if image.account != facts.account or not any(
        one.fetches(image.repository) for one in rules if one.ecr_repository_prefix != ecr.ROOT
    ):
        return
    request = who.asks("", image.repository_arn(facts.partition))
    missing = own_actions(request, CACHE, who.identity).missing
    if missing:
        yield note(f"the role may not {', '.join(missing)}, which the cache rule may need")


def _lacking(task: Task, who: Holder, facts: Facts, need: Need) -> Iterator[Remark]:
    wanted = sorted(action for action, _ in need.found.by_action)
    if need.found.missing:
        missing = sorted(need.found.missing)
        denied = any(one.decision is Decision.DENIED for _, one in need.found.by_action)
        yield gap(
            f"{who.role.role_name} may not {', '.join(missing)}, so that ECS cannot {need.what}",
            code="explicit-deny" if denied else "missing-permissions",
            severity=Severity.HIGH,
            expected=wanted,
            found=[one for one in wanted if one not in missing],
            evidence={"why": list(need.found.reasons), "task definition": task.name},
            related=_related(task, who, facts),
            **({} if denied else _fix(who, missing, need)),
        )
    if need.found.undecided:
        actions, why = ", ".join(need.found.undecided), "; ".join(need.found.reasons)
        yield unknown(f"whether {who.role.role_name} may {actions} cannot be told: {why}")


def _fix(who: Holder, missing: Sequence[str], need: Need) -> dict[str, Any]:
    if who.identity.boundary is not None:
        return {}
    statement = {"Action": list(missing), "Resource": need.resource}
    return _holders.granting(who.role.role_name, "execution", statement)


def _related(task: Task, who: Holder, facts: Facts) -> tuple[Any, ...]:
    return (
        facts.related("the task definition", task.definition),
        facts.related("the execution role", who.role),
    )


def _none(task: Task, facts: Facts, code: str, said: str) -> Remark:
    policy = f"arn:{facts.partition}:iam::aws:policy/{_MANAGED}"
    return gap(
        f"{task.name}: {said}",
        code=code,
        severity=Severity.HIGH,
        expected=f"a role with {_MANAGED}",
        found=task.definition.execution_role_arn or "none",
        related=(facts.related("the task definition", task.definition),),
        cloudformation={
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _holders.trusting(facts),
                "ManagedPolicyArns": [policy],
            },
        },
    )


def _foreign(policy: Policy, expected: Executing) -> Iterator[str]:
    """The actions of Allows that are not for ECS; `*` for all but a few."""
    for statement in policy.statements:
        if not statement.allows:
            continue
        for action in statement.actions if statement.actions is not None else ("*",):
            service = action.partition(":")[0]
            if service not in expected.services and action not in expected.actions:
                yield action
