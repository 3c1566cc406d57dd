"""A shell script as commands, well enough to see what it calls; not a shell.

Lines that end in a backslash are joined, comments are dropped, here-documents are kept beside the
command that reads them. Every pattern here consumes what it looks at, so the work is linear.
"""

import re
from dataclasses import dataclass
from typing import Final

MAX_LINE: Final = 20_000
_TOKEN: Final = re.compile(
    r"""'[^']*'?|"(?:[^"\\]|\\.)*+"?|\\.|(?:(?<=\s)|\A)\#.*|[^'"\\\#]++|[\\\#]""", re.DOTALL
)
_HEREDOC: Final = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")
_SEPARATOR: Final = re.compile(r"[;|&()`\n]+")
_VARIABLE: Final = re.compile(r"\$\{?([A-Za-z_]\w*)")
_ASSIGNMENT: Final = re.compile(
    r"\s*(?:(?:export|local|readonly|declare|typeset)\s+(?:-\w+\s+)*+)?([A-Za-z_]\w*)=(.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Command:
    """One line of a script, or several joined, and the here-document that it reads.

    `bare` is `text` with quoted text blanked out, character for character.
    """

    line: int
    text: str
    bare: str
    document: str = ""

    @property
    def calls(self) -> list[list[str]]:
        """The words of each simple command, also of those inside `$(...)`, without quotes."""
        return calls_in(self.text)

    @property
    def variables(self) -> frozenset[str]:
        """The variables whose values it uses."""
        return frozenset(_VARIABLE.findall(f"{self.text}\n{self.document}"))

    @property
    def assigned(self) -> tuple[str, str] | None:
        """The variable that it sets, and what to."""
        found = _ASSIGNMENT.match(self.text)
        return (found[1], found[2].strip()) if found else None


def calls_in(text: str) -> list[list[str]]:
    """The words of each simple command in a text, without quotes, and without `sudo`."""
    split = ([word.strip("'\"") for word in part.split()] for part in _SEPARATOR.split(text))
    return [_without_sudo(words) for words in split if words]


def _without_sudo(words: list[str]) -> list[str]:
    if words[0] != "sudo":
        return words
    start = next((i for i, word in enumerate(words) if i and not word.startswith("-")), 0)
    return words[start:]


def commands(script: str) -> list[Command]:
    """The commands of a script, in order, with the line on which each begins."""
    found: list[Command] = []
    lines = enumerate(script.splitlines(), start=1)
    for number, line in lines:
        whole = line[:MAX_LINE]
        while _continues(whole) and len(whole) < MAX_LINE:
            whole = f"{whole[:-1]} {next(lines, (0, ''))[1][:MAX_LINE]}"
        text, bare = _read(whole)
        opening = _HEREDOC.search(text) if "<<" in bare and "<<<" not in bare else None
        document: list[str] = []
        if opening:
            for _, inner in lines:
                if inner.strip() == opening[2]:
                    break
                document.append(inner[:MAX_LINE])
        if text.strip():
            found.append(Command(number, text, bare, "\n".join(document)))
    return found


def _continues(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _read(line: str) -> tuple[str, str]:
    """A line without its comment, and the same with quoted text blanked out."""
    text, bare = "", ""
    for found in _TOKEN.finditer(line):
        token = found[0]
        if token.startswith("#") and (not text or text[-1].isspace()):
            break
        text += token
        bare += token if token[0] not in "'\"\\" else "_" * len(token)
    return text, bare
