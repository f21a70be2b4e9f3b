"""Events go by TLS to a host whose certificate is trusted and is its own."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from serving.webhooks.address import Reach
from serving.webhooks.courier import Courier
from tests.serving.webhooks.conftest import Receiver, _Handler

LOOPBACK = Reach(("127.0.0.0/8", "::1/128"))
HEADERS = {"webhook-id": "e", "Content-Type": "application/json"}


def certificate(folder: Path, name: x509.GeneralName) -> Path:
    """A certificate of its own issuer, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture(params=["its own", "another's"])
def named(request: pytest.FixtureRequest) -> x509.GeneralName:
    own = request.param == "its own"
    return x509.IPAddress(ip_address("127.0.0.1")) if own else x509.DNSName("bank.example")


@pytest.fixture
def secured(tmp_path: Path, named: x509.GeneralName) -> Iterator[tuple[str, ssl.SSLContext]]:
    """An endpoint behind TLS, and a context that trusts its issuer."""
    path = certificate(tmp_path, named)
    handler = type("Handler", (_Handler,), {"receiver": Receiver()})
    server = HTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}/", ssl.create_default_context(cafile=path)
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_an_event_goes_only_where_the_certificate_is_the_hosts_own(
    secured: tuple[str, ssl.SSLContext], named: x509.GeneralName
) -> None:
    url, context = secured
    receipt = Courier(LOOPBACK, 5, context).send(url, HEADERS, b"{}")
    if isinstance(named, x509.IPAddress):
        assert (receipt.status, receipt.error) == (204, None)
    else:
        assert (receipt.status, receipt.error) == (None, "certificate not trusted")


def test_an_issuer_that_nobody_trusts_is_not_sent_to(secured: tuple[str, ssl.SSLContext]) -> None:
    url, _ = secured
    receipt = Courier(LOOPBACK, 5).send(url, HEADERS, b"{}")
    assert (receipt.status, receipt.error) == (None, "certificate not trusted")


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("https://127.0.0.1:1/", "connection refused"),
        ("https://no-such-host.invalid/", "unknown host"),
    ],
)
def test_why_nothing_was_sent_is_told_in_few_words(url: str, error: str) -> None:
    receipt = Courier(LOOPBACK, 5).send(url, HEADERS, b"{}")
    assert (receipt.status, receipt.error) == (None, error)
