"""One part of the user data, read for what it does."""

import re
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from probes.analysis.bootstrap_agent import (
    installs_agent,
    runs_script_from_elsewhere,
    starts_agent,
)
from probes.analysis.bootstrap_commands import Command, calls_in, commands
from probes.analysis.bootstrap_parts import Part
from probes.analysis.bootstrap_secrets import Fetch, fetches
from probes.analysis.bootstrap_smells import (
    Smell,
    SmellCode,
    pipes_http_to_shell,
    prints,
    smells_of_lines,
    written_to,
)

Answer: TypeAlias = Literal["yes", "no", "unknown"]

_READ_WHOLE: Final = frozenset({"shell", "cloud-config", "powershell"})
_POWERSHELL_STOPS: Final = re.compile(
    r"\$ErrorActionPreference\s{0,9}=\s{0,9}[\"']?Stop", re.IGNORECASE
)
_PRIVATE_MODE: Final = re.compile(r"0?[46]00\Z|u=rw?,go=\Z|go-rwx\Z|og-rwx\Z")
_PRIVATE_UMASK: Final = re.compile(r"0?[0-7]?77\Z")
_PUBLIC_PLACES: Final = ("/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108 - read, not written
_LIST_SIGNS: Final = str.maketrans("[],", "   ")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one part does; `unknown` where it cannot be told from the part alone."""

    errexit: Answer
    agent_installed: Answer
    agent_started: Answer
    fetches_secrets: Answer
    runs_other_script: bool
    fetches: tuple[Fetch, ...]
    smells: tuple[Smell, ...]


def read_part(part: Part) -> Reading:
    """The facts of one part."""
    script = _Script()
    text = part.text
    if part.kind == "cloud-config":
        # Its commands are lists or items of a list: `- [systemctl, start, x]`, `- systemctl start`.
        text = "\n".join(line.lstrip(" -") for line in text.translate(_LIST_SIGNS).splitlines())
    if part.kind == "shell":
        script.take_shebang(text)
    for command in commands(text):
        script.take(command)
    script.smells.update(smells_of_lines(part.text))
    elsewhere = part.kind == "include" or runs_script_from_elsewhere(script.calls)
    no: Answer = "no" if part.kind in _READ_WHOLE and not elsewhere else "unknown"
    return Reading(
        errexit=_errexit(part, script),
        agent_installed="yes" if any(map(installs_agent, script.calls)) else no,
        agent_started="yes" if any(map(starts_agent, script.calls)) else no,
        fetches_secrets="yes" if script.fetched else no,
        runs_other_script=elsewhere,
        fetches=tuple(script.fetched),
        smells=tuple(sorted(script.smells)),
    )


def _errexit(part: Part, script: "_Script") -> Answer:
    if part.kind == "shell":
        return "yes" if script.errexit else "no"
    if part.kind == "powershell" and "<powershell>" in part.text.lower():
        return "yes" if _POWERSHELL_STOPS.search(part.text) else "no"
    return "unknown"


@dataclass(slots=True)
class _Script:
    """A script while it is read from its first line to its last."""

    errexit: bool = False
    traced_at: int | None = None
    private: bool = False
    calls: list[list[str]] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    tainted: set[str] = field(default_factory=set)
    fetched: list[Fetch] = field(default_factory=list)
    smells: set[Smell] = field(default_factory=set)
    written: dict[str, int] = field(default_factory=dict)

    def take_shebang(self, text: str) -> None:
        first = text.lstrip().splitlines()[0] if text.strip() else ""
        if first.startswith("#!"):
            self._take_options(1, first.split()[1:])

    def take(self, command: Command) -> None:
        calls = command.calls
        self.calls += calls
        self._take_settings(command)
        fetched = [
            *fetches(calls, command.text, self.known),
            *fetches(calls_in(command.document), command.document, self.known),
        ]
        self.fetched += fetched
        if fetched or not self.tainted.isdisjoint(command.variables):
            self._take_secret(command)
        elif command.assigned:
            self.known[command.assigned[0]] = command.assigned[1].strip("'\"")
        if pipes_http_to_shell(command):
            self._smell(command.line, "piped-to-shell-over-http")

    def _take_settings(self, command: Command) -> None:
        for words in calls_in(command.bare):
            if words[0] == "set":
                self._take_options(command.line, words[1:])
            elif words[0] == "trap" and "ERR" in words:
                self.errexit = True
            elif words[0] == "umask":
                self.private = bool(words[1:] and _PRIVATE_UMASK.match(words[1]))
        for words in command.calls:
            self._forgive(words)

    def _forgive(self, words: list[str]) -> None:
        """A file that is made private is no smell, unless it lay where everybody looks."""
        if words[0] == "chmod" and any(_PRIVATE_MODE.match(word) for word in words):
            for target in words[1:]:
                if target in self.written and not target.startswith(_PUBLIC_PLACES):
                    self.smells.discard(Smell(self.written[target], "secret-written-to-disk"))

    def _take_options(self, line: int, words: list[str]) -> None:
        """Options as `set` and a shebang take them: `-e`, `-euo pipefail`, `-o errexit`, `+e`."""
        for word, following in zip(words, [*words[1:], ""], strict=False):
            if word == "--":
                return
            letters = word[1:] if word[1:].isalpha() else ""
            named = following if letters.endswith("o") else ""
            on = word.startswith("-")
            if not on and not word.startswith("+"):
                continue
            if "e" in letters or named == "errexit":
                self._set_errexit(line, on=on)
            if "x" in letters or named == "xtrace":
                self.traced_at = line if on else None

    def _set_errexit(self, line: int, *, on: bool) -> None:
        self.errexit = self.errexit or on
        if not on:
            self._smell(line, "errexit-turned-off")

    def _take_secret(self, command: Command) -> None:
        if self.traced_at is not None:
            self._smell(self.traced_at, "trace-with-secrets")
        if command.assigned:
            self.tainted.add(command.assigned[0])
        target = written_to(command)
        if target is not None and (not self.private or target.startswith(_PUBLIC_PLACES)):
            self.written[target] = command.line
            self._smell(command.line, "secret-written-to-disk")
        elif prints(command):
            self._smell(command.line, "secret-logged")

    def _smell(self, line: int, code: SmellCode) -> None:
        self.smells.add(Smell(line, code))
