import boto3
import pytest

from probes.aws import logs
from probes.observability.log_retention import LogRetention
from tests.kit import Case, audit, check_case, verdicts
from tests.probes.load_balancing.made import fix_of

PROBE = LogRetention()


def group(**changes):
    described = {
        "logGroupName": "/shop/orders",
        "creationTime": 1548368507441,
        "arn": "arn:aws:logs:us-east-1:123456789012:log-group:/shop/orders:*",
        "storedBytes": 918177,
        "logGroupClass": "STANDARD",
        "retentionInDays": 7,
    }
    kept = {k: v for k, v in (described | changes).items() if v is not None}
    return {logs.LOG_GROUPS: [kept]}


def case(title, given, verdict, code=None, **more):
    return Case(title, group(**given), verdict, code, **more)


NEVER = {"retentionInDays": None}
POLICY = {"retentionPolicyName": "thirty"}
CASES = [
    case("a week", {}, "pass"),
    case("never", NEVER, "gap", "never-expire", severity="low", found="never"),
    case("never, and the baseline lets it", NEVER, "pass", settings={"allow_never": True}),
    case("never, with personal data", NEVER, "gap", severity="medium",
         settings={"personal_data": ["/shop/*"]}),
    case("never, with the data of others", NEVER, "gap", severity="low",
         settings={"personal_data": ["/bank/*"]}),
    case("too short", {"retentionInDays": 3}, "drift", "too-short", severity="medium", found=3,
         expected="at least 7 days"),
    case("too long", {"retentionInDays": 3653}, "drift", "too-long", severity="low",
         settings={"days_max": 400}),
    case("long, and nobody minds", {"retentionInDays": 3653}, "pass"),
    case("a week, and auditors want a year", {}, "drift", "too-short",
         settings={"compliance_profile": "year"}, expected="at least 365 days"),
    case("a year", {"retentionInDays": 365}, "pass", settings={"compliance_profile": "year"}),
    case("a year, and the baseline wants more", {"retentionInDays": 365}, "drift",
         settings={"compliance_profile": "year", "days_min": 400}),
    case("never, and auditors want a year", NEVER, "gap", "never-expire",
         settings={"compliance_profile": "year"}),
    case("the account's policy is long enough", POLICY, "pass"),
    case("the account's policy says never", POLICY | NEVER, "gap", "never-expire"),
    case("the account's policy is too short", POLICY | {"retentionInDays": 1}, "drift", "too-short"),
    case("a delivery", NEVER | {"logGroupClass": "DELIVERY"}, "not_applicable", "delivery"),
    case("infrequent access", NEVER | {"logGroupClass": "INFREQUENT_ACCESS"}, "gap"),
    case("essentials", {"logGroupClass": "ESSENTIALS"}, "pass"),
    case("a class of the future", NEVER | {"logGroupClass": "ARCHIVE"}, "unknown", says="ARCHIVE"),
    case("an older answer, without a class", NEVER | {"logGroupClass": None}, "gap"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        pytest.param({}, "7", id="what the baseline says"),
        pytest.param({"days_min": 10}, "14", id="the next that is on offer"),
        pytest.param({"days_min": 3653}, "3653", id="the longest on offer"),
    ],
)
def test_the_fix_names_days_that_are_on_offer(settings, days, aws):
    boto3.client("logs", "us-east-1").create_log_group(logGroupName="/shop/orders")
    fix = fix_of(audit(LogRetention, settings=settings))
    assert f"--retention-in-days {days} " in f"{fix.cli} "


def test_on_an_account(aws):
    client = boto3.client("logs", "us-east-1")
    for name, days in {"week": 7, "day": 1, "ever": None}.items():
        client.create_log_group(logGroupName=name)
        if days:
            client.put_retention_policy(logGroupName=name, retentionInDays=days)
    assert verdicts(audit(LogRetention)) == {"week": "pass", "day": "drift", "ever": "gap"}
