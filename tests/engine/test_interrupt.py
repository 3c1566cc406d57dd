"""Ctrl-C ends a run within a second and leaves no half-written file."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.stub import Stub, denied


def heeds_ctrl_c():
    """A shell that starts the tests in the background lets them ignore Ctrl-C; the program not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("command", ["scan", "collect"])
def test_ctrl_c_ends_at_once_and_leaves_nothing(command, tmp_path):
    asked = threading.Event()

    def hang(service, operation):
        asked.set()
        time.sleep(20)
        return denied(service, operation)

    with Stub() as server:
        server.otherwise = hang
        server.answers["ec2:DescribeRegions"] = denied("ec2", "DescribeRegions")
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        output = ["--format", "json", "--output"] if command == "scan" else ["-o"]
        program = [sys.executable, "-c", "from auditor.cli.main import run; run()", command]
        where = ["--region", "us-east-1", "--probe", "encryption.key_rotation"]
        process = subprocess.Popen(
            [*program, *where, *output, str(tmp_path / "out")],
            env=environment,
            cwd=tmp_path,  # with no baseline of its own
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heeds_ctrl_c,  # noqa: PLW1509 - no other thread holds a lock here
        )
        assert asked.wait(15), process.communicate(timeout=5)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        took = time.monotonic() - began
    assert process.returncode == 130
    assert took < 1, took
    assert (out, err.strip()) == ("", "stopped")
    assert list(tmp_path.iterdir()) == []
