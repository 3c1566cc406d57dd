"""One pool of connections for all clients of a session, with the CA bundle loaded once.

botocore gives every client a pool of its own and loads the whole CA bundle for each new HTTPS
connection, which costs more than the call itself when many regions are asked once each.
"""

from __future__ import annotations

import ssl
from typing import Any

from botocore.httpsession import URLLib3Session, get_cert_path

HOSTS = 512
"""Hosts whose connections are kept open: services times regions."""


class Transport(URLLib3Session):  # type: ignore[misc]  # its stubs leave out what is overridden
    """botocore's HTTP session, made once and shared."""

    def _get_pool_manager_kwargs(self, **extra: Any) -> dict[str, Any]:
        return {**super()._get_pool_manager_kwargs(**extra), "num_pools": HOSTS}

    def _get_ssl_context(self) -> ssl.SSLContext:
        context: ssl.SSLContext = super()._get_ssl_context()
        if self._verify:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(get_cert_path(self._verify))
        return context

    def _setup_ssl_cert(self, conn: Any, url: str, verify: bool | str) -> None:
        super()._setup_ssl_cert(conn, url, verify)
        conn.ca_certs = None  # the shared context holds them already


def share(client: Any, transport: Transport | None, connections: int) -> Transport:
    """Make a client use the shared transport; the first client's settings make it."""
    own = client._endpoint.http_session  # noqa: SLF001 - botocore offers no other way to share a pool
    if transport is None:
        timeout = own._timeout  # noqa: SLF001 - as configured for the client
        transport = Transport(
            verify=own._verify,  # noqa: SLF001 - as configured for the client (AWS_CA_BUNDLE)
            proxies=own._proxy_config._proxies,  # noqa: SLF001 - likewise (HTTPS_PROXY)
            timeout=(timeout.connect_timeout, timeout.read_timeout),
            max_pool_connections=connections,
            socket_options=own._socket_options,  # noqa: SLF001 - likewise (tcp_keepalive)
        )
    own.close()
    client._endpoint.http_session = transport  # noqa: SLF001 - see above
    return transport
