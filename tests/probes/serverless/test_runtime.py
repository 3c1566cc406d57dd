from dataclasses import replace
from datetime import UTC, date, datetime

import boto3
import pytest
from pydantic import ValidationError

from probes.aws import lambda_
from probes.serverless.runtime import Runtime, Supported
from tests.kit import Case, Refused, audit, check_case, verdicts
from tests.probes.serverless.made import IMAGE, REPLICA, alias, function, live, live_role, version

PROBE = Runtime()
OTHER = "arn:aws:lambda:us-east-1:123456789012:function:other"


def latest(runtime="python3.13", **changes):
    return {lambda_.FUNCTIONS: [function(**{"Runtime": runtime, **changes})]}


def published(*versions, aliases=(), **changes):
    now = function(**changes) | {
        "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:pay:$LATEST"
    }
    return {
        lambda_.FUNCTIONS: [function(**changes)],
        lambda_.VERSIONS: [now, *versions],
        lambda_.ALIASES: aliases if isinstance(aliases, dict) else {"pay": list(aliases)},
    }


OLD, ANCIENT = version("1", "python3.9"), version("2", "python2.7")
LATEST = [
    Case("supported", latest(), "pass"),
    Case("ended", latest("python3.9"), "drift", "deprecated-runtime", severity="medium",
         expected="a supported runtime", found="python3.9"),
    Case("ends soon", latest("nodejs22.x"), "drift", "runtime-ending", severity="low"),
    Case("ends soon, and nobody asks", latest("nodejs22.x"), "pass",
         settings={"runtime_warn_days": 30}),
    Case("ended, and updates refused long ago", latest("nodejs12.x"), "drift", "updates-refused",
         severity="high"),
    Case("updates to be refused one day count as announced", latest("python3.8"), "drift",
         "deprecated-runtime", severity="medium", now=datetime(2029, 1, 1, tzinfo=UTC)),
    Case("updates refused, as the baseline knows", latest("python3.8"), "drift", "updates-refused",
         severity="high", settings={"updates_refused_since": {"python3.8": "2026-11-01"}}),
    Case("updates refused later, as the baseline knows", latest("python3.8"), "drift",
         "deprecated-runtime", settings={"updates_refused_since": {"python3.8": "2027-11-01"}}),
    Case("of the old operating system", latest("provided.al2"), "drift", "deprecated-runtime"),
    Case("of a runtime of its own", latest("provided.al2023"), "pass"),
    Case("ended, as the baseline has it", latest("java21"), "drift", "deprecated-runtime",
         settings={"extra_deprecated": ["java2?"]}),
    Case("new, without a date", latest("nodejs26.x"), "pass", says="is not known"),
    Case("not known", latest("cobol85"), "unknown", "unknown-runtime"),
    Case("not known, and ended as the baseline has it", latest("cobol85"), "drift",
         settings={"extra_deprecated": ["cobol*"]}),
    Case("no runtime", latest(None), "unknown", "no-runtime"),
    Case("an image", latest(**IMAGE), "not_applicable", "image"),
    Case("a copy at the edge", latest("python3.9", **REPLICA), "not_applicable", "replica"),
]  # fmt: skip
PUBLISHED = [
    Case("no version", published(), "not_applicable", "unpublished"),
    Case("supported versions", published(version("1"), version("2")), "pass"),
    Case("an old version that an alias calls", published(OLD, aliases=[alias("live", "1")]),
         "drift", "old-versions", severity="medium", expected="supported runtimes",
         found=["python3.9"], survives=(lambda_.ALIASES,)),
    Case("an old version that an alias calls now and then",
         published(OLD, version("3"), aliases=[alias("live", "3", **{"1": 0.1})]), "drift",
         severity="medium", survives=(lambda_.ALIASES,)),
    Case("an old version that nothing calls", published(OLD, aliases=[alias("live", "3")]),
         "drift", "old-versions", severity="informational", survives=(lambda_.ALIASES,)),
    Case("an old version, and nobody says who calls it", published(OLD, aliases={"pay": Refused()}),
         "drift", severity="medium", survives=(lambda_.ALIASES,)),
    Case("two old versions of which the less old is called",
         published(OLD, ANCIENT, aliases=[alias("live", "1")]), "drift", severity="medium",
         found=["python2.7", "python3.9"], survives=(lambda_.ALIASES,)),
    Case("a version whose support ends soon", published(version("1", "nodejs22.x")), "pass"),
    Case("a version of what is not known", published(version("1", "cobol85")), "unknown",
         "unknown-runtime", says="cobol85"),
    Case("an old version of another function",
         {**published(), lambda_.VERSIONS: [function(OTHER, Version="1", Runtime="python2.7")]},
         "not_applicable", "unpublished"),
    Case("an image", published(**IMAGE), "not_applicable", "image"),
    Case("a copy at the edge", published(OLD, **REPLICA), "not_applicable", "replica"),
]  # fmt: skip


def of_part(part, cases):
    return [replace(case, id=f"{part}: {case.id}", part=part) for case in cases]


CASES = [*of_part("latest", LATEST), *of_part("published", PUBLISHED)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


@pytest.mark.parametrize("day", ["2026-11-01", date(2026, 11, 1)])
def test_a_day_of_a_baseline_is_text_or_a_date_of_yaml(day):
    settings = Supported.model_validate({"updates_refused_since": {"python3.9": day}})
    assert settings.updates_refused_since == {"python3.9": "2026-11-01"}


@pytest.mark.parametrize("day", ["soon", "2026-13-01", 7])
def test_a_day_of_a_baseline_that_is_none_is_refused(day):
    with pytest.raises(ValidationError):
        Supported.model_validate({"updates_refused_since": {"python3.9": day}})


def test_on_an_account(aws):
    client, role = boto3.client("lambda", "us-east-1"), live_role(boto3.client("iam"))
    live(client, role, "old", "python3.9")
    live(client, role, "new", "python3.13")
    live(client, role, "moved", "python3.8", Publish=True)
    client.create_alias(FunctionName="moved", Name="live", FunctionVersion="1")
    client.update_function_configuration(FunctionName="moved", Runtime="python3.13")
    found = audit(Runtime)
    assert verdicts(found, "latest") == {"old": "drift", "new": "pass", "moved": "pass"}
    assert verdicts(found, "published") == {
        "old": "not_applicable",
        "new": "not_applicable",
        "moved": "drift",
    }
    [severity] = [f.severity for f in found if f.part == "published" and f.verdict == "drift"]
    assert severity == "medium"
    [fix] = [f.fix for f in found if f.resource.name == "old" and f.fix]
    assert "--runtime python3.14" in fix.cli
