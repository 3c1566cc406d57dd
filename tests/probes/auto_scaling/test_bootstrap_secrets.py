import json

import boto3
import pytest

from probes.auto_scaling.bootstrap_secrets import BootstrapSecrets
from tests.kit import Case, audit, check_case, findings_of, verdicts
from tests.probes.auto_scaling.fleet import group
from tests.probes.auto_scaling.scripts import (
    LOOSE,
    OF_EKS,
    STRICT,
    by_configuration,
    by_instance,
    by_template,
    everywhere,
    live_template,
)

PROBE = BootstrapSecrets()
PASSWORD = "Tr0ub4dor-and-3"
HELD = f"{STRICT}export DB_PASSWORD={PASSWORD}\n"
FETCH = "SECRET=$(aws secretsmanager get-secret-value --secret-id db --output text)\n"
STORED = f"{STRICT}{FETCH}echo $SECRET > /tmp/db-credentials.json\n"
LOGGED = f"{STRICT}{FETCH}echo $SECRET\n"
TRACED = f"#!/bin/bash\nset -ex\n{FETCH}"
PRIVATE = f"{STRICT}umask 077\n{FETCH}echo $SECRET > /etc/app/db.json\n"


def held(name, answers, verdict, code=None, **more):
    return Case(name, answers, verdict, code, part="held", **more)


def leaked(name, answers, verdict, code=None, **more):
    return Case(name, answers, verdict, code, part="leaked", **more)


CASES = [
    *everywhere(HELD, part="held"),
    held("nothing in it", by_template(LOOSE), "pass"),
    held("a password", by_template(HELD), "drift", "literal-secret", severity="high"),
    held("a password, in a configuration", by_configuration(HELD), "drift", "literal-secret"),
    held("a password, on an instance", by_instance(HELD), "drift", "literal-secret"),
    held("the script of a service", by_template(HELD, groups=[group(Tags=[OF_EKS])]), "drift"),
    held("what is fetched is not held", by_template(STORED), "pass"),
    held("no user data", by_template(None), "not_applicable", "no-user-data"),
    held("it cannot be decoded", by_template("\0"), "unknown", "undecodable"),
    leaked("fetched and kept in memory", by_template(STRICT + FETCH), "pass"),
    leaked("stored", by_template(STORED), "drift", "secret-written-to-disk", severity="high"),
    leaked("stored where only its owner reads", by_template(PRIVATE), "pass"),
    leaked("logged", by_template(LOGGED), "drift", "secret-logged"),
    leaked("traced", by_template(TRACED), "drift", "trace-with-secrets"),
    leaked("held is not leaked", by_template(HELD), "pass"),
    leaked("no data", by_instance(None), "not_applicable", "no-user-data"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_a_finding_names_lines_and_never_what_stands_on_them():
    findings = findings_of(PROBE, Case("evidence", by_template(HELD), "drift"))
    (finding,) = (one for one in findings if one.part == "held")
    shown = {one.subject: one.value for one in finding.evidence}
    assert shown["literal-secret"] == [{"part": 0, "line": 3}]
    assert PASSWORD not in json.dumps([finding.message, *shown.values()], default=str)


def test_on_an_account(aws):
    client, scaling = boto3.client("ec2", "us-east-1"), boto3.client("autoscaling", "us-east-1")
    for name, script in (("clean", LOOSE), ("holding", HELD), ("leaking", STORED)):
        live_template(client, scaling, name, script)
    findings = audit(BootstrapSecrets)
    expected = {"clean": "pass", "holding": "drift", "leaking": "pass"}
    assert verdicts(findings, "held") == expected
    expected = {"clean": "pass", "holding": "pass", "leaking": "drift"}
    assert verdicts(findings, "leaked") == expected
