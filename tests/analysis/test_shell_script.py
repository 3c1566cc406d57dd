"""User data is reduced to what it does."""

import base64
import hashlib

import pytest

from probes.analysis.shell_script import reduce_user_data

STRICT = "#!/bin/bash\nset -euo pipefail\n"

# The script that a source document prints as the repaired one: it installs the agent, never
# configures or starts it.
INSTALLS_ONLY = """#!/bin/bash
set -e

# Update system
yum update -y
yum install -y httpd
systemctl start httpd
echo 'OK' > /var/www/html/api/v1/health

# Install CloudWatch agent
wget https://s3.amazonaws.com/amazoncloudwatch-agent/amazon_linux/amd64/latest/amazon-cloudwatch-agent.rpm
rpm -U ./amazon-cloudwatch-agent.rpm
echo 'Instance initialization complete'
"""

# And another: it fetches the secret, but leaves it in /tmp for everybody to read.
STORES_SECRET = """#!/bin/bash
yum update -y
yum install -y java-11-amazon-corretto

SECRET_ARN="arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"
DB_CREDS=$(aws secretsmanager get-secret-value \\
  --secret-id "$SECRET_ARN" --query SecretString --output text)
echo $DB_CREDS > /tmp/db-creds.json
"""


def facts_of(script: str) -> dict:
    return reduce_user_data(base64.b64encode(script.encode()).decode())


def test_a_script_that_never_starts_the_agent_is_seen():
    facts = facts_of(INSTALLS_ONLY)
    assert facts == {
        "digest": hashlib.sha256(INSTALLS_ONLY.encode()).hexdigest(),
        "length": len(INSTALLS_ONLY),
        "kind": "shell",
        "parts": ["shell"],
        "errexit": "yes",
        "agent_installed": "yes",
        "agent_started": "no",
        "fetches_secrets": "no",
        "secrets": [],
        "fetches_unnamed": False,
        "runs_other_script": False,
        "smells": [],
    }


def test_a_script_that_stores_a_secret_in_tmp_is_seen():
    facts = facts_of(STORES_SECRET)
    assert facts["errexit"] == "no"
    assert facts["fetches_secrets"] == "yes"
    assert facts["secrets"] == [
        {"service": "secretsmanager", "name": "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"},
    ]  # fmt: skip
    assert facts["smells"] == [{"code": "secret-written-to-disk", "part": 0, "line": 8}]


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/bash\nset -e\n", "#!/bin/bash\nset -euo pipefail\n", "#!/bin/sh\nset -ex\n", "#!/bin/bash -e\n",
        "#!/bin/bash -xe\n", "#!/usr/bin/env -S bash -e\n", "#!/bin/bash\nset -o errexit\n",
        "#!/bin/bash\nset -uo errexit\n", "#!/bin/bash\nset -u -e\n", "#!/bin/bash\nset -o pipefail -e\n",
        "#!/bin/bash\ncd /tmp && set -e\n", "#!/bin/bash\ntrap 'exit 1' ERR\n",
        "#!/bin/bash\r\nset -e\r\n", "\n#!/bin/bash\nset -e", "#cloud-boothook\n#!/bin/bash\nset -e\n",
        "<powershell>\n$ErrorActionPreference = 'Stop'\n</powershell>",
    ],
)  # fmt: skip
def test_stopping_at_errors_is_seen(script):
    assert facts_of(script)["errexit"] == "yes"


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/bash\n# set -e\n", "#!/bin/bash\necho 'set -e'\n", '#!/bin/bash\necho "; set -e ;"\n',
        "#!/bin/bash\ncat > x <<EOF\nset -e\nEOF\n", "#!/bin/bash\nset -o pipefail\n", "#!/bin/bash\nset -- -e\n",
        "#!/bin/bash\nset -ux\n", "#!/bin/bash\nreset -e\n", "#!/bin/bash\ntrap cleanup EXIT\n",
        "<powershell>\n$ErrorActionPreference = 'Continue'\n</powershell>",
    ],
)  # fmt: skip
def test_not_stopping_at_errors_is_seen(script):
    assert facts_of(script)["errexit"] == "no"


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("#cloud-config\npackages: [httpd]\n", "cloud-config"),
        ("## template: jinja\n#cloud-config\npackages: [httpd]\n", "cloud-config"),
        ("#!/usr/bin/env python3\nprint(1)\n", "other"),
        ("[settings.kubernetes]\ncluster-name = 'x'\n", "toml"),
        ("#include\nhttps://example.com/x.sh\n", "include"),
        ("<script>\ndir\n</script>", "powershell"),
        ("just words", "other"),
        ("", "other"),
    ],
)
def test_whether_other_kinds_stop_at_errors_is_unknown(script, kind):
    facts = facts_of(script)
    assert (facts["kind"], facts["errexit"]) == (kind, "unknown")


