"""A build specification reduced to facts; its commands and values are never kept.

What is asked of it: whether it signs in to ECR before it uses a registry there, which variables it
has by name, whether it reports tests. It is read as YAML, of which JSON is a part (CodeBuild user
guide, "Build specification reference"). Shell is read well enough to see what is called, not run:
what a script of its own may do stays open.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, TypeAlias

from probes.analysis import build_commands
from probes.analysis.answers import Answer, any_of
from probes.analysis.bootstrap_commands import Command, commands
from probes.analysis.suspicions import suspicion
from probes.analysis.template_bounds import MalformedTemplate
from probes.analysis.template_yaml import load_yaml

Fact: TypeAlias = "bool | str | list[str]"

_MOST_CHARACTERS: Final = 300_000
_MOST_COMMANDS: Final = 2_000
_MOST_NAMES: Final = 200
_PHASES: Final = ("install", "pre_build", "build", "post_build")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_OF_AWS: Final = re.compile(r"AWS_[A-Z_]{1,40}")
_IN_S3: Final = re.compile(r"arn:aws[a-z-]{0,20}:s3:::")
_ENVIRONMENT: Final = ("variables", "parameter-store", "secrets-manager")


@dataclass(slots=True)
class BuildFacts:
    """What is kept of a build specification; names are names of variables.

    where                `inline`, `source` (a file in the source or in S3), or `unreadable`
    docker               whether it calls a container tool
    uses_registry        whether it pushes to ECR or pulls from there
    registry_variables   what names the registry where that cannot be told
    pushes               whether one of the uses is a push
    pushes_after_failure whether it pushes after the build phase has failed, too
    signs_in             `yes` before the first use, `late` after it, or `no`
    obsolete             whether it calls `aws ecr get-login`
    scripts              whether it calls scripts, which may do more than is seen here
    reports              whether it names a report group
    variables            what it sets, in `env` or by its commands
    suspicious           those of them whose values stand in `env` and look like secrets
    uses                 those of AWS's own names that its commands use
    where_used           the phases in which it signs in to ECR or uses a registry
    """

    where: str
    docker: bool = False
    uses_registry: str = Answer.NO.value
    registry_variables: list[str] = field(default_factory=list)
    pushes: bool = False
    pushes_after_failure: bool = False
    signs_in: str = "no"
    obsolete: bool = False
    scripts: bool = False
    reports: bool = False
    variables: list[str] = field(default_factory=list)
    suspicious: list[str] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    where_used: list[str] = field(default_factory=list)


def reduce_buildspec(sent: object) -> dict[str, Fact]:
    """The facts of what a project says in `buildspec`, as JSON; any value has some."""
    if not isinstance(sent, str) or not is_inline(sent):
        return asdict(BuildFacts("source"))
    try:
        document = load_yaml(sent) if len(sent) <= _MOST_CHARACTERS else None
    except MalformedTemplate:
        document = None
    phases = document.get("phases", {}) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(phases, dict):
        return asdict(BuildFacts("unreadable"))
    return asdict(_facts(document, phases))


def is_inline(text: str) -> bool:
    """Whether it is a specification, rather than the path or the ARN of one (API model)."""
    if _IN_S3.match(text):
        return False
    return "\n" in text or "version:" in text or text.lstrip().startswith("{")


def _facts(document: Mapping[str, Any], phases: Mapping[str, Any]) -> BuildFacts:
    env = document.get("env")
    sections = env if isinstance(env, dict) else {}
    plain = sections.get("variables")
    values = {k: str(v) for k, v in plain.items()} if isinstance(plain, dict) else {}
    names = [n for s in _ENVIRONMENT if isinstance(sections.get(s), dict) for n in sections[s]]
    reading = _Reading(known={k: build_commands.names_registry(v, {}) for k, v in values.items()})
    for phase, command in _commands(phases):
        reading.take(phase, command)
    facts = reading.facts
    facts.reports = bool(document.get("reports")) and isinstance(document["reports"], dict)
    # A batch may build other specifications, of which nothing is known here.
    facts.scripts = facts.scripts or "batch" in document or reading.cut_short
    facts.variables = _names([*names, *reading.assigned])
    facts.suspicious = _names(n for n, v in values.items() if suspicion(n, v))
    facts.uses = _kept(_OF_AWS, reading.used)
    facts.uses_registry = any_of(reading.uses).value
    facts.registry_variables = _names(reading.heads)
    build = phases.get("build")
    stops = isinstance(build, dict) and build.get("on-failure") == "ABORT"
    facts.pushes_after_failure = reading.pushes_last and not stops
    return facts


@dataclass(slots=True)
class _Reading:
    """The commands of a specification, read one by one."""

    known: dict[str, bool]
    facts: BuildFacts = field(default_factory=lambda: BuildFacts("inline"))
    uses: list[Answer] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    assigned: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    count: int = 0
    pushes_last: bool = False

    @property
    def cut_short(self) -> bool:
        return self.count > _MOST_COMMANDS

    def take(self, phase: str, command: Command) -> None:
        self.count += 1
        if self.cut_short:
            return
        self.used |= command.variables
        if command.assigned:
            name, text = command.assigned
            self.assigned.append(name)
            self.known[name] = build_commands.names_registry(text, self.known)
        if build_commands.sets_up_helper(command):
            self._sign_in(phase)
        for call in command.calls:
            self._take_call(phase, call)

    def _take_call(self, phase: str, call: list[str]) -> None:
        facts = self.facts
        facts.docker = facts.docker or build_commands.is_docker(call)
        facts.scripts = facts.scripts or build_commands.is_script(call)
        facts.obsolete = facts.obsolete or build_commands.is_obsolete(call)
        if build_commands.signs_in(call):
            self._sign_in(phase)
        use = build_commands.use_of(call, self.known)
        if use is None:
            return
        self.uses.append(use.of_ecr)
        self.heads += use.variables
        if use.of_ecr is Answer.NO:
            return
        facts.pushes = facts.pushes or use.pushes
        self.pushes_last = self.pushes_last or (use.pushes and phase == "post_build")
        self._mark(phase)

    def _sign_in(self, phase: str) -> None:
        if self.facts.signs_in == "no":
            begun = any(use is not Answer.NO for use in self.uses)
            self.facts.signs_in = "late" if begun else "yes"
        self._mark(phase)

    def _mark(self, phase: str) -> None:
        if phase not in self.facts.where_used:
            self.facts.where_used.append(phase)


def _commands(phases: Mapping[str, Any]) -> Iterator[tuple[str, Command]]:
    """The commands of all phases in the order in which they run; `finally` comes last in each."""
    for phase in _PHASES:
        found = phases.get(phase)
        if not isinstance(found, dict):
            continue
        for section in ("commands", "finally"):
            listed = found.get(section)
            for text in listed if isinstance(listed, list) else [listed]:
                if isinstance(text, str):
                    yield from ((phase, command) for command in commands(text))


def _names(names: Iterable[str]) -> list[str]:
    return _kept(_NAME, names)


def _kept(pattern: re.Pattern[str], names: Iterable[str]) -> list[str]:
    """The texts that are names of that kind, each once, sorted, not too many."""
    return sorted({name for name in names if pattern.fullmatch(name)})[:_MOST_NAMES]
