import boto3
import pytest

from probes.edge.price_class import PriceClass
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.edge.made import SERVES_NOBODY, answers, live

PROBE = PriceClass()


def price(name):
    return answers(PriceClass=name)


CASES = [
    Case("as wanted", answers(), "pass"),
    *(
        Case(
            f"{name} is too dear",
            price(name),
            "drift",
            "too-dear",
            severity="low",
            expected="PriceClass_100",
            found=name,
            says="from dearer regions",
        )
        for name in ("PriceClass_200", "PriceClass_All")
    ),
    Case(
        "too few regions",
        price("PriceClass_100"),
        "drift",
        "too-few",
        says="from fewer regions",
        settings={"price_class": "PriceClass_All"},
    ),
    Case("any will do", price("PriceClass_All"), "not_applicable", settings={"price_class": "any"}),
    Case("no price class", price("None"), "not_applicable"),
    Case(
        "shared by tenants",
        answers(PriceClass="PriceClass_All", ConnectionMode="tenant-only"),
        "not_applicable",
    ),
    Case("a new class", price("PriceClass_300"), "unknown", says="PriceClass_300"),
    *(
        Case(code, answers(PriceClass="PriceClass_All", **changes), "not_applicable", code)
        for code, changes in SERVES_NOBODY.items()
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("cloudfront", "us-east-1")
    dear, fair = live(client, "dear", PriceClass="PriceClass_All"), live(client, "fair")
    assert verdicts(audit(PriceClass)) == {dear: "drift", fair: "pass"}
