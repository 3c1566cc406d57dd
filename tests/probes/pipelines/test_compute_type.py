import boto3
import pytest

from probes.aws import codepipeline
from probes.pipelines.compute_type import ComputeType
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.pipelines.made import (
    action,
    allow,
    live_pipeline,
    live_project,
    live_role,
    pipeline,
    project,
    running,
)

PROBE = ComputeType()
TESTS, BUILDS = running("Test"), running("Build")
MEDIUM = project(computeType="BUILD_GENERAL1_MEDIUM")
EXACT = {"compute_type": {"test": "BUILD_GENERAL1_LARGE"}, "compare": "exact"}

CASES = [
    Case("small enough", TESTS | project(), "pass"),
    Case("too large", TESTS | MEDIUM, "drift", "compute-too-large", severity="low", expected=["BUILD_GENERAL1_SMALL"], found="BUILD_GENERAL1_MEDIUM"),
    Case("it builds", BUILDS | MEDIUM, "not_applicable", says="no size"),
    Case("builds have a size, too", BUILDS | MEDIUM, "drift", settings={"compute_type": {"build": "BUILD_GENERAL1_SMALL"}}),
    Case("no pipeline runs it", pipeline() | MEDIUM, "not_applicable"),
    Case("another project is run", running("Test", "other") | MEDIUM, "not_applicable"),
    Case("it is no test of its own", pipeline(action("Test", "CodeBuild", ProjectName="other"), action("Deploy", "CodeBuild", ProjectName="unit")) | MEDIUM, "not_applicable"),
    Case("the baseline says that it tests", BUILDS | MEDIUM, "drift", settings={"builds": {"roles": {"un*": "test"}}}),
    Case("a tag says that it tests", BUILDS | MEDIUM, "drift", settings={"builds": {"roles": {"Team=shop": "test"}}}),
    Case("it tests and builds", pipeline(action("Test", "CodeBuild", ProjectName="unit"), action("Build", "CodeBuild", ProjectName="unit")) | MEDIUM, "drift"),
    Case("smaller than wanted", TESTS | MEDIUM, "pass", settings={"compute_type": {"test": "BUILD_GENERAL1_LARGE"}}),
    Case("smaller than exactly wanted", TESTS | MEDIUM, "drift", "compute-too-small", settings=EXACT),
    Case("a fleet", TESTS | project(fleet={"fleetArn": "arn:aws:codebuild:us-east-1:123456789012:fleet/f:1"}), "not_applicable"),
    Case("Lambda", TESTS | project(computeType="BUILD_LAMBDA_2GB"), "not_applicable"),
    Case("by attributes", TESTS | project(computeType="ATTRIBUTE_BASED_COMPUTE"), "not_applicable"),
    Case("of the future", TESTS | project(computeType="BUILD_GENERAL2_SMALL"), "unknown", says="BUILD_GENERAL2_SMALL"),
    Case("pipelines refused", TESTS | MEDIUM | {codepipeline.STRUCTURES: {"deliver": Refused()}}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_moto_projects_that_test_are_small(aws):
    works = live_role(boto3.client("iam"), allow("s3:*"))
    codebuild = boto3.client("codebuild")
    live_project(codebuild, "small", works)
    live_project(codebuild, "large", works, computeType="BUILD_GENERAL1_LARGE")
    live_project(codebuild, "builder", works, computeType="BUILD_GENERAL1_LARGE")
    live_pipeline(
        boto3.client("codepipeline"),
        "deliver",
        works,
        *(action("Test", "CodeBuild", name, ProjectName=name) for name in ("small", "large")),
        action("Build", "CodeBuild", "builder", ProjectName="builder"),
    )
    assert verdicts(audit(ComputeType)) == {
        "small": "pass",
        "large": "drift",
        "builder": "not_applicable",
    }
