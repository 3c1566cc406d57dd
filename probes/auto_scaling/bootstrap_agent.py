"""Bootstrap scripts install and start the CloudWatch agent.

Memory, disks and log files are seen by an agent on the instance only. Installed it does nothing: it
has to be given a configuration and started, by `amazon-cloudwatch-agent-ctl -a fetch-config -s` or
as a service (CloudWatch user guide, "Installing the CloudWatch agent"). The source's own script
installs it and never starts it. Images of one's own may bring it along, so that a script which does
not install it proves nothing then; to Amazon Linux it comes as a package (same guide).

Fix: install `amazon-cloudwatch-agent`, then `amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s
-c ssm:PARAMETER`; `aws ec2 create-launch-template-version`, then an instance refresh. In
CloudFormation `LaunchTemplateData.UserData`.
"""

from collections.abc import Iterator
from functools import partial

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.auto_scaling import _bootstrap, _stock_images
from probes.auto_scaling._bootstrap import Holder, Script


class Watched(Settings):
    """Whether the agent is wanted."""

    require_cw_agent: bool = setting(True, "Whether scripts must start the CloudWatch agent.")


class BootstrapAgent(Probe[Holder, Watched]):
    """What the scripts that instances are started with do for the agent."""

    subject, needs = _bootstrap.SUBJECTS, (*_bootstrap.NEEDS, *_stock_images.NEEDS)
    severity, settings, sources = Severity.LOW, Watched, ("S0.14",)

    def judge(self, holder: Holder, facts: Facts, expected: Watched) -> Iterator[Remark]:
        if not expected.require_cw_agent:
            yield not_applicable("the baseline asks for no agent")
            return
        yield from _bootstrap.judged(holder, facts, partial(_judge, facts))


def _judge(facts: Facts, script: Script) -> Iterator[Remark]:
    said = script.said
    unread = _bootstrap.nothing_to_read(script) if said else None
    if reason := _bootstrap.written_by_service(script) or unread:
        yield reason
    elif said and said.kind == "toml":
        yield not_applicable("Bottlerocket runs containers only", code="no-shell")
    elif said and said.agent_started == "yes":
        if said.agent_installed != "yes":
            yield note("the script starts an agent that it does not install")
    elif said and "unknown" in {said.agent_started, said.agent_installed}:
        yield unknown("another program or script may start the agent", code="elsewhere")
    elif said and said.agent_installed == "yes":
        yield _missing("the script never starts the CloudWatch agent", "agent-not-started")
    elif _stock_images.are_amazon_linux(script, facts):
        yield _missing("the script does not install the CloudWatch agent", "agent-not-installed")
    else:
        yield unknown("whether the image brings the agent along is not known", code="by-image")


def _missing(message: str, code: str) -> Remark:
    found = "installed" if code == "agent-not-started" else "none"
    return gap(message, code=code, expected="a started agent", found=found)
