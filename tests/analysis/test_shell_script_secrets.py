"""Secrets that a script fetches are named, and what it should not do is named by its line."""

import base64

import pytest

from probes.analysis.shell_script import reduce_user_data

STRICT = "#!/bin/bash\nset -euo pipefail\n"


def facts_of(script: str) -> dict:
    return reduce_user_data(base64.b64encode(script.encode()).decode())


def smells_of(script: str) -> list[tuple[str, int]]:
    return [(smell["code"], smell["line"]) for smell in facts_of(script)["smells"]]


@pytest.mark.parametrize(
    ("script", "secrets", "unnamed"),
    [
        ("aws secretsmanager get-secret-value --secret-id prod/db", [("secretsmanager", "prod/db")], False),
        ("aws --region x secretsmanager get-secret-value --secret-id=prod/db", [("secretsmanager", "prod/db")], False),
        ('X="$(aws secretsmanager get-secret-value --secret-id \'prod/db\' | jq -r .x)"', [("secretsmanager", "prod/db")], False),
        ("X=`aws secretsmanager get-secret-value --secret-id prod/db`", [("secretsmanager", "prod/db")], False),
        ('ID="prod/db"\naws secretsmanager get-secret-value --secret-id "${ID}"', [("secretsmanager", "prod/db")], False),
        ('aws secretsmanager get-secret-value --secret-id "$ID"', [], True),
        ("aws secretsmanager get-secret-value --secret-id prod/$ENV", [], True),
        ("aws secretsmanager get-secret-value", [], True),
        ("aws secretsmanager list-secrets", [], None),
        ("aws ssm get-parameter --name /app/password --with-decryption", [("ssm", "/app/password")], False),
        ("aws ssm get-parameters --names /a /b --with-decryption --output text", [("ssm", "/a"), ("ssm", "/b")], False),
        ("aws ssm get-parameter --name /app/ami", [], None),
        ("aws ssm get-parameter --name /a --with-decryption; useradd --name bob", [("ssm", "/a")], False),
        ("python3 - <<EOF\nc.get_secret_value(SecretId='prod/db')\nEOF", [("secretsmanager", "prod/db")], False),
        ("python3 - <<EOF\nc.get_secret_value(SecretId=name)\nEOF", [], True),
        ("# aws secretsmanager get-secret-value --secret-id prod/db", [], None),
        ("aws secretsmanager get-secret-value --secret-id prod/db 2>/dev/null", [("secretsmanager", "prod/db")], False),
        ("aws secretsmanager get-secret-value --secret-id prod/db > /etc/hunter2", [("secretsmanager", "prod/db")], False),
        ("aws ssm get-parameters --with-decryption --names /a /b > /etc/hunter2", [("ssm", "/a"), ("ssm", "/b")], False),
        ("cat > policy.json <<EOF\n{'Action': 'secretsmanager:GetSecretValue'}\nEOF", [], None),
    ],
)  # fmt: skip
def test_secrets_are_named_where_the_script_names_them(script, secrets, unnamed):
    facts = facts_of(STRICT + script)
    assert [(found["service"], found["name"]) for found in facts["secrets"]] == secrets
    assert facts["fetches_secrets"] == ("no" if unnamed is None else "yes")
    assert facts["fetches_unnamed"] is bool(unnamed)


def test_secrets_of_powershell_and_python_scripts_are_named():
    windows = facts_of("<powershell>\nGet-SECSecretValue -SecretId prod/db\n</powershell>")
    assert windows["secrets"] == [{"service": "secretsmanager", "name": "prod/db"}]
    python = facts_of("#!/usr/bin/python3\nclient.get_secret_value(SecretId='prod/db')\n")
    assert (python["kind"], python["fetches_secrets"]) == ("other", "yes")


FETCH = "PW=$(aws secretsmanager get-secret-value --secret-id prod/db --query SecretString)\n"


@pytest.mark.parametrize(
    ("script", "smells"),
    [
        (FETCH + 'echo "$PW" > /etc/app/db', [("secret-written-to-disk", 4)]),
        (FETCH + 'echo "$PW" | tee -a /etc/app/db', [("secret-written-to-disk", 4)]),
        (FETCH + 'echo "$PW" | sudo tee /etc/app/db', [("secret-written-to-disk", 4)]),
        (FETCH + "USER=$(echo $PW | jq .user)\ncat > /etc/db <<EOF\n$USER\nEOF\n", [("secret-written-to-disk", 5)]),
        (FETCH + 'echo "$PW" > /etc/app/db\nchmod 600 /etc/app/db', []),
        (FETCH + 'echo "$PW" > /tmp/db\nchmod 600 /tmp/db', [("secret-written-to-disk", 4)]),
        ("umask 077\n" + FETCH + 'echo "$PW" > /etc/app/db', []),
        (FETCH + 'echo "$PW" | docker login --password-stdin > /dev/null 2>&1', []),
        (FETCH + 'echo "$PW"', [("secret-logged", 4)]),
        (FETCH + "echo done", []),
        ("set -x\n" + FETCH, [("trace-with-secrets", 3)]),
        ("set -x\nls\nset +x\n" + FETCH, []),
        ("set +e\nls\n", [("errexit-turned-off", 3)]),
        ("curl -s http://example.com/x.sh | bash", [("piped-to-shell-over-http", 3)]),
        ("curl -s http://example.com/x.sh | sudo -E bash", [("piped-to-shell-over-http", 3)]),
        ("curl -s https://example.com/x.sh | bash", []),
        ("export DB_PASSWORD='Tr0ub4dor&3xyz'", [("literal-secret", 3)]),
        ("mysql --password S3cretPassw0rd", [("literal-secret", 3)]),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", [("literal-secret", 3)]),
        ("aws configure set x AKIAIOSFODNN7EXAMPLE", [("literal-secret", 3)]),
        ("cat > k <<EOF\n-----BEGIN RSA PRIVATE KEY-----\nEOF", [("literal-secret", 4)]),
        ("DB_PASSWORD=$(cat /run/x)", []),
        ("SECRET_ARN=arn:aws:secretsmanager:us-east-1:111122223333:secret:db-Ab", []),
        ("SECRET_NAME=Prod-Database-1", []),
        ("PASSWORD=changeme", []),
        ("TOKEN=$(curl -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 21600' x)", []),
        ("REGION=${AWS::Region}", [("unresolved-placeholder", 3)]),
        ("DB=${Database.Endpoint.Address}", [("unresolved-placeholder", 3)]),
        ("X=${Y:-z}; Z=${Y#a.b}; P=${server.port}", []),
    ],
)  # fmt: skip
def test_smells_are_named_by_their_line(script, smells):
    assert smells_of(STRICT + script) == smells


def test_a_trace_in_the_shebang_counts():
    assert smells_of("#!/bin/bash -xe\n" + FETCH) == [("trace-with-secrets", 1)]
