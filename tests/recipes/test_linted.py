"""The recipes under the linters of their own languages, as whoever copies them may run them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

RECIPES = Path(__file__).parent.parent.parent / "docs" / "recipes"
SCRIPTS = sorted(RECIPES.glob("*/*.sh"))
WORKFLOW = RECIPES / "schedule" / "github-actions.yml"
STEPS = {
    step.get("name", step["run"]): step["run"]
    for job in yaml.safe_load(WORKFLOW.read_text())["jobs"].values()
    for step in job["steps"]
    if "run" in step
}


def lint(name, *arguments, text=None):
    """What a linter of the test group says; it stands beside the interpreter."""
    program = shutil.which(name, path=sysconfig.get_path("scripts"))
    assert program, f"{name} is missing: pip install --group test"
    done = subprocess.run(
        [program, *arguments],
        input=text, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_has_nothing_to_say_of_a_script(script):
    assert lint("shellcheck", str(script)) == (0, "")


@pytest.mark.parametrize("name", STEPS)
def test_shellcheck_has_nothing_to_say_of_a_step(name):
    assert lint("shellcheck", "--shell=bash", "-", text=STEPS[name]) == (0, "")


def test_zizmor_finds_nothing_in_the_workflow():
    code, said = lint(
        "zizmor", "--offline", "--no-config", "--no-progress", "--color=never", str(WORKFLOW)
    )
    assert code == 0, said


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        ("shellcheck", ("--shell=sh", "-"), "rm -r $1/*\n"),
        ("zizmor", ("--offline", "--no-config", "-"), WORKFLOW.read_text().replace("@3d", "@v7 #")),
    ],
    ids=["shellcheck", "zizmor"],
)
def test_a_linter_is_awake(name, arguments, text):
    assert lint(name, *arguments, text=text)[0] != 0


def test_there_are_scripts_to_look_at():
    assert {"nightly.sh", "docker.sh", "deliver.sh"} <= {path.name for path in SCRIPTS}
    assert len(STEPS) == 2
