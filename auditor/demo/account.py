"""The demo's account as a whole: one broken and one repaired application, in two regions."""

from __future__ import annotations

from collections.abc import Sequence

from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random

from auditor.demo.application import Application
from auditor.demo.broken import BROKEN
from auditor.demo.builders import (
    balancing,
    containers,
    data,
    fleet,
    identity,
    network,
    rotating,
    stack,
    watching,
)
from auditor.demo.builders.site import Site
from auditor.demo.documents import ACCOUNT
from auditor.demo.exchange import backend
from auditor.demo.gaps import install_gaps
from auditor.demo.mends.world import ENABLED_REGIONS
from auditor.demo.repaired import REPAIRED

# The same ids in every run, as far as moto draws them from here.
_SEED = 20241122


def build(
    endpoint: str | None = None, applications: Sequence[Application] = (BROKEN, REPAIRED)
) -> tuple[Site, ...]:
    """Fill the account that is served at `endpoint`, or, without one, that `mock_aws` holds here.

    The server must run in this process, because some states no API call can bring about. Answers
    what was built where, by name.
    """
    install_gaps()
    for region in ENABLED_REGIONS:
        _remove_default_network(region)
    # After the first look at each region, which draws ids for what AWS has there.
    mock_random.seed(_SEED)
    return tuple(_build(application, endpoint) for application in applications)


def forget() -> None:
    """Empty every account that moto holds in this process."""
    BackendDict.reset()


def _build(application: Application, endpoint: str | None) -> Site:
    site = Site(application, endpoint)
    network.build(site)
    identity.build_keys(site)
    identity.build_secrets(site)
    identity.build_roles(site)
    balancing.build(site)
    fleet.build(site)
    data.build(site)
    identity.rotate_secrets(site, rotating.build(site))
    watching.build(site)
    containers.build(site)
    stack.build(site)
    return site


def _remove_default_network(region: str) -> None:
    """The account's owner has deleted the default networks; they are nobody's application."""
    ec2 = backend("ec2", ACCOUNT, region)
    for vpc in [vpc for vpc in ec2.vpcs.values() if vpc.is_default]:
        zones = [zone.values() for zone in ec2.subnets.values()]
        for subnet in [s for subnets in zones for s in subnets if s.vpc_id == vpc.id]:
            ec2.delete_subnet(subnet.id)
        ec2.delete_vpc(vpc.id)
