"""The door: decides who may, over one database of clients, consents and rates."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from joserfc.jwk import KeySet

from serving.access import consents as log
from serving.access.assertions import Assertions
from serving.access.clients import Clients
from serving.access.consents import Consents
from serving.access.denials import Denials
from serving.access.errors import MalformedKey, OutOfScope, Unauthenticated
from serving.access.grant import Desk
from serving.access.keys import RemoteKeys, load
from serving.access.operations import PUBLIC, REQUIRED
from serving.access.principal import OPEN, Principal
from serving.access.rates import Rates, a_minute
from serving.access.settings import AccessSettings
from serving.access.store import Store
from serving.access.tokens import Expected, Issuer, Verifier
from serving.errors import NotReady
from supervision.errors import CargoworthyError

Mode = Literal["open", "required"]
_SECOND = 1_000_000


@dataclass(frozen=True)
class Lock:
    """What stands behind the door, opened at the first call.

    Attributes
    ----------
    store : Store
    clients : Clients
    consents : Consents
    rates : Rates
    verifier : Verifier or None
        None where the service stands open.
    desk : Desk or None
        None where another issuer gives the tokens, or none is needed.
    """

    store: Store
    clients: Clients
    consents: Consents
    rates: Rates
    verifier: Verifier | None
    desk: Desk | None


class Door:
    """Lets calls in or not.

    Parameters
    ----------
    mode : {"open", "required"}
        Whether a token is asked for.
    settings : AccessSettings
    ledger : str
        SQLAlchemy URL of the ledger.
    clock : callable
        UTC microseconds now.
    """

    def __init__(
        self, mode: Mode, settings: AccessSettings, ledger: str, clock: Callable[[], int]
    ) -> None:
        self.mode = mode
        self.settings = settings
        self._ledger = ledger
        self._clock = clock
        self._guard = threading.Lock()
        self._lock: Lock | None = None
        self._calls = a_minute(settings.calls_a_minute, "calls")
        self._rows = a_minute(settings.rows_a_minute, "rows")
        self._tokens = a_minute(settings.tokens_a_minute, "tokens")
        self.denials = Denials(lambda: self.lock().store, clock)

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked who he is."""
        return self.mode == "open"

    def lock(self) -> Lock:
        """Return what stands behind the door.

        Raises
        ------
        NotReady
            If the database or the issuer's keys cannot be opened yet.
        """
        with self._guard:
            if self._lock is None:
                try:
                    self._lock = self._opened()
                except CargoworthyError as error:
                    raise NotReady((str(error),)) from error
            return self._lock

    def _opened(self) -> Lock:
        settings, keys = self.settings, None
        if not self.is_open and settings.jwks is None:
            keys = load(settings.key)
        store = Store(self._ledger, (log.prepare,))
        clients = Clients(store)
        desk = verifier = None
        if keys is not None:
            issuer = Issuer(settings.issuer, settings.audience, keys)
            desk = Desk(clients, Assertions(store), issuer)
        if not self.is_open:
            verifier = Verifier(self._expected(keys), clients.active)
        rates = Rates(store, self._clock)
        return Lock(store, clients, Consents(store), rates, verifier, desk)

    def _expected(self, keys: KeySet | None) -> Expected:
        settings = self.settings
        if keys is not None:
            return Expected(settings.issuer, settings.audience, lambda _: keys, own=True)
        if settings.jwks is None:
            raise MalformedKey("expected keys by which tokens are checked, found none")
        remote = RemoteKeys(settings.jwks)
        return Expected(settings.issuer, settings.audience, remote, own=False)

    def admit(self, method: str, path: str, authorization: str | None) -> Principal:
        """Let a call in, and count it.

        Parameters
        ----------
        method : str
        path : str
            The path's template, as ``/v1/scores/{score_id}``.
        authorization : str or None
            The header.

        Raises
        ------
        Unauthenticated
            If the token is missing or proves nothing.
        OutOfScope
            If it does not allow this operation.
        TooManyCalls
            If the client has asked too much.
        NotReady
            If it cannot be told now.
        """
        if self.is_open or (method, path) in PUBLIC:
            return OPEN
        lock = self.lock()
        if lock.verifier is None:
            raise NotReady(("expected keys by which tokens are checked, found none",))
        now = self._clock() // _SECOND
        principal = lock.verifier.principal(_bearer(authorization), now)
        lock.rates.take(self._calls, principal.client_id)
        return _in_scope(method, path, principal)

    def admit_known(self, method: str, path: str, authorization: str | None) -> Principal | None:
        """Let a call in whose token was good a moment ago and that was counted ahead.

        Nothing is asked of a database, so nothing has to wait. None where it takes more:
        :meth:`admit`.

        Raises
        ------
        OutOfScope
            If the token does not allow this operation.
        """
        if self.is_open or (method, path) in PUBLIC:
            return OPEN
        kind, _, token = (authorization or "").partition(" ")
        lock = self._lock
        if lock is None or lock.verifier is None or kind.lower() != "bearer":
            return None
        principal = lock.verifier.remembered(token.strip(), self._clock() // _SECOND)
        if principal is None or not lock.rates.take_counted(self._calls, principal.client_id):
            return None
        return _in_scope(method, path, principal)

    def charge(self, principal: Principal, rows: int) -> None:
        """Count the rows of a batch.

        Raises
        ------
        TooManyCalls
            If the client has asked too much.
        """
        if not self.is_open:
            self.lock().rates.take(self._rows, principal.client_id, rows)

    def charge_address(self, address: str) -> None:
        """Count a request for a token.

        Raises
        ------
        TooManyCalls
            If that address has asked too often.
        """
        self.lock().rates.take(self._tokens, address)

    def missing(self) -> tuple[str, ...]:
        """Reasons for which nobody could be let in now; none is good."""
        if self.is_open:
            return ()
        try:
            self.lock()
        except NotReady as error:
            return error.reasons
        return ()

    def close(self) -> None:
        """Note what was denied, and give back all connections."""
        self.denials.stop()
        if self._lock is not None:
            self._lock.store.close()


def _in_scope(method: str, path: str, principal: Principal) -> Principal:
    needed = REQUIRED.get((method, path))
    if needed is None or needed not in principal.scopes:
        raise _outside(needed, principal)
    return principal


def _bearer(authorization: str | None) -> str:
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unauthenticated(
            "a header Authorization: Bearer and a token",
            "none",
            "ask POST /oauth/token for one",
            {"WWW-Authenticate": 'Bearer realm="cargoworthy"'},
        )
    return token.strip()


def _outside(needed: object, principal: Principal) -> OutOfScope:
    if needed is None:
        error = OutOfScope(
            "an operation that somebody may call", "one closed to all", "see /docs for the others"
        )
    else:
        error = OutOfScope(
            f"a token of the scope {needed}",
            "one without it",
            "ask for a token of that scope, if your role has it",
            {
                "WWW-Authenticate": f'Bearer realm="cargoworthy", error="insufficient_scope", '
                f'scope="{needed}"'
            },
        )
    error.client_id, error.tenant = principal.client_id, principal.tenant
    return error
