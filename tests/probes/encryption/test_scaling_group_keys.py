import json
import shlex

import boto3
import pytest

from probes.aws import autoscaling, ec2_images, ec2_templates, ec2_volumes, iam, kms
from probes.encryption.scaling_group_keys import ScalingGroupKeys
from tests.kit import Case, Refused, audit, check_case, findings_of, the_finding, verdicts
from tests.probes.encryption.keys import ACCOUNT, ARN, ID, OTHER, ROOT, allow, key, policy

PROBE = ScalingGroupKeys()
SERVICE_LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
SUFFIXED = f"{SERVICE_LINKED}_web"
GROUP_ARN = f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:autoScalingGroup:5f1d8c10-0000-11f0-8000-0e5d6f9b3c11:autoScalingGroupName/web"
USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
FOR_RESOURCES = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
GRANTED = ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey",
           "GenerateDataKeyWithoutPlaintext", "DescribeKey", "CreateGrant"]  # fmt: skip
GHOST = "AROAIOSFODNN7EXAMPLE00"


def group(**changes):
    return {
        "AutoScalingGroupName": "web",
        "AutoScalingGroupARN": GROUP_ARN,
        "LaunchTemplate": {
            "LaunchTemplateId": "lt-1", "LaunchTemplateName": "web", "Version": "$Latest",
        },
        "MinSize": 0,
        "MaxSize": 2,
        "DesiredCapacity": 0,
        "DefaultCooldown": 300,
        "AvailabilityZones": ["us-east-1a"],
        "HealthCheckType": "EC2",
        "CreatedTime": "2026-01-01T00:00:00Z",
        "ServiceLinkedRoleARN": SERVICE_LINKED,
        **changes,
    }  # fmt: skip


def version(*devices, image="ami-1", number=1):
    return {
        "LaunchTemplateId": "lt-1",
        "LaunchTemplateName": "web",
        "VersionNumber": number,
        "DefaultVersion": number == 1,
        "LaunchTemplateData": {"ImageId": image, "BlockDeviceMappings": list(devices)},
    }


def device(name="/dev/xvda", **ebs):
    return {"DeviceName": name, "Ebs": ebs}


def image(*devices, id_="ami-1", **more):
    return {
        "ImageId": id_,
        "Name": "base",
        "OwnerId": ACCOUNT,
        "BlockDeviceMappings": list(devices),
        **more,
    }


def to_role(role=SERVICE_LINKED):
    """AWS's two statements."""
    return (
        allow({"AWS": role}, *USE),
        allow({"AWS": role}, "kms:CreateGrant", condition=FOR_RESOURCES),
    )


def grant(grantee=SERVICE_LINKED, operations=GRANTED, **more):
    return {
        "KeyId": ARN,
        "GrantId": "g1",
        "GranteePrincipal": grantee,
        "Operations": list(operations),
        **more,
    }


PLAIN = image(device(Encrypted=False, SnapshotId="snap-1"))
SEALED_IMAGE = image(device(Encrypted=True, SnapshotId="snap-1"))
BY_KEY = device(Encrypted=True, KmsKeyId=ARN)


def account(*statements, versions=(), images=(PLAIN,), grants=(), by_default=False, default=ARN,
            snapshots=(), more=(), **changes):  # fmt: skip
    """The answers for one group, one key and their surroundings."""
    asked = {"image-id": {"Images": list(images)}, "snapshot-id": {"Snapshots": list(snapshots)}}
    return {
        **key(*statements, **changes),
        autoscaling.GROUPS: [group()],
        ec2_templates.VERSIONS: list(versions) or [version(BY_KEY)],
        ec2_images.IMAGES: {"asked": asked["image-id"]["Images"]},
        ec2_images.SNAPSHOTS: {"asked": asked["snapshot-id"]["Snapshots"]},
        ec2_volumes.ENCRYPTION_BY_DEFAULT: [{"EbsEncryptionByDefault": by_default}],
        ec2_volumes.DEFAULT_KEY: [{"KmsKeyId": default}],
        kms.GRANTS: {ARN: list(grants)},
        **dict(more),
    }


def for_group(answers, **changes):
    return {**answers, autoscaling.GROUPS: [group(**changes)]}


