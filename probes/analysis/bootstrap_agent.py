"""Whether a script installs and starts the CloudWatch agent, or leaves the work to another script.

CloudWatch User Guide, "Installing the CloudWatch agent": the package `amazon-cloudwatch-agent`, or
`AmazonCloudWatchAgent` by Systems Manager; started by `amazon-cloudwatch-agent-ctl` or the service.
"""

import re
from typing import Final

_PACKAGE: Final = re.compile(r"amazon-?cloudwatch-?agent", re.IGNORECASE)
_INSTALLING: Final = re.compile(
    r"(?:(?:local|group)?install|--install|--upgrade|-[iUFvh]+|/i|add|AWS-ConfigureAWSPackage)\Z"
)
_CONTROL: Final = "amazon-cloudwatch-agent-ctl"
_CONTROL_ACTIONS: Final = frozenset({"fetch-config", "append-config", "start"})
_SERVICE_ACTIONS: Final = frozenset({"start", "restart", "enable"})
_SERVICE_COMMANDS: Final = frozenset({"systemctl", "service", "start-service"})
_DOWNLOADS: Final = frozenset({"curl", "wget", "fetch", "gsutil", "git"})
_INTERPRETERS: Final = re.compile(r"(?:\S*/)?(?:bash|sh|dash|zsh|ksh|python[\d.]*|perl|ruby)\Z")
_RUNNERS: Final = frozenset(
    {"cfn-init", "ansible-pull", "ansible-playbook", "chef-client", "puppet", "salt-call"}
)
_PLACES: Final = ("./", "/tmp/", "/opt/", "/root/", "/home/")  # noqa: S108 - read, not written
_AWS_OWN: Final = ("/opt/aws/amazon-cloudwatch-agent/", "/opt/aws/bin/cfn-signal", "./aws/install")


def installs_agent(words: list[str]) -> bool:
    """Whether a simple command installs the agent's package."""
    names_it = any(_PACKAGE.search(word) and _CONTROL not in word for word in words)
    # A list item that is the package alone is how cloud-config lists what it installs, or one of
    # several on the line that begins the list.
    alone = words[-1] == "amazon-cloudwatch-agent" and words[:-1] in ([], ["-"])
    listed = words[0] == "packages:" and "amazon-cloudwatch-agent" in words
    return alone or listed or (names_it and any(_INSTALLING.match(word) for word in words))


def starts_agent(words: list[str]) -> bool:
    """Whether a simple command configures or starts the agent."""
    lower = {word.lower() for word in words}
    if any(_CONTROL in word for word in lower):
        return not _CONTROL_ACTIONS.isdisjoint(lower)
    served = any(_PACKAGE.match(word) for word in lower)
    acts = not _SERVICE_ACTIONS.isdisjoint(lower) or "start-service" in lower
    return served and acts and any(word in _SERVICE_COMMANDS for word in lower)


def runs_script_from_elsewhere(calls: list[list[str]]) -> bool:
    """Whether commands run something that was downloaded, so that they are not the whole story."""
    if any(words[0].rpartition("/")[2] in _RUNNERS for words in calls):
        return True
    return any(map(_downloads, calls)) and any(map(_runs_a_file, calls))


def is_interpreter(word: str) -> bool:
    """Whether a word is the name of a program that runs scripts."""
    return _INTERPRETERS.match(word) is not None


def is_download(words: list[str]) -> bool:
    """Whether a simple command fetches something over the network by curl or wget."""
    return words[0] in {"curl", "wget"}


def _downloads(words: list[str]) -> bool:
    return words[0] in _DOWNLOADS or (words[0] == "aws" and "s3" in words)


def _runs_a_file(words: list[str]) -> bool:
    if words[0].startswith(_AWS_OWN) or words[1:2] == ["-c"]:
        return False
    return is_interpreter(words[0]) or words[0] in {".", "source"} or words[0].startswith(_PLACES)
