"""What the README tells people to type and to write works."""

import re
from pathlib import Path

import click
import pytest

from auditor.baseline import check
from auditor.catalogue import load
from auditor.cli.main import main
from auditor.yaml_file import parse

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
COMMANDS = sorted(
    {
        match.strip()
        for kind, text in BLOCKS
        if kind == "console"
        for match in re.findall(r"(?:\$|\* ) *(auditor [^#|>\n]*(?:\\\n[^#|>\n]*)*)", text)
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_and_its_options_exist(command):
    words = command.replace("\\\n", " ").split()[1:]
    found: click.Command = main
    while isinstance(found, click.Group) and words and words[0] in found.commands:
        found = found.commands[words.pop(0)]
    assert not isinstance(found, click.Group), command
    options = {name for parameter in found.params for name in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options


def test_the_commands_are_found_at_all():
    assert len(COMMANDS) > 6


def test_the_baseline_is_sound():
    (text,) = [text for kind, text in BLOCKS if kind == "yaml"]
    assert check(parse(text, "README"), load()).content.waivers


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_a_link_leads_somewhere(target):
    assert (ROOT / target).exists()


@pytest.mark.parametrize(
    "probe", sorted(set(re.findall(r"auditor explain ([a-z_]+\.[a-z_]+)", README)))
)
def test_a_probe_that_is_named_exists(probe):
    assert probe in {known.id for known in load()}


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z]+)", README))))
def test_a_make_target_exists(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
