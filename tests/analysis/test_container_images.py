import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.analysis.container_images import Elsewhere, Image, image

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
DIGEST = "sha256:" + "0a" * 32
ELSEWHERE, UNREADABLE = Elsewhere(), None


def of(repository, tag="", digest="", region="eu-west-1"):
    return Image("123456789012", region, repository, tag, digest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{REGISTRY}/web:1.4", of("web", "1.4")),
        (f"{REGISTRY}/web", of("web", "latest")),
        (f"{REGISTRY}/team/web@{DIGEST}", of("team/web", "", DIGEST)),
        (f"{REGISTRY}/web:1.4@{DIGEST}", of("web", "1.4", DIGEST)),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web:1", of("web", "1", "", "cn-north-1")),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/web:1",
         of("web", "1", "", "us-gov-west-1")),
        ("123456789012.dkr-ecr.eu-west-1.on.aws/web:1", of("web", "1")),
        ("redis:latest", ELSEWHERE),
        ("redis", ELSEWHERE),
        ("public.ecr.aws/nginx/nginx:1", ELSEWHERE),
        ("docker.io/library/redis@" + DIGEST, ELSEWHERE),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.org/web", UNREADABLE),
        (f"{REGISTRY}/", UNREADABLE),
        (REGISTRY, UNREADABLE),
        (f"{REGISTRY}/web:", UNREADABLE),
        (f"{REGISTRY}/web@", UNREADABLE),
        (f"{REGISTRY}/web@sha256:xyz", UNREADABLE),
        (f"{REGISTRY}/WEB:1", UNREADABLE),
        (f"{REGISTRY}/{'w' * 2000}", UNREADABLE),
        ("", ELSEWHERE),
    ],
)  # fmt: skip
def test_names_of_images(text, expected):
    assert image(text) == expected


def test_what_tells_an_image_apart():
    assert of("web", "1").version == {"imageTag": "1"}
    assert of("web", "1", DIGEST).version == {"imageDigest": DIGEST}
    assert of("web").repository_arn("aws") == "arn:aws:ecr:eu-west-1:123456789012:repository/web"


@given(st.text(max_size=300))
def test_any_text_is_something(text):
    found = image(text)
    assert found is None or isinstance(found, Elsewhere | Image)
    assert image(f"{REGISTRY}/{text}") != ELSEWHERE
