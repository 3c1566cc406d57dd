"""Clients are made once, stopped by a guard, and share one transport."""

import http.server
import json
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import SSLError

from auditor.answer import Why
from auditor.clients import CREDENTIAL_CALLS, Clients, Forbidden, signing, told
from tests.engine.wire import Wire, keys
from tests.kit import REGION

pytestmark = pytest.mark.usefixtures("credentials")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections: set[object]

    def setup(self):
        super().setup()
        self.connections.add(self.client_address)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps(keys("a")).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def server(certificate=None):
    """A local service on its own port; yields its address and the connections it saw."""
    handler = type("Here", (Handler,), {"connections": set()})
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    made.daemon_threads = True
    scheme = "http"
    if certificate:
        scheme = "https"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        made.socket = context.wrap_socket(made.socket, server_side=True)
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"{scheme}://localhost:{made.server_address[1]}", handler.connections
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


def certificate_of(name, folder):
    """A self-signed certificate and its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(
            who,
            who,
            key.public_key(),
            x509.random_serial_number(),
            start,
            start + timedelta(days=36500),
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(text)
    return path


def made_clients(threads=2):
    clients = Clients(None, frozenset({"kms:ListKeys", "ecs:ListClusters"}), threads)
    return clients, clients.session.get_component("credential_provider").load_credentials()


def list_keys(clients, credentials, region=REGION):
    with signing(credentials):
        return clients.client("kms", region).list_keys()["Keys"]


def test_a_client_is_made_once_for_all_threads():
    clients, _ = made_clients()
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(clients.client("kms", REGION)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(client) for client in found}) == 1
    clients.close()


def test_all_clients_share_one_transport(monkeypatch):
    with server() as (url, connections):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        clients, credentials = made_clients()
        for region in ("us-east-1", "eu-west-1", "us-west-2"):
            assert list_keys(clients, credentials, region)
        clients.close()
    assert len(connections) == 1


def test_a_connection_is_checked_against_the_bundle_that_is_configured(monkeypatch, tmp_path):
    certificate = certificate_of("localhost", tmp_path)
    with server(certificate) as (url, connections):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
        clients, credentials = made_clients()
        for region in ("us-east-1", "eu-west-1"):
            assert list_keys(clients, credentials, region)
        clients.close()
    assert len(connections) == 1


@pytest.mark.parametrize("bundle", ["another.pem", ""], ids=["another bundle", "the shipped one"])
def test_a_stranger_is_not_talked_to(monkeypatch, tmp_path, bundle):
    certificate = certificate_of("localhost", tmp_path)
    certificate_of("another", tmp_path)
    with server(certificate) as (url, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        if bundle:
            monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / bundle))
        clients, credentials = made_clients()
        from botocore.config import Config

        clients.config = clients.config.merge(Config(retries={"total_max_attempts": 1}))
        with pytest.raises(SSLError) as raised:
            list_keys(clients, credentials)
        clients.close()
    assert told(raised.value).why is Why.UNREACHABLE


@pytest.mark.parametrize(
    ("service", "call", "parameters"),
    [
        ("kms", "schedule_key_deletion", {"KeyId": "k"}),
        ("kms", "describe_key", {"KeyId": "k"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"}),
        ("s3", "put_object", {"Bucket": "b", "Key": "k"}),
        ("sts", "get_session_token", {}),
    ],
)
def test_what_no_query_names_does_not_leave_the_process(service, call, parameters):
    clients, credentials = made_clients()
    wire = Wire()
    wire.serve(clients)
    with signing(credentials), pytest.raises(Forbidden, match=f"guard stopped {service}:"):
        getattr(clients.client(service, REGION), call)(**parameters)
    assert not wire.calls
    clients.close()


def test_the_guard_knows_what_it_takes_to_find_out_who_we_are():
    clients, credentials = made_clients()
    wire = Wire()
    wire.serve(clients)
    with signing(credentials):
        clients.client("sts", REGION).get_caller_identity()
        clients.impatient("ec2", REGION).describe_regions()
    assert "sts:GetCallerIdentity" in CREDENTIAL_CALLS
    assert [call.operation for call in wire.calls] == ["GetCallerIdentity", "DescribeRegions"]


def test_closing_before_the_first_call_does_nothing():
    made_clients()[0].close()


def test_a_caller_without_an_account_signs_nothing():
    clients, _ = made_clients()
    with pytest.raises(LookupError):
        clients.client("kms", REGION).list_keys()
    clients.close()


def test_times_stay_as_aws_sent_them():
    clients, credentials = made_clients()
    wire = Wire(ListClusters={"clusterArns": [], "x": 1})
    wire.serve(clients)
    with signing(credentials):
        assert clients.client("ecs", REGION).list_clusters()["clusterArns"] == []
    parser = clients.session.get_component("response_parser_factory").create_parser("json")
    assert parser._timestamp_parser(1_800_000_000) == 1_800_000_000
    clients.close()
