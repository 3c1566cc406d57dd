"""User data comes packed, in parts, broken or hostile; no word of it but names of secrets is kept."""

import base64
import gzip
import hashlib
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from probes.analysis.shell_script import reduce_user_data

STRICT = "#!/bin/bash\nset -euo pipefail\n"

STORES_SECRET = """#!/bin/bash
yum update -y
yum install -y java-11-amazon-corretto

SECRET_ARN="arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"
DB_CREDS=$(aws secretsmanager get-secret-value \\
  --secret-id "$SECRET_ARN" --query SecretString --output text)
echo $DB_CREDS > /tmp/db-creds.json
"""


def encoded(script: str | bytes) -> str:
    return base64.b64encode(script if isinstance(script, bytes) else script.encode()).decode()


def facts_of(script: str | bytes) -> dict:
    return reduce_user_data(encoded(script))


FETCH = "PW=$(aws secretsmanager get-secret-value --secret-id prod/db --query SecretString)\n"


def test_packed_user_data_is_read():
    facts = facts_of(gzip.compress(STORES_SECRET.encode()))
    assert (facts["kind"], facts["length"]) == ("shell", len(STORES_SECRET))


MULTIPART = """Content-Type: multipart/mixed; boundary="==B=="
MIME-Version: 1.0

--==B==
Content-Type: text/cloud-config; charset="us-ascii"

#cloud-config
packages:
  - amazon-cloudwatch-agent

--==B==
Content-Type: text/x-shellscript; charset="us-ascii"
Content-Transfer-Encoding: {encoding}

{script}
--==B==--
"""


@pytest.mark.parametrize(
    ("encoding", "script"),
    [
        ("7bit", STORES_SECRET),
        ("base64", encoded(STORES_SECRET)),
        ("base64", encoded(gzip.compress(STORES_SECRET.encode()))),
        ("quoted-printable", STORES_SECRET.replace("=", "=3D")),
    ],
    ids=["plain", "base64", "base64 and gzip", "quoted-printable"],
)
def test_every_part_of_a_multipart_is_read(encoding, script):
    facts = facts_of(MULTIPART.format(encoding=encoding, script=script))
    assert (facts["kind"], facts["parts"]) == ("multipart", ["cloud-config", "shell"])
    assert (facts["errexit"], facts["agent_installed"], facts["agent_started"]) == (
        "no",
        "yes",
        "no",
    )
    assert facts["smells"] == [{"code": "secret-written-to-disk", "part": 1, "line": 8}]


def test_a_part_is_what_its_header_says_where_its_text_does_not():
    script = "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/x-shellscript\n\nls\n--B--\n"
    assert facts_of(script)["parts"] == ["shell"]
    assert facts_of("Content-Type: text/plain\n\nls\n")["kind"] == "other"


UNDECODABLE = [
    ("not base64!", "not base64"),
    ("é", "not even ASCII"),
    ("\ud800", "half a character"),
    (encoded(b"\x7fELF\x00\x01"), "a program"),
    (encoded(gzip.compress(b"x" * 50_000_000)), "a bomb"),
    (encoded(gzip.compress(b"set -e" * 100)[:-9]), "cut-off gzip"),
    (encoded(b"\x1f\x8bnonsense"), "broken gzip"),
    ("A" * 300_000, "too long"),
    (
        encoded("Content-Type: multipart/mixed; boundary=B\n\n" + "--B\nx\n" * 1_000),
        "too many parts",
    ),
    (encoded(MULTIPART.format(encoding="base64", script="!!!")), "a part that is not base64"),
]


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for data, name in UNDECODABLE])
def test_what_cannot_be_decoded_is_unknown_in_everything(data):
    facts = reduce_user_data(data)
    assert facts["kind"] == "undecodable"
    assert {
        facts[key] for key in ("errexit", "agent_installed", "agent_started", "fetches_secrets")
    } == {"unknown"}
    assert facts["digest"] == hashlib.sha256(data.encode(errors="surrogatepass")).hexdigest()


@pytest.mark.parametrize(
    "line",
    [
        '"' + '\\"' * 9_000, "'" * 20_000, "password=" * 4_000, "set -e;" * 4_000, "\\\n" * 60_000,
        "$(" * 30_000, "<<A\n" * 20_000, "--secret-id " * 5_000, "${A" * 20_000, "curl http://x |" * 5_000,
        "# " * 40_000, "SecretId=" * 8_000 + "get_secret_value", "> " * 40_000, "export " * 10_000,
        "declare " + "-x " * 20_000,
    ],
    ids=lambda line: line[:12],
)  # fmt: skip
def test_hostile_scripts_are_reduced_soon(line):
    started = time.process_time()
    facts_of(f"{STRICT}{line}")
    assert time.process_time() - started < 2


def _pieces(facts: dict) -> list[str]:
    """All that the facts say in text, apart from the digest and the names of secrets."""
    kept = {key: value for key, value in facts.items() if key not in {"digest", "secrets"}}
    words = {"undecodable", "cloud-config", "errexit-turned-off", "literal-secret", "secret-logged"}
    words |= {
        "piped-to-shell-over-http",
        "secret-written-to-disk",
        "trace-with-secrets",
        "unresolved-placeholder",
    }
    found: list[str] = []
    waiting: list = [[*kept.values()]]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict | list):
            waiting += item.values() if isinstance(item, dict) else item
        elif isinstance(item, str) and item not in words:
            found.append(item)
    return found


_lines = st.sampled_from(
    [
        "#!/bin/bash", "#cloud-config", "set -e", "set -x", FETCH, "echo $PW > /tmp/x", "cat <<EOF", "EOF", "'", '"',
        "\\", "aws ssm get-parameter --with-decryption --name ", "aws secretsmanager get-secret-value --secret-id ",
        "export PASSWORD=", "SecretId='", "get_secret_value(", "Content-Type: multipart/mixed; boundary=B\n\n", "--B",
        "<powershell>",
    ]
)  # fmt: skip
_scripts = st.lists(
    _lines | st.text(max_size=30) | st.from_regex(r"[!-~]{12,40}", fullmatch=True), max_size=12
).flatmap(lambda lines: st.sampled_from(["\n", " ", ""]).map(lambda sign: sign.join(lines)))


@given(_scripts)
@example(FETCH + "PASSWORD=SuperSecret123456\necho $PW SuperSecret123456 > /tmp/SuperSecret123456")
def test_no_word_of_the_script_is_kept_but_names_of_secrets(script):
    script = script.encode(errors="replace").decode()
    facts = facts_of(script)
    assert all(len(piece) < 12 for piece in _pieces(facts))
    assert json.loads(json.dumps(facts)) == facts
    for secret in facts["secrets"]:
        assert set(secret) == {"service", "name"}
        assert (
            "get-secret-value" in script
            or "get_secret_value" in script
            or "get-parameter" in script
        )


@given(st.text() | st.binary().map(encoded) | st.binary().map(gzip.compress).map(encoded))
def test_any_text_and_any_bytes_are_reduced(data):
    assert reduce_user_data(data)["kind"]
