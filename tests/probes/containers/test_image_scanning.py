import boto3
import pytest

from probes.aws import ecr
from probes.containers.image_scanning import ImageScanning
from tests.kit import Case, Gone, audit, check_case, verdicts

PROBE = ImageScanning()
ARN = "arn:aws:ecr:us-east-1:123456789012:repository/web"
REGISTRY, SCANNING = ecr.REGISTRY_SCANNING, ecr.SCANNING
RULE = {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": []}
ENHANCED = {"scanType": "ENHANCED", "rules": []}
BASIC = {"scanType": "BASIC", "rules": []}


def repository(frequency, *, flag=False, registry=BASIC, name="web"):
    arn = ARN.replace("web", name)
    flagged = {"imageScanningConfiguration": {"scanOnPush": flag}}
    scanned = {"repositoryArn": arn, "repositoryName": name, "scanFrequency": frequency}
    return {
        ecr.REPOSITORIES: [{"repositoryArn": arn, "repositoryName": name, **flagged}],
        SCANNING: {arn: scanned if frequency is not None else Gone()},
        REGISTRY: [registry],
    }


CASES = [
    Case("on push", repository("SCAN_ON_PUSH"), "pass"),
    Case("all the time", repository("CONTINUOUS_SCAN", registry=ENHANCED), "pass"),
    Case("by hand", repository("MANUAL"), "gap", "scan-off", severity="medium", found="MANUAL"),
    Case("no frequency", repository(""), "gap", "scan-off", found="MANUAL"),
    Case("the flag of the repository", repository("MANUAL", flag=True), "pass", says="own flag"),
    Case("the flag beside rules for others",
         repository("MANUAL", flag=True, registry={"scanType": "BASIC", "rules": [RULE]}), "gap"),
    Case("the flag means nothing", repository("MANUAL", flag=True, registry=ENHANCED), "gap"),
    Case("no flag, and none is needed", repository("SCAN_ON_PUSH", registry=ENHANCED), "pass"),
    Case("a new frequency", repository("WEEKLY"), "unknown", "unknown-value"),
    Case("a new scanner", repository("MANUAL", flag=True, registry={"scanType": "NEW"}), "gap"),
    Case("not asked for", repository("MANUAL"), "not_applicable",
         settings={"scan_on_push": False}),
    Case("of the CDK", repository("MANUAL", name="cdk-hnb659fds-container-assets-123456789012-us"),
         "not_applicable", "exempt"),
    Case("left alone", repository("MANUAL"), "not_applicable", settings={"exempt": ["w*"]}),
    Case("left alone by a tag that it lacks", repository("MANUAL"), "gap",
         settings={"exempt": ["Kind=lab"]}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case):
    check_case(PROBE, case)


def test_on_an_account(aws):
    client = boto3.client("ecr", "us-east-1")
    client.create_repository(repositoryName="web")
    client.create_repository(
        repositoryName="flagged", imageScanningConfiguration={"scanOnPush": True}
    )
    assert verdicts(audit(ImageScanning)) == {"web": "gap", "flagged": "pass"}
    filters = [{"filter": "web*", "filterType": "WILDCARD"}]
    client.put_registry_scanning_configuration(
        scanType="BASIC",
        rules=[{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": filters}],
    )
    assert verdicts(audit(ImageScanning))["web"] == "pass"
