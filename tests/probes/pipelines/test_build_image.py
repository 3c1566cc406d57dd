import boto3
import pytest

from probes.aws import codebuild, ecr, ecr_builds, iam, secretsmanager
from probes.pipelines.build_image import BuildImage
from tests.kit import Absent, Case, Refused, audit, check_case, verdicts
from tests.probes.pipelines.made import (
    FOREIGN_ROLE,
    HERE,
    allow,
    allowed,
    attached,
    document,
    live_project,
    live_role,
    project,
)

PROBE = BuildImage()
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{HOST}/builder:1.0"
FOREIGN = IMAGE.replace("123456789012", "999999999999")
ARN = f"arn:aws:ecr:{HERE}:repository/builder"
PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
KEY = "builder/" + str([{"imageTag": "1.0"}])
MAY = allowed(allow([*PULL, "ecr:GetAuthorizationToken"]))
CURATED = {codebuild.CURATED_IMAGES: [{"name": "aws/codebuild/standard:7.0", "versions": ["aws/codebuild/standard:7.0-24.01.02"]}]}  # fmt: skip
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:hub-AbCdEf"
HUB = {"image": "shop/builder:1", "registryCredential": {"credential": SECRET, "credentialProvider": "SECRETS_MANAGER"}}  # fmt: skip


def by_role(image=IMAGE, **more):
    return project(image=image, imagePullCredentialsType="SERVICE_ROLE", **more)


def stored(image=None, policy=None, name="builder", region="us-east-1"):
    arn = f"arn:aws:ecr:{region}:123456789012:repository/{name}"
    answers = {
        ecr.REPOSITORIES: [{"repositoryArn": arn, "repositoryName": name}],
        ecr_builds.POLICY: {
            arn: {"policyText": policy} if policy else Absent("RepositoryPolicyNotFoundException")
        },
    }
    found = {"imageDigest": "sha256:" + "0" * 64, "imageTags": ["1.0"]} if image is None else image
    return answers | {ecr_builds.IMAGES: {KEY: found}}


TRUSTING = document(allow(PULL, None, Principal={"Service": "codebuild.amazonaws.com"}))
CLOSED = document(allow(PULL, None, Principal={"Service": "ecs.amazonaws.com"}))
FOR_ROLE = document(allow(PULL, None, Principal={"AWS": "arn:aws:iam::123456789012:role/works"}))
GONE = Absent("ImageNotFoundException")
CACHED = {ecr.CACHE_RULES: [{"ecrRepositoryPrefix": "ROOT"}]}

