import boto3
import pytest

from probes.aws import ec2_groups, elbv2
from probes.load_balancing.http_redirect import HttpRedirect
from tests.kit import Case, Refused, audit, check_case, findings_of
from tests.probes.load_balancing.made import (
    FIXED,
    GWLB,
    LB,
    LISTENER,
    NLB,
    SECURE,
    balancer,
    fix_of,
    forward,
    http,
    https,
    live_balancer,
    live_group,
    redirect,
    rule,
    tcp,
    vpc_with_two_subnets,
)

PROBE = HttpRedirect()
GRADING = (ec2_groups.SECURITY_GROUP_RULES, ec2_groups.PREFIX_LISTS)
DEFAULT_RULE = {
    "RuleArn": f"{LISTENER}/0", "Priority": "default", "IsDefault": True, "Actions": [redirect()],
}  # fmt: skip
ORIGINS = {
    "PrefixListId": "pl-3b927c52",
    "PrefixListName": "com.amazonaws.global.cloudfront.origin-facing",
    "OwnerId": "AWS",
}


def ingress(**peer):
    return {
        "SecurityGroupRuleId": f"sgr-{len(peer)}{next(iter(peer.values()))}",
        "GroupId": "sg-5943793c",
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        **peer,
    }


def answers(*default, rules=(), listeners=None, port=80, security=(), lists=(), **changes):
    plain = http(*default, port=port)
    listed = [plain, https()] if listeners is None else [plain, *listeners]
    return {
        elbv2.LOAD_BALANCERS: [balancer(**changes)],
        elbv2.LISTENERS: {LB: listed},
        elbv2.HTTP_RULES: {f"{LB}|{LISTENER}": [DEFAULT_RULE, *rules]},
        ec2_groups.SECURITY_GROUP_RULES: list(security),
        ec2_groups.PREFIX_LISTS: list(lists),
    }


def case(name, given, verdict, code=None, **more):
    return Case(name, given, verdict, code, **{"subject": LISTENER, **more})


def proven(name, given, code, **more):
    """A violation of the default rule: neither other rules nor security groups undo it."""
    survives = (elbv2.HTTP_RULES, *GRADING)
    return case(name, given, "drift", code, **{"survives": survives, **more})


