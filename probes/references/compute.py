"""What runs: scaling groups, containers, functions."""

REFERENCES: dict[str, tuple[str, ...]] = {
    "auto_scaling.bootstrap_secrets": (
        "NIST 800-53 IA-5(7)",
        "NIST 800-53 SC-28",
    ),
    "auto_scaling.detailed_monitoring": (
        "AWS Config ec2-instance-detailed-monitoring-enabled",
        "PCI DSS 4.0 10.4.1",
        "PCI DSS 4.0 10.7.1",
    ),
    "auto_scaling.tags_propagate": ("Security Hub AutoScaling.10",),
    "containers.container_insights": (
        "Security Hub ECS.12",
        "AWS Config ecs-container-insights-enabled",
        "NIST 800-53 AU-6(3)",
        "NIST 800-53 SI-2",
    ),
    "containers.deployment_rollback": (
        "AWS Config codedeploy-deployment-group-auto-rollback-enabled",
    ),
    "containers.environment_values": (
        "Security Hub ECS.8",
        "AWS Config ecs-no-environment-secrets",
        "PCI DSS 4.0 3.5.1",
        "PCI DSS 4.0 8.2.2",
        "PCI DSS 4.0 8.3.2",
    ),
    "containers.image_lifecycle": (
        "Security Hub ECR.3",
        "AWS Config ecr-private-lifecycle-policy-configured",
        "PCI DSS 4.0 10.5.1",
        "PCI DSS 4.0 3.2.1",
    ),
    "containers.image_scanning": (
        "Security Hub ECR.1",
        "AWS Config ecr-private-image-scanning-enabled",
        "PCI DSS 4.0 11.3.1",
        "PCI DSS 4.0 11.3.1.2",
    ),
    "containers.private_services": (
        "Security Hub ECS.2",
        "Security Hub ECS.16",
    ),
    "serverless.runtime": (
        "Security Hub Lambda.2",
        "AWS Config lambda-function-settings-check",
    ),
}
