"""Images are scanned when they are pushed.

What is known to be vulnerable should be found before it runs. The rules of the registry decide, by
patterns of repository names; with enhanced scanning the repository's own flag means nothing, so
that looking at the flag alone fails repositories that are scanned. With basic scanning, what no
rule covers is scanned by hand (ECR guide, "Filters to choose which repositories are scanned"); the
flag is the old way to ask for it and counts where the registry has no rules.

Fix: `aws ecr put-registry-scanning-configuration --scan-type BASIC --rules` with `SCAN_ON_PUSH` and
a filter for the repository; in CloudFormation `AWS::ECR::RegistryScanningConfiguration`.
"""

from collections.abc import Iterator

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, gap, note, unknown
from auditor.settings import setting
from probes.aws import ecr
from probes.containers import _repositories

_SCANNED = {"SCAN_ON_PUSH", "CONTINUOUS_SCAN"}


class Scanned(_repositories.Exempting):
    """Whether images are to be scanned."""

    scan_on_push: bool = setting(True, "Images must be scanned when they are pushed.")


class ImageScanning(Probe[ecr.Repository, Scanned]):
    """When the images of each repository are scanned."""

    subject, needs = ecr.REPOSITORIES, (ecr.SCANNING, ecr.REGISTRY_SCANNING)
    severity, settings = Severity.MEDIUM, Scanned
    sources = ("S3.A4",)

    def judge(
        self, repository: ecr.Repository, facts: Facts, expected: Scanned
    ) -> Iterator[Remark]:
        asked = expected.scan_on_push
        if reason := _repositories.left_alone(repository, facts, expected, asked=asked):
            yield reason
            return
        frequency = facts.its(ecr.SCANNING).scan_frequency
        if frequency in _SCANNED:
            return
        if frequency not in {"MANUAL", ""}:
            yield unknown(f"the frequency {frequency} is not known here", code="unknown-value")
        elif repository.image_scanning_configuration.scan_on_push and _flag_counts(facts):
            yield note("the repository asks for it by its own flag, which AWS is giving up")
        else:
            yield gap(
                "nothing scans its images when they are pushed",
                code="scan-off",
                expected=sorted(_SCANNED),
                found=frequency or "MANUAL",
                **_repositories.scanning(repository),
            )


def _flag_counts(facts: Facts) -> bool:
    registry = facts.all(ecr.REGISTRY_SCANNING)
    return all(one.scan_type == "BASIC" and not one.rules for one in registry)
