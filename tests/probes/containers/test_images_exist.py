import json

import boto3
import pytest

from probes.analysis.container_images import image
from probes.aws import ecr, ecs_tasks
from probes.containers.images_exist import ImagesExist
from tests.kit import Absent, Case, Refused, audit, check_case
from tests.probes.containers import made
from tests.probes.containers.made import IMAGE, REGISTRY, container, definition, running

PROBE = ImagesExist()
REPOSITORIES, IMAGES, RULES = ecr.REPOSITORIES, ecr.IMAGES, ecr.CACHE_RULES
TASKS = ecs_tasks.TASK_DEFINITIONS
DIGEST = "sha256:" + "0a" * 32
NO_IMAGE = Absent("ImageNotFoundException")
PUSHED = {"imageDigest": DIGEST, "imageTags": ["1.4"]}


def using(*images, answers=None, repositories=("web",), prefixes=()):
    """A service that uses images; `answers` says of each image here what ECR says."""
    arn = "arn:aws:ecr:us-east-1:123456789012:repository/"
    task = definition(*(container(f"c{n}", image=one) for n, one in enumerate(images)))
    return running(task) | {
        REPOSITORIES: [
            {"repositoryArn": f"{arn}{name}", "repositoryName": name} for name in repositories
        ],
        IMAGES: {ecr.asked(image(one)): said for one, said in (answers or {}).items()},
        RULES: [{"ecrRepositoryPrefix": prefix} for prefix in prefixes],
    }


def of(text, answer, **more):
    return using(text, answers={text: answer}, **more)


LATEST = f"{REGISTRY}/web"
BY_DIGEST = f"{REGISTRY}/web@{DIGEST}"
FOREIGN = IMAGE.replace("123456789012", "210987654321")
FAR = IMAGE.replace("us-east-1", "eu-west-1")

CASES = [
    Case("pushed", of(IMAGE, PUSHED), "pass"),
    Case("missing", of(IMAGE, NO_IMAGE), "gap", "image-missing", severity="high",
         expected={"web": "1.4"}, found={"web": None}),
    Case("latest is not pushed", of(LATEST, NO_IMAGE), "gap", "image-missing",
         expected={"web": "latest"}),
    Case("by digest", of(BY_DIGEST, PUSHED), "pass"),
    Case("a digest that is gone", of(BY_DIGEST, NO_IMAGE), "gap", expected={"web": DIGEST}),
    Case("no repository", of(IMAGE, Absent("RepositoryNotFoundException"), repositories=()),
         "gap", "repository-missing", severity="high", survives=(IMAGES,)),
    Case("refused", of(IMAGE, Refused()), "unknown"),
    Case("a cache fills it", of(IMAGE.replace("/web", "/hub/web"), NO_IMAGE, prefixes=("hub",),
                                repositories=("hub/web",)), "pass", says="when it is pulled"),
    Case("a cache makes it", using(IMAGE.replace("/web", "/hub/web"), prefixes=("hub",)), "pass",
         says="when it is pulled"),
    Case("of another account", using(FOREIGN), "unknown", "other-account"),
    Case("of another region", using(FAR), "unknown", "other-region"),
    Case("public", using("redis:7", "public.ecr.aws/nginx/nginx"), "not_applicable"),
    Case("public beside its own", using("redis:7", IMAGE, answers={IMAGE: PUSHED}), "pass",
         says="redis:7"),
    Case("one missing beside one of another account", using(FOREIGN, IMAGE,
         answers={IMAGE: NO_IMAGE}), "gap", "image-missing"),
    Case("a name that cannot be read", using(f"{REGISTRY}/WEB"), "unknown", "unreadable"),
    Case("not shown", made.UNSHOWN, "unknown"),
    Case("not asked for", using(IMAGE), "not_applicable", settings={"check_images": False}),
    Case("being deleted", running(status="DRAINING"), "not_applicable", "inactive"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_each_image_is_asked_for_once():
    assert ecr.asked(image(IMAGE)) == "web/[{'imageTag': '1.4'}]"


def test_on_an_account(aws):
    registry, client = boto3.client("ecr", "us-east-1"), boto3.client("ecs", "us-east-1")
    client.create_cluster(clusterName="shop")
    for name in ("web", "void"):
        registry.create_repository(repositoryName=name)
    manifest = {"schemaVersion": 2, "config": {"digest": DIGEST, "size": 1}, "layers": []}
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    registry.put_image(
        repositoryName="web",
        imageTag="1.4",
        imageManifest=json.dumps(manifest),
        imageManifestMediaType=kind,
    )
    used = {"web": IMAGE, "void": f"{REGISTRY}/void", "gone": f"{REGISTRY}/gone:1", "far": FAR,
            "public": "redis:7"}  # fmt: skip
    for name, one in used.items():
        task = {"name": "web", "image": one, "memory": 512}
        client.register_task_definition(family=name, containerDefinitions=[task])
        client.create_service(cluster="shop", serviceName=name, taskDefinition=name, desiredCount=0)
    found = audit(ImagesExist)
    told = {f.resource.name: (f.verdict.value, f.code) for f in found}
    assert told == {
        "web": ("pass", ""),
        "void": ("gap", "image-missing"),
        "gone": ("gap", "repository-missing"),
        "far": ("unknown", "other-region"),
        "public": ("not_applicable", ""),
    }
