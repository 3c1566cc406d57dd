"""The function that rotates a secret: whether it runs, may be called, and reaches what it needs."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, gap, not_applicable, unknown
from probes.analysis.access import resource_access
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.conditions import Context
from probes.analysis.names import arn
from probes.analysis.narrowing import Narrowing
from probes.analysis.policy import Policy, read_policy
from probes.analysis.policy_exposure import unguarded_services
from probes.analysis.principals import Principal
from probes.analysis.statements import Request, covers_action
from probes.aws import ec2_routes, iam
from probes.aws.lambda_rotation import CONCURRENCY, POLICIES, Rotator, function_of
from probes.aws.secretsmanager import Secret, why_not_here

SERVICE = "secretsmanager.amazonaws.com"
INVOKE = "lambda:InvokeFunction"
NETWORK = (ec2_routes.SUBNETS, ec2_routes.ROUTE_TABLES, ec2_routes.VPC_ENDPOINTS)

# Of these Lambda takes no new code since 2023 or before (developer guide, "Lambda runtimes").
_FROZEN = frozenset(
    {"dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "nodejs", "nodejs4.3",
     "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "python2.7",
     "python3.6", "ruby2.5"}
)  # fmt: skip
_GONE = frozenset({"deleted", "deleting", "expired", "failed", "rejected"})


def why_none(secret: Secret, facts: Facts) -> str:
    """Why no function of the customer's rotates a secret; nothing where one should."""
    if reason := why_not_here(secret, facts.region):
        return reason
    if not secret.rotation_enabled:
        return "rotation is off"
    if secret.owning_service or secret.type:
        return f"{secret.owning_service or secret.type} rotates it without a function"
    return "" if secret.rotation_lambda_arn else "AWS names no function that rotates it"


def missing(secret: Secret) -> Remark:
    """That there is no such function."""
    return gap(
        "the function that should rotate it does not exist",
        code="function-missing",
        expected=secret.rotation_lambda_arn,
        found="none",
    )


def stopped(rotator: Rotator) -> Iterator[Remark]:
    """That the state of a function keeps it from running, or may do so.

    Of an inactive function the first call fails and wakes it (developer guide, "Lambda function
    states"), and Secrets Manager tries again; so do those in a VPC fall asleep between rotations.
    """
    evidence = {"reason": rotator.state_reason} if rotator.state_reason else {}
    if rotator.state in ("Failed", "Inactive"):
        yield drift(
            f"the function is {rotator.state}",
            code=rotator.state.lower(),
            severity=Severity.LOW if rotator.state == "Inactive" else None,
            expected="Active",
            found=rotator.state,
            evidence=evidence,
        )
    elif rotator.state != "Active":
        yield unknown(f"whether it runs in the state {rotator.state!r} cannot be told")
    if rotator.runtime in _FROZEN:
        yield drift(
            f"the function runs on {rotator.runtime}, and nobody can change it any more",
            code="runtime-frozen",
            severity=Severity.MEDIUM,
            expected="a runtime that Lambda supports",
            found=rotator.runtime,
        )


def throttled(secret: Secret, facts: Facts) -> Iterator[Remark]:
    """That no execution is left for the function."""
    function = function_of(secret)
    found = facts.named(CONCURRENCY, function)
    if found is not None and found.reserved_concurrent_executions == 0:
        yield drift(
            "the function is throttled to nothing: no execution is reserved for it",
            code="throttled",
            expected="none reserved, or more than 0",
            found=0,
            cli=("aws", "lambda", "delete-function-concurrency", "--function-name", function),
        )


def shut(secret: Secret, facts: Facts) -> Iterator[Remark]:
    """That Secrets Manager may not call the function when it rotates this secret.

    It comes with the secret's ARN as source (user guide, "Permissions for rotation").
    """
    policies = _policies(secret, facts)
    if isinstance(policies, CannotTell):
        yield unknown(f"the function's policy cannot be read: {policies.reason}")
        return
    known = {"aws:SourceAccount": (facts.account,), "aws:SourceArn": (secret.arn,)}
    service = Principal.of_service(SERVICE)
    request = Request(service, INVOKE, secret.rotation_lambda_arn, Context(known))
    access = resource_access(request, policies)
    if access.allowed is Answer.CANNOT_TELL:
        yield unknown(f"whether Secrets Manager may call it cannot be told: {access.reason}")
    elif access.allowed is Answer.NO:
        yield gap(
            f"Secrets Manager may not call the function: {access.reason}",
            code="not-invocable",
            expected=f"{SERVICE} may {INVOKE}",
            found=access.decision.value,
            evidence={"statements": [s.label for policy in policies for s in policy.statements]},
            cli=_permitting(secret, facts),
            cloudformation=_permission(secret, facts),
        )


def unguarded(secret: Secret, facts: Facts) -> Iterator[Remark]:
    """That Secrets Manager may call the function on behalf of any account."""
    policies = _policies(secret, facts)
    if isinstance(policies, CannotTell):
        yield unknown(f"the function's policy cannot be read: {policies.reason}")
        return
    for one in (found for policy in policies for found in unguarded_services(policy)):
        covered = covers_action(one.statement, INVOKE.lower())
        if SERVICE not in one.services or covered is Answer.NO:
            continue
        if one.narrowing is Narrowing.CANNOT_TELL or covered is Answer.CANNOT_TELL:
            yield unknown(f"whether {one.statement.label} is for this account cannot be told")
            continue
        yield gap(
            f"{one.statement.label} does not say for which account Secrets Manager may call",
            code="confused-deputy",
            severity=Severity.LOW,
            expected={"aws:SourceAccount": facts.account},
            found=sorted({condition.key for condition in one.statement.conditions}),
            cli=_permitting(secret, facts),
            cloudformation=_permission(secret, facts),
        )