DERIVED = (ec2_images.IMAGES, ec2_images.SNAPSHOTS, ec2_volumes.ENCRYPTION_BY_DEFAULT,
           ec2_volumes.DEFAULT_KEY, autoscaling.ACTIVITIES)  # fmt: skip
ACTIVITIES = (autoscaling.ACTIVITIES,)


def refused(name, answers, code, *, survives=DERIVED, **more):
    return Case(name, answers, "gap", code, severity="critical", survives=survives, **more)


KEYS = [
    Case("AWS's two statements", account(*to_role()), "pass"),
    refused("only the account's root", account(), "role-not-allowed", says="only delegates"),
    refused("nobody but a root that delegates nothing", {**account(), kms.POLICY: {ARN: policy(allow({"AWS": OTHER}))}}, "role-not-allowed"),
    refused("no grants", account(to_role()[0]), "no-create-grant", found=["kms:CreateGrant"]),
    refused(
        "the condition of grants on everything",
        account(allow({"AWS": SERVICE_LINKED}, *USE, "kms:CreateGrant", condition=FOR_RESOURCES)),
        "missing-actions",
    ),
    Case(
        "one statement without a condition",
        account(allow({"AWS": SERVICE_LINKED}, *USE, "kms:CreateGrant")),
        "pass",
    ),
    refused(
        "the source's statement, without Resource",
        account(
            {"Effect": "Allow", "Principal": {"AWS": SERVICE_LINKED}, "Action": [*USE, "kms:CreateGrant"]}
        ),
        "role-barred",
        says="has no effect",
    ),
    refused(
        "another service",
        account(
            allow(
                {"AWS": SERVICE_LINKED}, "kms:*",
                condition={"StringEquals": {"kms:ViaService": "rds.us-east-1.amazonaws.com"}},
            )
        ),
        "role-barred",
    ),
    Case(
        "everyone of the account through EC2",
        account(
            allow(
                "*", "kms:*",
                condition={
                    "StringEquals": {
                        "kms:CallerAccount": ACCOUNT,
                        "kms:ViaService": "ec2.us-east-1.amazonaws.com",
                    }
                },
            )
        ),
        "pass",
    ),
    refused(
        "the default role, and the group has one of its own",
        for_group(account(*to_role()), ServiceLinkedRoleARN=SUFFIXED),
        "other-role",
    ),
    Case(
        "the group's own role",
        for_group(account(*to_role(SUFFIXED)), ServiceLinkedRoleARN=SUFFIXED),
        "pass",
    ),
    refused("a role that was made anew", account(*to_role(GHOST)), "role-recreated"),
    refused(
        "denied",
        account(*to_role(), {**allow({"AWS": SERVICE_LINKED}, "kms:*"), "Effect": "Deny"}),
        "role-barred",
    ),
    Case(
        "a condition that cannot be told",
        account(allow({"AWS": SERVICE_LINKED}, "kms:*", condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
        "unknown",
    ),
    Case("the policy decides, whatever is refused of grants", {**account(*to_role()), kms.GRANTS: {ARN: Refused()}}, "pass"),
    Case("a grant", account(grants=[grant()]), "pass"),
    Case("a grant beside a statement", account(to_role()[0], grants=[grant(operations=["CreateGrant"])]), "pass"),
    refused("a grant that lacks operations", account(grants=[grant(operations=["Decrypt"])]), "missing-actions"),
    refused("a grant to another role", account(grants=[grant(SUFFIXED)]), "role-not-allowed"),
    refused(
        "a grant to a role that is gone",
        {**account(grants=[grant(GHOST)]), iam.ROLES: [{"Arn": SERVICE_LINKED, "RoleName": "r", "RoleId": "AROAIOSFODNN7EXAMPLE11"}]},
        "role-not-allowed",
    ),
    Case(
        "a grant to the role by its id",
        {**account(grants=[grant(GHOST)]), iam.ROLES: [{"Arn": SERVICE_LINKED, "RoleName": "r", "RoleId": GHOST}]},
        "pass",
    ),
    Case("a grant to a role that cannot be seen", account(grants=[grant(GHOST)]), "unknown"),
    Case("a policy that is none", {**account(), kms.POLICY: {ARN: {"Policy": "[]"}}}, "unknown"),
    Case("a role that is none", for_group(account(), ServiceLinkedRoleARN=""), "unknown"),
]  # fmt: skip

STATES = [
    refused("disabled", account(*to_role(), KeyState="Disabled"), "key-state", found="Disabled"),
    refused("to be deleted", account(*to_role(), KeyState="PendingDeletion"), "key-state"),
    refused("asymmetric", account(*to_role(), KeySpec="RSA_2048"), "key-unfit"),
    Case("a new state", account(*to_role(), KeyState="Dreaming"), "unknown"),
    Case("AWS's own", account(KeyManager="AWS"), "pass"),
    refused(
        "no such key",
        account(versions=[version(device(Encrypted=True, KmsKeyId=f"{ARN}0"))]),
        "key-missing",
    ),
    refused(
        "another region's",
        account(versions=[version(device(Encrypted=True, KmsKeyId=ARN.replace("us-east-1", "eu-west-1")))]),
        "key-missing",
    ),
    Case(
        "another account's",
        account(versions=[version(device(Encrypted=True, KmsKeyId=ARN.replace(ACCOUNT, OTHER)))]),
        "unknown",
        says=f"belongs to account {OTHER}",
    ),
    refused("by its id", account(versions=[version(device(Encrypted=True, KmsKeyId=ID))]), "role-not-allowed"),
    *(
        refused(
            f"by {name}",
            account(
                versions=[version(device(Encrypted=True, KmsKeyId=name))],
                more={kms.ALIASES: [{"AliasName": "alias/disks", "AliasArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/disks", "TargetKeyId": ID}]},
            ),
            "role-not-allowed",
        )
        for name in ("alias/disks", f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/disks")
    ),
    refused(
        "by an alias that is not there",
        account(versions=[version(device(Encrypted=True, KmsKeyId="alias/disks"))]),
        "key-missing",
    ),
]  # fmt: skip

SNAPSHOT = {"SnapshotId": "snap-1", "OwnerId": ACCOUNT, "Encrypted": True, "KmsKeyId": ARN}
NOTHING = [version()]
WHICH = [
    Case("nothing encrypted", account(versions=NOTHING), "not_applicable"),
    refused(
        "the account's default key",
        account(versions=NOTHING, by_default=True),
        "role-not-allowed",
        says="the account's default",
        survives=ACTIVITIES,
    ),
    Case("AWS's default key", account(versions=NOTHING, by_default=True, default="alias/aws/ebs"), "pass"),
    refused(
        "encrypted, and no key named",
        account(versions=[version(device(Encrypted=True))]),
        "role-not-allowed",
        survives=ACTIVITIES,
    ),
    refused(
        "the image's encrypted snapshot",
        account(versions=NOTHING, images=[SEALED_IMAGE], snapshots=[SNAPSHOT]),
        "role-not-allowed",
        says="snapshot snap-1",
        survives=ACTIVITIES,
    ),
    refused(
        "a template that changes the image's volume and keeps its snapshot",
        account(versions=[version(device(VolumeSize=50))], images=[SEALED_IMAGE], snapshots=[SNAPSHOT]),
        "role-not-allowed",
        survives=ACTIVITIES,
    ),
    refused(
        "the template's encrypted snapshot",
        account(versions=[version(device("/dev/sdb", SnapshotId="snap-1"))], snapshots=[SNAPSHOT]),
        "role-not-allowed",
        survives=(ec2_volumes.ENCRYPTION_BY_DEFAULT, *ACTIVITIES),
    ),
    Case(
        "the template's plain snapshot",
        account(
            versions=[version(device("/dev/sdb", SnapshotId="snap-1"))],
            snapshots=[{**SNAPSHOT, "Encrypted": False}],
        ),
        "not_applicable",
    ),
    Case(
        "a snapshot that cannot be seen",
        account(versions=NOTHING, images=[SEALED_IMAGE]),
        "unknown",
        says="snapshot snap-1 cannot be seen",
    ),
    Case(
        "a snapshot of which AWS names no key",
        account(versions=NOTHING, images=[SEALED_IMAGE], snapshots=[{**SNAPSHOT, "KmsKeyId": ""}]),
        "unknown",
        says="the key of snapshot snap-1",
    ),
    Case(
        "a key whose name is none",
        account(versions=[version(device(Encrypted=True, KmsKeyId="arn:what"))]),
        "unknown",
        says="is no ARN",
    ),
    Case(
        "another account's snapshot takes the default key as well",
        account(
            *to_role(),
            versions=NOTHING,
            images=[SEALED_IMAGE],
            snapshots=[{**SNAPSHOT, "OwnerId": OTHER, "KmsKeyId": ARN.replace(ACCOUNT, OTHER)}],
        ),
        "unknown",
        says=f"belongs to account {OTHER}",
    ),
    Case(
        "the image's device is taken away",
        account(versions=[version({"DeviceName": "/dev/xvda", "NoDevice": ""})], images=[SEALED_IMAGE], snapshots=[SNAPSHOT]),
        "not_applicable",
    ),
    refused(
        "an empty encrypted volume of the image",
        account(versions=NOTHING, images=[image(device(Encrypted=True))]),
        "role-not-allowed",
        survives=ACTIVITIES,
    ),
    Case(
        "an instance store",
        account(versions=NOTHING, images=[image({"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"})]),
        "not_applicable",
    ),
    Case("an image that cannot be seen", account(*to_role(), images=[]), "unknown", says="image ami-1"),
    refused("an image that cannot be seen, and a key that is named", account(images=[]), "role-not-allowed"),
    Case(
        "an image of a parameter of one's own",
        account(*to_role(), versions=[version(BY_KEY, image="resolve:ssm:/images/web")]),
        "unknown",
    ),
    Case(
        "an image of AWS's parameter",
        account(*to_role(), versions=[version(image="resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023")], by_default=True),
        "pass",
    ),
    Case(
        "a key without encryption",
        account(versions=[version(device(KmsKeyId=ARN))]),
        "unknown",
        says="does not ask for encryption",
    ),
    refused(
        "a key, encrypted by default",
        account(versions=[version(device(KmsKeyId=ARN))], by_default=True, default="alias/aws/ebs"),
        "role-not-allowed",
        survives=(ec2_volumes.DEFAULT_KEY, *ACTIVITIES),
    ),
    Case(
        "one key of two is refused, the other is healthy",
        account(
            *to_role(),
            versions=[version(BY_KEY, device("/dev/sdb", Encrypted=True, KmsKeyId=f"{ARN}0"))],
        ),
        "gap",
        "key-missing",
        survives=(*DERIVED, kms.METADATA, kms.POLICY),
    ),
]  # fmt: skip

MIXED = {
    "LaunchTemplate": {
        "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "$Default"},
        "Overrides": [{"InstanceType": "m7g.large", "ImageId": "ami-2"}],
    }
}
LAUNCHES = [
    Case("being deleted", for_group(account(), Status="Delete in progress"), "not_applicable"),
    Case(
        "no such template",
        for_group(account(), LaunchTemplate={"LaunchTemplateId": "lt-9", "Version": "1"}),
        "unknown",
    ),
    Case(
        "the version in use, not the latest",
        for_group(
            account(versions=[version(), version(BY_KEY, number=2)]),
            LaunchTemplate={"LaunchTemplateId": "lt-1", "Version": "$Default"},
        ),
        "not_applicable",
    ),
    refused(
        "the image of an override",
        for_group(
            account(
                versions=NOTHING,
                images=[PLAIN, {**SEALED_IMAGE, "ImageId": "ami-2"}],
                snapshots=[SNAPSHOT],
            ),
            LaunchTemplate=None,
            MixedInstancesPolicy=MIXED,
        ),
        "role-not-allowed",
        survives=(ec2_volumes.ENCRYPTION_BY_DEFAULT, *ACTIVITIES),
    ),
    refused(
        "a launch configuration",
        {
            **for_group(
                account(by_default=True), LaunchTemplate=None, LaunchConfigurationName="old"
            ),
            autoscaling.LAUNCH_CONFIGURATIONS: [
                {
                    "LaunchConfigurationName": "old",
                    "LaunchConfigurationARN": "arn:old",
                    "ImageId": "ami-1",
                    "BlockDeviceMappings": [device("/dev/sdb", Encrypted=True)],
                }
            ],
        },
        "role-not-allowed",
        survives=(ec2_volumes.ENCRYPTION_BY_DEFAULT, *ACTIVITIES),
    ),
    Case(
        "a launch configuration that is gone",
        for_group(account(), LaunchTemplate=None, LaunchConfigurationName="old"),
        "unknown",
    ),
]
CASES = KEYS + STATES + WHICH + LAUNCHES


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def named(case_id):
    return next(case for case in CASES if case.id == case_id)


@pytest.mark.parametrize(
    "case_id",
    ["only the account's root", "no grants", "the source's statement, without Resource",
     "a role that was made anew", "the default role, and the group has one of its own"],
)  # fmt: skip
def test_a_policy_that_is_mended_as_proposed_passes(case_id):
    case = named(case_id)
    words = shlex.split(the_finding(case, findings_of(PROBE, case)).fix.cli)
    put = {ARN: {"Policy": words[words.index("--policy") + 1]}}
    assert json.loads(put[ARN]["Policy"])["Statement"][0] == ROOT
    check_case(PROBE, Case("mended", {**case.answers, kms.POLICY: put}, "pass"))


def test_the_finding_points_at_the_key_and_shows_the_latest_failure():
    case = named("only the account's root")
    failed = {
        "ActivityId": "a1", "AutoScalingGroupName": "web", "Cause": "", "StartTime": "2026-11-20T00:00:00Z",
        "StatusCode": "Failed", "StatusMessage": "Client.InternalError: Client error on launch",
    }  # fmt: skip
    answers = {**case.answers, autoscaling.ACTIVITIES: [failed]}
    finding = the_finding(case, findings_of(PROBE, Case("failed", answers, "gap")))
    assert [(one.role, one.resource.id) for one in finding.related] == [("key of /dev/xvda", ARN)]
    assert failed["StatusMessage"] in [evidence.value for evidence in finding.evidence]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"StatusCode": "Successful"}, id="one that succeeded"),
        pytest.param({"AutoScalingGroupName": "api"}, id="one of another group"),
    ],
)
def test_another_activity_is_no_evidence(changes):
    activity = {
        "ActivityId": "a1", "AutoScalingGroupName": "web", "Cause": "",
        "StartTime": "2026-11-20T00:00:00Z", "StatusCode": "Failed", "StatusMessage": "why", **changes,
    }  # fmt: skip
    answers = {**named("only the account's root").answers, autoscaling.ACTIVITIES: [activity]}
    case = Case("another", answers, "gap")
    finding = the_finding(case, findings_of(PROBE, case))
    assert "why" not in [evidence.value for evidence in finding.evidence]


