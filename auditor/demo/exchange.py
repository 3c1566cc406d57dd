"""One call to the local account: who asks what, where, and what the place has been told before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from moto.backends import get_backend
from moto.core.exceptions import ServiceException
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model


class NoSuchThing(ServiceException):
    """AWS's refusal to speak of something that is not there: an error code and a sentence."""


@dataclass(frozen=True)
class Exchange:
    """A call as AWS sees it: operation, caller's account, region, parameters by AWS's names."""

    operation: str
    account: str
    region: str
    params: Mapping[str, Any]

    @classmethod
    def of(cls, response: BaseResponse) -> Exchange:
        """Read the call that a response object of moto is about to answer."""
        service = response.boto3_service_name
        action = response._get_action()
        return cls(
            operation=f"{service}:{action}",
            account=response.current_account,
            region=response.region,
            params=_parameters(response, service, action),
        )

    def backend(self, service: str) -> Any:
        """What moto holds of a service in the place of this call."""
        return backend(service, self.account, self.region)

    def memory(self, service: str, kind: str) -> dict[str, Any]:
        """What the place remembers beyond moto's own fields."""
        return memory(self.backend(service), kind)

    def filtered(self, name: str) -> set[str]:
        """The values of one of the caller's `Filters`; none where it did not ask for any."""
        filters = self.params.get("Filters", ())
        return {value for f in filters if f.get("Name") == name for value in f.get("Values", ())}

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


# An answer to an operation that moto lacks, and a correction, in place, of one that it gives.
Answer = Callable[[Exchange], dict[str, Any]]
Mend = Callable[[Exchange, dict[str, Any]], None]


def backend(service: str, account: str, region: str) -> Any:
    """Moto's store of a service; global services are kept under their partition."""
    # moto spells every name as an overload of its own; ours come from data.
    stores = cast("Any", get_backend)(service)[account]
    return stores[region] if region in stores else stores["aws"]


def memory(store: Any, kind: str) -> dict[str, Any]:
    """A dictionary that lives and dies with the store, because moto's reset empties `__dict__`."""
    remembered = vars(store).setdefault("remembered_by_the_demo", {})
    return cast("dict[str, Any]", remembered.setdefault(kind, {}))


def _parameters(response: BaseResponse, service: str, action: str) -> Mapping[str, Any]:
    """Parse the request as moto does, but into AWS's own names and plain dictionaries."""
    request = response.normalized_request
    model = get_service_model(service)
    protocol = determine_request_protocol(model, request.content_type)
    parser = PROTOCOL_PARSERS[protocol](model.operation_model(action), map_type=dict)
    parsed = parser.parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": response.uri_match,
        }
    )
    return cast("Mapping[str, Any]", parsed)
