"""HTTPS and TLS listeners admit no protocol below the wanted version.

TLS 1.0 and 1.1 can be broken. A listener that was made by API, CLI, CloudFormation or CDK without
naming a policy got `ELBSecurityPolicy-2016-08`, which admits TLS 1.0; the console picks a new one
(user guide, "Security policies for your Application Load Balancer"), so neither that a policy is
named nor how modern the name sounds proves anything: `TLS13-1-0-PQ-2025-09` admits TLS 1.0. What
counts are the protocols that `DescribeSSLPolicies` states, and where that cannot be read the table
of the user guides, then the version in the name. `ELBSecurityPolicy-TLS-1-2-2017-01`, often
advised, keeps TLS 1.0 out, but has no TLS 1.3 and is not in Security Hub's list. Connections to
targets follow a policy that cannot be chosen.

Fix: `aws elbv2 modify-listener --listener-arn ARN --ssl-policy
ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09`; in CloudFormation `SslPolicy` of the listener.
"""

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, note, unknown
from auditor.settings import Settings, setting
from probes.analysis import tls
from probes.analysis.patterns import fits
from probes.aws import elbv2
from probes.load_balancing._policies import lowest, mend, not_encrypted


class Policy(Settings):
    """What a security policy may admit."""

    min_tls: Literal["1.0", "1.1", "1.2", "1.3"] = setting("1.2", "The lowest version of TLS.")
    tls_policy_allow: list[str] = setting([], "Names or patterns of policies that are let pass.")


class TlsPolicy(Probe[elbv2.Listener, Policy]):
    """The security policy of each HTTPS listener (ALB) and TLS listener (NLB)."""

    subject, needs = elbv2.LISTENERS, (elbv2.SSL_POLICIES,)
    severity, settings = Severity.HIGH, Policy
    sources = ("S0.3", "S2.3")

    def judge(self, listener: elbv2.Listener, facts: Facts, expected: Policy) -> Iterator[Remark]:
        other, name = not_encrypted(listener), listener.ssl_policy
        if other is not None:
            yield other
            return
        if fits(expected.tls_policy_allow, name):
            yield note(f"the baseline lets {name} pass")
            return
        wanted = tls.TlsVersion[f"TLS_{expected.min_tls.replace('.', '_')}"]
        found = lowest(listener, facts)
        version = found.lowest if isinstance(found, tls.Resolved) else found.at_most
        how = found.how.value if isinstance(found, tls.Resolved) else found.reason
        if version is not None and version < wanted:
            yield drift(
                f"{name} admits {version}",
                code="old-tls",
                expected={"lowest": str(wanted)},
                found={"policy": name, "lowest": str(version)},
                evidence={"known by": how},
                **mend(listener, wanted),
            )
        elif isinstance(found, tls.Unresolved):
            yield unknown(f"{name}: {how}", code="unknown-policy")
        elif found.how is not tls.How.LIVE:
            yield note(f"by the {how} of the policy: AWS's own list was not read or lacks it")
