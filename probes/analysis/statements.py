"""Which statements apply to a request, and what they add up to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from probes.analysis.answers import Answer, all_of, any_of
from probes.analysis.conditions import Context, expand, holds, opposite
from probes.analysis.policy import Policy, Statement
from probes.analysis.principals import (
    Match,
    Principal,
    best_match,
    denied_by_not_principal,
    match_all_but,
)
from probes.analysis.wildcards import arn_covers, covers


@dataclass(frozen=True)
class Request:
    """Who wants to do what to which resource, and what is known of the circumstances.

    Action and resource may be patterns: all that they stand for is then wanted, and CANNOT_TELL is
    also the answer where only a part of it is allowed. The resource of an action that knows none is
    `*`, as in AWS's own policy simulator. What follows from the principal (`aws:PrincipalArn`, ...)
    completes the context.
    """

    principal: Principal
    action: str
    resource: str
    context: Context = field(default_factory=Context)

    @cached_property
    def facts(self) -> Context:
        """What is known, completed by what follows from the principal."""
        return self.context.over(self.principal.context())

    @cached_property
    def lower_action(self) -> str:
        """The action as it is compared: without regard to case."""
        return self.action.lower()


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a case: whether it holds, by which statements, and what leaves it in doubt."""

    answer: Answer
    by: tuple[str, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """What all statements together say to one request.

    Allows are told apart by how the principal is met: named by the ARN of a role, which its
    boundary limits; met otherwise; or only by its account being named, which delegates.
    """

    denied: Side
    limited: Side
    unlimited: Side
    delegated: Side


@dataclass(frozen=True, slots=True)
class _Heard:
    """One statement that may apply: for certain, or not."""

    policy: Policy
    statement: Statement
    answer: Answer
    match: Match


def tally(policies: Sequence[Policy], request: Request, *, attached: bool) -> Tally:
    """What the policies say to the request.

    They are `attached` to the resource and then name principals, or else are the policies of the
    one who asks.
    """
    heard = []
    for policy in policies:
        for statement in policy.statements:
            one = _hear(policy, statement, request, attached=attached)
            if one is not None:
                heard.append(one)
    denies = [one for one in heard if not one.statement.allows]
    allows = [one for one in heard if one.statement.allows]
    is_role = attached and request.principal.kind == "role"

    def side(allowing: Callable[[Match], bool]) -> Side:
        return _side([one for one in allows if allowing(one.match)], request.facts)

    return Tally(
        _side(denies, request.facts),
        side(lambda met: is_role and met is Match.NAMED),
        side(lambda met: met is not Match.DELEGATED and not (is_role and met is Match.NAMED)),
        side(lambda met: met is Match.DELEGATED),
    )


def either(*sides: Side) -> Side:
    """Whether one of the sides holds, and by what."""
    answer = any_of(side.answer for side in sides)
    return _joined(answer, [side for side in sides if side.answer is answer])


def together(*sides: Side) -> Side:
    """Whether all of the sides hold, and by what."""
    answer = all_of(side.answer for side in sides)
    return _joined(answer, [side for side in sides if side.answer is answer])


def covers_action(statement: Statement, action: str) -> Answer:
    """Whether a statement is about an action; the action, or pattern of them, in lower case."""
    if statement.actions is not None:
        return any_of(covers(pattern, action) for pattern in statement.actions)
    return opposite(any_of(covers(pattern, action) for pattern in statement.not_actions or ()))


def covers_resource(
    policy: Policy, statement: Statement, request: Request, *, attached: bool
) -> Answer:
    """Whether a statement is about the resource of a request.

    A statement without Resource is about what it is `attached` to; in a policy of an identity, AWS
    would not have accepted it.
    """
    patterns = statement.resources or statement.not_resources
    if patterns is None:
        return Answer.YES if attached else Answer.CANNOT_TELL
    covered = any_of(_resource(pattern, policy, request) for pattern in patterns)
    return covered if statement.resources is not None else opposite(covered)


def meets(statement: Statement, principal: Principal) -> Match:
    """How a statement of a resource's policy meets the one who asks."""
    if statement.principals is not None:
        return best_match(statement.principals, principal)
    if statement.not_principals is None:
        return Match.CANNOT_TELL
    if statement.allows:
        return match_all_but(statement.not_principals, principal)
    denied = denied_by_not_principal(statement.not_principals, principal)
    return _DENIED[denied]


_DENIED = {
    Answer.YES: Match.ANYONE,
    Answer.NO: Match.NO,
    Answer.CANNOT_TELL: Match.CANNOT_TELL,
}


def _hear(
    policy: Policy, statement: Statement, request: Request, *, attached: bool
) -> _Heard | None:
    """A statement that may apply; None for one that certainly does not. The cheap tests first."""
    about_action = covers_action(statement, request.lower_action)
    if about_action is Answer.NO:
        return None
    met = meets(statement, request.principal) if attached else Match.ANYONE
    if met is Match.NO:
        return None
    about_resource = covers_resource(policy, statement, request, attached=attached)
    if about_resource is Answer.NO:
        return None
    circumstances = all_of(
        holds(condition, request.facts, variables=policy.variables)
        for condition in statement.conditions
    )
    if circumstances is Answer.NO:
        return None
    meant = Answer.CANNOT_TELL if met is Match.CANNOT_TELL else Answer.YES
    answer = all_of((about_action, meant, about_resource, circumstances))
    return _Heard(policy, statement, answer, met)


def _resource(pattern: str, policy: Policy, request: Request) -> Answer:
    if not policy.variables or "${" not in pattern:
        return arn_covers(pattern, request.resource)
    expanded, complete = expand(pattern, request.facts)
    covered = arn_covers(expanded, request.resource, escapes=True)
    return covered if complete or covered is Answer.NO else Answer.CANNOT_TELL


def _side(heard: Sequence[_Heard], facts: Context) -> Side:
    answer = any_of(one.answer for one in heard)
    decisive = [one for one in heard if one.answer is answer]
    labels = tuple(one.policy.label(one.statement) for one in decisive)
    if answer is not Answer.CANNOT_TELL:
        return Side(answer, labels)
    return Side(answer, labels, "; ".join(_doubt(one, facts) for one in decisive))


def _doubt(one: _Heard, facts: Context) -> str:
    """What cannot be told about a statement."""
    open_keys = [
        f"{condition.operator} {condition.key}"
        for condition in one.statement.conditions
        if holds(condition, facts, variables=one.policy.variables) is Answer.CANNOT_TELL
    ]
    label = one.policy.label(one.statement)
    if open_keys:
        return f"{label} depends on {', '.join(open_keys)}, which cannot be told"
    if one.match is Match.CANNOT_TELL:
        return f"whether {label} means this principal cannot be told"
    return f"{label} is about a part of what is wanted, or cannot be read for certain"


def _joined(answer: Answer, sides: Sequence[Side]) -> Side:
    by = tuple(dict.fromkeys(label for side in sides for label in side.by))
    doubt = "; ".join(dict.fromkeys(side.doubt for side in sides if side.doubt))
    return Side(answer, by, doubt)
