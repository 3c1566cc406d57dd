"""The program as it is, which leaves its own peak memory in a file when it ends.

The peak that the operating system tells the parent counts the parent's own memory from before the
program was started in it.
"""

import os
import sys
from pathlib import Path

from auditor.cli.main import run
from auditor.demo.resolving import Loopback


def peak_kib() -> int:
    """The high-water mark of this process's memory (Linux, `VmHWM`)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


if __name__ == "__main__":
    Loopback().install()
    try:
        run()
    finally:
        Path(os.environ["BENCH_PEAK_FILE"]).write_text(str(peak_kib()), encoding="ascii")
        sys.stdout.flush()
