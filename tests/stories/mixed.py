"""An account of a company of middling size: about a thousand resources, mostly sound, some sloppy.

Three environments in two regions, tagged as such; what nobody tagged belongs to strangers. Nothing
is laid out for a probe: the account is there to be read for findings that nobody would act on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from tests.kit import ACCOUNT

REGIONS = ("us-east-1", "eu-west-1")
ENVIRONMENTS = {"prod": REGIONS[0], "staging": REGIONS[0], "dev": REGIONS[1]}
TEAMS = ("payments", "catalog", "search", "identity", "billing")
SHARE = {"prod": 12, "staging": 6, "dev": 6}
"""How much of everything an environment has: applications, each of one service and its like."""


@dataclass
class Estate:
    """One environment under construction: its clients, and what later builders refer to."""

    environment: str
    clients: dict[tuple[str, str], Any]
    refs: dict[str, str] = field(default_factory=dict)
    made: int = 0

    @property
    def region(self) -> str:
        return ENVIRONMENTS[self.environment]

    @property
    def applications(self) -> list[str]:
        return [
            f"{self.environment}-{TEAMS[n % len(TEAMS)]}-{n}"
            for n in range(SHARE[self.environment])
        ]

    def client(self, service: str) -> Any:
        """A client, counting what is created through it."""
        if (service, self.region) not in self.clients:
            # untyped: boto3's stubs know each service by an overload of its own
            session: Any = boto3.Session(region_name=self.region)
            config = Config(retries={"total_max_attempts": 1})
            self.clients[service, self.region] = session.client(service, config=config)
        return self.clients[service, self.region]

    def keep(self, ref: str, value: Any) -> str:
        """What was made, under the name by which others find it."""
        self.refs[ref] = str(value)
        self.made += 1
        return self.refs[ref]

    def all(self, kind: str) -> list[str]:
        """What was made of a kind (`subnet:private-` ...), in order."""
        return [value for ref, value in self.refs.items() if ref.startswith(kind)]

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}:{resource}"

    def labels(self, application: str, **more: str) -> dict[str, str]:
        """The tags of an application's resources."""
        team = next((team for team in TEAMS if team in application), "platform")
        return {
            "Name": application,
            "Environment": self.environment,
            "Team": team,
            "CostCenter": f"cc-{TEAMS.index(team) if team in TEAMS else 99}",
            "Application": application,
            **more,
        }

    def tags(self, application: str, **more: str) -> list[dict[str, str]]:
        return [{"Key": k, "Value": v} for k, v in self.labels(application, **more).items()]

    def small_tags(self, application: str) -> list[dict[str, str]]:
        return [{"key": k, "value": v} for k, v in self.labels(application).items()]

    def specification(self, kind: str, application: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": self.tags(application)}]


def number(application: str) -> int:
    """The running number of an application."""
    return int(application.rpartition("-")[2])


def allow(*actions: str, resource: str | list[str] = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str) -> str:
    principal = {"Service": f"{service}.amazonaws.com"}
    return policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal})


def build() -> list[Estate]:
    """Make the account that moto holds here."""
    from tests.stories import (
        mixed_backing,
        mixed_network,
        mixed_roles,
        mixed_running,
        mixed_stores,
        mixed_watching,
    )

    clients: dict[tuple[str, str], Any] = {}
    estates = [Estate(environment, clients) for environment in ENVIRONMENTS]
    for estate in estates:
        mixed_stores.build(estate)
        mixed_network.build(estate)
        mixed_roles.build(estate)
        mixed_running.build(estate)
        mixed_backing.build(estate)
        mixed_watching.build(estate)
    return estates
