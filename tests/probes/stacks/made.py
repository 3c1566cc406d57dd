"""Stacks, templates and events in AWS's words."""

from probes.aws import cloudformation

NAME = "orders-prod"
ARN = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{NAME}/aaaaaaaa-1111-2222-3333-444444444444"


def nested_arn(name):
    return f"arn:aws:cloudformation:us-east-1:123456789012:stack/{name}/bbbbbbbb-1111-2222-3333-444444444444"


def stack(status="CREATE_COMPLETE", **changes):
    return {
        "StackId": ARN,
        "StackName": NAME,
        "StackStatus": status,
        "CreationTime": "2026-11-01T12:00:00+00:00",
        "Parameters": [],
        "Outputs": [],
        "Tags": [],
        **changes,
    }


def given(**values):
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def deployed(template, processed=None, status="CREATE_COMPLETE", **changes):
    """The answers for one stack with this template."""
    answers = {
        cloudformation.STACKS: [stack(status, **changes)],
        cloudformation.TEMPLATES: {ARN: {"TemplateBody": template}},
    }
    if processed is not None:
        answers[cloudformation.PROCESSED] = {f"{ARN}|": {"TemplateBody": processed}}
    return answers


def event(logical, kind, status, reason="", *, at, stack_id=ARN, physical="", **changes):
    """An event, `at` seconds after the operation began."""
    return {
        "EventId": f"{logical}-{status}-{at}",
        "StackId": stack_id,
        "LogicalResourceId": logical,
        "PhysicalResourceId": physical,
        "ResourceType": kind,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "Timestamp": f"2026-11-20T10:{at // 60:02}:{at % 60:02}+00:00",
        **changes,
    }


def own(status, reason="", *, at, stack_id=ARN):
    """An event of the stack itself."""
    name = stack_id.split("/")[1]
    kind = "AWS::CloudFormation::Stack"
    return event(name, kind, status, reason, at=at, stack_id=stack_id, physical=stack_id)
