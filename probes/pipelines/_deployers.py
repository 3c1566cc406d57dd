"""The roles in which CodeDeploy or ECS shifts the traffic of a service."""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, gap, unknown
from probes.analysis.answers import Answer, CannotTell
from probes.aws import codedeploy, ecs
from probes.pipelines._workers import granting, worker

# What the managed policy AWSCodeDeployRoleForECS allows that every deployment takes.
_ON_TASK_SETS = ("ecs:CreateTaskSet", "ecs:DeleteTaskSet", "ecs:UpdateServicePrimaryTaskSet")
_ON_ALL = (
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:ModifyRule",
)


def lacks(
    group: codedeploy.DeploymentGroup, service: ecs.Service, facts: Facts
) -> Iterator[Remark]:
    """What the role of a deployment group lacks."""
    related = (facts.related("the deployment group", group),)
    who = worker(group.service_role_arn, facts)
    if isinstance(who, CannotTell):
        yield unknown(f"the role of its deployment group: {who.reason}")
        return
    if who is None:
        yield _missing(group.service_role_arn)
        return
    task_sets = f"{service.service_arn.replace(':service/', ':task-set/', 1)}/*"
    checks = (who.may(_ON_TASK_SETS, task_sets), who.may(_ON_ALL, "*"))
    missing = sorted(action for check in checks for action in check.missing)
    if missing:
        yield gap(
            "the role of its deployment group may not shift traffic",
            code="service-role-lacks",
            expected=sorted((*_ON_TASK_SETS, *_ON_ALL)),
            found=sorted({*_ON_TASK_SETS, *_ON_ALL} - {*missing}),
            related=(*related, facts.related("its role", who.role)),
            **granting(who, "shift-traffic", missing, "*"),
        )
    elif any(check.allowed is not Answer.YES for check in checks):
        yield unknown("whether the role of its deployment group may shift traffic")


def not_there(service: ecs.Service, facts: Facts) -> Iterator[Remark]:
    """The roles that ECS is to shift traffic in and that do not exist."""
    shifts = (one.advanced_configuration for one in service.load_balancers)
    for role in sorted({shift.role_arn for shift in shifts if shift and shift.role_arn}):
        who = worker(role, facts)
        if who is None:
            yield _missing(role)
        elif isinstance(who, CannotTell):
            yield unknown(f"the role that shifts its traffic: {who.reason}")


def _missing(role: str) -> Remark:
    return gap(
        "the role that shifts its traffic does not exist",
        code="service-role-missing",
        expected="a role",
        found=role or "none",
    )
