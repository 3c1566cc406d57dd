"""Who can take a role, by its trust policy.

Source: IAM User Guide, "How to use trust policies with IAM roles" and "Create a role for OpenID
Connect federation": without a condition on the subject, every user of a shared identity provider
can take a role that trusts it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from probes.analysis.answers import Answer
from probes.analysis.conditions import read_operator
from probes.analysis.policy import Policy, Statement
from probes.analysis.policy_exposure import foreign_accounts, public_statements
from probes.analysis.statements import covers_action

_ASSUMING = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
_SAML = ":saml-provider/"
_COMPUTE = (
    "ec2.", "ecs-tasks.", "lambda.", "pods.eks.", "tasks.apprunner.", "build.apprunner.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trust:
    """Who can take a role.

    `federated` are the providers of web identities of which any user can. Services that run code
    (`compute`) hand the role to whatever gets hold of that code.
    """

    anyone: bool = False
    accounts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()

    @property
    def outside(self) -> bool:
        """Whether somebody who is not of the account can take it."""
        return self.anyone or bool(self.accounts or self.federated)

    @property
    def compute(self) -> bool:
        """Whether code that may face the internet runs with it."""
        return any(one.startswith(_COMPUTE) for one in self.services)

    @property
    def summary(self) -> tuple[str, ...]:
        """Who can take it, in words for evidence."""
        anyone = ("anyone",) if self.anyone else ()
        accounts = (f"account {one}" for one in self.accounts)
        providers = (f"any user of {one}" for one in self.federated)
        return (*anyone, *accounts, *providers, *self.services)


def trust(policy: Policy, account: str) -> Trust:
    """Who can take a role of the account that has this trust policy."""
    statements = tuple(_assuming(policy))
    assuming = Policy(statements, policy.variables, policy.name)
    named = [one for statement in statements for one in statement.principals or ()]
    foreign = {one.account for one in foreign_accounts(assuming, account)}
    return Trust(
        anyone=bool(public_statements(assuming)),
        accounts=tuple(sorted(foreign)),
        services=tuple(sorted({one.value for one in named if one.kind == "Service"})),
        federated=tuple(sorted({one for each in statements for one in _open_providers(each)})),
    )


def _assuming(policy: Policy) -> Iterator[Statement]:
    for statement in policy.statements:
        about = (covers_action(statement, action) for action in _ASSUMING)
        if statement.allows and any(answer is not Answer.NO for answer in about):
            yield statement


def _open_providers(statement: Statement) -> Iterator[str]:
    """The providers of web identities of which a statement lets in every user."""
    if any(_names_subject(one.operator, one.key, one.values) for one in statement.conditions):
        return
    for one in statement.principals or ():
        if one.kind == "Federated" and _SAML not in one.value:
            yield one.value


def _names_subject(operator: str, key: str, values: tuple[str, ...]) -> bool:
    read = read_operator(operator)
    binds = read is not None and not (
        read.negated or read.if_exists or read.quantifier == "ForAllValues"
    )
    return binds and key.lower().endswith(":sub") and not any(v.strip("*?") == "" for v in values)