def _policies(secret: Secret, facts: Facts) -> tuple[Policy, ...] | CannotTell:
    """Who may call the function: no policy means nobody but the account's own."""
    found = facts.named(POLICIES, secret.rotation_lambda_arn)
    if found is None:
        return ()
    policy = facts.once(read_policy, found.policy)
    return policy if isinstance(policy, CannotTell) else (policy,)


def _permitting(secret: Secret, facts: Facts) -> tuple[str, ...]:
    """The command that lets Secrets Manager call the function for this account's secrets."""
    function, qualifier = function_of(secret), _qualifier(secret)
    which = ("--qualifier", qualifier) if qualifier else ()
    return (
        "aws", "lambda", "add-permission", "--function-name", function, *which, "--statement-id",
        "SecretsManagerRotation", "--action", INVOKE, "--principal", SERVICE, "--source-account",
        facts.account,
    )  # fmt: skip


def _permission(secret: Secret, facts: Facts) -> dict[str, object]:
    """The same for a template; a rotation schedule should depend on it."""
    properties = {
        "FunctionName": secret.rotation_lambda_arn,
        "Action": INVOKE,
        "Principal": SERVICE,
        "SourceAccount": facts.account,
    }
    return {"Type": "AWS::Lambda::Permission", "Properties": properties}


def untrusted(rotator: Rotator, facts: Facts) -> Iterator[Remark]:
    """That the role of the function is not there, or that Lambda may not take it."""
    role = next(iter(facts.where(iam.ROLES, iam.names_of, rotator.role)), None)
    if role is None:
        yield gap(
            f"the function's role {rotator.role} does not exist",
            code="role-missing",
            expected=rotator.role,
            found="none",
        )
        return
    trust = facts.once(read_policy, role.assume_role_policy_document)
    if isinstance(trust, CannotTell):
        yield unknown(f"the trust policy cannot be read: {trust.reason}")
        return
    service = Principal.of_service("lambda.amazonaws.com")
    access = resource_access(Request(service, "sts:AssumeRole", role.arn), (trust,))
    if access.allowed is Answer.CANNOT_TELL:
        yield unknown(f"whether Lambda may take the role cannot be told: {access.reason}")
    elif access.allowed is Answer.NO:
        yield gap(
            f"Lambda may not take the function's role: {access.reason}",
            code="not-trusted",
            expected="lambda.amazonaws.com",
            found=sorted({one.value for s in trust.statements for one in s.principals or ()}),
            related=(facts.related("the role of the function", role),),
        )


def cut_off(rotator: Rotator, facts: Facts) -> Iterator[Remark]:
    """That a function in a VPC has no way to Secrets Manager.

    Interfaces of functions have no public address, so an internet gateway is no way out (developer
    guide, "Internet access for VPC-connected functions"). Any other target may be one.
    """
    network = rotator.vpc_config
    if not network.subnet_ids:
        yield not_applicable("the function runs outside VPCs")
        return
    subnets = [facts.named(ec2_routes.SUBNETS, name) for name in network.subnet_ids]
    tables = [ec2_routes.table_of(subnet, facts) if subnet else None for subnet in subnets]
    if None in tables:
        yield unknown("the route table of one of its subnets is not of this account")
        return
    stuck = [n for n, t in zip(network.subnet_ids, tables, strict=True) if t and _leads_nowhere(t)]
    vpcs = {subnet.vpc_id for subnet in subnets if subnet}
    if not stuck or any(_has_endpoint(vpc, facts) for vpc in vpcs):
        return
    yield gap(
        "the function has no way to Secrets Manager: neither a NAT gateway nor an endpoint",
        code="cut-off",
        severity=Severity.MEDIUM,
        expected=f"com.amazonaws.{facts.region}.secretsmanager or a route out",
        found=sorted(stuck),
    )


def _leads_nowhere(table: ec2_routes.RouteTable) -> bool:
    """Whether all of its routes stay in the VPC, end at an internet gateway, or lead to nothing."""
    return all(_is_no_way_out(one) for one in table.routes)


def _is_no_way_out(route: ec2_routes.Route) -> bool:
    """Whether a route leads nowhere: the target of a black hole is gone.

    A gateway endpoint serves a prefix list; for any other destination it is an appliance's, behind
    which the way may go on.
    """
    target = route.gateway_id or ""
    if target.startswith("vpce-"):
        return route.state == "blackhole" or route.destination_prefix_list_id is not None
    return route.state == "blackhole" or target.startswith(("local", "igw-"))


def _has_endpoint(vpc: str, facts: Facts) -> bool:
    """Whether a VPC has an endpoint of Secrets Manager that is there, or may be."""
    ends = (f".{facts.region}.secretsmanager", f".{facts.region}.secretsmanager-fips")
    found = facts.where(ec2_routes.VPC_ENDPOINTS, ec2_routes.endpoints_in, vpc)
    return any(one.service_name.endswith(ends) and one.state not in _GONE for one in found)


def _qualifier(secret: Secret) -> str:
    """The version or alias that rotates a secret; empty for the function itself."""
    return arn(secret.rotation_lambda_arn).resource_id.partition(":")[2]
