"""Answers of Lambda in AWS's own words, to be varied."""

import io
import zipfile

ARN = "arn:aws:lambda:us-east-1:123456789012:function:pay"
REPLICA = {"MasterArn": f"{ARN}:1", "FunctionName": "us-east-1.pay"}


def function(arn=ARN, **changes):
    kept = {
        "FunctionArn": arn,
        "FunctionName": arn.rpartition(":")[2],
        "Runtime": "python3.13",
        "PackageType": "Zip",
        "Version": "$LATEST",
        "MemorySize": 256,
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/pay"},
        **changes,
    }
    return {name: value for name, value in kept.items() if value is not None}


IMAGE = {"PackageType": "Image", "Runtime": None}


def version(number, runtime="python3.13", **changes):
    return function(Version=number, Runtime=runtime, **changes) | {"FunctionArn": f"{ARN}:{number}"}


def alias(name, number, **weights):
    routing = {"AdditionalVersionWeights": weights} if weights else None
    kept = {"AliasArn": f"{ARN}:{name}", "Name": name, "FunctionVersion": number,
            "RoutingConfig": routing}  # fmt: skip
    return {key: value for key, value in kept.items() if value is not None}


# -- accounts on moto -----------------------------------------------------------------------------


def live_role(iam):
    return iam.create_role(RoleName="runs", AssumeRolePolicyDocument="{}")["Role"]["Arn"]


def live(client, role, name, runtime="python3.13", **settings):
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handle(event, context): ...")
    return client.create_function(
        FunctionName=name,
        Runtime=runtime,
        Role=role,
        Handler="main.handle",
        Code={"ZipFile": code.getvalue()},
        **settings,
    )["FunctionArn"]