CASES = [
    Case("a curated image", project() | CURATED, "pass"),
    Case("a version of one", project(image="aws/codebuild/standard:7.0-24.01.02") | CURATED, "pass"),
    Case("one that is no longer listed", project(image="aws/codebuild/standard:1.0") | CURATED, "drift", "curated-deprecated", severity="informational"),
    Case("curated, pulled by the role", by_role("aws/codebuild/standard:7.0") | CURATED, "drift", "curated-by-role", severity="low", survives=(codebuild.CURATED_IMAGES,)),
    Case("privileged for nothing", project("version: 0.2\nphases: {}\n", privilegedMode=True) | CURATED, "pass", says="privileged"),
    Case("privileged for Docker", project("version: 0.2\nphases:\n  build:\n    commands:\n      - docker build .\n", privilegedMode=True) | CURATED, "pass", says=""),
    Case("not privileged, for nothing", project("version: 0.2\nphases: {}\n") | CURATED, "pass", says=""),
    Case("privileged, by a file in the source", project("build/spec.yml", privilegedMode=True) | CURATED, "pass", says=""),
    Case("curated images refused", project() | {codebuild.CURATED_IMAGES: Refused()}, "unknown"),
    Case("its role pulls it", by_role() | stored() | MAY, "pass"),
    Case("a managed policy lets the role", by_role() | stored() | attached(allow([*PULL, "ecr:GetAuthorizationToken"])), "pass"),
    Case("the repository lets the role", by_role() | stored(policy=FOR_ROLE) | allowed(allow("ecr:GetAuthorizationToken")), "pass"),
    Case("the role may not pull", by_role() | stored() | allowed(), "gap", "pull-denied-role", severity="high", survives=(ecr_builds.IMAGES,)),
    Case("no token", by_role() | stored() | allowed(allow(PULL)), "gap", "pull-denied-role", survives=(ecr_builds.IMAGES,), found=PULL),
    Case("another account's role", by_role() | stored() | MAY | {codebuild.PROJECTS: {"unit": by_role()[codebuild.PROJECTS]["unit"] | {"serviceRole": FOREIGN_ROLE}}}, "unknown"),
    Case("a role that is gone", by_role() | stored(), "gap", "role-missing", survives=(ecr_builds.IMAGES, ecr_builds.POLICY)),
    Case("CodeBuild is trusted", project(image=IMAGE) | stored(policy=TRUSTING), "pass"),
    Case("CodeBuild is not trusted", project(image=IMAGE) | stored(policy=CLOSED), "gap", "pull-denied-codebuild", survives=(ecr_builds.IMAGES,)),
    Case("no policy at all", project(image=IMAGE) | stored(), "gap", "pull-denied-codebuild", survives=(ecr_builds.IMAGES,)),
    Case("a policy that cannot be read", project(image=IMAGE) | stored(policy="{"), "unknown"),
    Case("a policy that cannot be read, and the role pulls", by_role() | stored(policy="{") | MAY, "unknown"),
    Case("a condition that is not known", project(image=IMAGE) | stored(policy=document(allow(PULL, None, Principal={"Service": "codebuild.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceVpc": "v"}}))), "unknown"),
    Case("an empty repository", by_role() | stored(GONE) | MAY, "gap", "image-missing", found={"imageTag": "1.0"}, survives=(ecr_builds.POLICY, iam.ROLES, iam.POLICIES)),
    Case("fetched when it is pulled", by_role() | stored(GONE) | MAY | CACHED, "pass"),
    Case("no repository", by_role() | MAY, "gap", "repository-missing", found=ARN),
    Case("no repository, fetched when it is pulled", by_role() | MAY | CACHED, "not_applicable"),
    Case("repositories refused", by_role() | MAY | {ecr.REPOSITORIES: Refused()}, "unknown"),
    Case("in a region that was not looked at", by_role(IMAGE.replace("us-east-1", "eu-west-1")) | MAY, "unknown"),
    Case("in another region", by_role(IMAGE.replace("us-east-1", "eu-west-1")) | MAY, "pass", says="eu-west-1", elsewhere={"eu-west-1": stored(region="eu-west-1")}),
    Case("another account's, by CodeBuild", project(image=FOREIGN), "drift", "cross-account-credentials"),
    Case("another account's, by the role", by_role(FOREIGN) | MAY, "unknown", "foreign-account"),
    Case("another account's, and the role may not", by_role(FOREIGN) | allowed(), "gap", "pull-denied-role"),
    Case("another account's, and the role is gone", by_role(FOREIGN), "gap", "role-missing"),
    Case("a name that cannot be read", by_role(f"{HOST}/Builder!"), "unknown"),
    Case("public", by_role("public.ecr.aws/shop/builder:1"), "not_applicable"),
    Case("a private registry", by_role(**HUB) | {secretsmanager.SECRETS: [{"ARN": SECRET, "Name": "hub"}]}, "pass"),
    Case("a private registry whose secret is gone", by_role(**HUB), "gap", "credential-missing"),
    Case("another account's secret", by_role(**HUB | {"registryCredential": {"credential": SECRET.replace("123456789012", "9" * 12)}}), "unknown"),
    Case("a private registry, by CodeBuild", project(**HUB) | {secretsmanager.SECRETS: [{"ARN": SECRET, "Name": "hub"}]}, "drift", "private-registry-credentials", survives=(secretsmanager.SECRETS,)),
    Case("credentials of the future", project(imagePullCredentialsType="BOTH"), "unknown", says="BOTH"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_moto_the_image_must_be_pushed_and_open_to_the_role(aws):
    registry = boto3.client("ecr")
    for name in ("builder", "empty"):
        registry.create_repository(repositoryName=name)
    manifest = '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"}'
    registry.put_image(repositoryName="builder", imageManifest=manifest, imageTag="1.0")
    roles = boto3.client("iam")
    works = live_role(roles, allow([*PULL, "ecr:GetAuthorizationToken"]))
    closed = live_role(roles, allow("s3:*"), name="closed")
    client = boto3.client("codebuild")
    images = {"sound": "builder:1.0", "empty": "empty:latest", "gone": "gone:1.0"}
    for name, image in images.items():
        live_project(
            client, name, works, image=f"{HOST}/{image}", imagePullCredentialsType="SERVICE_ROLE"
        )
    live_project(client, "closed", closed, image=IMAGE, imagePullCredentialsType="SERVICE_ROLE")
    live_project(client, "curated", works)
    live_project(client, "foreign", works, image=FOREIGN, imagePullCredentialsType="SERVICE_ROLE")
    assert verdicts(audit(BuildImage)) == {
        "sound": "pass",
        "empty": "gap",
        "gone": "gap",
        "closed": "gap",
        "curated": "pass",
        "foreign": "unknown",
    }
