"""Which addresses are called: none that lies behind the service, whatever its name says."""

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.webhooks.address import Forbidden, Place, Reach
from serving.webhooks.courier import Courier
from serving.webhooks.errors import MalformedEndpoint
from tests.serving.webhooks.conftest import receiving

INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",  # noqa: S104
    "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[ff0e::1]",
    "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[fec0::1]",
    "[::7f00:1]", "[::ffff:0:a00:1]", "localhost", "0x7f.1", "2130706433",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_what_lies_inside_is_not_called(host: str) -> None:
    place = Place.of(f"https://{host}/")
    with pytest.raises(Forbidden):
        Reach().addresses(place)
    with pytest.raises(MalformedEndpoint):
        Reach().check(place)


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700:4700::1111]"])
def test_what_is_public_is_called_by_https_alone(host: str) -> None:
    assert Reach().addresses(Place.of(f"https://{host}/")) == [host.strip("[]")]
    with pytest.raises(MalformedEndpoint):
        Reach().check(Place.of(f"http://{host}/"))
    with pytest.raises(Forbidden):
        Reach(loopback=True).addresses(Place.of(f"http://{host}/"))


def test_networks_that_are_named_are_called_and_no_others() -> None:
    reach = Reach(("10.20.0.0/16",))
    assert reach.addresses(Place.of("https://10.20.3.4:8443/")) == ["10.20.3.4"]
    with pytest.raises(Forbidden):
        reach.addresses(Place.of("https://10.21.3.4/"))
    with pytest.raises(Forbidden):
        reach.addresses(Place.of("http://10.20.3.4/"))


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_judged_alike_however_it_is_written(address: Any) -> None:
    def judged(host: str) -> bool:
        try:
            return bool(Reach().addresses(Place.of(f"https://{host}/")))
        except Forbidden:
            return False

    assert judged(str(address)) == judged(f"[::ffff:{address}]")
    assert judged(str(address)) <= (not address.is_private and not address.is_multicast)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://bank.example/", "https://", "bank.example", "https://user:secret@bank.example/",
        "https://bank.example/#part", "https://bank.example:99999/", "https://bank.example/a b",
        "https://bank.example/\r\nHost: other", "https://银行.example/", "javascript:alert(1)",
        "https://a..b/", f"https://{'a' * 64}.example/",
        "https://bank.example/" + "a" * 2_000, "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_endpoint_is_refused(url: str) -> None:
    with pytest.raises(MalformedEndpoint) as caught:
        Place.of(url)
    assert "secret" not in str(caught.value) or "@" in url
    assert len(caught.value.found) < 100


def test_a_name_is_looked_up_once_and_every_address_of_it_is_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that first has a public address and then an inner one is not followed inside."""
    looks: list[list[str]] = [["8.8.8.8"], ["127.0.0.1"]]
    dialled: list[str] = []

    def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in looks.pop(0)]

    def dial(address: tuple[str, int], _: float) -> socket.socket:
        dialled.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", dial)
    receipt = Courier(Reach(), 5).send("https://rebinding.example/", {}, b"{}")
    assert receipt.error == "connection refused"
    assert dialled == ["8.8.8.8"]
    looks[:] = [["8.8.8.8", "10.0.0.1"]]
    assert Courier(Reach(), 5).send("https://two.example/", {}, b"{}").error == "forbidden address"
    assert dialled == ["8.8.8.8"]


def test_a_redirection_inside_is_not_followed() -> None:
    with receiving() as inner, receiving(302) as outer:
        receipt = Courier(Reach(loopback=True), 5).send(outer.url, {"webhook-id": "e"}, b"{}")
        assert (receipt.status, receipt.is_taken) == (302, False)
        assert not inner.received
