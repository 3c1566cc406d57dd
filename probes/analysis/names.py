"""Names of AWS resources: ARNs, and the shorter names that are cut out of them."""

import re
from dataclasses import dataclass

_LONGEST_ARN = 2048  # the longest that IAM accepts (IAM API reference, arnType)
_PARTITION = re.compile(r"aws(-[a-z]+)*")
_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*")
_REGION = re.compile(r"[a-z0-9-]*")
# Besides twelve digits or nothing: `aws` for managed policies, `cloudfront` for origin identities,
# `ec2` for what an alarm does to an instance.
_ACCOUNT = re.compile(r"\d{12}|([a-z][a-z0-9-]*)?", re.ASCII)
# In these services a resource is a bare name, and what looks like a type is a part of it.
_UNTYPED = frozenset({"s3", "sns", "sqs", "execute-api", "codepipeline", "codecommit"})
# Secrets Manager appends a hyphen and six characters (user guide, "What's in a secret").
_SECRET_SUFFIX = re.compile(r"(?P<name>.+)-[A-Za-z0-9]{6}", re.DOTALL)


class UnreadableName(ValueError):
    """A text is not a name of the kind that was asked for."""


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an Amazon Resource Name."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        parts = (self.partition, self.service, self.region, self.account, self.resource)
        return ":".join(("arn", *parts))

    @property
    def resource_type(self) -> str:
        """What stands before the first `/` or `:` of the resource; empty if it has no type."""
        return self._split()[0]

    @property
    def resource_id(self) -> str:
        """What stands after the type, with all further parts."""
        return self._split()[1]

    def _split(self) -> tuple[str, str]:
        if self.service in _UNTYPED:
            return "", self.resource
        found = re.search(r"[/:]", self.resource)
        if found is None:
            return "", self.resource
        return self.resource[: found.start()], self.resource[found.end() :]

    def is_a(self, service: str, resource_type: str) -> bool:
        return (self.service, self.resource_type) == (service, resource_type)


def arn(text: str) -> Arn:
    """The parts of an ARN of any partition.

    Raises UnreadableName for any other text, also for a pattern with wildcards before the resource.
    """
    parts = text.split(":", 5) if len(text) <= _LONGEST_ARN else []
    if len(parts) != 6 or parts[0] != "arn":
        raise UnreadableName("not an ARN")
    found = Arn(*parts[1:])
    well_formed = (
        _PARTITION.fullmatch(found.partition)
        and _SERVICE.fullmatch(found.service)
        and _REGION.fullmatch(found.region)
        and _ACCOUNT.fullmatch(found.account)
        and found.resource
        and found.resource.isprintable()
    )
    if not well_formed:
        raise UnreadableName("not an ARN")
    return found


def is_arn(text: str) -> bool:
    """Whether a text is an ARN rather than a plain name."""
    try:
        arn(text)
    except UnreadableName:
        return False
    return True


def load_balancer_dimension(load_balancer_arn: str) -> str:
    """The `LoadBalancer` dimension of CloudWatch: `app/NAME/ID`, `net/NAME/ID`, `gwy/NAME/ID`.

    Raises UnreadableName for other ARNs, also of Classic Load Balancers, whose dimension is
    their plain name.
    """
    found = _arn_of(load_balancer_arn, "elasticloadbalancing", "loadbalancer")
    if len(found.resource_id.split("/")) != 3:
        raise UnreadableName("not the ARN of a load balancer of the second generation")
    return found.resource_id


def target_group_dimension(target_group_arn: str) -> str:
    """The `TargetGroup` dimension of CloudWatch: `targetgroup/NAME/ID`, with the type.

    Raises UnreadableName for other ARNs.
    """
    found = _arn_of(target_group_arn, "elasticloadbalancing", "targetgroup")
    if len(found.resource_id.split("/")) != 2:
        raise UnreadableName("not the ARN of a target group")
    return found.resource


def strip_version_of_lambda_arn(function_arn: str) -> str:
    """The ARN of a function without version or alias. Raises UnreadableName for other ARNs."""
    found = _arn_of(function_arn, "lambda", "function")
    name = found.resource_id.split(":")[0]
    return str(Arn(found.partition, found.service, found.region, found.account, f"function:{name}"))


def secret_arn(reference: str) -> str:
    """The ARN of the secret that a container definition's `valueFrom` refers to.

    After the secret it may name a JSON key, a version stage and a version id (ECS developer
    guide, "Pass Secrets Manager secrets through environment variables").
    Raises UnreadableName for anything but ARNs of secrets.
    """
    found = _arn_of(reference, "secretsmanager", "secret")
    name = found.resource_id.split(":")[0]
    return str(Arn(found.partition, found.service, found.region, found.account, f"secret:{name}"))


def secret_name(reference: str) -> str:
    """The name of a secret, out of its full ARN or a `valueFrom`.

    Raises UnreadableName if the ARN lacks the six random characters at its end. An ARN without
    them whose name happens to end like them cannot be told from a full one.
    """
    name = arn(secret_arn(reference)).resource_id
    found = _SECRET_SUFFIX.fullmatch(name)
    if found is None:
        raise UnreadableName("the ARN of the secret lacks its random suffix")
    return found["name"]


def log_group_name(log_group_arn: str) -> str:
    """The name of a log group, out of its ARN with or without `:*`, or of one of its streams.

    Raises UnreadableName for other ARNs.
    """
    name = _arn_of(log_group_arn, "logs", "log-group").resource_id.split(":")[0]
    if not name:
        raise UnreadableName("not the ARN of a log group")
    return name


def _arn_of(text: str, service: str, resource_type: str) -> Arn:
    found = arn(text)
    if not found.is_a(service, resource_type) or not found.resource_id:
        raise UnreadableName(f"not the ARN of a {service} {resource_type}")
    return found


def carries_suffix(name: str, suffix: str) -> bool:
    """Whether a name ends with or contains `-suffix`, as a whole word and in any case.

    `orders-prod` and `orders-prod-db` carry `prod`, `orders-production` does not. No name
    carries an empty suffix.
    """
    if not suffix:
        return False
    wanted, text = f"-{suffix.casefold()}", name.casefold()
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if end == len(text) or not text[end].isalnum():
            return True
        at = text.find(wanted, at + 1)
    return False
