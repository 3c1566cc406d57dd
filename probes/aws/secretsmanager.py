"""Secrets Manager: secrets, how they rotate, who else may read them; never what they hold."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from auditor.query import Query, Shape
from auditor.resources import Tags
from probes.analysis.names import UnreadableName, secret_name
from probes.aws.arns import AnArn

GONE = {"ResourceNotFoundException"}


class RotationRules(Shape):
    """When a secret rotates; `duration` is the window in hours, as in `3h`."""

    automatically_after_days: int | None = None
    schedule_expression: str | None = None
    duration: str = ""


class Secret(Shape):
    """A secret; AWS leaves `rotation_enabled` out where rotation was never configured.

    `kms_key_id` is empty for `aws/secretsmanager`, else an ARN, an id or an alias. `type` names the
    partner that holds a managed external secret, `owning_service` the AWS service that made it.
    While rotation is off the rules and the function are those of before (API model).
    """

    arn: AnArn = Field(alias="ARN")
    name: str
    type: str = ""
    kms_key_id: str = ""
    rotation_enabled: bool | None = None
    rotation_lambda_arn: str = Field("", alias="RotationLambdaARN")
    rotation_rules: RotationRules | None = None
    last_rotated_date: AwareDatetime | None = None
    last_changed_date: AwareDatetime | None = None
    next_rotation_date: AwareDatetime | None = None
    created_date: AwareDatetime | None = None
    deleted_date: AwareDatetime | None = None
    secret_versions_to_stages: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    owning_service: str = ""
    primary_region: str = ""
    tags: Tags = Field(default_factory=dict)

    @property
    def has_stuck_rotation(self) -> bool:
        """Whether a rotation was begun and not finished: the next one fails (API, RotateSecret)."""
        stages = self.secret_versions_to_stages.values()
        return any("AWSPENDING" in one and "AWSCURRENT" not in one for one in stages)

    @property
    def rotates_by_function(self) -> bool:
        """Whether a Lambda function of the customer's rotates it, rather than a service."""
        by_service = self.owning_service or self.type
        return bool(self.rotation_enabled and self.rotation_lambda_arn and not by_service)


class Primary(Shape):
    """The secret of another account that this one is a copy of."""

    primary_secret_arn: str = Field("", alias="PrimarySecretARN")


class Details(Shape):
    """What only `DescribeSecret` says."""

    cross_account_primary: Primary | None = None


class ResourcePolicy(Shape):
    """The policy on a secret; a secret without one has no text here."""

    resource_policy: str = ""


def why_not_here(secret: Secret, region: str) -> str:
    """Why a secret does not rotate in a region, whatever its settings; nothing where it may."""
    if secret.deleted_date is not None:
        return "the secret is being deleted"
    if secret.primary_region and secret.primary_region != region:
        return f"it is a copy: it rotates in {secret.primary_region}"
    return ""


def names_of(secret: Secret) -> tuple[str, ...]:
    """For `where`: a secret by its ARN, by that ARN without its random suffix, or by its name."""
    try:
        bare = secret.arn.removesuffix(secret.arn[-7:]) if secret_name(secret.arn) else ""
    except UnreadableName:
        bare = ""
    return tuple(dict.fromkeys(name for name in (secret.arn, bare, secret.name) if name))


def may_be_copy(secret: Secret) -> bool:
    """Which secrets may be copies of another account's: services make their own."""
    return not secret.owning_service and secret.deleted_date is None


SECRETS = Query(
    "secretsmanager:ListSecrets",
    Secret,
    each="SecretList",
    key="ARN",
    lasting="Name",
    also={"MaxResults": 100},
    arn="ARN",
    name="Name",
    tags="Tags",
    type="AWS::SecretsManager::Secret",
)
DETAILS = Query(
    "secretsmanager:DescribeSecret",
    Details,
    of=SECRETS,
    given={"SecretId": "ARN"},
    when=may_be_copy,
    gone=GONE,
)
POLICY = Query(
    "secretsmanager:GetResourcePolicy",
    ResourcePolicy,
    of=SECRETS,
    given={"SecretId": "ARN"},
    gone=GONE,
)
