"""Runs the auditor as a Lambda function of a container image: the loop that Lambda expects.

Each invocation is one `auditor scan` in a process of its own, whose options come from the
environment (`AUDITOR_ROLE_ARN`, `AUDITOR_STATE`, ...). It is told to end in time, so that what was
seen is kept. Exit codes 0 and 1 are a run that went well; any other is a failed invocation.

Sources: Lambda developer guide, "Using the Lambda runtime API for custom runtimes", version
2018-06-01.
"""  # noqa: INP001 - a script, copied into the image

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection

MARGIN = 60
"""Seconds that are left for judging and for keeping the state when no more is asked."""

LEAST = 30
"""Seconds below which a run is not worth beginning."""

PATH = "/2018-06-01/runtime/invocation"
REPORT = "/tmp/report.json"  # noqa: S108 - a function can write nowhere else, and has it to itself
SCAN = ("auditor", "scan", "--quiet", "--format", "json", "--output", REPORT)
TELLING = ("--summary=-", "--metrics-emf=-")


def main() -> None:
    """Serve one invocation after the other until Lambda ends the process."""
    api = os.environ["AWS_LAMBDA_RUNTIME_API"]
    while True:
        headers = ask(api, "GET", "next")
        request = headers["Lambda-Runtime-Aws-Request-Id"]
        code = scan(int(headers["Lambda-Runtime-Deadline-Ms"]) / 1000)
        if code in (0, 1):
            ask(api, "POST", f"{request}/response", {"exit_code": code})
        else:
            said = f"the audit ended with exit code {code}; the log says why"
            ask(api, "POST", f"{request}/error", {"errorType": "Audit", "errorMessage": said})


def scan(deadline: float) -> int:
    """The exit code of one run, which must be over by this time."""
    seconds = int(deadline - time.time()) - MARGIN
    if seconds < LEAST:
        sys.stderr.write("the function's timeout is too short for an audit\n")
        return 2
    command = [*SCAN, *TELLING, "--timeout", str(seconds)]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - nothing of the event is in it


def ask(
    api: str, method: str, path: str, said: Mapping[str, object] | None = None
) -> Mapping[str, str]:
    """The headers of Lambda's answer; it may take as long as there is nothing to do."""
    connection = HTTPConnection(api)
    try:
        connection.request(method, f"{PATH}/{path}", json.dumps(said) if said else None)
        answer = connection.getresponse()
        answer.read()
        return dict(answer.getheaders())
    finally:
        connection.close()


if __name__ == "__main__":
    main()
