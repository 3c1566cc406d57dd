"""What a month plays with: a shop's account, and runs that are a story of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from tests.kit import ACCOUNT
from tests.stories.nightly import AWAY, HOME, PROBES, Job, Ran, Receiver, Sky, auditor

ROOT = Path(__file__).parent.parent.parent

STACK = {
    "Template": {
        "Type": "AWS::EC2::LaunchTemplate",
        "Properties": {
            "LaunchTemplateName": "shop",
            "LaunchTemplateData": {"InstanceType": "t3.small", "ImageId": "ami-12345678"},
        },
    },
    "Fleet": {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Properties": {
            "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"},
            "MinSize": "0",
            "MaxSize": "0",
            "DesiredCapacity": "0",
            "AvailabilityZones": [f"{HOME}a"],
        },
    },
}

DIES = f"""
import os, signal, sys
def die(event, given):
    if event == "os.rename" and str(given[1]).endswith("{HOME}/state.json"):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(die)
from auditor.cli.main import run
run()
"""
"""The program, killed where it is about to put the last of three files into its place."""

DAWDLES = f"""
import sys
read = []
def dawdle(event, given):
    if event == "open" and str(given[0]).endswith("{HOME}/state.json"):
        read.append(True)
    elif event == "open" and str(given[0]).endswith(".lock") and read:
        read.clear()
        print("read", file=sys.stderr, flush=True)
        sys.stdin.readline()
sys.addaudithook(dawdle)
from auditor.cli.main import run
run()
"""
"""The program, made to wait between what it has read of the last file and what it writes there."""


class Shop:
    """The account: log groups in two regions, a key, and a stack with a launch template."""

    def __init__(self) -> None:
        session = boto3.Session()  # of its own: boto3 would hand the default one on to other tests
        self.logs = {region: session.client("logs", region) for region in (HOME, AWAY)}
        self.kms, self.stacks = session.client("kms", HOME), session.client("cloudformation", HOME)

    def open(self) -> None:
        self.key = self.kms.create_key()["KeyMetadata"]["KeyId"]
        self.log("/shop/web", "/shop/orders")
        self.log("/shop/milan", at=AWAY, days=3)
        self.deploy()

    def log(self, *names: str, at: str = HOME, days: int = 0) -> None:
        """New log groups, which keep events for ever where nothing is said."""
        for name in names:
            self.logs[at].create_log_group(logGroupName=name)
            if days:
                self.keep(name, days, at)

    def keep(self, name: str, days: int, at: str = HOME) -> None:
        self.logs[at].put_retention_policy(logGroupName=name, retentionInDays=days)

    def drop(self, name: str) -> None:
        self.logs[HOME].delete_log_group(logGroupName=name)

    def deploy(self) -> None:
        self.stacks.create_stack(StackName="shop", TemplateBody=json.dumps({"Resources": STACK}))

    def redeploy(self) -> None:
        self.stacks.delete_stack(StackName="shop")
        self.deploy()


@dataclass
class Month:
    """All that the story plays with."""

    shop: Shop
    sky: Sky
    job: Job
    receiver: Receiver


# -- runs -----------------------------------------------------------------------------------------


def nightly(month: Month) -> Iterator[Ran]:
    """A run as on every night."""
    yield month.job.scan()


def one_region(month: Month) -> Iterator[Ran]:
    """A run that is to look at one region."""
    yield month.job.scan("--region", HOME)


def one_probe_left_out(month: Month) -> Iterator[Ran]:
    """A run that is to ask two of the three probes."""
    yield month.job.scan(probes=PROBES[1:])


def waived(month: Month) -> Iterator[Ran]:
    """A waiver is written, and then the run."""
    report = month.job.report()
    (finding,) = (one.id for one in report.findings if one.probe == "encryption.key_rotation")
    why = ("--reason", "the vendor cannot take a new key yet", "--owner", "ann")
    given = ("--report", month.job.report_file, "--baseline", month.job.baseline)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", month.sky.now.timestamp)
        code, said = auditor("waive", finding[:12], *why, "--until", "2026-11-16", *given)
    assert code == 0, said
    yield month.job.scan()


def killed(month: Month) -> Iterator[Ran]:
    """A run that is killed with one of two regions written."""
    last = month.job.state / f"aws/{ACCOUNT}/{HOME}/state.json"
    good = last.read_bytes()
    with _another(DIES, month.job.judging(month.job.collect("killed.jsonl"), "killed.json")) as run:
        assert run.wait(60) == -signal.SIGKILL, run.communicate()
    assert last.read_bytes() == good
    assert not (month.job.folder / "killed.json").exists()
    yield Ran("killed", "nothing: there is none")


def hangs(month: Month) -> Iterator[Ran]:
    """The first half of a run."""
    month.job.collect("late.jsonl")
    yield Ran("hangs", "nothing: there is none")


def late(month: Month) -> Iterator[Ran]:
    """A run, and after it the second half of the one that hung."""
    yield month.job.scan()
    about = "The run of night 13 wakes up and judges what it saw then."
    yield month.job.judge("late.jsonl", about)


def race(month: Month) -> Iterator[Ran]:
    """Two runs; the one that began later has read the state before the other one writes it."""
    job, sky = month.job, month.sky
    began, sky.now = sky.now, sky.now.replace(minute=1)
    second = job.judging(job.collect("second.jsonl"), "second.json")
    sky.now = began
    with _another(DAWDLES, second) as run:
        assert run.stderr.readline() == "read\n"
        yield job.scan()
        run.communicate("go on\n", 60)
    about = "The other one finds that its place was written meanwhile, and reads it again."
    yield Ran(str(run.returncode), job.told("second.json"), about)


def retired(month: Month) -> Iterator[Ran]:
    """A region is given up, and then the run."""
    code, said = auditor("retire", "--state", month.job.state, "--region", AWAY)
    assert (code, said.splitlines()[-1]) == (0, "1 finding retired")
    yield month.job.scan()


def _another(program: str, arguments: list[str]) -> subprocess.Popen[str]:
    """Another process that runs the program."""
    pipe = subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment
    )
