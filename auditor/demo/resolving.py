"""Names below a loopback address, resolved to it.

S3 Control puts the account before the host (`123456789012.127.0.0.1`), which no resolver knows
where the endpoint is an address. `Loopback` makes this process know it while an account is served.
"""

from __future__ import annotations

import socket
from typing import Any

_ADDRESS = "127.0.0.1"


class Loopback:
    """Stands in for `socket.getaddrinfo` between `install` and `remove`."""

    def __init__(self) -> None:
        self._usual = socket.getaddrinfo

    def install(self) -> None:
        self._usual = socket.getaddrinfo
        socket.getaddrinfo = self._resolve

    def remove(self) -> None:
        socket.getaddrinfo = self._usual

    def _resolve(self, host: Any, *place: Any, **hints: Any) -> Any:
        below = isinstance(host, str) and host.endswith(f".{_ADDRESS}")
        return self._usual(_ADDRESS if below else host, *place, **hints)
