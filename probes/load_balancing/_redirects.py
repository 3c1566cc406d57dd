"""What a rule of a plain HTTP listener does with requests, held against a redirect to HTTPS.

A rule ends in exactly one `forward`, `redirect` or `fixed-response`, the last of its actions (API
reference, `Rule`). A redirect keeps what it does not name, so that `#{protocol}` and a protocol
left out stay HTTP, and `#{port}` is the port of the listener itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.facts import Facts
from auditor.probe import Remark, Severity, drift, note, unknown
from probes.analysis.answers import Answer
from probes.analysis.wildcards import covers
from probes.aws import elbv2
from probes.aws.elbv2_rules import Action, Redirect, Rule, RuleCondition
from probes.load_balancing._balancers import https_ports, plain_severity

_AS_IT_CAME = "#{host}"
_PERMANENT, _TEMPORARY = "HTTP_301", "HTTP_302"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule as the judgement sees it: its name, its actions, the command that changes them."""

    name: str
    actions: tuple[Action, ...]
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listening:
    """What a redirect is held against: its own port, the listeners beside it, the baseline.

    `beside` asks for the listeners and may raise `Unanswered`.
    """

    port: int | None
    beside: Callable[[], Iterable[elbv2.Listener]]
    wanted_port: int
    permanent: bool


def default_of(listener: elbv2.Listener) -> Ruling:
    """The default rule, which the listener itself states."""
    command = ("modify-listener", "--listener-arn", listener.listener_arn, "--default-actions")
    return Ruling("the default rule", listener.default_actions, command)


def ruling_of(rule: Rule) -> Ruling:
    """One of the other rules, by its priority."""
    command = ("modify-rule", "--rule-arn", rule.rule_arn, "--actions")
    return Ruling(f"rule {rule.priority}", rule.actions, command)


def wanted(port: int) -> dict[str, str]:
    """A redirect to HTTPS, as API and CloudFormation write it."""
    return {"Protocol": "HTTPS", "Port": str(port), "StatusCode": _PERMANENT}


def is_exempt(rule: Rule, exceptions: Iterable[str]) -> bool:
    """Whether a rule matches nothing but paths that the baseline leaves out."""
    known = tuple(exceptions)
    return any(
        condition.field == "path-pattern" and _is_within(condition, known)
        for condition in rule.conditions
    )


def _is_within(condition: RuleCondition, exceptions: Sequence[str]) -> bool:
    config = condition.path_pattern_config
    regexes = (*condition.regex_values, *(config.regex_values if config else ()))
    paths = (*condition.values, *(config.values if config else ()), *regexes)
    return bool(paths) and all(
        path in exceptions
        if path in regexes
        else any(covers(exception, path) is Answer.YES for exception in exceptions)
        for path in paths
    )


def shorthand(redirect: Mapping[str, str]) -> str:
    """A redirect in the shorthand of the AWS CLI."""
    config = ",".join(f"{name}={value}" for name, value in redirect.items())
    return f"Type=redirect,RedirectConfig={{{config}}}"


def mended(remark: Remark, rule: Ruling, port: int | None) -> Remark:
    """A violation with what mends it: a redirect to `port`, if HTTPS is spoken anywhere."""
    if port is None or not remark.verdict.violates:
        return remark
    cli = ("aws", "elbv2", *rule.command, shorthand(wanted(port)))
    action = {"Type": "redirect", "RedirectConfig": wanted(port)}
    default = "--default-actions" in rule.command
    return replace(
        remark, cli=cli, cloudformation={"DefaultActions": [action]} if default else None
    )


def said(rule: Ruling, at: Listening, facts: Facts) -> Iterator[Remark]:
    """What there is to say of one rule, graded by who can reach it, and with its mend."""
    balancer = facts.parent(elbv2.LOAD_BALANCERS)
    spoken = https_ports(facts.extra(elbv2.LISTENERS))
    port = at.wanted_port if at.wanted_port in spoken else min(spoken, default=None)
    for remark in judged(rule, at):
        if remark.verdict.violates:
            severity = remark.severity or plain_severity(balancer, facts)
            related = (facts.related("load balancer", balancer),)
            yield replace(mended(remark, rule, port), severity=severity, related=related)
        else:
            yield remark


def judged(rule: Ruling, at: Listening) -> Iterator[Remark]:
    """What there is to say of one rule; saying nothing means that it redirects as wanted."""
    where = rule.name
    last = max(rule.actions, key=lambda action: action.order, default=None)
    found = {"rule": where, "action": last.type if last else None}
    if last is not None and last.type == "forward":
        yield drift(
            f"{where} forwards plain HTTP",
            code="forwards-http",
            expected=wanted(at.wanted_port),
            found=found,
            evidence={"target_groups": list(last.target_groups)},
        )
    elif last is not None and last.type == "fixed-response":
        yield note(f"{where} answers by itself, without any target")
    elif last is not None and last.redirect_config is not None:
        yield from _redirected(where, last.redirect_config, at)
    else:
        yield unknown(f"{where} ends in an action that is not known here", found=found)


def _redirected(where: str, redirect: Redirect, at: Listening) -> Iterator[Remark]:
    found = {
        "rule": where,
        "protocol": redirect.protocol,
        "host": redirect.host,
        "port": redirect.port,
        "status": redirect.status_code,
    }
    if redirect.protocol in {"HTTP", "#{protocol}"}:
        message = f"{where} redirects, but to HTTP"
        yield drift(message, code="redirect-to-http", expected=wanted(at.wanted_port), found=found)
    elif redirect.protocol != "HTTPS":
        yield unknown(f"{where} redirects to a protocol that is not known here")
    elif redirect.host != _AS_IT_CAME:
        yield note(f"{where} redirects to another host, which was not looked at")
    else:
        yield from _ported(where, redirect.port, at, found)
    yield from _status(where, redirect.status_code, at, found)


def _ported(where: str, port: str, at: Listening, found: dict[str, str]) -> Iterator[Remark]:
    """Whether clients that stay on this host find HTTPS on the port that they are sent to."""
    expected = wanted(at.wanted_port)
    if port in {"#{port}", str(at.port)}:
        message = f"{where} redirects to HTTPS on the port that speaks HTTP"
        yield drift(message, code="redirect-wrong-port", expected=expected, found=found)
        return
    if not (port.isascii() and port.isdigit()):
        yield unknown(f"{where} redirects to a port that is not known here", found=found)
        return
    secure = https_ports(at.beside())
    if int(port) not in secure:
        yield drift(
            f"{where} redirects to port {port}, where nothing speaks HTTPS",
            code="redirect-to-nowhere",
            severity=Severity.HIGH,
            expected=expected,
            found={**found, "https_ports": sorted(secure)},
        )
    elif int(port) != at.wanted_port:
        message = f"{where} redirects to HTTPS on a port other than {at.wanted_port}"
        yield drift(
            message, code="other-port", severity=Severity.LOW, expected=expected, found=found
        )


def _status(where: str, status: str, at: Listening, found: dict[str, str]) -> Iterator[Remark]:
    if status not in {_PERMANENT, _TEMPORARY}:
        yield unknown(f"{where} redirects with a status that is not known here")
    elif at.permanent and status != _PERMANENT:
        yield drift(
            f"{where} redirects, but not for good",
            code="redirect-temporary",
            severity=Severity.LOW,
            expected=wanted(at.wanted_port),
            found=found,
        )
