"""Everything that is asked for its tags.

The tagging API knows nothing of what was never tagged (API model, `GetResources`), so each kind
comes from its service's own list. Its tags stand there, or are joined by ARN where the API covers
the kind: what a complete answer does not name then has no tags.
"""

from typing import Any

from auditor.query import Query
from probes.aws import (
    acm,
    autoscaling,
    cloudformation,
    cloudfront,
    cloudwatch,
    codebuild,
    dynamodb,
    ec2,
    ec2_groups,
    ec2_routes,
    ec2_templates,
    ec2_volumes,
    ecs,
    elbv2,
    iam,
    kms,
    lambda_,
    logs,
    rds,
    s3,
    secretsmanager,
    sns,
    sqs,
)

SUBJECTS: tuple[Query[Any], ...] = (
    acm.CERTIFICATES,
    autoscaling.GROUPS,
    cloudformation.STACKS,
    cloudfront.DISTRIBUTIONS,
    cloudwatch.ALARMS,
    cloudwatch.COMPOSITE_ALARMS,
    codebuild.PROJECTS,
    dynamodb.TABLES,
    ec2.INSTANCES,
    ec2.VPCS,
    ec2_groups.SECURITY_GROUPS,
    ec2_routes.NAT_GATEWAYS,
    ec2_routes.ROUTE_TABLES,
    ec2_routes.SUBNETS,
    ec2_routes.VPC_ENDPOINTS,
    ec2_templates.LAUNCH_TEMPLATES,
    ec2_volumes.VOLUMES,
    ecs.CLUSTERS,
    ecs.SERVICES,
    elbv2.LOAD_BALANCERS,
    elbv2.TARGET_GROUPS,
    iam.ROLES,
    kms.KEYS,
    lambda_.FUNCTIONS,
    logs.LOG_GROUPS,
    rds.CLUSTERS,
    rds.INSTANCES,
    s3.BUCKETS,
    secretsmanager.SECRETS,
    sns.TOPICS,
    sqs.QUEUES,
)
