"""Keys, secrets and roles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.core.utils import unix_time
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy

from auditor.demo.application import Key, Role, Secret
from auditor.demo.builders.site import Site, logical
from auditor.demo.documents import ACCOUNT, key_administration, policy, trust

_DAY = 86400
_KEYS_OF_AWS = ("ebs", "rds", "secretsmanager", "sns")
_AWS_POLICIES: Mapping[str, Any] = json.loads(aws_managed_policies_data)


def build_keys(site: Site) -> None:
    """Make the customer keys, and let AWS make its own for the services that are used without."""
    for service in _KEYS_OF_AWS:
        # Describing one is using it, for moto; a scan must not be the first to do so.
        site.client("kms").describe_key(KeyId=f"alias/aws/{service}")
    for key in site.app.keys:
        _key(site, key)


def build_secrets(site: Site) -> None:
    """Make the secrets, sealed with keys that must exist."""
    for secret in site.app.secrets:
        _secret(site, secret)


def build_roles(site: Site) -> None:
    """Make the roles; the keys and secrets that they name must exist."""
    if site.app.fleet is not None:
        _service_linked_role(site)
    for role in site.app.roles:
        _role(site, role)


def rotate_secrets(site: Site) -> None:
    """Schedule the rotations, and set the last one back to when the data says."""
    for secret in site.app.secrets:
        if secret.days is None:
            continue
        by = {} if secret.owner else {"RotationLambdaARN": site.refs["function:rotation"]}
        site.client("secretsmanager").rotate_secret(
            SecretId=site.refs[f"secret:{secret.role}"],
            RotationRules={"AutomaticallyAfterDays": secret.days},
            **by,
        )
        stored = site.store("secretsmanager").secrets[f"{site.app.name}/{secret.role}"]
        stored.last_rotation_date = int(unix_time()) - secret.rotated_days_ago * _DAY
        stored.next_rotation_date = stored.last_rotation_date + secret.days * _DAY
        # A secret is older than its last rotation.
        stored.created_date = stored.last_rotation_date - secret.days * _DAY


def _key(site: Site, key: Key) -> None:
    kms, name = site.client("kms"), logical(key.role, "key")
    document = policy(key_administration(), *key.statements)
    made = kms.create_key(
        Description=f"{key.role} of {site.app.name}",
        Policy=json.dumps(document),
        Tags=[
            {"TagKey": k, "TagValue": v} for k, v in site.tags(name, site.name(key.role)).items()
        ],
    )["KeyMetadata"]
    kms.create_alias(AliasName=f"alias/{site.name(key.role)}", TargetKeyId=made["KeyId"])
    site.make("AWS::KMS::Key", name, made["KeyId"])
    site.declare(name, KeyPolicy=site.portable(document))
    site.refs[f"key:{key.role}"] = made["Arn"]
    if key.rotation_days is not None:
        kms.enable_key_rotation(KeyId=made["KeyId"], RotationPeriodInDays=key.rotation_days)


def _secret(site: Site, secret: Secret) -> None:
    name = logical(secret.role, "secret")
    sealed = {"KmsKeyId": site.refs[f"key:{secret.key}"]} if secret.key else {}
    owner = {"Key": "aws:secretsmanager:owningService", "Value": secret.owner}
    arn = site.client("secretsmanager").create_secret(
        Name=f"{site.app.name}/{secret.role}",
        SecretString=json.dumps({"username": "owner", "password": "not-a-secret"}),
        Tags=[*site.pairs(name, site.name(secret.role)), *([owner] if secret.owner else [])],
        **sealed,
    )["ARN"]
    site.make("AWS::SecretsManager::Secret", name, arn, f"secret:{secret.role}")


def _service_linked_role(site: Site) -> None:
    """Auto Scaling's own role, once per account; AWS attaches its policy, and nobody changes it."""
    iam, name = site.store("iam"), "AWSServiceRoleForAutoScaling"
    if any(role.name == name for role in iam.roles.values()):
        return
    site.client("iam").create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    arn = _plant_policy(site, "aws-service-role/AutoScalingServiceRolePolicy")
    site.client("iam").attach_role_policy(RoleName=name, PolicyArn=arn)


def _role(site: Site, role: Role) -> None:
    iam, name, full = site.client("iam"), logical(role.role, "role"), site.name(role.role)
    arn = iam.create_role(
        RoleName=full,
        AssumeRolePolicyDocument=json.dumps(trust(role.service)),
        Tags=site.pairs(name, full),
    )["Role"]["Arn"]
    site.make("AWS::IAM::Role", name, full)
    site.refs[f"role:{role.role}"] = arn
    _permit(site, role, full)
    if role.instance_profile:
        iam.create_instance_profile(InstanceProfileName=full)
        iam.add_role_to_instance_profile(InstanceProfileName=full, RoleName=full)
        site.make("AWS::IAM::InstanceProfile", f"{name}Profile", full)


def _permit(site: Site, role: Role, full: str) -> None:
    """Give a role its policies, as the template says."""
    iam, name = site.client("iam"), logical(role.role, "role")
    attached = [_plant_policy(site, managed) for managed in role.managed]
    for arn in attached:
        iam.attach_role_policy(RoleName=full, PolicyArn=arn)
    if attached:
        site.declare(name, ManagedPolicyArns=site.portable(attached))
    if not role.statements:
        return
    document = site.resolve(policy(*role.statements))
    iam.put_role_policy(RoleName=full, PolicyName="own", PolicyDocument=document)
    own = {"PolicyName": "own", "PolicyDocument": site.portable(json.loads(document))}
    site.declare(name, Policies=[own])


def _plant_policy(site: Site, path: str) -> str:
    """Offer one of AWS's managed policies, with AWS's document; all 1,582 would take long."""
    data = _AWS_POLICIES[path.rpartition("/")[2]]
    planted = AWSManagedPolicy.from_data(path.rpartition("/")[2], ACCOUNT, "aws", data)
    iam = site.store("iam")
    if planted.arn not in iam.managed_policies:
        iam.managed_policies[planted.arn] = planted
        iam.aws_managed_policies.append(planted)
    return str(planted.arn)
