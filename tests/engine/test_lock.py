"""Two runs do not overlap, however the first one ends."""

import os
import re
import signal
import subprocess
import sys

import pytest

from auditor.job.lock import LockError, locked

HOLD = """
import sys, time
from pathlib import Path
from auditor.job.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    program = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_who_comes_meanwhile_is_told_who_is_at_work_and_since_when(holder, tmp_path):
    with pytest.raises(LockError) as refused, locked(tmp_path / "lock"):
        pass
    said = str(refused.value)
    since = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"
    assert re.search(rf"lock: another run is at work \(pid {holder.pid}, since {since}\)$", said)
    assert "\n" not in said


def test_the_file_says_who_holds_it(holder, tmp_path):
    assert f"pid {holder.pid}, since 2" in (tmp_path / "lock").read_text()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_the_system_frees_what_a_dead_process_held(holder, tmp_path, how):
    holder.send_signal(how)
    holder.wait(10)
    with locked(tmp_path / "lock"):
        assert f"pid {os.getpid()}," in (tmp_path / "lock").read_text()


def test_a_lock_is_free_again_when_its_block_ends_and_names_nobody(tmp_path):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), locked(tmp_path / "lock"):
            raise ZeroDivisionError
        assert (tmp_path / "lock").read_text() == ""


def test_a_shorter_line_leaves_nothing_of_a_longer_one(tmp_path):
    (tmp_path / "lock").write_text("aws-live-auditor: pid 1, since long ago" + "x" * 100)
    with locked(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text().count("\n") == 1
        assert "x" not in (tmp_path / "lock").read_text()


@pytest.mark.parametrize("text", ["[default]\naws_access_key_id = A\n", "\xff\x00", "pid 1\n"])
def test_a_file_that_is_no_lock_is_left_as_it_is(tmp_path, text):
    (tmp_path / "credentials").write_text(text)
    with (
        pytest.raises(LockError, match="is no lock of this tool"),
        locked(tmp_path / "credentials"),
    ):
        pass
    assert (tmp_path / "credentials").read_text() == text


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "precious").write_text("")
    (tmp_path / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(LockError, match="cannot be a lock"), locked(tmp_path / "lock"):
        pass


@pytest.mark.parametrize("what", ["folder", "pipe", "missing/lock"])
def test_what_cannot_be_a_lock_is_refused_in_one_sentence(tmp_path, what):
    if what == "folder":
        (tmp_path / what).mkdir()
    if what == "pipe":
        os.mkfifo(tmp_path / what)
    with pytest.raises(LockError, match="cannot be a lock"), locked(tmp_path / what):
        pass


def test_what_a_holder_wrote_cannot_flood_a_message(holder, tmp_path):
    (tmp_path / "lock").write_text("aws-live-auditor: " + "y" * 10_000)
    with pytest.raises(LockError) as refused, locked(tmp_path / "lock"):
        pass
    assert len(str(refused.value)) < 400 + len(str(tmp_path))


def test_a_holder_that_has_not_written_yet_is_one_all_the_same(holder, tmp_path):
    (tmp_path / "lock").write_text("")
    with pytest.raises(LockError, match="it has not written yet which"), locked(tmp_path / "lock"):
        pass