@pytest.mark.parametrize(
    ("line", "installed", "started"),
    [
        ("yum install -y amazon-cloudwatch-agent", "yes", "no"),
        ("sudo -E dnf -y install amazon-cloudwatch-agent", "yes", "no"),
        ("dpkg -i -E /tmp/amazon-cloudwatch-agent.deb", "yes", "no"),
        ("rpm -Uvh ./amazon-cloudwatch-agent.rpm", "yes", "no"),
        ("aws ssm send-command --document-name AWS-ConfigureAWSPackage --parameters name=AmazonCloudWatchAgent", "yes", "no"),
        ("/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c ssm:x", "no", "yes"),
        ("/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a status", "no", "no"),
        ("systemctl enable --now amazon-cloudwatch-agent", "no", "yes"),
        ("service amazon-cloudwatch-agent start", "no", "yes"),
        ("systemctl status amazon-cloudwatch-agent", "no", "no"),
        ("# yum install -y amazon-cloudwatch-agent", "no", "no"),
        ("yum install -y awslogs", "no", "no"),
    ],
)  # fmt: skip
def test_installing_and_starting_the_agent_are_two_things(line, installed, started):
    facts = facts_of(f"{STRICT}{line}\n")
    assert (facts["agent_installed"], facts["agent_started"]) == (installed, started)


def test_cloud_config_installs_and_starts_the_agent():
    facts = facts_of(
        "#cloud-config\npackages:\n  - amazon-cloudwatch-agent\n"
        "runcmd:\n  - [ systemctl, enable, --now, amazon-cloudwatch-agent ]\n"
    )
    assert (facts["agent_installed"], facts["agent_started"]) == ("yes", "yes")
    assert facts["fetches_secrets"] == "no"


def test_cloud_config_may_list_what_it_installs_on_one_line():
    facts = facts_of("#cloud-config\npackages: [httpd, amazon-cloudwatch-agent, jq]\n")
    assert facts["agent_installed"] == "yes"


@pytest.mark.parametrize(
    "script",
    [
        "curl -s https://example.com/x.sh | sudo bash",
        "aws s3 cp s3://bucket/boot.sh /opt/boot.sh\nchmod +x /opt/boot.sh\n/opt/boot.sh",
        "git clone https://example.com/r && cd r\n./install.sh",
        "/opt/aws/bin/cfn-init -v --stack x --resource y",
        "wget https://example.com/x.py\npython3 x.py",
    ],
)
def test_what_a_script_from_elsewhere_does_is_unknown(script):
    facts = facts_of(STRICT + script)
    assert facts["runs_other_script"] is True
    assert {facts[key] for key in ("agent_installed", "agent_started", "fetches_secrets")} == {
        "unknown"
    }


@pytest.mark.parametrize(
    "script",
    [
        "curl https://example.com/a.zip -o a.zip\n./aws/install",
        "curl x -o y\npython3 -c 'print(1)'",
        "bash -c ls",
    ],
)
def test_tools_that_are_downloaded_are_no_other_script(script):
    assert facts_of(STRICT + script)["runs_other_script"] is False
