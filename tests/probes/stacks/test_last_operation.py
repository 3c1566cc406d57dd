from types import SimpleNamespace

import pytest

from probes.aws import cloudformation, cloudformation_events
from probes.stacks.last_operation import LastOperation
from tests.kit import Case, Refused, audit, check_case, findings_of
from tests.probes.stacks.made import ARN, NAME, event, nested_arn, own, stack

PROBE = LastOperation()
EVENTS, NESTED = cloudformation.EVENTS, cloudformation_events.NESTED_EVENTS
TWICE = cloudformation_events.NESTED_TWICE_EVENTS
TOLD_BY = (EVENTS, NESTED, TWICE)
KEY = "Resource handler returned message: \"The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/application/x' (Service: CloudWatchLogs, Status Code: 400, Request ID: 1)\""
POLICY = "Policy arn:aws:iam::aws:policy/AWSCodeDeployRole does not exist or is not attachable. (Service: AmazonIdentityManagement; Status Code: 404; Error Code: NoSuchEntity)"
GROUP = "AWS::Logs::LogGroup"
STACK = "AWS::CloudFormation::Stack"


def failed(status, *events, **changes):
    """The events are given oldest first; AWS lists the newest first."""
    return {cloudformation.STACKS: [stack(status, **changes)], EVENTS: {ARN: [*events][::-1]}}


def creation(*events):
    """A creation that failed by these events and was rolled back."""
    return failed(
        "ROLLBACK_COMPLETE",
        own("CREATE_IN_PROGRESS", "User Initiated", at=0),
        *events,
        own(
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [A, B]. Rollback requested by user.",
            at=100,
        ),
        event("Other", GROUP, "DELETE_FAILED", "bucket is not empty", at=110),
        own("ROLLBACK_COMPLETE", at=120),
    )


def of_reason(reason, kind=GROUP):
    return creation(event("A", kind, "CREATE_FAILED", reason, at=30))


def nested(logical, arn, status, reason, at, stack_id=ARN):
    return event(logical, STACK, status, reason, at=at, stack_id=stack_id, physical=arn)


CHILD, GRANDCHILD = nested_arn("orders-Child"), nested_arn("orders-Grandchild")
EMBEDDED = f"Embedded stack {CHILD} was not successfully created: The following resource(s) failed to create: [Logs]."
IN_CHILD = creation(
    nested("Child", CHILD, "CREATE_IN_PROGRESS", "", 5),
    nested("Child", CHILD, "CREATE_FAILED", EMBEDDED, 60),
    event("Sibling", "AWS::SQS::Queue", "CREATE_FAILED", "Resource creation cancelled", at=61),
)
OF_CHILD = [
    own("CREATE_IN_PROGRESS", at=6, stack_id=CHILD),
    event("Logs", GROUP, "CREATE_FAILED", KEY, at=40, stack_id=CHILD),
    event("Late", GROUP, "CREATE_FAILED", "Resource creation cancelled", at=41, stack_id=CHILD),
    own(
        "CREATE_FAILED",
        "The following resource(s) failed to create: [Logs, Late].",
        at=50,
        stack_id=CHILD,
    ),
    own("DELETE_IN_PROGRESS", at=101, stack_id=CHILD),
    event("Logs", GROUP, "DELETE_COMPLETE", at=102, stack_id=CHILD),
    own("DELETE_COMPLETE", at=103, stack_id=CHILD),
][::-1]
ON_THE_WAY = [
    own("CREATE_IN_PROGRESS", at=6, stack_id=CHILD),
    nested(
        "Inner",
        GRANDCHILD,
        "CREATE_FAILED",
        f"Embedded stack {GRANDCHILD} was not created",
        40,
        CHILD,
    ),
][::-1]
OF_GRANDCHILD = [
    own("CREATE_IN_PROGRESS", at=10, stack_id=GRANDCHILD),
    event("Role", "AWS::IAM::Role", "CREATE_FAILED", POLICY, at=20, stack_id=GRANDCHILD),
][::-1]


def waiting(status, since, **changes):
    return {cloudformation.STACKS: [stack(status, LastUpdatedTime=since, **changes)]}


