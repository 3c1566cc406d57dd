"""What stacks of the stories hand out, by the names that the outputs have."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.demo.parts import Output


def _attribute(logical: str, name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical, name]}


# What the template says, and what came of it; `{name}` is the application's.
_OUTPUTS: Mapping[str, tuple[object, str]] = {
    "ALBDNSName": (_attribute("WebLoadBalancer", "DNSName"), "{name}.example.com"),
    "ALBSecurityGroupId": (_attribute("BalancerSecurityGroup", "GroupId"), "@group:balancer"),
    "AdminDNSName": (_attribute("AdminLoadBalancer", "DNSName"), "admin.{name}.example.com"),
    "AdminTargetGroupArn": ({"Ref": "AdminTargetGroup"}, "@target:admin"),
    "AutoScalingGroupName": ({"Ref": "Group"}, "{name}"),
    "BlueTargetGroupArn": ({"Ref": "WebTargetGroup"}, "@target:web"),
    "ClusterName": ({"Ref": "Cluster"}, "{name}"),
    "DBSecretArn": ({"Ref": "DbSecret"}, "@secret:db"),
    "EC2SecurityGroupId": (_attribute("AppSecurityGroup", "GroupId"), "@group:app"),
    "GreenTargetGroupArn": ({"Ref": "GreenTargetGroup"}, "@target:green"),
    "LambdaArn": (_attribute("ValidationFunction", "Arn"), "@function:validation"),
    "LedgerPort": (_attribute("LedgerCluster", "Endpoint.Port"), "5432"),
    "LoadBalancerURL": (
        {"Fn::Sub": "https://${WebLoadBalancer.DNSName}"},
        "https://{name}.example.com",
    ),
    "OrdersTableName": ({"Ref": "OrdersTable"}, "@table:orders"),
    "PipelineName": ({"Ref": "PipelinePipeline"}, "{name}-pipeline"),
    "RDSEndpoint": (_attribute("Database", "Endpoint.Address"), "{name}.rds.example.com"),
    "RDSPort": (_attribute("Database", "Endpoint.Port"), "5432"),
    "RotationArn": (_attribute("RotationFunction", "Arn"), "@function:rotation"),
    "TableName": ({"Ref": "TransactionsTable"}, "@table:transactions"),
    "VPCId": ({"Ref": "Vpc"}, "@vpc:main"),
}


def outputs(name: str, *keys: str) -> dict[str, Output]:
    """The outputs of an application's stack."""
    chosen = {key: _OUTPUTS[key] for key in keys}
    return {key: Output(value, told.format(name=name)) for key, (value, told) in chosen.items()}
