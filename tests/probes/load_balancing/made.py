"""Answers of Elastic Load Balancing in AWS's own words, to be varied."""

_ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
LB = f"{_ELB}:loadbalancer/app/web/50dc6c495c0c9188"
NLB = f"{_ELB}:loadbalancer/net/tcp/50dc6c495c0c9189"
GWLB = f"{_ELB}:loadbalancer/gwy/guard/50dc6c495c0c9190"
LISTENER = f"{_ELB}:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2"
SECURE = f"{_ELB}:listener/app/web/50dc6c495c0c9188/0467ef3c8400ae65"
GROUP = f"{_ELB}:targetgroup/web/73e2d6bc24d8a067"
OTHER_GROUP = f"{_ELB}:targetgroup/api/73e2d6bc24d8a068"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
_TYPES = {LB: "application", NLB: "network", GWLB: "gateway"}


def balancer(arn=LB, **changes):
    return {
        "LoadBalancerArn": arn,
        "LoadBalancerName": arn.split("/")[2],
        "DNSName": "web-1234567890.us-east-1.elb.amazonaws.com",
        "Scheme": "internet-facing",
        "VpcId": "vpc-3ac0fb5f",
        "State": {"Code": "active"},
        "Type": _TYPES[arn],
        "AvailabilityZones": [{"ZoneName": "us-east-1a", "SubnetId": "subnet-8360a9e7"}],
        "SecurityGroups": ["sg-5943793c"],
        "IpAddressType": "ipv4",
        **changes,
    }


def forward(group=GROUP):
    return {
        "Type": "forward",
        "TargetGroupArn": group,
        "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1}]},
    }


def redirect(**changes):
    config = {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
        **changes,
    }
    kept = {name: value for name, value in config.items() if value is not None}
    return {"Type": "redirect", "RedirectConfig": kept}


FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


def http(*actions, arn=LISTENER, port=80, balancer_arn=LB):
    return {
        "ListenerArn": arn,
        "LoadBalancerArn": balancer_arn,
        "Port": port,
        "Protocol": "HTTP",
        "DefaultActions": list(actions or [redirect()]),
    }


def https(arn=SECURE, port=443, policy="ELBSecurityPolicy-TLS13-1-2-Res-2021-06", **changes):
    return {
        "ListenerArn": arn,
        "LoadBalancerArn": LB,
        "Port": port,
        "Protocol": "HTTPS",
        "Certificates": [{"CertificateArn": CERTIFICATE}],
        "SslPolicy": policy,
        "DefaultActions": [forward()],
        **changes,
    }


def tcp(protocol="TCP", port=443, group=GROUP, **changes):
    return {
        "ListenerArn": LISTENER,
        "LoadBalancerArn": NLB,
        "Port": port,
        "Protocol": protocol,
        "DefaultActions": [forward(group)],
        **changes,
    }


def rule(number, *actions, path=None, **changes):
    conditions = (
        [{"Field": "path-pattern", "Values": [path], "PathPatternConfig": {"Values": [path]}}]
        if path
        else []
    )
    return {
        "RuleArn": f"{LISTENER.replace(':listener/', ':listener-rule/')}/{number}",
        "Priority": str(number),
        "Conditions": conditions,
        "Actions": list(actions),
        "IsDefault": False,
        **changes,
    }


def group(arn=GROUP, **changes):
    kept = {
        "TargetGroupArn": arn,
        "TargetGroupName": arn.split("/")[1],
        "Protocol": "HTTP",
        "Port": 80,
        "VpcId": "vpc-3ac0fb5f",
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 2,
        "UnhealthyThresholdCount": 3,
        "HealthCheckPath": "/",
        "Matcher": {"HttpCode": "200"},
        "LoadBalancerArns": [LB],
        "TargetType": "instance",
        "ProtocolVersion": "HTTP1",
        "IpAddressType": "ipv4",
        **changes,
    }
    return {name: value for name, value in kept.items() if value is not None}


FUNCTION = {
    "TargetType": "lambda",
    "Protocol": None,
    "Port": None,
    "VpcId": None,
    "ProtocolVersion": None,
    "HealthCheckProtocol": None,
    "HealthCheckEnabled": False,
}


def target(state="healthy", reason=None, number=1):
    health = {"State": state, **({"Reason": reason} if reason else {})}
    return {"Target": {"Id": f"i-{number:017}", "Port": 80}, "TargetHealth": health}


def attributes(**values):
    """Dots of the names are written as `__`."""
    return [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]


def tagged(arn, **tags):
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {arn: {"ResourceArn": arn, "Tags": pairs}}


def fix_of(found, part=""):
    """The fix of the one finding of that part."""
    [fix] = [finding.fix for finding in found if finding.part == part]
    assert fix is not None
    return fix


# -- accounts on moto -----------------------------------------------------------------------------


def vpc_with_two_subnets(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{z}")
        for n, z in enumerate("ab")
    ]
    return vpc, [subnet["Subnet"]["SubnetId"] for subnet in subnets]


def live_balancer(elbv2, subnets, name, **settings):
    made = elbv2.create_load_balancer(Name=name, Subnets=subnets, **settings)
    return made["LoadBalancers"][0]["LoadBalancerArn"]


def live_listener(elbv2, balancer_arn, port, group_arn, protocol="HTTP", **settings):
    made = elbv2.create_listener(
        LoadBalancerArn=balancer_arn,
        Port=port,
        Protocol=protocol,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group_arn}],
        **settings,
    )
    return made["Listeners"][0]["ListenerArn"]


def live_group(elbv2, vpc, name, **settings):
    settings = {"Protocol": "HTTP", "Port": 80, "VpcId": vpc, **settings}
    return elbv2.create_target_group(Name=name, **settings)["TargetGroups"][0]["TargetGroupArn"]
