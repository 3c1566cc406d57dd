"""What an application of the demo is made of, as data: the builders read it, tests vary it.

`dataclasses.replace` gives an application that differs in one point. Peers of rules are a CIDR
block, `vpc` for the application's own block, `s3` for AWS's prefix list, `offices` for the
application's own, or the role of another group of the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.demo.parts import (
    Bucket,
    Connection,
    Dashboard,
    Deployment,
    Distribution,
    Document,
    EventRule,
    Function,
    Pipeline,
    Project,
    Queue,
    Repository,
    Service,
    Stack,
    Table,
)


@dataclass(frozen=True)
class Rule:
    """What one rule of a security group admits; protocol `-1` is everything."""

    peer: str
    port: int = -1
    protocol: str = "tcp"


@dataclass(frozen=True)
class Group:
    """A security group; without `egress`, what AWS gives to every new group stays: all of it."""

    role: str
    ingress: tuple[Rule, ...] = ()
    egress: tuple[Rule, ...] | None = None


@dataclass(frozen=True)
class Network:
    """A VPC over two zones with public, private and database subnets.

    `offices` are the blocks of the application's own prefix list; without any there is no list.
    """

    cidr: str
    groups: tuple[Group, ...]
    nat_per_zone: bool
    database_isolated: bool
    default_group_emptied: bool
    endpoints: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listener:
    """A listener; with `redirect` it sends to HTTPS, else it forwards to a target group.

    That is the one that has the balancer's role, or `target` names another.
    """

    protocol: str
    port: int
    tls_policy: str | None = None
    redirect: bool = False
    target: str = ""


@dataclass(frozen=True)
class Balancer:
    """An application load balancer; no `groups` means the VPC's default.

    It has a target group of its own role, and those that `further_targets` names.
    """

    role: str
    scheme: str
    groups: tuple[str, ...]
    listeners: tuple[Listener, ...]
    target_type: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    logs: bool = False
    target_attributes: Mapping[str, str] = field(default_factory=dict)
    health_check: Mapping[str, str | int] = field(default_factory=dict)
    further_targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Key:
    """A customer key: who may use it beyond the account's own administrators, and its rotation."""

    role: str
    statements: tuple[Document, ...]
    rotation_days: int | None = None


@dataclass(frozen=True)
class Role:
    """A role: which service or other account takes it, AWS's policies on it, its own statements."""

    role: str
    service: str
    managed: tuple[str, ...] = ()
    statements: tuple[Document, ...] = ()
    instance_profile: bool = False


@dataclass(frozen=True)
class Policy:
    """A scaling policy; target tracking brings its own pair of alarms, as on AWS."""

    name: str
    kind: str
    adjustment: int = 0


@dataclass(frozen=True)
class Fleet:
    """Launch template and scaling group. `failed` is the message of launches that fail.

    With `worker_groups` an instance was started beside the group, in reach of everybody. `image` is
    the name of one of AWS's own; without it the application has an image of its own.
    `refreshed_under` is the alarm that would have stopped the last instance refresh.
    """

    user_data: str
    policies: tuple[Policy, ...]
    monitoring: bool
    imdsv2: bool
    tagged_types: tuple[str, ...]
    encrypted_with: str | None
    default_encryption_key: str | None
    metrics: tuple[str, ...]
    propagate_tags: bool
    health_check: str
    failed: str | None = None
    image: str = ""
    worker_groups: tuple[str, ...] = ()
    targets: tuple[str, ...] = ("web",)
    stays_at_first_version: bool = False
    refreshed_under: str | None = None


@dataclass(frozen=True)
class Secret:
    """A secret; `days` of a rotation that was last done `rotated_days_ago`, or none at all.

    Where a service of AWS's is the `owner`, that service rotates it; else a function does.
    """

    role: str
    key: str | None = None
    days: int | None = None
    rotated_days_ago: int = 0
    owner: str = ""


@dataclass(frozen=True)
class Rotation:
    """The function that rotates secrets; an `alias` names a version of it."""

    runtime: str
    memory: int
    invoked_by_secrets_manager: bool
    in_vpc: bool
    alias: str = ""


@dataclass(frozen=True)
class Database:
    """An instance, or a cluster of as many instances as `members` says; RDS's engines differ.

    No `groups` means the VPC's default group. `parameters` and `options` stand in groups of its
    own; without any it has AWS's.
    """

    version: str
    groups: tuple[str, ...]
    exports: tuple[str, ...]
    key: str | None
    multi_az: bool
    backup_days: int
    deletion_protection: bool
    engine: str = "postgres"
    role: str = ""
    members: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alarm:
    """A metric alarm.

    Dimensions: `balancer:ROLE`, `target:ROLE`, `function:ROLE`, `project:ROLE`, `pipeline:ROLE`,
    `table:ROLE`, `cluster`, `service`, `group`; actions: `topic`, `plan`, `investigation`,
    `policy:NAME`, `missing:NAME` for a function that nobody made.
    """

    name: str
    namespace: str
    metric: str
    dimensions: tuple[str, ...]
    threshold: float
    comparison: str = "GreaterThanOrEqualToThreshold"
    actions: tuple[str, ...] = ()
    missing: str | None = None
    datapoints: int | None = None
    periods: int = 3
    statistic: str = "Average"


@dataclass(frozen=True)
class Observability:
    """Alarms, the composite over them, the topic they call, log groups, dashboards, event rules.

    Without `composite_actions` there is no composite; a topic without a key is not encrypted.
    """

    alarms: tuple[Alarm, ...] = ()
    composite_actions: tuple[str, ...] | None = None
    topic_key: str | None = None
    subscribers: tuple[str, ...] = ()
    log_groups: Mapping[str, str | None] = field(default_factory=dict)
    retention_days: int | None = None
    dashboards: tuple[Dashboard, ...] = ()
    rules: tuple[EventRule, ...] = ()


@dataclass(frozen=True)
class Application:
    """One application in one region.

    `untagged` takes tags from single resources: logical id -> the keys that it lacks. `attempts`
    are stacks that came to nothing before the one that made the rest.
    """

    name: str
    region: str
    tags: Mapping[str, str]
    stack: Stack
    network: Network | None = None
    balancers: tuple[Balancer, ...] = ()
    keys: tuple[Key, ...] = ()
    roles: tuple[Role, ...] = ()
    fleet: Fleet | None = None
    secrets: tuple[Secret, ...] = ()
    rotation: Rotation | None = None
    databases: tuple[Database, ...] = ()
    service: Service | None = None
    buckets: tuple[Bucket, ...] = ()
    functions: tuple[Function, ...] = ()
    tables: tuple[Table, ...] = ()
    queues: tuple[Queue, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    repositories: tuple[Repository, ...] = ()
    projects: tuple[Project, ...] = ()
    connections: tuple[Connection, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    deployment: Deployment | None = None
    observability: Observability = field(default_factory=Observability)
    attempts: tuple[Stack, ...] = ()
    untagged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
