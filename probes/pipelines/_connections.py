"""The connections by which pipelines fetch source: whether they are there, and may be used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from auditor.facts import Facts
from auditor.probe import Remark, any_of, drift, gap, note, unknown
from probes.analysis.answers import Answer, CannotTell
from probes.analysis.conditions import Context
from probes.analysis.names import Arn, UnreadableName, arn
from probes.aws import codeconnections, codepipeline
from probes.aws.codeconnections import Connection
from probes.pipelines._workers import Worker, granting, worker

LISTS = (codeconnections.CONNECTIONS, codeconnections.OLDER_CONNECTIONS)
_SERVICES = ("codeconnections", "codestar-connections")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The accounts that stand in AWS's documentation.
_EXAMPLES = frozenset({"123456789012", "111122223333", "444455556666"})


@dataclass(frozen=True, slots=True)
class Source:
    """A source action that fetches through a connection, `STAGE/ACTION`, and its role."""

    name: str
    action: codepipeline.Action
    role: str

    @property
    def wanted(self) -> str:
        """What stands where the ARN of the connection should."""
        return self.action.configuration.connection_arn

    def connection(self, account: str) -> Arn | None:
        """The ARN of the connection; None where no connection can have it."""
        try:
            found = arn(self.wanted)
        except UnreadableName:
            return None
        if found.service not in _SERVICES or found.resource_type != "connection":
            return None
        example = found.account in _EXAMPLES and found.account != account
        return None if example or not _ID.fullmatch(found.resource_id) else found


def sources(facts: Facts) -> tuple[Source, ...]:
    """The source actions of the pipeline that take a connection."""
    structure = facts.its(codepipeline.STRUCTURES)
    return tuple(
        Source(name, action, action.role_arn or structure.role_arn)
        for name, action in structure.actions
        if action.takes_connection
    )


def by_oauth(facts: Facts) -> tuple[str, ...]:
    """The source actions that fetch from GitHub without a connection."""
    kinds = ((n, a.action_type_id) for n, a in facts.its(codepipeline.STRUCTURES).actions)
    return tuple(n for n, kind in kinds if (kind.owner, kind.provider) == ("ThirdParty", "GitHub"))


def unsaid(source: Source) -> Iterator[Remark]:
    """What an action does not say of what it should fetch."""
    said = source.action.configuration
    wanted = {"FullRepositoryId": said.full_repository_id, "BranchName": said.branch_name}
    present = sorted(key for key, value in wanted.items() if value.strip())
    if len(present) < len(wanted):
        yield gap(
            f"{source.name}: it does not say what to fetch",
            code="no-repository",
            expected=sorted(wanted),
            found=present,
        )


def unavailable(source: Source, facts: Facts) -> Iterator[Remark]:
    """What is wrong with the connection itself."""
    named = source.connection(facts.account)
    if named is None:
        yield gap(
            f"{source.name}: what it names is no connection",
            code="placeholder-connection",
            expected="the ARN of a connection",
            found=source.wanted or "none",
        )
        return
    if named.account != facts.account:
        yield unknown(
            f"{source.name}: account {named.account} alone can tell", code="foreign-account"
        )
        return
    found = _find(named, facts)
    if found is None:
        yield gap(
            f"{source.name}: the connection does not exist",
            code="connection-missing",
            expected="a connection",
            found=source.wanted,
        )
        return
    yield from _unusable(source, found, facts)
    if named.region != facts.region:
        yield note(f"{source.name}: the connection is in {named.region}")


def _unusable(source: Source, found: Connection, facts: Facts) -> Iterator[Remark]:
    status = found.connection_status
    more = {
        "expected": "AVAILABLE",
        "found": status,
        "related": (facts.related("the connection", found),),
        "evidence": {"provider": found.provider_type},
        "cli": (
            "aws", "codeconnections", "get-connection", "--connection-arn", found.connection_arn
        ),
    }  # fmt: skip
    if status == "PENDING":
        message = f"{source.name}: nobody has completed the connection"
        yield gap(message, code="connection-pending", **more)
    elif status == "ERROR":
        yield drift(f"{source.name}: the connection is broken", code="connection-error", **more)
    elif status != "AVAILABLE":
        yield unknown(f"{source.name}: the status {status!r} is not known here")


def _find(named: Arn, facts: Facts) -> Connection | None:
    """The connection, by its ARN in either of the service's names, in either of the lists."""
    found: list[Connection] = []

    def there(text: str, number: int) -> bool:
        connection = facts.named(LISTS[number], text)
        found.extend([connection] if connection else [])
        return connection is not None

    texts = (str(named).replace(f":{named.service}:", f":{service}:", 1) for service in _SERVICES)
    any_of(*(partial(there, text, number) for text in texts for number in range(len(LISTS))))
    return found[0] if found else None


def unusable_by_role(source: Source, named: Arn, facts: Facts) -> Iterator[Remark]:
    """What keeps the role of an action from using its connection.

    The prefix of the action has to be that of the ARN (Developer Tools console user guide,
    "Identity and access management"); what the other prefix does is told in several ways.
    """
    who = worker(source.role, facts)
    if who is None:
        yield gap(f"{source.name}: its role does not exist", code="role-missing",
                  expected="a role", found=source.role or "none")  # fmt: skip
        return
    if isinstance(who, CannotTell):
        yield unknown(f"{source.name}: {who.reason}")
        return
    may = _may_use(source, named.service, who)
    if may is Answer.YES:
        return
    others = [_may_use(source, service, who) for service in _SERVICES]
    if any(one is not Answer.NO for one in others):
        yield unknown(f"{source.name}: whether the role may use the connection")
        return
    yield gap(
        f"{source.name}: the role may not use the connection",
        code="use-denied",
        expected=f"{named.service}:UseConnection",
        found="none",
        related=(facts.related("the role that fetches", who.role),),
        **granting(who, "use-connection", [f"{named.service}:UseConnection"], source.wanted),
    )


def _may_use(source: Source, service: str, who: Worker) -> Answer:
    repository = source.action.configuration.full_repository_id
    context = Context({f"{service}:FullRepositoryId": (repository,)} if repository else {})
    return who.may([f"{service}:UseConnection"], source.wanted, context).allowed
