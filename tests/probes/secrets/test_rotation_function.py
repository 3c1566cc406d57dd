import io
import zipfile
from functools import partial

import boto3
import pytest

from auditor.facts import Facts
from probes.aws import ec2_routes, iam, lambda_rotation, secretsmanager
from probes.secrets.rotation_function import RotationFunction
from tests.kit import (
    HERE,
    Absent,
    Case,
    Refused,
    audit,
    check_case,
    findings_of,
    inventory_of,
    verdicts,
)
from tests.probes.secrets import made
from tests.probes.secrets.made import (
    ACCOUNT,
    DELEGATING,
    KEY,
    KEY_ID,
    SECRET,
    allow,
    document,
    managed,
)

PROBE = RotationFunction()
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rotate"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/rotate"
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
ON_SECRET = [
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
]
ON_KEY = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
INTERFACES = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
]
IN_VPC = {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"}}


def called(resource=FUNCTION, principal="secretsmanager.amazonaws.com", **more):
    return document(
        allow("lambda:InvokeFunction", resource, Principal={"Service": principal}, Sid="sm", **more)
    )


OURS = {"Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT}}}
THIS_SECRET = {"Condition": {"ArnLike": {"AWS:SourceArn": SECRET}}}
ANOTHER_SECRET = {"Condition": {"ArnLike": {"AWS:SourceArn": SECRET.replace("db", "api")}}}
PASSWORD = allow("secretsmanager:GetRandomPassword")
ALL = (allow(ON_SECRET, SECRET), PASSWORD)
TRUST = document(
    {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
)
VIA = {"Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}}


def secret(**changes):
    base = {
        "ARN": SECRET,
        "Name": "shop/db",
        "RotationEnabled": True,
        "RotationLambdaARN": FUNCTION,
    }
    return base | changes


role = partial(made.role, name="rotate", trust=TRUST, attached=(BASIC,))
LOGS = managed(BASIC, allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]))


def answers(
    *,
    policy=None,
    held=None,
    policies=(LOGS,),
    function=None,
    reserved=None,
    calling=FUNCTION,
    on_secret="",
    key_policy=None,
    grants=(),
    state="Enabled",
    aliased="",
    **changes,
):
    configuration = {
        "FunctionArn": calling,
        "FunctionName": "rotate",
        "Role": ROLE,
        "Runtime": "python3.13",
        "State": "Active",
    }
    given = {
        secretsmanager.SECRETS: [secret(RotationLambdaARN=calling, **changes)],
        secretsmanager.POLICY: {SECRET: {"ResourcePolicy": on_secret} if on_secret else {}},
        lambda_rotation.ROTATORS: {
            calling: function
            if isinstance(function, Absent | Refused)
            else configuration | (function or {})
        },
        lambda_rotation.POLICIES: {
            calling: {"Policy": called(calling, **OURS)} if policy is None else policy
        },
        lambda_rotation.CONCURRENCY: {
            FUNCTION: {} if reserved is None else {"ReservedConcurrentExecutions": reserved}
        },
        iam.ROLES: [role(*ALL)] if held is None else held,
        iam.POLICIES: list(policies),
    }
    if key_policy is not None:
        given |= made.key(key_policy, alias=aliased, grants=grants, KeyState=state)
    return given


def network(given, *targets, endpoints=(), subnets=1):
    routes = [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]
    routes += [
        {"DestinationCidrBlock": "0.0.0.0/0", "State": "active", **target} for target in targets
    ]
    return given | {
        ec2_routes.SUBNETS: [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}][:subnets],
        ec2_routes.ROUTE_TABLES: [
            {
                "RouteTableId": "rtb-1",
                "VpcId": "vpc-1",
                "Associations": [{"Main": True}],
                "Routes": routes,
            }
        ],
        ec2_routes.VPC_ENDPOINTS: [
            {
                "VpcEndpointId": f"vpce-{n}",
                "VpcId": "vpc-1",
                "ServiceName": f"com.amazonaws.us-east-1.{name}",
                "State": state,
            }
            for n, (name, state) in enumerate(endpoints)
        ],
    }


def cases(part):
    def case(name, given, verdict, code=None, **more):
        return Case(f"{part}: {name}", given, verdict, code, part=part, **more)

    return case


runs, invocable, guarded = cases("runs"), cases("invocable"), cases("guarded")
trusted, permitted, connected = cases("trusted"), cases("permitted"), cases("connected")

ALIAS, VERSION = f"{FUNCTION}:live", f"{FUNCTION}:7"
ABROAD = "arn:aws:lambda:us-east-1:999999999999:function:rotate"

RUNS = [
    runs("active", answers(), "pass"),
    runs("an alias", answers(calling=ALIAS), "pass"),
    runs("a version", answers(calling=VERSION), "pass"),
    runs(
        "no such function", answers(function=Absent()), "gap", "function-missing", severity="high"
    ),
    runs(
        "it failed",
        answers(function={"State": "Failed", "StateReasonCode": "InvalidSubnet"}),
        "drift",
        "failed",
        severity="high",
        survives=(lambda_rotation.CONCURRENCY,),
    ),
    runs(
        "asleep, as functions in a VPC fall",
        answers(function={"State": "Inactive"}),
        "drift",
        "inactive",
        severity="low",
        survives=(lambda_rotation.CONCURRENCY,),
    ),
    runs("being made", answers(function={"State": "Pending"}), "unknown", says="Pending"),
    runs("a state nobody knows yet", answers(function={"State": "Dreaming"}), "unknown"),
    runs("no state", answers(function={"State": ""}), "unknown"),
    runs(
        "throttled to nothing", answers(reserved=0), "drift", "throttled", found=0, severity="high"
    ),
    runs("some executions reserved", answers(reserved=5), "pass"),
    runs(
        "a runtime that takes no code",
        answers(function={"Runtime": "python3.6"}),
        "drift",
        "runtime-frozen",
        severity="medium",
        survives=(lambda_rotation.CONCURRENCY,),
    ),
    runs(
        "a deprecated runtime that still takes code",
        answers(function={"Runtime": "python3.9"}),
        "pass",
    ),
    runs("an image", answers(function={"Runtime": ""}), "pass"),
    runs(
        "of another account",
        {secretsmanager.SECRETS: [secret(RotationLambdaARN=ABROAD)]},
        "unknown",
    ),
    runs("rotation is off", answers(RotationEnabled=False), "not_applicable"),
    runs("managed by RDS", answers(OwningService="rds"), "not_applicable", says="rds"),
    runs("managed for a partner", answers(Type="SnowflakeSecret"), "not_applicable"),
    runs("a copy", answers(PrimaryRegion="eu-west-1"), "not_applicable"),
    runs("being deleted", answers(DeletedDate="2026-11-20T00:00:00Z"), "not_applicable"),
    runs(
        "no function is named",
        {secretsmanager.SECRETS: [secret(RotationLambdaARN="")]},
        "not_applicable",
    ),
]
INVOCABLE = [
    invocable("for the account", answers(), "pass"),
    invocable("for this secret", answers(policy={"Policy": called(**THIS_SECRET)}), "pass"),
    invocable("for any account", answers(policy={"Policy": called()}), "pass"),
    invocable(
        "every action of Lambda",
        answers(
            policy={
                "Policy": document(
                    allow(
                        "lambda:*", FUNCTION, Principal={"Service": "secretsmanager.amazonaws.com"}
                    )
                )
            }
        ),
        "pass",
    ),
    invocable("no policy", answers(policy=Absent()), "gap", "not-invocable", severity="high"),
    invocable(
        "for another secret",
        answers(policy={"Policy": called(**ANOTHER_SECRET)}),
        "gap",
        "not-invocable",
    ),
    invocable(
        "for another account",
        answers(
            policy={
                "Policy": called(Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}})
            }
        ),
        "gap",
    ),
    invocable(
        "for another service",
        answers(policy={"Policy": called(principal="events.amazonaws.com")}),
        "gap",
    ),
    invocable(
        "for anyone in another organisation",
        answers(
            policy={"Policy": called(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})}
        ),
        "gap",
    ),
    invocable(
        "of the function, while the secret names an alias",
        answers(calling=ALIAS, policy={"Policy": called(FUNCTION, **OURS)}),
        "gap",
    ),
    invocable("of the alias", answers(calling=ALIAS), "pass"),
    invocable(
        "under a condition nobody knows",
        answers(policy={"Policy": called(Condition={"StringEquals": {"lambda:Mood": "good"}})}),
        "unknown",
    ),
    invocable("a policy that is none", answers(policy={"Policy": "{"}), "unknown"),
    invocable("no such function", answers(function=Absent()), "not_applicable"),
]
GUARDED = [
    guarded("for the account", answers(), "pass"),
    guarded("for this secret", answers(policy={"Policy": called(**THIS_SECRET)}), "pass"),
    guarded(
        "for any account",
        answers(policy={"Policy": called()}),
        "gap",
        "confused-deputy",
        severity="low",
        expected={"aws:SourceAccount": ACCOUNT},
    ),
    guarded(
        "another service for any account",
        answers(policy={"Policy": called(principal="events.amazonaws.com")}),
        "pass",
    ),
    guarded(
        "another action",
        answers(
            policy={
                "Policy": document(
                    allow(
                        "lambda:GetFunction",
                        FUNCTION,
                        Principal={"Service": "secretsmanager.amazonaws.com"},
                    )
                )
            }
        ),
        "pass",
    ),
    guarded("no policy", answers(policy=Absent()), "pass"),
    guarded(
        "an operator nobody knows",
        answers(
            policy={"Policy": called(Condition={"StringResembles": {"aws:SourceAccount": ACCOUNT}})}
        ),
        "unknown",
    ),
    guarded("a policy that is none", answers(policy={"Policy": "[]"}), "unknown"),
]
TRUSTED = [
    trusted("by Lambda", answers(), "pass"),
    trusted(
        "by EC2 alone",
        answers(held=[role(*ALL, trust=TRUST.replace("lambda.", "ec2."))]),
        "gap",
        "not-trusted",
        found=["ec2.amazonaws.com"],
    ),
    trusted("no such role", answers(held=[]), "gap", "role-missing", severity="high"),
    trusted(
        "under a condition",
        answers(
            held=[
                role(
                    *ALL,
                    trust=document(
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                            "Condition": {"StringEquals": {"aws:Mood": "1"}},
                        }
                    ),
                )
            ]
        ),
        "unknown",
    ),
    trusted("a policy that is none", answers(held=[role(*ALL, trust="")]), "unknown"),
]
KEYED = {"KmsKeyId": KEY, "key_policy": DELEGATING}
PERMITTED = [
    permitted("all of it", answers(), "pass"),
    permitted(
        "by a wildcard for the suffix",
        answers(held=[role(allow(ON_SECRET, SECRET[:-6] + "??????"), PASSWORD)]),
        "pass",
    ),
    permitted(
        "for the name without suffix",
        answers(held=[role(allow(ON_SECRET, SECRET[:-7]), PASSWORD)]),
        "gap",
        "missing-permissions",
        severity="high",
    ),
    permitted(
        "nothing but logs",
        answers(held=[role()]),
        "gap",
        "missing-permissions",
        survives=(secretsmanager.POLICY,),
    ),
    permitted(
        "all but one",
        answers(held=[role(allow(ON_SECRET[:3], SECRET), PASSWORD)]),
        "gap",
        found=ON_SECRET[:3],
        expected=ON_SECRET,
    ),
    permitted(
        "no new password",
        answers(held=[role(allow(ON_SECRET, SECRET))]),
        "gap",
        severity="medium",
        found=[],
        survives=(secretsmanager.POLICY,),
    ),
    permitted(
        "by the secret's own policy",
        answers(
            held=[role(PASSWORD)], on_secret=document(allow(ON_SECRET, Principal={"AWS": ROLE}))
        ),
        "pass",
    ),
    permitted(
        "denied by the secret's own policy",
        answers(
            on_secret=document(
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "secretsmanager:PutSecretValue",
                    "Resource": "*",
                }
            )
        ),
        "gap",
    ),
    permitted("a secret's policy that is none", answers(on_secret="{"), "unknown"),
    permitted(
        "denied by its own",
        answers(
            held=[role(*ALL, {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"})]
        ),
        "gap",
        survives=(secretsmanager.POLICY,),
    ),
    permitted(
        "bounded",
        answers(
            held=[
                role(
                    *ALL,
                    PermissionsBoundary={
                        "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/b"
                    },
                )
            ],
            policies=[LOGS, managed("arn:aws:iam::123456789012:policy/b", allow("logs:*"))],
        ),
        "gap",
        survives=(secretsmanager.POLICY,),
    ),
    permitted(
        "only for the function that rotates the secret",
        answers(
            held=[
                role(
                    allow(
                        ON_SECRET,
                        "*",
                        Condition={
                            "StringEquals": {
                                "secretsmanager:resource/AllowRotationLambdaArn": FUNCTION
                            }
                        },
                    ),
                    PASSWORD,
                )
            ]
        ),
        "pass",
    ),
    permitted(
        "only for another function",
        answers(
            held=[
                role(
                    allow(
                        ON_SECRET,
                        "*",
                        Condition={
                            "StringEquals": {
                                "secretsmanager:resource/AllowRotationLambdaArn": FUNCTION + "2"
                            }
                        },
                    ),
                    PASSWORD,
                )
            ]
        ),
        "gap",
    ),
    permitted(
        "only for the secret's tag",
        answers(
            Tags=[{"Key": "app", "Value": "shop"}],
            held=[
                role(
                    allow(
                        ON_SECRET, "*", Condition={"StringEquals": {"aws:ResourceTag/app": "shop"}}
                    ),
                    PASSWORD,
                )
            ],
        ),
        "pass",
    ),
    permitted(
        "only for a tag that the secret lacks",
        answers(
            held=[
                role(
                    allow(
                        ON_SECRET,
                        "*",
                        Condition={"StringEquals": {"secretsmanager:ResourceTag/app": "shop"}},
                    ),
                    PASSWORD,
                )
            ]
        ),
        "gap",
    ),
    permitted(
        "only for a stage",
        answers(
            held=[
                role(
                    allow(
                        ON_SECRET,
                        "*",
                        Condition={"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}},
                    ),
                    PASSWORD,
                )
            ]
        ),
        "unknown",
    ),
    permitted(
        "a policy that cannot be read",
        answers(held=[role(attached=("arn:aws:iam::aws:policy/Unlisted",))]),
        "unknown",
    ),
    permitted(
        "no log", answers(held=[role(*ALL, attached=())]), "pass", says="may not write its log"
    ),
    permitted("no such role", answers(held=[]), "not_applicable"),
    permitted("the key as well", answers(held=[role(*ALL, allow(ON_KEY, KEY))], **KEYED), "pass"),
    permitted(
        "the key by its id",
        answers(held=[role(*ALL, allow(ON_KEY, KEY))], **KEYED | {"KmsKeyId": KEY_ID}),
        "pass",
    ),
    permitted(
        "the key by an alias",
        answers(
            held=[role(*ALL, allow(ON_KEY, KEY))],
            aliased="alias/shop",
            **KEYED | {"KmsKeyId": KEY.replace(f"key/{KEY_ID}", "alias/shop")},
        ),
        "pass",
    ),
    permitted(
        "an alias of nothing",
        answers(**KEYED | {"KmsKeyId": "alias/else"}),
        "gap",
        survives=(secretsmanager.POLICY,),
    ),
    permitted(
        "the key through the service alone",
        answers(held=[role(*ALL, allow(ON_KEY, KEY, **VIA))], **KEYED),
        "pass",
    ),
    permitted(
        "not the key",
        answers(**KEYED),
        "gap",
        found=[],
        severity="high",
        survives=(secretsmanager.POLICY,),
    ),
    permitted(
        "all of the key but its description",
        answers(held=[role(*ALL, allow(["kms:Decrypt", "kms:GenerateDataKey"], KEY))], **KEYED),
        "gap",
        severity="medium",
        survives=(secretsmanager.POLICY,),
    ),
    permitted("AWS's own key", answers(KmsKeyId="alias/aws/secretsmanager"), "pass"),
    permitted(
        "a key that is gone", answers(KmsKeyId=KEY), "gap", survives=(secretsmanager.POLICY,)
    ),
    permitted(
        "a key that is disabled",
        answers(held=[role(*ALL, allow(ON_KEY, KEY))], state="Disabled", **KEYED),
        "gap",
        survives=(secretsmanager.POLICY,),
    ),
    permitted(
        "a key of another account",
        answers(KmsKeyId=KEY.replace(ACCOUNT, "999999999999")),
        "unknown",
    ),
    permitted(
        "a key policy that is none",
        answers(held=[role(*ALL, allow(ON_KEY, KEY))], **KEYED | {"key_policy": "{"}),
        "unknown",
    ),
    permitted(
        "no interfaces in a VPC",
        answers(function=IN_VPC),
        "gap",
        found=[],
        expected=INTERFACES,
        survives=(secretsmanager.POLICY,),
    ),
    permitted(
        "interfaces in a VPC",
        answers(function=IN_VPC, held=[role(*ALL, allow(INTERFACES))]),
        "pass",
    ),
]
NAT, INTERNET = {"NatGatewayId": "nat-1"}, {"GatewayId": "igw-1"}
AWS_LIST = {"DestinationCidrBlock": None, "DestinationPrefixListId": "pl-1"}
CONNECTED = [
    connected("outside of VPCs", answers(), "not_applicable"),
    connected("by a NAT gateway", network(answers(function=IN_VPC), NAT), "pass"),
    connected(
        "by a transit gateway",
        network(answers(function=IN_VPC), {"TransitGatewayId": "tgw-1"}),
        "pass",
    ),
    connected(
        "by an endpoint",
        network(answers(function=IN_VPC), endpoints=[("secretsmanager", "available")]),
        "pass",
    ),
    connected(
        "no way out",
        network(answers(function=IN_VPC)),
        "gap",
        "cut-off",
        severity="medium",
        found=["subnet-1"],
    ),
    connected(
        "an internet gateway is none", network(answers(function=IN_VPC), INTERNET), "gap", "cut-off"
    ),
    connected(
        "a NAT gateway that is gone",
        network(answers(function=IN_VPC), NAT | {"State": "blackhole"}),
        "gap",
        "cut-off",
    ),
    connected(
        "an endpoint for a list of AWS's",
        network(answers(function=IN_VPC), AWS_LIST | {"GatewayId": "vpce-1"}),
        "gap",
        "cut-off",
    ),
    connected(
        "an appliance that looks at the traffic",
        network(answers(function=IN_VPC), {"GatewayId": "vpce-1"}),
        "pass",
    ),
    connected(
        "an appliance that is gone",
        network(answers(function=IN_VPC), {"GatewayId": "vpce-1", "State": "blackhole"}),
        "gap",
        "cut-off",
    ),
    connected(
        "an endpoint of something else",
        network(answers(function=IN_VPC), endpoints=[("kms", "available")]),
        "gap",
    ),
    connected(
        "an endpoint that was rejected",
        network(answers(function=IN_VPC), endpoints=[("secretsmanager", "rejected")]),
        "gap",
    ),
    connected(
        "in a subnet of another account", network(answers(function=IN_VPC), subnets=0), "unknown"
    ),
]
CASES = [*RUNS, *INVOCABLE, *GUARDED, *TRUSTED, *PERMITTED, *CONNECTED]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def fix_of(case):
    return next(f for f in findings_of(PROBE, case) if f.part == case.part).fix


def test_the_permission_is_for_the_account_and_the_alias():
    fix = fix_of(invocable("", answers(calling=ALIAS, policy=Absent()), "gap"))
    assert f"--function-name {FUNCTION} --qualifier live" in fix.cli
    assert f"--source-account {ACCOUNT}" in fix.cli
    assert f"SourceAccount: '{ACCOUNT}'" in fix.cloudformation


def test_what_is_missing_is_granted_on_the_secret_alone():
    fix = fix_of(permitted("", answers(held=[role(PASSWORD)]), "gap"))
    assert "put-role-policy --role-name rotate --policy-name secret-shop-db" in fix.cli
    assert f"Resource: {SECRET}" in fix.cloudformation


@pytest.mark.parametrize(
    ("function", "asked"),
    [
        pytest.param(ALIAS, [{"FunctionName": ALIAS}], id="an alias"),
        pytest.param(ABROAD, [], id="of another account"),
        pytest.param(FUNCTION.replace("us-east-1", "eu-west-1"), [], id="of another region"),
        pytest.param("arn:nonsense", [], id="no ARN"),
    ],
)
def test_only_functions_of_this_account_and_region_are_asked_about(function, asked):
    given = {secretsmanager.SECRETS: [secret(RotationLambdaARN=function)]}
    inventory = inventory_of((secretsmanager.SECRETS,), given)
    assert [*lambda_rotation.ROTATORS.asks(Facts(inventory, HERE))] == asked


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.py", "def b(event, context): ...")
    return buffer.getvalue()


def rotated(name, statements, *, permission):
    """A secret that a function of its own rotates, in a role that holds the statements."""
    roles, functions = boto3.client("iam"), boto3.client("lambda", "us-east-1")
    secrets = boto3.client("secretsmanager", "us-east-1")
    arn = secrets.create_secret(Name=name, SecretString="not-a-secret")["ARN"]
    held = roles.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    roles.put_role_policy(
        RoleName=name,
        PolicyName="p",
        PolicyDocument=document(*(s if isinstance(s, dict) else allow(s, arn) for s in statements)),
    )
    function = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=held,
        Handler="a.b",
        Code={"ZipFile": archive()},
    )["FunctionArn"]
    if permission is not None:
        functions.add_permission(
            FunctionName=name,
            StatementId="sm",
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
            **permission,
        )
    secrets.rotate_secret(
        SecretId=name, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30}
    )
    return function


def test_on_an_account(aws):
    logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"])
    rotated("good", [ON_SECRET, PASSWORD, logs], permission={"SourceAccount": ACCOUNT})
    rotated("open", [ON_SECRET, PASSWORD, logs], permission={})
    rotated("poor", [logs], permission=None)
    gone = rotated("gone", [logs], permission=None)
    boto3.client("lambda", "us-east-1").delete_function(FunctionName=gone)
    found = audit(RotationFunction)
    expected = {
        "runs": ("pass", "pass", "pass", "gap"),
        "permitted": ("pass", "pass", "gap", "not_applicable"),
        "trusted": ("pass", "pass", "pass", "not_applicable"),
        "invocable": ("pass", "pass", "gap", "not_applicable"),
        "guarded": ("pass", "gap", "pass", "not_applicable"),
    }
    names = ("good", "open", "poor", "gone")
    for part, said in expected.items():
        assert verdicts(found, part) == dict(zip(names, said, strict=True)), part
