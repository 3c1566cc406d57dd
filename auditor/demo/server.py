"""The local account behind an HTTP endpoint.

`python -m auditor.demo.server` serves it until Ctrl-C.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from auditor.demo import account
from auditor.demo.gaps import install_gaps
from auditor.demo.refusals import Refusal, internal_failure, unknown_operation
from auditor.demo.resolving import Loopback

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

# Without it moto puts 1,300 images and their snapshots into every region.
_ENVIRONMENT = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
_LOGGERS = ("werkzeug", "moto")


class Front:
    """The WSGI layer before moto: what it cannot answer at all is refused as AWS would refuse it.

    The clock that the auditor reads, the `Date` header, is on every answer by the server itself.
    """

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(_backend_app)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        service = _signing_name(environ)
        if not self._is_offered(environ):
            return _refuse(unknown_operation(service, environ), start_response)
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def begin(status: str, headers: list[tuple[str, str]], _exc: object = None) -> None:
            begun.append((status, headers))

        body = b"".join(self._moto(environ, begin))
        status, headers = begun[-1]
        if _is_page(status, headers):
            # A page of the web server under moto, where AWS would answer in the service's format.
            missing = status.startswith(("404", "405"))
            refuse = unknown_operation if missing else internal_failure
            return _refuse(refuse(service, environ), start_response)
        start_response(status, headers)
        return [body]

    def _is_offered(self, environ: Environ) -> bool:
        """Whether moto has the service; asked first, because moto prints when it has not."""
        host = self._moto.infer_service_region_host(environ, environ.get("PATH_INFO", ""))
        if host is None or "amazonaws.com" not in host:
            return True
        return any(p.match(f"http://{host}") for _, p in self._moto.backend_url_patterns)


def _backend_app(service: Any) -> Any:
    """Moto's application for a service; a crash in it becomes an answer, not one of the server."""
    app = create_backend_app(service)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def _signing_name(environ: Environ) -> str:
    """The service in the credential scope: `KEY/DATE/REGION/SERVICE/aws4_request`."""
    scope = str(environ.get("HTTP_AUTHORIZATION", "")).partition("Credential=")[2].split("/")
    return scope[3] if len(scope) > 3 else ""


def _is_page(status: str, headers: list[tuple[str, str]]) -> bool:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return status[:1] in "45" and kind.startswith("text/html")


def _refuse(refusal: Refusal, start_response: StartResponse) -> Iterable[bytes]:
    start_response(refusal.status, refusal.headers)
    return [refusal.body]


class LocalAccount:
    """A context manager: an empty local account, served on a free port of 127.0.0.1.

    Entering yields the endpoint's URL. Leaving stops the server, forgets what the account held, and
    puts environment and loggers back as they were.
    """

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._environment: dict[str, str | None] = {}
        self._levels: dict[str, int] = {}
        self._loopback = Loopback()

    def __enter__(self) -> str:
        self._quiet()
        self._loopback.install()
        install_gaps()
        account.forget()
        server = make_server(
            "127.0.0.1", self._port, Front(), threaded=True, request_handler=MotoRequestHandler
        )
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, daemon=True)
        self._thread.start()
        return f"http://127.0.0.1:{server.server_port}"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        account.forget()
        self._loopback.remove()
        self._loud()

    def _quiet(self) -> None:
        for name, value in _ENVIRONMENT.items():
            self._environment[name] = os.environ.get(name)
            os.environ[name] = value
        for name in _LOGGERS:
            logger = logging.getLogger(name)
            self._levels[name] = logger.level
            logger.setLevel(logging.CRITICAL + 1)

    def _loud(self) -> None:
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)


def main() -> None:
    """Serve the demo's account until interrupted or terminated."""
    stop = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda _signal, _frame: stop.set())
    with LocalAccount() as endpoint:
        for site in account.build(endpoint):
            site.close()
        sys.stdout.write(f"{endpoint}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