EXCEPTION = "/.well-known/acme-challenge/*"
REGEX = {"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/health"]}}
CASES = [
    case("redirects to HTTPS", answers(redirect()), "pass"),
    case("redirects with 302", answers(redirect(StatusCode="HTTP_302")), "pass"),
    proven(
        "redirects with 302, and the baseline wants 301",
        answers(redirect(StatusCode="HTTP_302")),
        "redirect-temporary",
        settings={"redirect_status": "301"},
        severity="low",
        survives=(elbv2.HTTP_RULES,),
    ),
    case(
        "an unknown status",
        answers(redirect(StatusCode="HTTP_308")),
        "unknown",
        says="status that is not known here",
    ),
    proven("forwards", answers(forward()), "forwards-http", severity="high"),
    proven(
        "forwards inside",
        answers(forward(), Scheme="internal"),
        "forwards-http",
        severity="medium",
        survives=(elbv2.HTTP_RULES,),
    ),
    proven("forwards on another port", answers(forward(), port=8080), "forwards-http"),
    proven(
        "forwards, with no HTTPS at all",
        answers(forward(), listeners=()),
        "forwards-http",
        severity="high",
    ),
    proven(
        "forwards what only CloudFront can send",
        answers(forward(), security=[ingress(PrefixListId="pl-3b927c52")], lists=[ORIGINS]),
        "forwards-http",
        severity="medium",
    ),
    proven(
        "forwards what CloudFront and others can send",
        answers(
            forward(),
            security=[ingress(PrefixListId="pl-3b927c52"), ingress(CidrIpv4="0.0.0.0/0")],
            lists=[ORIGINS],
        ),
        "forwards-http",
        severity="high",
    ),
    proven(
        "a list that only calls itself CloudFront's",
        answers(
            forward(),
            security=[ingress(PrefixListId="pl-3b927c52")],
            lists=[{**ORIGINS, "OwnerId": "123456789012"}],
        ),
        "forwards-http",
        severity="high",
    ),
    case("a fixed response", answers(FIXED), "pass", says="answers by itself"),
    case(
        "one rule forwards, the default redirects",
        answers(redirect(), rules=[rule(10, forward(), path="/login")]),
        "drift",
        "forwards-http",
        found={"rule": "rule 10", "action": "forward"},
        survives=GRADING,
    ),
    proven(
        "one rule redirects, the default forwards",
        answers(forward(), rules=[rule(10, redirect(), path="/login")]),
        "forwards-http",
        says="the default rule forwards",
    ),
    case(
        "a rule for ACME challenges forwards",
        answers(redirect(), rules=[rule(1, forward(), path=EXCEPTION)]),
        "pass",
        says="leaves out",
    ),
    case(
        "a rule for one challenge forwards",
        answers(redirect(), rules=[rule(1, forward(), path="/.well-known/acme-challenge/x")]),
        "pass",
    ),
    case(
        "a rule for more than ACME challenges forwards",
        answers(redirect(), rules=[rule(1, forward(), path="/.well-known/*")]),
        "drift",
        "forwards-http",
        survives=GRADING,
    ),
    case(
        "a rule by a regular expression forwards",
        answers(redirect(), rules=[rule(1, forward(), Conditions=[REGEX])]),
        "drift",
        "forwards-http",
        survives=GRADING,
    ),
    case(
        "a regular expression that the baseline names",
        answers(redirect(), rules=[rule(1, forward(), Conditions=[REGEX])]),
        "pass",
        settings={"http_exception_paths": ["^/health"]},
    ),
    case(
        "a rule by host forwards",
        answers(
            redirect(),
            rules=[rule(1, forward(), Conditions=[{"Field": "host-header", "Values": ["a"]}])],
        ),
        "drift",
        survives=GRADING,
    ),
    proven("redirects to HTTP", answers(redirect(Protocol="HTTP")), "redirect-to-http"),
    proven("keeps the protocol", answers(redirect(Protocol="#{protocol}")), "redirect-to-http"),
    proven("names no protocol", answers(redirect(Protocol=None)), "redirect-to-http"),
    case("an unknown protocol", answers(redirect(Protocol="QUIC")), "unknown"),
    proven("keeps the port", answers(redirect(Port="#{port}")), "redirect-wrong-port"),
    proven("names its own port", answers(redirect(Port="80")), "redirect-wrong-port"),
    case("a port that is none", answers(redirect(Port="#{path}")), "unknown"),
    proven(
        "redirects while HTTPS is missing",
        answers(redirect(), listeners=()),
        "redirect-to-nowhere",
        severity="high",
        survives=(elbv2.HTTP_RULES,),
    ),
    proven(
        "redirects inside while HTTPS is missing",
        answers(redirect(), listeners=(), Scheme="internal"),
        "redirect-to-nowhere",
        severity="high",
        survives=(elbv2.HTTP_RULES,),
    ),
    proven(
        "redirects to a port of HTTP",
        answers(redirect(Port="8080"), listeners=(http(arn=SECURE, port=8080),)),
        "redirect-to-nowhere",
        survives=(elbv2.HTTP_RULES,),
    ),
    proven(
        "redirects to HTTPS on another port than wanted",
        answers(redirect(Port="8443"), listeners=(https(port=8443),)),
        "other-port",
        severity="low",
        survives=(elbv2.HTTP_RULES,),
    ),
    case(
        "redirects to the port that the baseline wants",
        answers(redirect(Port="8443"), listeners=(https(port=8443),)),
        "pass",
        settings={"https": {"port": 8443}},
    ),
    case(
        "redirects to another host",
        answers(redirect(Host="www.example.com"), listeners=()),
        "pass",
        says="another host",
    ),
    case("a terminal action that is unknown", answers({"Type": "teleport"}), "unknown"),
    case("a redirect without its configuration", answers({"Type": "redirect"}), "unknown"),
    case(
        "no action",
        {**answers(), elbv2.LISTENERS: {LB: [{**http(), "DefaultActions": []}]}},
        "unknown",
    ),
    proven(
        "the last of several actions forwards",
        answers({**forward(), "Order": 2}, {"Type": "jwt-validation", "Order": 1}),
        "forwards-http",
    ),
    case(
        "HTTPS",
        {elbv2.LOAD_BALANCERS: [balancer()], elbv2.LISTENERS: {LB: [https()]}},
        "not_applicable",
        "other-protocol",
        subject=SECURE,
    ),
    case(
        "a listener of a network load balancer",
        {elbv2.LOAD_BALANCERS: [balancer(NLB)], elbv2.LISTENERS: {NLB: [tcp()]}},
        "not_applicable",
        "other-type",
    ),
    case(
        "a listener of a gateway load balancer",
        {
            elbv2.LOAD_BALANCERS: [balancer(GWLB)],
            elbv2.LISTENERS: {GWLB: [{"ListenerArn": LISTENER, "LoadBalancerArn": GWLB}]},
        },
        "not_applicable",
    ),
    case("an unknown type", answers(Type="quantum"), "unknown", "unknown-type"),
    case(
        "an unknown protocol of a listener",
        {
            **answers(),
            elbv2.LISTENERS: {LB: [{**http(), "Protocol": "HTTP3"}]},
            elbv2.HTTP_RULES: {},
        },
        "unknown",
        "unknown-protocol",
    ),
    proven(
        "forwards, and the rules are refused",
        {**answers(forward()), elbv2.HTTP_RULES: {f"{LB}|{LISTENER}": Refused()}},
        "forwards-http",
    ),
    case(
        "redirects, and the rules are refused",
        {**answers(redirect()), elbv2.HTTP_RULES: {f"{LB}|{LISTENER}": Refused()}},
        "unknown",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_the_fix_sends_clients_to_the_port_where_https_is_spoken():
    given = answers(forward(), listeners=(https(port=8443),))
    fix = fix_of(findings_of(PROBE, case("forwards", given, "drift"))[:1])
    assert fix.cli.startswith(f"aws elbv2 modify-listener --listener-arn {LISTENER} ")
    assert "RedirectConfig={Protocol=HTTPS,Port=8443,StatusCode=HTTP_301}" in fix.cli
    assert "Port: '8443'" in fix.cloudformation


def test_no_command_leads_clients_to_where_nothing_answers():
    given = answers(redirect(), listeners=())
    fix = fix_of(findings_of(PROBE, case("nowhere", given, "drift")))
    assert fix.cli == ""


def test_the_finding_keeps_its_id_when_the_listener_is_made_again():
    def id_of(given):
        return findings_of(PROBE, case("forwards", given, "drift"))[0].id

    again = answers(forward())
    again[elbv2.LISTENERS] = {LB: [{**http(forward()), "ListenerArn": f"{LISTENER}9"}]}
    assert id_of(again) == id_of(answers(forward()))


def test_on_an_account(aws):
    elbv2_client = boto3.client("elbv2", "us-east-1")
    vpc, subnets = vpc_with_two_subnets(boto3.client("ec2", "us-east-1"))
    arn = live_balancer(elbv2_client, subnets, "web")
    target = live_group(elbv2_client, vpc, "web")
    to_https = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}

    def listener(port, protocol="HTTP", **action):
        made = elbv2_client.create_listener(
            LoadBalancerArn=arn, Protocol=protocol, Port=port, DefaultActions=[action]
        )
        return made["Listeners"][0]["ListenerArn"]

    secure = listener(443, "HTTPS", Type="forward", TargetGroupArn=target)
    redirects = listener(80, Type="redirect", RedirectConfig=to_https)
    plain = listener(8080, Type="forward", TargetGroupArn=target)
    mixed = listener(8081, Type="redirect", RedirectConfig=to_https)
    elbv2_client.create_rule(
        ListenerArn=mixed,
        Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/login"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": target}],
    )
    expected = {secure: "not_applicable", redirects: "pass", plain: "drift", mixed: "drift"}
    assert {f.resource.arn: f.verdict.value for f in audit(HttpRedirect)} == expected
