"""What an application of the demo is made of, as data: the builders read it, tests vary it.

`dataclasses.replace` gives an application that differs in one point. Peers of rules are a CIDR
block, `vpc` for the application's own block, `s3` for AWS's prefix list, `offices` for the
application's own, or the role of another group of the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Document = Mapping[str, object]


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
    """A listener; with `redirect` it sends to HTTPS, else it forwards to the balancer's group."""

    protocol: str
    port: int
    tls_policy: str | None = None
    redirect: bool = False


@dataclass(frozen=True)
class Balancer:
    """An application load balancer with one target group; no `groups` means the VPC's default."""

    role: str
    scheme: str
    groups: tuple[str, ...]
    listeners: tuple[Listener, ...]
    target_type: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    logs: bool = False
    target_attributes: Mapping[str, str] = field(default_factory=dict)
    health_check: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Key:
    """A customer key: who may use it beyond the account's own administrators, and its rotation."""

    role: str
    statements: tuple[Document, ...]
    rotation_days: int | None = None


@dataclass(frozen=True)
class Role:
    """A role: which service takes it, AWS's policies on it, and its own statements."""

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
    stays_at_first_version: bool = False
    refreshed_under: str | None = None


@dataclass(frozen=True)
class Secret:
    """A secret; `days` of a rotation that was last done `rotated_days_ago`, or none at all."""

    role: str
    key: str | None = None
    days: int | None = None
    rotated_days_ago: int = 0


@dataclass(frozen=True)
class Rotation:
    """The function that rotates secrets."""

    runtime: str
    memory: int
    invoked_by_secrets_manager: bool
    in_vpc: bool


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

    Dimensions: `balancer:ROLE`, `target:ROLE`, `cluster`, `service`, `group`, `function`; actions:
    `topic`, `plan`, `investigation`, `policy:NAME`, `missing:NAME` for a function that nobody made.
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
    """Alarms, the composite over them, the topic they call, and log groups."""

    alarms: tuple[Alarm, ...]
    composite_actions: tuple[str, ...]
    topic_key: str
    subscribers: tuple[str, ...]
    log_groups: Mapping[str, str | None]
    retention_days: int | None


@dataclass(frozen=True)
class Service:
    """A Fargate service behind the internal balancer; no `groups` means the VPC's default."""

    groups: tuple[str, ...]
    public_ip: bool
    cpu: str
    memory: str
    circuit_breaker: bool
    own_task_role: bool
    insights: bool
    scaled: bool
    health_check: bool


@dataclass(frozen=True)
class Application:
    """One application in one region."""

    name: str
    region: str
    tags: Mapping[str, str]
    network: Network
    balancers: tuple[Balancer, ...]
    keys: tuple[Key, ...]
    roles: tuple[Role, ...]
    fleet: Fleet
    secrets: tuple[Secret, ...]
    rotation: Rotation
    database: Database
    further_databases: tuple[Database, ...]
    observability: Observability
    service: Service
    stack_status: str