CAUSES = [
    ("the key of a log group", KEY, GROUP, "logs-key"),
    ("a managed policy that does not exist", POLICY, "AWS::IAM::Role", "managed-policy"),
    ("the key of a group", "Launching a new EC2 instance. Status Reason: Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InternalError: Client error on launch", "AWS::AutoScaling::AutoScalingGroup", "volume-key"),
    ("a failed activity of a group", "Group did not stabilize. Last scaling activity: InsufficientInstanceCapacity - We currently do not have sufficient t3.micro capacity", "AWS::AutoScaling::AutoScalingGroup", "no-capacity"),
    ("a group that did not stabilize", "Group did not stabilize. {current/minSize/maxSize} group size = {0/1/1}.", "AWS::AutoScaling::AutoScalingGroup", "not-stable"),
    ("no signal", "Received 0 SUCCESS signal(s) out of 1. Unable to satisfy 100% MinSuccessfulInstancesPercent requirement", "AWS::AutoScaling::AutoScalingGroup", "no-signal"),
    ("a name that is taken", "orders already exists in stack arn:aws:cloudformation:us-east-1:123456789012:stack/a/b", "AWS::S3::Bucket", "name-taken"),
    ("denied", "User: arn:aws:sts::123456789012:assumed-role/deploy/x is not authorized to perform: kms:CreateKey", "AWS::KMS::Key", "denied"),
    ("a quota", "The maximum number of VPCs has been reached. (Error Code: VpcLimitExceeded)", "AWS::EC2::VPC", "quota"),
    ("a hook", "The following hook(s) failed: [Acme::Guard::Hook]", "AWS::S3::Bucket", "hook"),
    ("no export", "No export named net-VpcId found. Rollback requested by user.", STACK, "export-missing"),
    ("an export in use", "Export net-VpcId cannot be deleted as it is in use by orders", STACK, "export-in-use"),
    ("a circuit breaker", "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.", "AWS::ECS::Service", "circuit-breaker"),
    ("a service before its listener", "The target group with targetGroupArn x does not have an associated load balancer.", "AWS::ECS::Service", "listener-too-late"),
    ("a route before the gateway", "route table rtb-1 and network gateway igw-1 belong to different networks: must belong to the same network", "AWS::EC2::Route", "gateway-too-late"),
    ("a bucket before the permission", "Unable to validate the following destination configurations", "AWS::S3::Bucket", "permission-too-late"),
    ("a custom resource", "Received response status [FAILED] from custom resource. Message returned: x", "Custom::X", "custom-resource"),
    ("a template that the service refuses", "Properties validation failed for resource A with message: extraneous key", "AWS::S3::Bucket", "invalid-template"),
    ("what is not there", "The security group 'sg-1' does not exist", "AWS::EC2::Instance", "security-group-missing"),
    ("words that nobody knows", "The moon is in the wrong phase", "AWS::S3::Bucket", "unrecognised"),
]  # fmt: skip

