"""Whether an action is allowed on anything at all of a kind, and on what kind it works.

A policy that is scoped to one application allows an action somewhere, not everywhere; who does not
know the application's names can but ask whether there is such a place. Sources: Service
Authorization Reference, resource types of CloudWatch Logs and Systems Manager; CloudWatch Logs user
guide, "CloudWatch Logs resources and operations"; Systems Manager user guide, "How Parameter Store
authorizes parameter retrieval".
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from probes.analysis.access import Access, Decision, Identity, identity_access
from probes.analysis.answers import Answer
from probes.analysis.statements import Request, covers_action
from probes.analysis.wildcards import may_overlap

# Streams are written to: `log-group:NAME` without `:*` is the group, and covers none of them.
_STREAM: Final = "log-group:*:log-stream:*"
_KINDS: Final = {
    "logs:createlogstream": _STREAM,
    "logs:putlogevents": _STREAM,
    "logs:createloggroup": "log-group:*",
    "logs:describelogstreams": "log-group:*",
    "logs:putretentionpolicy": "log-group:*",
    # AWS asks for `arn:...:*`, whose last part is one character: no parameter is called so.
    "ssm:describeparameters": "?",
    "ssm:getparameter": "parameter/*",
    "ssm:getparameterhistory": "parameter/*",
    "ssm:getparameters": "parameter/*",
    "ssm:getparametersbypath": "parameter/*",
}
_WITHOUT_RESOURCE: Final = frozenset(
    {"cloudwatch:putmetricdata", "ec2:describeinstances", "ec2:describetags",
     "ec2:describevolumes", "ecr:getauthorizationtoken", "logs:describeloggroups",
     "sts:getcalleridentity"}
)  # fmt: skip


def kind_of(action: str, partition: str, account: str) -> str:
    """What an action works on, as a pattern of ARNs; `*` for one that knows no resource.

    Of an action that is not known here it is everything of its service.
    """
    name = action.lower()
    service = name.partition(":")[0]
    if name in _WITHOUT_RESOURCE:
        return "*"
    if name in _KINDS:
        return f"arn:{partition}:{service}:*:{account}:{_KINDS[name]}"
    return f"arn:{partition}:{service}:*:*:*"


def anywhere(request: Request, identity: Identity) -> Access:
    """What the principal's policies say of an action on any one of what the request's pattern is.

    ALLOWED if there is such a place, NOT_ALLOWED or DENIED if there is none.
    """
    whole = identity_access(request, identity)
    if whole.decision is not Decision.CANNOT_TELL or request.resource == "*":
        return whole
    for pattern in dict.fromkeys(_granted(request, identity)):
        there = identity_access(replace(request, resource=pattern), identity)
        if there.decision is Decision.ALLOWED:
            return there
    return whole


def _granted(request: Request, identity: Identity) -> Iterator[str]:
    """On what the Allows for an action are, as far as it is of the kind that is wanted."""
    for policy in identity.policies:
        for statement in policy.statements:
            about = covers_action(statement, request.lower_action)
            if statement.allows and about is Answer.YES:
                for pattern in statement.resources or ():
                    if may_overlap(pattern, request.resource):
                        yield pattern
