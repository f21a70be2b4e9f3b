"""The clients: who may ask for tokens, in which role and on whose behalf."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from serving.access.keys import public_keys
from serving.access.roles import SCOPES, Role, Scope
from serving.access.secret import hash_of, new_secret
from serving.access.store import METADATA, Store
from serving.audit import log
from serving.errors import UnknownBank
from supervision.credit_code import is_credit_code
from supervision.errors import UsageError

CLIENT = sa.Table(
    "access_client",
    METADATA,
    sa.Column("client_id", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("secret_hash", sa.String(128)),
    sa.Column("jwks", sa.Text),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("disabled_at", sa.BigInteger),
)
OPERATOR = "operator"
"""Who changes clients, in the audit log: somebody at the service's own command line."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Client:
    """One client.

    Attributes
    ----------
    client_id : str
    role : Role
    tenant : str
        The bank, the enterprise's credit code, or the provider on whose behalf it asks.
    secret_hash : str or None
        None for a client that signs with a key of its own, or comes by another issuer.
    jwks : str or None
        Its public keys (RFC 7517), JSON.
    disabled_at : int or None
        UTC microseconds.
    """

    client_id: str
    role: Role
    tenant: str
    secret_hash: str | None
    jwks: str | None
    disabled_at: int | None

    @property
    def scopes(self) -> frozenset[Scope]:
        """The most that its tokens may allow."""
        return SCOPES[self.role]


class Clients:
    """The register of clients.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, name: str, role: Role, tenant: str | None, now: int, jwks: str | None = None
    ) -> str | None:
        """Register a client; its secret is returned this once, None if it has keys instead.

        Parameters
        ----------
        name : str
        role : Role
        tenant : str or None
            None for a bank's or a provider's own name.
        now : int
            UTC microseconds.
        jwks : str or None
            Public keys by which it will sign its requests for tokens.

        Raises
        ------
        UsageError
            If the name is taken or malformed, or the tenant does not fit the role.
        MalformedKey
            If the keys are none, or not public.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"expected a client's name of up to 64 letters, digits, '.', '_', '-', "
                f"found {name!r:.80}; choose another"
            )
        secret = None if jwks else new_secret()
        row = {
            "client_id": name,
            "role": role.value,
            "tenant": _tenant(name, role, tenant),
            "secret_hash": None if secret is None else hash_of(secret),
            "jwks": None if jwks is None else orjson.dumps(public_keys(jwks)).decode(),
            "added_at": now,
        }
        try:
            with self._store.writing() as connection:
                connection.execute(sa.insert(CLIENT), row)
                log.note(connection, [_event("client-added", name, now, role=role.value)])
        except IntegrityError as error:
            raise UsageError(
                f"expected the name of a new client, found {name!r}, which is registered; "
                "choose another, or give it a new secret with `access client rotate`"
            ) from error
        return secret

    def rotate(self, name: str, now: int) -> str:
        """Give a client a new secret; the old one ends at once, its tokens within ten minutes."""
        secret = new_secret()
        self._change(name, {"secret_hash": hash_of(secret)}, _event("client-rotated", name, now))
        return secret

    def disable(self, name: str, now: int) -> None:
        """Let a client in no more; its tokens end within half a minute."""
        self._change(name, {"disabled_at": now}, _event("client-disabled", name, now))

    def _change(self, name: str, values: Mapping[str, object], event: log.Event) -> None:
        with self._store.writing() as connection:
            changed = connection.execute(
                sa.update(CLIENT).where(CLIENT.c.client_id == name).values(values)
            ).rowcount
            if changed:
                log.note(connection, [event])
        if not changed:
            raise UsageError(
                f"expected the name of a client, found {name!r:.80}; see `access client list`"
            )

    def active(self, name: str) -> Client | None:
        """Find a client that is registered and not disabled."""
        query = sa.select(CLIENT).where(CLIENT.c.client_id == name, CLIENT.c.disabled_at.is_(None))
        row = self._store.ask(lambda connection: connection.execute(query).mappings().one_or_none())
        return None if row is None else _client(row)

    def all(self) -> tuple[Client, ...]:
        """Every client ever registered, by name."""
        with self._store.reading() as connection:
            rows = connection.execute(sa.select(CLIENT).order_by(CLIENT.c.client_id)).mappings()
            return tuple(_client(row) for row in rows)

    def check_bank(self, bank: str) -> None:
        """See that consents can be given to a bank.

        Raises
        ------
        UnknownBank
            If no client of that bank is registered.
        """
        query = sa.select(CLIENT.c.client_id).where(
            CLIENT.c.tenant == bank, CLIENT.c.role == Role.BANK, CLIENT.c.disabled_at.is_(None)
        )
        with self._store.reading() as connection:
            found = connection.execute(query.limit(1)).first()
        if found is None:
            raise UnknownBank(
                "the name of a bank", repr(bank[:64]), "ask the bank for its name here"
            )


def _event(action: str, name: str, now: int, **detail: object) -> log.Event:
    return log.Event(action, name, OPERATOR, "", now, detail)


def as_name(text: object) -> str:
    """A text if it could be a client's name; else empty."""
    return text if isinstance(text, str) and _NAME.fullmatch(text) else ""


def _tenant(name: str, role: Role, tenant: str | None) -> str:
    if role is Role.ADMINISTRATOR:
        return ""
    if role is Role.ENTERPRISE and not is_credit_code(tenant or ""):
        raise UsageError(
            f"expected an enterprise's credit code as --tenant, found {tenant!r:.40}; "
            "take it from the business licence"
        )
    if role is Role.OFFICER and not tenant:
        raise UsageError("expected an officer's bank as --tenant, found none; name the bank")
    tenant = tenant or name
    if not _NAME.fullmatch(tenant):
        raise UsageError(f"expected a tenant written as a client's name, found {tenant!r:.80}")
    return tenant


def _client(row: sa.RowMapping) -> Client:
    return Client(
        client_id=row["client_id"],
        role=Role(row["role"]),
        tenant=row["tenant"],
        secret_hash=row["secret_hash"],
        jwks=row["jwks"],
        disabled_at=row["disabled_at"],
    )
