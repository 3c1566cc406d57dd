"""CloudFront serves from the regions that the baseline pays for.

The price class says from which edge locations viewers are served, and what is paid at most; viewers
elsewhere are still served, from farther away. Distributions that tenants share have none (API
model, `PriceClass`), nor have those of a plan with a flat rate, which say `None`.

Fix: `aws cloudfront get-distribution-config --id ID`, set `PriceClass`, then `aws cloudfront
update-distribution --id ID --if-match ETAG --distribution-config file://config.json`; in
CloudFormation `DistributionConfig.PriceClass`.
"""

from collections.abc import Iterator
from typing import Literal

from auditor.facts import Facts
from auditor.probe import Probe, Remark, Severity, drift, not_applicable, unknown
from auditor.settings import Settings, setting
from probes.aws import cloudfront
from probes.aws.cloudfront import Distribution
from probes.edge._distributions import TENANTS, not_serving, written

_CLASSES = ("PriceClass_100", "PriceClass_200", "PriceClass_All")


class Price(Settings):
    """What to pay for."""

    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All", "any"] = setting(
        "PriceClass_100", "The price class that distributions must have."
    )


class PriceClass(Probe[Distribution, Price]):
    """The price class of each distribution."""

    subject = cloudfront.DISTRIBUTIONS
    severity, settings, sources = Severity.LOW, Price, ("S2.12",)

    def judge(self, subject: Distribution, _: Facts, expected: Price) -> Iterator[Remark]:
        excuse, found = not_serving(subject), subject.price_class
        if excuse:
            yield excuse
        elif expected.price_class == "any":
            yield not_applicable("the baseline asks for no price class")
        elif subject.connection_mode == TENANTS or found == "None":
            yield not_applicable("distributions of this kind have no price class")
        elif found not in _CLASSES:
            yield unknown(f"the price class {found!r} is not known here")
        elif found != expected.price_class:
            dearer = _CLASSES.index(found) > _CLASSES.index(expected.price_class)
            yield drift(
                "it is served from dearer regions" if dearer else "it is served from fewer regions",
                code="too-dear" if dearer else "too-few",
                expected=expected.price_class,
                found=found,
                cloudformation={"DistributionConfig": {"PriceClass": expected.price_class}},
                evidence=written(subject),
            )