@pytest.mark.parametrize(
    ("case_id", "command"),
    [
        ("disabled", f"aws kms enable-key --key-id {ARN}"),
        ("to be deleted", f"aws kms cancel-key-deletion --key-id {ARN}"),
        ("asymmetric", ""),
    ],
)
def test_a_key_that_sleeps_is_woken(case_id, command):
    case = named(case_id)
    cli = the_finding(case, findings_of(PROBE, case)).fix.cli
    assert cli.startswith(command) if command else cli == ""


def test_on_an_account(aws):
    ec2, keys = boto3.client("ec2", "us-east-1"), boto3.client("kms", "us-east-1")
    scaling = boto3.client("autoscaling", "us-east-1")
    ami = ec2.register_image(Name="base", RootDeviceName="/dev/xvda")["ImageId"]
    role = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    for name, statements in {"open": to_role(role), "closed": ()}.items():
        made = keys.create_key(Policy=policy(ROOT, *statements)["Policy"])["KeyMetadata"]["Arn"]
        data = {"ImageId": ami, "InstanceType": "t3.small",
                "BlockDeviceMappings": [device(Encrypted=True, KmsKeyId=made)]}  # fmt: skip
        ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=0, MaxSize=1, AvailabilityZones=["us-east-1a"],
            LaunchTemplate={"LaunchTemplateName": name, "Version": "$Latest"},
        )  # fmt: skip
    assert verdicts(audit(ScalingGroupKeys)) == {"open": "pass", "closed": "gap"}
