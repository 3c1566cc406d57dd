"""The demo's account: the applications of its stories, broken and repaired, in two regions."""

from __future__ import annotations

from collections.abc import Sequence

from moto import mock_aws
from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random

from auditor.demo.application import Application
from auditor.demo.builders import (
    balancing,
    containers,
    data,
    delivering,
    fleet,
    functions,
    identity,
    network,
    stack,
    storage,
    watching,
)
from auditor.demo.builders.site import Clients, Site
from auditor.demo.documents import ACCOUNT
from auditor.demo.exchange import backend
from auditor.demo.gaps import install_gaps
from auditor.demo.mends.world import ENABLED_REGIONS
from auditor.demo.stories import applications

_STEPS = (
    network.build,
    identity.build_keys,
    identity.build_secrets,
    storage.build,
    balancing.build,
    storage.build_distributions,
    identity.build_roles,
    fleet.build,
    data.build,
    functions.build,
    identity.rotate_secrets,
    containers.build,
    delivering.build_projects,
    watching.build,
    delivering.build,
    stack.build,
)
# The same ids in every run, as far as moto draws them from here.
_SEED = 20241122


def build(
    endpoint: str | None = None, built: Sequence[Application] | None = None
) -> tuple[Site, ...]:
    """Fill the account that is served at `endpoint`, or, without one, that `mock_aws` holds here.

    The server must run in this process, because some states no API call can bring about. Without
    `built` it is all stories. Answers what was built where.
    """
    install_gaps()
    for region in ENABLED_REGIONS:
        _remove_default_network(region)
    # After the first look at each region, which draws ids for what AWS has there.
    mock_random.seed(_SEED)
    clients = Clients(endpoint)
    return tuple(
        _build(application, clients) for application in (applications() if built is None else built)
    )


def build_behind(built: Sequence[Application]) -> None:
    """Fill the account that is served in this process, without going through its server."""
    # Without moto's configuration of Lambda, which would fill another store than the server's.
    mock = mock_aws()
    mock.start(reset=False)
    try:
        for site in build(built=built):
            site.close()
    finally:
        mock.stop(remove_data=False)


def forget() -> None:
    """Empty every account that moto holds in this process."""
    BackendDict.reset()


def _build(application: Application, clients: Clients) -> Site:
    site = Site(application, clients)
    for step in _STEPS:
        step(site)
    return site


def _remove_default_network(region: str) -> None:
    """The account's owner has deleted the default networks; they are nobody's application."""
    ec2 = backend("ec2", ACCOUNT, region)
    for vpc in [vpc for vpc in ec2.vpcs.values() if vpc.is_default]:
        zones = [zone.values() for zone in ec2.subnets.values()]
        for subnet in [s for subnets in zones for s in subnets if s.vpc_id == vpc.id]:
            ec2.delete_subnet(subnet.id)
        ec2.delete_vpc(vpc.id)
