"""HTTP listeners redirect to HTTPS.

What a browser sends in the clear, anybody on the way can read and change. The default rule and
every other rule of an HTTP listener must end in a redirect to HTTPS, on a port where this load
balancer speaks it, or in a fixed response; one rule that forwards lets plaintext through however
many redirect. A redirect that keeps protocol or port goes round in circles, one to a port without
an HTTPS listener goes nowhere: that is what becomes of a redirect that is added while the HTTPS
listener is still commented out. Whether a listener carries only the test traffic of a deployment
is not looked at. An ALB that only CloudFront can reach is judged as an internal one.

Fix: `aws elbv2 modify-listener --listener-arn ARN --default-actions
'Type=redirect,RedirectConfig={Protocol=HTTPS,Port=443,StatusCode=HTTP_301}'`, `modify-rule` for
other rules, after an HTTPS listener exists; in CloudFormation a `redirect` in `DefaultActions`.
"""

from collections.abc import Iterator
from functools import partial
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, every, note
from auditor.settings import Settings, setting
from probes.aws import ec2_groups, elbv2
from probes.groups import Https
from probes.load_balancing import _redirects
from probes.load_balancing._balancers import not_of_type, not_plain


class Redirects(Settings):
    """How clients are redirected, and what need not be."""

    redirect_status: Literal["any", "301"] = setting(
        "any", "Status of the redirect: any, or 301 for one that clients may remember."
    )
    http_exception_paths: list[str] = setting(
        ["/.well-known/acme-challenge/*"], "Path patterns that may be answered over plain HTTP."
    )
    https: Https = Https()


class HttpRedirect(Probe[elbv2.Listener, Redirects]):
    """Each HTTP listener of an application load balancer, with all of its rules."""

    subject = elbv2.LISTENERS
    needs = (elbv2.HTTP_RULES, ec2_groups.SECURITY_GROUP_RULES, ec2_groups.PREFIX_LISTS)
    severity, settings = Severity.HIGH, Redirects
    sources = ("S0.2", "S2.3")

    def judge(
        self, listener: elbv2.Listener, facts: Facts, expected: Redirects
    ) -> Iterator[Remark]:
        balancer = facts.parent(elbv2.LOAD_BALANCERS)
        other = not_of_type(balancer, elbv2.APPLICATION) or not_plain(listener)
        if other is not None:
            yield other
            return
        spoken = partial(facts.each, elbv2.LISTENERS)
        permanent = expected.redirect_status == "301"
        at = _redirects.Listening(listener.port, spoken, expected.https.port, permanent)
        default = partial(_redirects.said, _redirects.default_of(listener), at, facts)
        yield from every(default, partial(_others, at, facts, expected.http_exception_paths))


def _others(at: _redirects.Listening, facts: Facts, exceptions: list[str]) -> Iterator[Remark]:
    """What there is to say of all but the default rule."""
    rules = [rule for rule in facts.each(elbv2.HTTP_RULES) if not rule.is_default]
    held = [rule for rule in rules if not _redirects.is_exempt(rule, exceptions)]
    if len(held) < len(rules):
        yield note("rules for paths that the baseline leaves out were not judged")
    rulings = (_redirects.ruling_of(rule) for rule in held)
    yield from every(*(partial(_redirects.said, ruling, at, facts) for ruling in rulings))
