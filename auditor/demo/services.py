"""Services that moto lacks altogether, joined to it as if it had them.

Moto finds a service by its host and then imports a module of its own for it; `join_services` puts
such modules in place, with nothing in them but a store and a dispatcher. What they answer stands in
the mends, as for the services that moto has.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

from moto.backend_index import backend_url_patterns
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import BaseResponse
from moto.ec2.models import ec2_backends

from auditor.demo.documents import ACCOUNT


class _Response(BaseResponse):
    def setup_class(self, *args: Any, **kwargs: Any) -> None:
        """Take the request; moto's check of signatures would take its query for a body."""
        super().setup_class(*args, **kwargs)
        self.data = {}


class IncidentsResponse(_Response):
    """Incident Manager."""

    def __init__(self) -> None:
        super().__init__(service_name="ssm-incidents")


class InvestigationsResponse(_Response):
    """CloudWatch investigations."""

    def __init__(self) -> None:
        super().__init__(service_name="aiops")


class ConnectionsResponse(_Response):
    """Connections to where sources are, under their present name."""

    def __init__(self) -> None:
        super().__init__(service_name="codeconnections")


class OldConnectionsResponse(_Response):
    """The same service under its first name; each answers for the other's connections."""

    def __init__(self) -> None:
        super().__init__(service_name="codestar-connections")


class NotificationsResponse(_Response):
    """Notification rules of the developer tools."""

    def __init__(self) -> None:
        super().__init__(service_name="codestar-notifications")


class ObservabilityResponse(_Response):
    """CloudWatch's links to the accounts that see this one's metrics."""

    def __init__(self) -> None:
        super().__init__(service_name="oam")


RESPONSES: Mapping[str, type[BaseResponse]] = {
    "aiops": InvestigationsResponse,
    "codeconnections": ConnectionsResponse,
    "codestar-connections": OldConnectionsResponse,
    "codestar-notifications": NotificationsResponse,
    "oam": ObservabilityResponse,
    "ssm-incidents": IncidentsResponse,
}


def _store_of(name: str) -> type[BaseBackend]:
    """A store that knows its addresses: moto reads them off the class's module otherwise."""

    class Store(BaseBackend):
        @property
        def _url_module(self) -> SimpleNamespace:
            return _urls(name)

    return Store


def join_services() -> None:
    """Make the services known to moto in this process; doing it twice changes nothing."""
    for name in RESPONSES:
        plain = name.replace("-", "")
        if f"moto.{plain}" in sys.modules:
            continue
        # Everywhere that EC2 is: botocore names no regions for some of these.
        regions = ec2_backends[ACCOUNT].regions
        module = ModuleType(f"moto.{plain}")
        stores = BackendDict(
            _store_of(name), name, use_boto3_regions=False, additional_regions=regions
        )
        setattr(module, f"{plain}_backends", stores)
        sys.modules[module.__name__] = module
        backend_url_patterns.append((name, re.compile(_base(name))))


def _urls(name: str) -> SimpleNamespace:
    """What moto reads in a service's module `urls`: every path is the dispatcher's to tell."""
    paths = dict.fromkeys(("{0}/$", "{0}/(?P<path>.+)$"), RESPONSES[name].dispatch)
    return SimpleNamespace(url_bases=[_base(name)], url_paths=paths)


def _base(name: str) -> str:
    return rf"https?://{re.escape(name)}\.(.+)\.amazonaws\.com"
