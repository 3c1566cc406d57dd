"""What is known of the security policy of a listener, and which one to use instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.facts import Facts
from auditor.probe import Remark, not_applicable, unknown
from probes.analysis import tls
from probes.aws import elbv2
from probes.aws.elbv2 import Listener
from probes.load_balancing._balancers import PLAIN, QUIC, SECURE

RECOMMENDED = sorted(name for name, policy in tls.POLICIES.items() if policy.recommended)
"""Security Hub's list for predefined policies; it has changed before, so it is but a default."""


def not_encrypted(listener: Listener) -> Remark | None:
    """Why a listener has no security policy to judge; None where it has one."""
    protocol = listener.protocol
    if protocol in SECURE:
        message = "AWS names no security policy of this listener"
        return None if listener.ssl_policy else unknown(message, code="no-policy")
    if protocol in PLAIN | QUIC | {"HTTP", ""}:
        message = (
            f"a listener of {protocol or 'this kind'} has no certificate and no security policy"
        )
        return not_applicable(message, code="other-protocol")
    return unknown(f"protocol {protocol!r} is not known here", code="unknown-protocol")


def lowest(listener: Listener, facts: Facts) -> tls.Resolved | tls.Unresolved:
    """The lowest version that a listener admits, by AWS's list as far as it could be read."""
    name = listener.ssl_policy
    live = next((p for p in facts.seen(elbv2.SSL_POLICIES) if p.name == name), None)
    return tls.minimum_version(name, live.ssl_protocols if live else None)


def mend(listener: Listener, minimum: tls.TlsVersion) -> Mapping[str, Any]:
    """The command and the property that set a recommended policy: FIPS where it was FIPS."""
    fips = "-FIPS-" in listener.ssl_policy
    fit = (p for p in tls.POLICIES.values() if p.recommended and p.post_quantum and p.fips == fips)
    policy = min((p for p in fit if p.lowest >= minimum), key=lambda p: p.lowest)
    cli = (
        "aws", "elbv2", "modify-listener", "--listener-arn", listener.listener_arn,
        "--ssl-policy", policy.name,
    )  # fmt: skip
    return {"cli": cli, "cloudformation": {"SslPolicy": policy.name}}
