"""Why resources of stacks fail: reasons in events, sorted by their cause.

The words are those of the CloudFormation user guide ("Troubleshooting CloudFormation") and of the
services that the reasons repeat. A reason is a hint for the reader, never a proof. Where a resource
of EC2 or Auto Scaling fails, its own messages are known to `failures`.
"""

from dataclasses import dataclass
from typing import Final

from probes.analysis import failures

_LONGEST: Final = 8192  # far more than AWS writes; what comes later is not read


@dataclass(frozen=True, slots=True)
class Cause:
    """A named cause, with a sentence that explains it.

    `order` says that something was made too early, before what it needs.
    """

    name: str
    explanation: str
    order: bool = False


UNKNOWN: Final = Cause("unrecognised", "the reason is none that we know; read it as it is")
UNTOLD: Final = Cause("cause-not-told", "its events do not tell what failed first")

_LOGS_KEY = Cause(
    "logs-key",
    "CloudWatch Logs may not use the key of a log group: its policy must let the service"
    " logs.REGION.amazonaws.com encrypt, decrypt and make data keys",
)
_POLICY = Cause(
    "managed-policy",
    "a managed policy does not exist under the ARN that the template names: AWS has withdrawn it,"
    " or it has a path such as service-role/",
)
_VOLUME_KEY = Cause(
    "volume-key",
    "the service-linked role of the scaling group may not use the key of its volumes, or the key is"
    " not enabled",
)
_ORDER_BALANCER = Cause(
    "listener-too-late",
    "a service was made before a listener sent anything to its target group",
    order=True,
)
_ORDER_GATEWAY = Cause(
    "gateway-too-late",
    "something was made before the internet gateway was attached to its VPC",
    order=True,
)
_ORDER_PERMISSION = Cause(
    "permission-too-late",
    "something was made before it might invoke the function that it names",
    order=True,
)
_TAKEN = Cause(
    "name-taken",
    "a resource of that name exists already, outside this stack: the name in the template leaves no"
    " room for a second one",
)
_EXPORT_MISSING = Cause("export-missing", "the template imports a value that no stack exports")
_EXPORT_USED = Cause(
    "export-in-use", "another stack imports a value that was to be changed or taken away"
)
_HOOK = Cause("hook", "a hook of the account refused the resource")
_DENIED = Cause(
    "denied", "the role that deploys the stack, or one that the resource uses, lacks a permission"
)
_QUOTA = Cause("quota", "a quota of the account is used up")
_NO_SIGNAL = Cause(
    "no-signal", "the instances did not signal success in time: their user data failed or hangs"
)
_BREAKER = Cause(
    "circuit-breaker", "the tasks of a service did not become healthy, so the circuit breaker acted"
)
_UNSTABLE = Cause("not-stable", "the resource did not become stable in time")
_NOT_EMPTY = Cause("not-empty", "a bucket or repository that still holds something stays")
_IN_USE = Cause("in-use", "something outside the stack still uses the resource")
_CUSTOM = Cause("custom-resource", "the function of a custom resource failed; its log tells why")
_USER = Cause("cancelled", "somebody cancelled the operation")
_MACRO = Cause("macro", "a macro or transform of the template failed")
_INVALID = Cause("invalid-template", "the template asks for what the service does not take")
_MISSING = Cause("not-found", "something that the template names does not exist")
_NESTED = Cause("nested-stack", "a nested stack failed, and its own events could not be read")

# The first line of which all fragments occur names the cause: the specific before the general.
_SIGNS: Final[tuple[tuple[tuple[str, ...], Cause], ...]] = (
    (("kms key does not exist or is not allowed",), _LOGS_KEY),
    (("policy arn:", "does not exist or is not attachable"), _POLICY),
    (("policy arn:", "does not exist"), _POLICY),
    (("does not have an associated load balancer",), _ORDER_BALANCER),
    (("is not attached to any internet gateway",), _ORDER_GATEWAY),
    (("has no internet gateway attached",), _ORDER_GATEWAY),
    (("has no attached internet gateway",), _ORDER_GATEWAY),
    (("belong to the same network",), _ORDER_GATEWAY),
    (("unable to validate the following destination configurations",), _ORDER_PERMISSION),
    (("cloudwatch logs permission to execute your function",), _ORDER_PERMISSION),
    (("permissions to execute the lambda function",), _ORDER_PERMISSION),
    (("hook(s) failed",), _HOOK),
    (("hook failed",), _HOOK),
    (("invalidkmskey",), _VOLUME_KEY),
    (("client.internalerror",), _VOLUME_KEY),
    (("circuit breaker",), _BREAKER),
    (("waitcondition timed out",), _NO_SIGNAL),
    (("success signal",), _NO_SIGNAL),
    (("success conditions",), _NO_SIGNAL),
    (("custom resource",), _CUSTOM),
    (("no export named",), _EXPORT_MISSING),
    (("export ", "in use by"), _EXPORT_USED),
    (("already exist",), _TAKEN),
    (("alreadyexists",), _TAKEN),
    (("bucketnotempty",), _NOT_EMPTY),
    (("not empty",), _NOT_EMPTY),
    (("limitexceeded",), _QUOTA),
    (("limit exceeded",), _QUOTA),
    (("quota",), _QUOTA),
    (("maximum number of",), _QUOTA),
    (("not authorized",), _DENIED),
    (("accessdenied",), _DENIED),
    (("access denied",), _DENIED),
    (("unauthorizedoperation",), _DENIED),
    (("is not permitted to",), _DENIED),
    (("dependencyviolation",), _IN_USE),
    (("dependent object",), _IN_USE),
    (("in use",), _IN_USE),
    (("by user",), _USER),
    (("cancelled by",), _USER),
    (("transform ", "failed"), _MACRO),
    (("failed to execute", "transform"), _MACRO),
    (("did not stabilize",), _UNSTABLE),
    (("exceeded attempts to wait",), _UNSTABLE),
    (("timed out",), _UNSTABLE),
    (("timeout",), _UNSTABLE),
    (("embedded stack",), _NESTED),
    (("validation failed",), _INVALID),
    (("template error",), _INVALID),
    (("template validation error",), _INVALID),
    (("unsupported property",), _INVALID),
    (("invalidrequest",), _INVALID),
    (("invalid request",), _INVALID),
    (("unresolved resource dependencies",), _INVALID),
    (("not found",), _MISSING),
    (("notfound",), _MISSING),
    (("does not exist",), _MISSING),
)
_LAUNCHES: Final = ("AWS::AutoScaling::", "AWS::EC2::Instance", "AWS::EC2::SpotFleet")


def classify(resource_type: str, reason: str) -> Cause:
    """The cause that the reason of a failure points to."""
    text = reason[:_LONGEST].lower()
    found = next((cause for signs, cause in _SIGNS if all(sign in text for sign in signs)), UNKNOWN)
    if found not in _VAGUE or not resource_type.startswith(_LAUNCHES):
        return found
    launch = failures.classify(reason)
    if launch is failures.UNKNOWN:
        return found
    return Cause(launch.name, launch.explanation.rstrip("."))


# Where a launch fails, `failures` knows more than these.
_VAGUE: Final = frozenset({UNKNOWN, _UNSTABLE, _NO_SIGNAL, _QUOTA, _DENIED, _MISSING, _INVALID})