CASES = [
    Case("created", {cloudformation.STACKS: [stack()]}, "pass"),
    Case("updated", {cloudformation.STACKS: [stack("UPDATE_COMPLETE")]}, "pass"),
    Case("imported", {cloudformation.STACKS: [stack("IMPORT_COMPLETE")]}, "pass"),
    Case("deleted", {cloudformation.STACKS: [stack("DELETE_COMPLETE")]}, "not_applicable"),
    Case("a new state", {cloudformation.STACKS: [stack("DREAMING")]}, "unknown", says="DREAMING"),
    *(
        Case(f"cause: {name}", of_reason(reason, kind), "drift", f"dead-{cause}", severity="medium", survives=TOLD_BY)
        for name, reason, kind, cause in CAUSES
    ),
    Case(
        "the first failure counts, not those that were cancelled",
        creation(
            event("Echo", GROUP, "CREATE_FAILED", "Resource creation cancelled", at=31),
            event("Role", "AWS::IAM::Role", "CREATE_FAILED", POLICY, at=30),
            event("Later", GROUP, "CREATE_FAILED", KEY, at=32),
        ),
        "drift",
        "dead-managed-policy",
        says="Role (AWS::IAM::Role) failed first",
        found="ROLLBACK_COMPLETE",
        survives=TOLD_BY,
    ),
    Case(
        "of events of one instant the one that came first",
        creation(
            event("First", GROUP, "CREATE_FAILED", KEY, at=30),
            event("Second", "AWS::IAM::Role", "CREATE_FAILED", POLICY, at=30),
        ),
        "drift",
        "dead-logs-key",
        survives=TOLD_BY,
    ),
    Case(
        "the operation before is no cause of this one",
        failed(
            "UPDATE_ROLLBACK_COMPLETE",
            own("UPDATE_IN_PROGRESS", at=0),
            event("Old", "AWS::IAM::Role", "UPDATE_FAILED", POLICY, at=1),
            own("UPDATE_ROLLBACK_COMPLETE", at=2),
            own("UPDATE_IN_PROGRESS", at=10),
            event("New", GROUP, "CREATE_FAILED", KEY, at=11),
            own("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [New].", at=12),
            own("UPDATE_ROLLBACK_COMPLETE", at=20),
        ),
        "drift",
        "undone-logs-key",
        severity="low",
        survives=TOLD_BY,
    ),
    Case(
        "a rollback that failed too",
        failed(
            "UPDATE_ROLLBACK_FAILED",
            own("UPDATE_IN_PROGRESS", at=0),
            event("New", GROUP, "CREATE_FAILED", KEY, at=11),
            own("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [New].", at=12),
            event("Task", "AWS::ECS::Service", "UPDATE_FAILED", "did not stabilize", at=14),
            own("UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [Task].", at=20),
        ),
        "drift",
        "stuck-logs-key",
        severity="high",
        says="the rollback then failed at Task",
        survives=TOLD_BY,
    ),
    Case(
        "a deletion that failed",
        failed(
            "DELETE_FAILED",
            own("DELETE_IN_PROGRESS", at=0),
            event("Bucket", "AWS::S3::Bucket", "DELETE_FAILED", "The bucket you tried to delete is not empty (BucketNotEmpty)", at=3),
            own("DELETE_FAILED", "The following resource(s) failed to delete: [Bucket].", at=5),
        ),
        "drift",
        "stuck-not-empty",
        severity="high",
        survives=TOLD_BY,
    ),
    Case(
        "somebody cancelled it",
        failed(
            "UPDATE_ROLLBACK_COMPLETE",
            own("UPDATE_IN_PROGRESS", at=0),
            event("A", GROUP, "UPDATE_FAILED", "Resource update cancelled", at=3),
            own("UPDATE_ROLLBACK_IN_PROGRESS", "Update cancelled by user", at=4),
        ),
        "drift",
        "undone-cancelled",
        survives=TOLD_BY,
    ),
    Case(
        "the stack itself says why",
        failed(
            "ROLLBACK_COMPLETE",
            own("CREATE_IN_PROGRESS", at=0),
            own("ROLLBACK_IN_PROGRESS", "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application", at=4),
        ),
        "drift",
        "dead-macro",
        survives=TOLD_BY,
    ),
    Case(
        "a hook that only warns is no cause",
        creation(
            event("A", GROUP, "CREATE_IN_PROGRESS", at=1, HookStatus="HOOK_COMPLETE_FAILED", HookFailureMode="WARN"),
            event("B", GROUP, "CREATE_FAILED", KEY, at=2),
        ),
        "drift",
        "dead-logs-key",
        survives=TOLD_BY,
    ),
    Case(
        "a hook that fails is the first cause",
        creation(
            event("A", GROUP, "CREATE_IN_PROGRESS", at=1, HookStatus="HOOK_COMPLETE_FAILED", HookFailureMode="FAIL", HookStatusReason="Hook failed with message: not encrypted"),
            event("A", GROUP, "CREATE_FAILED", "The following hook(s) failed: [X]", at=2),
        ),
        "drift",
        "dead-hook",
        survives=TOLD_BY,
    ),
    Case(
        "the failure is in a nested stack that is gone",
        {**IN_CHILD, NESTED: {CHILD: OF_CHILD}},
        "drift",
        "dead-logs-key",
        says="Child/Logs (AWS::Logs::LogGroup) failed first",
        survives=TOLD_BY,
    ),
    Case(
        "the failure is in a nested stack of a nested stack",
        {**IN_CHILD, NESTED: {CHILD: ON_THE_WAY}, TWICE: {GRANDCHILD: OF_GRANDCHILD}},
        "drift",
        "dead-managed-policy",
        says="Child/Inner/Role (AWS::IAM::Role) failed first",
        survives=TOLD_BY,
    ),
    Case("the nested stack is not told of", IN_CHILD, "drift", "dead-nested-stack", survives=TOLD_BY),
    Case(
        "the nested stack is still there",
        {
            cloudformation.STACKS: [*IN_CHILD[cloudformation.STACKS], stack("UPDATE_ROLLBACK_COMPLETE", StackId=CHILD, StackName="orders-Child", ParentId=ARN, RootId=ARN)],
            EVENTS: {**IN_CHILD[EVENTS], CHILD: OF_CHILD},
        },
        "drift",
        "dead-logs-key",
        subject=ARN,
        survives=TOLD_BY,
    ),
    Case(
        "nested and undone with its root",
        failed("UPDATE_ROLLBACK_COMPLETE", ParentId=nested_arn("root")),
        "not_applicable",
        says="its root stack",
    ),
    Case("nested and stuck", failed("DELETE_FAILED", ParentId=nested_arn("root")), "drift", "stuck-cause-not-told", survives=TOLD_BY),
    Case("the events are too old to be kept", failed("ROLLBACK_COMPLETE"), "drift", "dead-cause-not-told", survives=TOLD_BY),
    Case(
        "the beginning is too old to be kept",
        failed("UPDATE_ROLLBACK_FAILED", event("A", GROUP, "UPDATE_FAILED", KEY, at=3)),
        "drift",
        "stuck-cause-not-told",
        survives=TOLD_BY,
    ),
    Case(
        "the events are refused",
        {cloudformation.STACKS: [stack("ROLLBACK_FAILED")], EVENTS: {ARN: Refused()}},
        "drift",
        "stuck-cause-not-told",
        severity="high",
        survives=TOLD_BY,
    ),
    *(
        Case(f"{status}, without a cause", failed(status), "drift", severity=severity, survives=TOLD_BY)
        for status, severity in {
            "CREATE_FAILED": "high",
            "UPDATE_FAILED": "high",
            "IMPORT_ROLLBACK_FAILED": "high",
            "IMPORT_ROLLBACK_COMPLETE": "medium",
        }.items()
    ),
    Case("just begun", waiting("UPDATE_IN_PROGRESS", "2026-11-21T11:00:00+00:00"), "pass", says="UPDATE_IN_PROGRESS"),
    Case("running for a day", waiting("UPDATE_IN_PROGRESS", "2026-11-20T11:00:00+00:00"), "drift", "in-progress-too-long", severity="medium"),
    Case("rolling back for a day", waiting("UPDATE_ROLLBACK_IN_PROGRESS", "2026-11-20T11:00:00+00:00"), "drift", "in-progress-too-long"),
    Case(
        "a deletion began lately",
        waiting("DELETE_IN_PROGRESS", "2026-11-01T11:00:00+00:00", DeletionTime="2026-11-21T11:30:00+00:00"),
        "pass",
    ),
    Case(
        "the baseline has patience",
        waiting("UPDATE_IN_PROGRESS", "2026-11-20T12:00:00+00:00"),
        "pass",
        settings={"max_inprogress_hours": 48},
    ),
    Case("a review of an hour", {cloudformation.STACKS: [stack("REVIEW_IN_PROGRESS", CreationTime="2026-11-21T11:00:00+00:00")]}, "pass"),
    Case(
        "a review of weeks",
        {cloudformation.STACKS: [stack("REVIEW_IN_PROGRESS")]},
        "drift",
        "review-pending",
        severity="informational",
    ),
    Case(
        "a beginning that is not told",
        {cloudformation.STACKS: [{**stack("UPDATE_IN_PROGRESS"), "CreationTime": None}]},
        "unknown",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_names_the_command_that_the_state_allows():
    def command(status):
        case = Case("", failed(status), "drift")
        return findings_of(PROBE, case)[0].fix.cli

    assert (
        command("ROLLBACK_COMPLETE")
        == f"aws cloudformation delete-stack --stack-name {NAME} --region us-east-1"
    )
    assert "continue-update-rollback" in command("UPDATE_ROLLBACK_FAILED")
    assert "rollback-stack" in command("UPDATE_FAILED")
    assert command("UPDATE_ROLLBACK_COMPLETE") == ""


def test_the_finding_points_at_the_nested_stack():
    case = next(c for c in CASES if c.id == "the nested stack is still there")
    finding = next(f for f in findings_of(PROBE, case) if f.resource.id == ARN)
    assert [related.resource.name for related in finding.related] == ["orders-Child"]
    told = {e.subject: e.value for e in finding.evidence if e.operation == "judgement"}
    assert told["first failure"]["logical id"] == "Logs"


def _planted(name, status, events):
    from moto.cloudformation.models import Event
    from moto.core.utils import utcnow

    arn = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{name}/1"
    made = [
        Event(arn, name, logical, physical or arn, kind, state, reason, None)
        for logical, physical, kind, state, reason in events
    ]
    return arn, SimpleNamespace(
        stack_id=arn, name=name, stack_name=name, template="{}", description="", template_description="",
        status=status, stack_status=status, status_reason=None, stack_status_reason=None,
        creation_time=utcnow(), parameters=[], tags={}, exports=[], notification_arns=[], role_arn=None,
        enable_termination_protection=False, policy="", disable_rollback=False, outputs=[],
        stack_resources=[], events=made,
    )  # fmt: skip


def test_on_an_account(aws):
    """Moto's own stacks never fail, so both are planted in its store."""
    from moto.cloudformation.models import cloudformation_backends

    stacks = cloudformation_backends["123456789012"]["us-east-1"].stacks
    kind = "AWS::CloudFormation::Stack"
    good = _planted("good", "CREATE_COMPLETE", [])
    bad = _planted(
        "bad",
        "ROLLBACK_COMPLETE",
        [
            ("bad", "", kind, "CREATE_IN_PROGRESS", "User Initiated"),
            ("Logs", "logs", GROUP, "CREATE_FAILED", KEY),
            (
                "bad",
                "",
                kind,
                "ROLLBACK_IN_PROGRESS",
                "The following resource(s) failed to create: [Logs].",
            ),
        ],
    )
    stacks.update([good, bad])
    found = {f.resource.name: (f.verdict.value, f.code) for f in audit(LastOperation)}
    assert found == {"good": ("pass", ""), "bad": ("drift", "dead-logs-key")}


def test_a_nested_stack_that_is_gone_is_asked_by_its_id(aws):
    from moto.cloudformation.models import cloudformation_backends

    backend = cloudformation_backends["123456789012"]["us-east-1"]
    kind = "AWS::CloudFormation::Stack"
    child = _planted(
        "root-Child",
        "DELETE_COMPLETE",
        [
            ("root-Child", "", kind, "CREATE_IN_PROGRESS", None),
            ("Logs", "logs", GROUP, "CREATE_FAILED", KEY),
            ("root-Child", "", kind, "DELETE_IN_PROGRESS", None),
        ],
    )
    root = _planted(
        "root",
        "ROLLBACK_COMPLETE",
        [
            ("root", "", kind, "CREATE_IN_PROGRESS", "User Initiated"),
            (
                "Child",
                child[0],
                kind,
                "CREATE_FAILED",
                "Embedded stack was not successfully created",
            ),
            (
                "root",
                "",
                kind,
                "ROLLBACK_IN_PROGRESS",
                "The following resource(s) failed to create: [Child].",
            ),
        ],
    )
    backend.deleted_stacks[child[0]] = child[1]
    backend.stacks[root[0]] = root[1]
    (finding,) = audit(LastOperation)
    assert (finding.code, "Child/Logs" in finding.message) == ("dead-logs-key", True)
