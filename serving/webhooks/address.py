"""Where events may be delivered: public hosts over HTTPS, and what the settings name besides.

An endpoint is chosen by a bank, and the service calls it from inside. So a name is looked up
once, every address that it has is checked, and the call goes to a checked address: a name that
changes its address between the look and the call gains nothing.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from serving.webhooks.errors import MalformedEndpoint

Address = IPv4Address | IPv6Address
_LONGEST = 2_000
_PORTS = {"https": 443, "http": 80}
_TRANSLATED = ip_network("64:ff9b::/32")
"""IPv6 addresses that stand for others of IPv4 (RFC 6052, RFC 8215)."""


class Forbidden(Exception):
    """An address that is not called."""


@dataclass(frozen=True)
class Place:
    """Where an event goes.

    Attributes
    ----------
    is_secure : bool
        Whether by HTTPS.
    host : str
    port : int
    target : str
        Path and query.
    """

    is_secure: bool
    host: str
    port: int
    target: str

    @classmethod
    def of(cls, url: str) -> "Place":
        """Read a URL.

        Raises
        ------
        MalformedEndpoint
            If it is none to which an event could be sent.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            raise _malformed("a port up to 65535", url) from None
        if parts.scheme not in _PORTS or not parts.hostname or len(url) > _LONGEST:
            raise _malformed("a URL as https://bank.example/events", url)
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise _malformed("a URL without a user, a password or a fragment", url)
        if not url.isascii() or any(sign <= " " for sign in url):
            raise _malformed("a URL in ASCII without spaces", url)
        try:
            parts.hostname.encode("idna")
        except UnicodeError:
            raise _malformed("a host's name", url) from None
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme == "https", parts.hostname, port, target)


@dataclass(frozen=True)
class Reach:
    """Which addresses are called.

    Attributes
    ----------
    networks : tuple of str
        That are called though they are not public.
    loopback : bool
        Whether this machine is, by plain HTTP, too: for trying.
    """

    networks: tuple[str, ...] = ()
    loopback: bool = False

    def check(self, place: Place) -> None:
        """See at once that a place could be called; its name may not be known yet.

        Raises
        ------
        MalformedEndpoint
            If it never could.
        """
        if not place.is_secure and not self.loopback:
            raise _malformed("https", "http")
        try:
            self.addresses(place)
        except Forbidden as error:
            raise MalformedEndpoint(
                "an endpoint at a public address", str(error), "name another, or ask the operator"
            ) from None
        except OSError:
            return  # a name that is not known now may be so when there is something to tell

    def addresses(self, place: Place) -> list[str]:
        """Addresses of a place, all of which may be called.

        Raises
        ------
        Forbidden
            If any of them may not.
        OSError
            If the name is not known.
        """
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        for text in addresses:
            address = _plain(ip_address(text.partition("%")[0]))
            if not (self._is_open(address) and self._is_shielded(place, address)):
                raise Forbidden("one that is not called from here")
        return addresses

    def _is_open(self, address: Address) -> bool:
        if any(address in ip_network(each) for each in self.networks):
            return True
        if self.loopback and address.is_loopback:
            return True
        is_odd = address.is_multicast or address.is_reserved or _stands_for_another(address)
        return address.is_global and not is_odd

    def _is_shielded(self, place: Place, address: Address) -> bool:
        """Whether what is sent cannot be read on the way."""
        return place.is_secure or (self.loopback and address.is_loopback)


def _plain(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _stands_for_another(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return False
    if address.is_site_local:  # of old, and of a site's inside all the same
        return True
    return bool(address.sixtofour or address.teredo or address in _TRANSLATED)


def _malformed(expected: str, found: str) -> MalformedEndpoint:
    return MalformedEndpoint(expected, repr(found[:80]), "name an endpoint that takes events")
