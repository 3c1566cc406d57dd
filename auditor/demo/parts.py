"""What an application of the demo may have beyond machines, as data: storage, functions, delivery.

Where a text says `@kind:role`, the builder puts in what was made under that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Document = Mapping[str, object]


@dataclass(frozen=True)
class Bucket:
    """A bucket; `key` is the role of the key that seals it, without one S3's own does."""

    role: str
    closed: bool = True
    versioned: bool = True
    expires: bool = True
    key: str | None = None


@dataclass(frozen=True)
class Function:
    """A Lambda function; with `groups` it runs in the private subnets.

    With an `alias` there is a version of it that the alias names.
    """

    role: str
    takes: str
    runtime: str = "python3.13"
    memory: int = 256
    groups: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    alias: str = ""


@dataclass(frozen=True)
class Queue:
    """A queue, sealed with a key of SQS's own."""

    role: str


@dataclass(frozen=True)
class Table:
    """A DynamoDB table; without `key` it is sealed with one that DynamoDB owns."""

    role: str
    recoverable: bool = True
    protected: bool = True
    key: str | None = None


@dataclass(frozen=True)
class Distribution:
    """A CloudFront distribution before one of the application's buckets.

    `vpc_origin` is the role of a balancer that CloudFront reaches inside of the VPC.
    """

    role: str
    bucket: str
    compressed: bool = True
    http_version: str = "http2and3"
    methods: tuple[str, ...] = ("GET", "HEAD", "OPTIONS")
    price_class: str = "PriceClass_100"
    viewers: str = "redirect-to-https"
    vpc_origin: str = ""


@dataclass(frozen=True)
class Repository:
    """An ECR repository with the tags of the images in it."""

    role: str
    images: tuple[str, ...]
    scanned: bool = True
    expires: bool = True


@dataclass(frozen=True)
class Project:
    """A CodeBuild project; `image` may name a repository as `@repository:ROLE`."""

    role: str
    takes: str
    buildspec: str
    image: str = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    compute: str = "BUILD_GENERAL1_SMALL"
    variables: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True)
class Action:
    """An action of a pipeline: its category and provider, and what it is told."""

    name: str
    category: str
    provider: str
    configuration: Mapping[str, str] = field(default_factory=dict)
    takes: str | None = None


@dataclass(frozen=True)
class Pipeline:
    """A pipeline: stages by name, each of some actions; it keeps its artifacts in a bucket.

    With `notifies` a notification rule tells the topic of failures.
    """

    role: str
    takes: str
    bucket: str
    stages: Mapping[str, tuple[Action, ...]]
    key: str | None = None
    notifies: bool = False


@dataclass(frozen=True)
class Connection:
    """A connection to where the sources are."""

    role: str
    status: str = "AVAILABLE"
    provider: str = "GitHub"


@dataclass(frozen=True)
class Deployment:
    """CodeDeploy's application with one group: in place on the fleet, or blue/green on ECS.

    `targets` are the target groups by role, `listeners` those of production and of the test.
    """

    takes: str
    platform: str = "Server"
    targets: tuple[str, ...] = ()
    listeners: tuple[str, ...] = ()
    rolls_back: bool = True


@dataclass(frozen=True)
class EventRule:
    """A rule of EventBridge that tells a topic of what matches."""

    role: str
    pattern: Document
    topic: str = "alerts"


@dataclass(frozen=True)
class Dashboard:
    """A dashboard: widgets by title, each of metrics as (namespace, name, dimensions)."""

    role: str
    widgets: Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]]


@dataclass(frozen=True)
class Scaling:
    """How a service scales: its bounds, the targets by `CPU` and `Memory`, the cooldowns."""

    targets: Mapping[str, float] = field(default_factory=lambda: {"CPU": 70.0, "Memory": 80.0})
    minimum: int = 2
    maximum: int = 10
    cooldown: int | None = 60


@dataclass(frozen=True)
class Service:
    """A Fargate service behind a balancer; no `groups` means the VPC's default.

    Without a task role of its own it takes the execution role for both; with `blue_green`
    CodeDeploy replaces its tasks. `secret` is what ECS injects.
    """

    groups: tuple[str, ...]
    public_ip: bool
    cpu: str
    memory: str
    circuit_breaker: bool
    own_task_role: bool
    insights: bool
    health_check: bool
    scaling: Scaling | None
    balancer: str = "admin"
    execution_role: bool = True
    blue_green: bool = False
    executable: bool = False
    grace_seconds: int | None = None
    secret: str | None = "db"
    image: str = ""
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Output:
    """An output of a stack: what the template says, and what came of it."""

    value: object
    told: str
    exported: bool = True


@dataclass(frozen=True)
class Failure:
    """A resource that could not be made, and the reason that CloudFormation was given."""

    logical: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Stack:
    """The stack of an application, or an attempt at one.

    deletion   type of resource -> what becomes of it on deletion and on replacement
    declared   logical id -> what the template says of it beyond its type; ids that nothing was
               made for need a `Type`
    failures   why it is not as it was meant, the earliest first
    """

    status: str = "CREATE_COMPLETE"
    suffix: str = ""
    deletion: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Document] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
