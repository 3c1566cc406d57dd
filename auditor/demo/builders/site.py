"""Where an application is built: clients, names, tags, and what has been made so far."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import boto3
from botocore import xform_name
from botocore.config import Config

from auditor.demo.application import Application
from auditor.demo.documents import ACCOUNT
from auditor.demo.exchange import backend

_REFERENCE = re.compile(r"@([a-z]+:[a-z]+)")


@dataclass(frozen=True)
class Made:
    """A resource of the application's stack."""

    logical: str
    physical: str
    kind: str


def session(region: str) -> Any:
    """A boto3 session with made-up credentials.

    Untyped, because boto3's stubs know each service by an overload of its own and ours come from
    data.
    """
    return boto3.Session(aws_access_key_id="demo", aws_secret_access_key="demo", region_name=region)


class Clients:
    """The clients of the applications that are built together; making them is what takes time.

    `endpoint` is None where moto mocks boto3 in this process.
    """

    def __init__(self, endpoint: str | None) -> None:
        self.endpoint = endpoint
        self._sessions: dict[str, Any] = {}
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            # Once: a refusal that only repeating would cure is none of the demo's.
            config = Config(retries={"total_max_attempts": 1})
            if region not in self._sessions:
                self._sessions[region] = session(region)
            self._clients[service, region] = self._sessions[region].client(
                service, endpoint_url=self.endpoint, config=config
            )
        return self._clients[service, region]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()


class Site:
    """An application under construction, and afterwards what was made and the way to it."""

    def __init__(self, application: Application, clients: Clients) -> None:
        self.app = application
        self.region = application.region
        self.refs: dict[str, str] = {}
        self.made: list[Made] = []
        self.declared: dict[str, dict[str, Any]] = {}
        self.endpoint = clients.endpoint
        self._clients = clients

    def client(self, service: str) -> Any:
        return self._clients.client(service, self.region)

    def close(self) -> None:
        """Give back the connections; a client asked for afterwards is a new one."""
        self._clients.close()

    def ask(self, operation: str, **params: Any) -> dict[str, Any]:
        """What the account answers to `service:Operation`, paged to its end where there are pages.

        Raises botocore's ClientError where it refuses.
        """
        service, _, name = operation.partition(":")
        client, method = self.client(service), xform_name(name)
        if not client.can_paginate(method):
            return dict(getattr(client, method)(**params))
        return dict(client.get_paginator(method).paginate(**params).build_full_result())

    def each(self, operation: str, where: str, **params: Any) -> list[Any]:
        """The items of one list of that answer."""
        return list(self.ask(operation, **params).get(where, ()))

    @property
    def stack_id(self) -> str:
        name = self.app.name
        return self.arn("cloudformation", f"stack/{name}/{uuid5(NAMESPACE_URL, name)}")

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}:{resource}"

    def name(self, role: str) -> str:
        return f"{self.app.name}-{role}"

    def store(self, service: str) -> Any:
        """What moto holds of a service here, to plant what no API call can make."""
        return backend(service, ACCOUNT, self.region)

    def tags(self, logical: str, name: str) -> dict[str, str]:
        """The application's tags and those that CloudFormation adds to a stack's resources."""
        lacking = self.app.untagged.get(logical, ())
        return {
            "Name": name,
            **{key: value for key, value in self.app.tags.items() if key not in lacking},
            "aws:cloudformation:stack-name": self.app.name,
            "aws:cloudformation:stack-id": self.stack_id,
            "aws:cloudformation:logical-id": logical,
        }

    def pairs(self, logical: str, name: str) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.tags(logical, name).items()]

    def own_pairs(self, logical: str, name: str) -> list[dict[str, str]]:
        """Without CloudFormation's tags, for services where moto takes them from nobody."""
        return [p for p in self.pairs(logical, name) if not p["Key"].startswith("aws:")]

    def small_pairs(self, logical: str, name: str) -> list[dict[str, str]]:
        """Tags as ECS spells them."""
        return [{"key": key, "value": value} for key, value in self.tags(logical, name).items()]

    def specification(self, kind: str, logical: str, name: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": self.pairs(logical, name)}]

    def make(self, kind: str, logical: str, physical: str, ref: str | None = None) -> str:
        """Record a resource of the stack; `ref` is the name under which others find it."""
        self.made.append(Made(logical, physical, kind))
        if ref is not None:
            self.refs[ref] = physical
        return physical

    def declare(self, logical: str, **properties: Any) -> None:
        """Say in the stack's template what was made; `logical` is what the stack calls it."""
        self.declared.setdefault(logical, {}).update(properties)

    def named(self, physical: str) -> Any:
        """What stands in a template for a resource: what the stack made is referred to."""
        own = (one.logical for one in self.made if one.physical == physical)
        return next(({"Ref": name} for name in own), physical)

    def portable(self, document: Any, **made: str) -> Any:
        """A document as a template says it, which is true in every account and region.

        `made` are resources of the stack: logical id -> what it is called in the document.
        """
        if isinstance(document, Mapping):
            return {key: self.portable(value, **made) for key, value in document.items()}
        if isinstance(document, list | tuple):
            return [self.portable(one, **made) for one in document]
        return self._substituted(document, made) if isinstance(document, str) else document

    def _substituted(self, text: str, made: Mapping[str, str]) -> Any:
        written = text.replace("${", "${!")
        for name, physical in made.items():
            written = written.replace(physical, f"${{{name}}}")
        written = written.replace("arn:aws:", "arn:${AWS::Partition}:")
        written = written.replace(self.region, "${AWS::Region}")
        written = written.replace(ACCOUNT, "${AWS::AccountId}")
        return text if written == text else {"Fn::Sub": written}

    def resolve(self, document: Mapping[str, Any]) -> str:
        """A document as JSON, its `@kind:role` references replaced by what was made."""
        return self.told(json.dumps(document))

    def told(self, text: str) -> str:
        """A text in which references stand, likewise."""
        return _REFERENCE.sub(lambda found: self.refs[found[1]], text)

    def groups(self, roles: tuple[str, ...]) -> list[str]:
        """Ids of security groups; no roles means the default group of the VPC, said explicitly."""
        return [self.refs[f"group:{role}"] for role in roles or ("default",)]

    def subnets(self, tier: str) -> list[str]:
        return [self.refs[f"subnet:{tier}{zone}"] for zone in "ab"]


def logical(*words: str) -> str:
    """A logical id: `("app", "security-group")` -> `AppSecurityGroup`."""
    return "".join(part.capitalize() for word in words for part in re.split(r"[-/ ]", word))
