"""The courier: sends one event to one place and says what came of it. Follows no redirection."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from serving.webhooks.address import Forbidden, Place, Reach

_MOST_READ = 4_096


@dataclass(frozen=True)
class Receipt:
    """What came of one attempt.

    Attributes
    ----------
    status : int or None
        Of the answer; None where there was none.
    error : str or None
        Why there was none.
    milliseconds : int
    retry_after : float
        Seconds for which the endpoint asked to be left alone; 0 where it did not.
    """

    status: int | None
    error: str | None
    milliseconds: int
    retry_after: float = 0.0

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint took the event."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint says that it wants no more."""
        return self.status == http.HTTPStatus.GONE


class Courier:
    """Sends events.

    Parameters
    ----------
    reach : Reach
    patience : float
        Seconds for the whole of an attempt.
    context : ssl.SSLContext, optional
        The system's trusted issuers where left out.
    """

    def __init__(
        self, reach: Reach, patience: float, context: ssl.SSLContext | None = None
    ) -> None:
        self._reach = reach
        self._patience = patience
        self._context = context or ssl.create_default_context()

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        """Send an event once."""
        begun = time.monotonic()
        status, retry_after, error = None, 0.0, None
        try:
            place = Place.of(url)
            with self._connected(place) as connection:
                connection.request("POST", place.target, body, dict(headers))
                answer = connection.getresponse()
                if time.monotonic() - begun >= self._patience:
                    raise TimeoutError  # its head was cut off, however much of it there is
                status, retry_after = answer.status, _seconds(answer.getheader("Retry-After"))
                answer.read(_MOST_READ)
        except Forbidden:
            error = "forbidden address"
        except (OSError, http.client.HTTPException, ValueError) as fault:
            # An answer whose end did not come is an answer all the same.
            late = time.monotonic() - begun >= self._patience
            told = "no answer in time" if late else _told(fault)
            error = None if status is not None else told
        taken = int((time.monotonic() - begun) * 1_000)
        return Receipt(status, error, taken, retry_after)

    @contextmanager
    def _connected(self, place: Place) -> Iterator[http.client.HTTPConnection]:
        ends = time.monotonic() + self._patience
        raw = _to_any(self._reach.addresses(place), place.port, self._patience)
        with _cut_after(raw, lambda: ends - time.monotonic()):
            wrapped: socket.socket = raw
            try:
                if place.is_secure:
                    wrapped = self._context.wrap_socket(raw, server_hostname=place.host)
                connection = http.client.HTTPConnection(place.host, place.port)
                connection.sock = wrapped
                if place.is_secure:
                    connection.default_port = 443  # so that Host names no port where none is due
                yield connection
            finally:
                wrapped.close()
                raw.close()


def _to_any(addresses: list[str], port: int, patience: float) -> socket.socket:
    """Connect to the first address that answers; each has its share of the time."""
    fault: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), patience / len(addresses))
        except OSError as error:
            fault = error
    raise fault or OSError("no address")


@contextmanager
def _cut_after(raw: socket.socket, left: Callable[[], float]) -> Iterator[None]:
    """End whatever goes on at a socket when the time is over, however slowly it drips."""
    raw.settimeout(max(0.001, left()))
    # The descriptor is another's once TLS has wrapped it; a duplicate reaches the same connection.
    other = raw.dup()
    timer = threading.Timer(max(0.001, left()), _cut, (other,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        other.close()


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def _seconds(stated: str | None) -> float:
    return float(stated) if stated is not None and stated.isascii() and stated.isdigit() else 0.0


def _told(fault: Exception) -> str:
    """A fault in few words, that tell nothing of where the service stands."""
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    if isinstance(fault, socket.gaierror):
        return "unknown host"
    if isinstance(fault, ssl.SSLCertVerificationError):
        return "certificate not trusted"
    if isinstance(fault, ssl.SSLError):
        return "no TLS"
    if isinstance(fault, ConnectionRefusedError):
        return "connection refused"
    return "connection broken" if isinstance(fault, OSError) else "no answer of HTTP"
