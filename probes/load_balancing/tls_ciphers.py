"""HTTPS and TLS listeners have a recommended security policy.

A policy that keeps old versions of TLS out may still offer ciphers without forward secrecy, with
which a key that leaks opens every conversation ever recorded, or nothing that withstands quantum
computers. Security Hub lists the policies that it accepts (control ELB.17); the list has changed
before, hence it is a setting. Until the baseline asks for it, all this is only noted.

Fix: `aws elbv2 modify-listener --listener-arn ARN --ssl-policy
ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09`; in CloudFormation `SslPolicy` of the listener.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, note, unknown
from auditor.settings import Settings, setting
from probes.analysis import tls
from probes.aws import elbv2
from probes.load_balancing._policies import RECOMMENDED, mend, not_encrypted

_MODERN = tls.TlsVersion.TLS_1_2


class Recommended(Settings):
    """What is asked of security policies beyond the lowest version."""

    require_elb17_set: bool = setting(False, "The policy must be one of the recommended.")
    recommended_policies: list[str] = setting(RECOMMENDED, "The names of recommended policies.")
    require_pq: bool = setting(False, "The policy must offer post-quantum key exchange.")


class TlsCiphers(Probe[elbv2.Listener, Recommended]):
    """What the security policy of each HTTPS and TLS listener offers."""

    subject, parts = elbv2.LISTENERS, ("recommended_set", "post_quantum")
    severity, settings = Severity.MEDIUM, Recommended
    sources = ("S0.3",)

    def judge_recommended_set(
        self, listener: elbv2.Listener, _facts: Facts, expected: Recommended
    ) -> Iterator[Remark]:
        other, name = not_encrypted(listener), listener.ssl_policy
        known = tls.POLICIES.get(name)
        if other is not None:
            yield other
            return
        if known is not None and known.rsa_key_exchange:
            yield note(f"{name} offers ciphers without forward secrecy")
        if name in expected.recommended_policies:
            return
        message = f"{name} is not one of the recommended policies"
        if not expected.require_elb17_set:
            yield note(message)
            return
        wanted = {"policies": sorted(expected.recommended_policies)}
        more = mend(listener, known.lowest if known else _MODERN)
        yield drift(message, code="not-recommended", expected=wanted, found=name, **more)

    def judge_post_quantum(
        self, listener: elbv2.Listener, _facts: Facts, expected: Recommended
    ) -> Iterator[Remark]:
        other, name = not_encrypted(listener), listener.ssl_policy
        known = tls.POLICIES.get(name)
        if other is not None:
            yield other
        elif not expected.require_pq:
            yield not_applicable("the baseline asks for no post-quantum key exchange")
        elif known is None and "-PQ-" not in name:
            yield unknown(f"{name} is not known here, nor what it offers", code="unknown-policy")
        elif known is not None and not known.post_quantum:
            message = f"{name} offers no post-quantum key exchange"
            more = mend(listener, known.lowest)
            yield drift(message, code="not-post-quantum", expected="offered", found=name, **more)
