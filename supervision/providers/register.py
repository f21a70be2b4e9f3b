"""The register of providers' keys: who may vouch for what it reports, since when, until when.

Append-only events in the record. A key belongs to one provider and is never moved to another;
one that is withdrawn vouches for nothing more, and for what it signed before still does.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from supervision.append_only import AppendOnly, number_column
from supervision.contract.columns import column
from supervision.database import writing
from supervision.errors import UsageError
from supervision.providers.statement import Key, key_of

_METADATA = sa.MetaData()
EVENT = sa.Table(
    "provider_key",
    _METADATA,
    number_column(),
    sa.Column("event", sa.Text, nullable=False, unique=True),
    sa.Column("key_id", sa.Text, nullable=False, index=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("public", sa.Text),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sqlite_autoincrement=True,
)
"""One row for each key that was registered, and one for each that was withdrawn."""
KEPT = AppendOnly(EVENT, "the register of keys", unique=("event", "number"), key=0x43415249)


@dataclass(frozen=True)
class ProviderKey:
    """A key and its provider.

    Attributes
    ----------
    key_id : str
        Its thumbprint (RFC 7638).
    provider : str
    public : str
        The key itself (JWK).
    at : int
        When it was registered, UTC microseconds.
    by : str
        Who registered it.
    withdrawn_at : int or None
    withdrawn_by, reason : str or None
    """

    key_id: str
    provider: str
    public: str
    at: int
    by: str
    withdrawn_at: int | None = None
    withdrawn_by: str | None = None
    reason: str | None = None

    @property
    def key(self) -> Key:
        """The key, to check with."""
        return key_of(self.public, private=False)

    def holds(self, now: int) -> bool:
        """Whether it may vouch at a time."""
        return self.at <= now and (self.withdrawn_at is None or now < self.withdrawn_at)


def register(engine: Engine, provider: str, text: str, at: int, by: str) -> ProviderKey:
    """Register a provider's public key (JWK).

    Raises
    ------
    UsageError
        If it is no public key, was registered before, or the provider has no proper name.
    """
    form = column("custody", "provider_id").pattern
    if form is None or not re.fullmatch(form, provider):
        raise UsageError(f"expected a provider's name of the form {form}, found {provider!r:.60}")
    key = key_of(text, private=False)
    public = json.dumps(key.as_dict(private=False), sort_keys=True)
    found = ProviderKey(key.thumbprint(), provider, public, at, by)
    row = {"event": f"{found.key_id} registered", "public": public, "reason": None}
    with writing(engine).begin() as connection:
        KEPT.create(connection)
        there = _keys(connection).get(found.key_id)
        if there is not None:
            raise UsageError(
                f"expected a new key, found one that {there.provider} registered before"
            )
        _append(connection, found, row | {"at": at, "by": by})
    return found


def withdraw(engine: Engine, key_id: str, at: int, by: str, reason: str) -> ProviderKey:
    """Withdraw a key: from now on it vouches for nothing more.

    Raises
    ------
    UsageError
        If there is no such key in force.
    """
    with writing(engine).begin() as connection:
        KEPT.create(connection)
        found = _keys(connection).get(key_id)
        if found is None or found.withdrawn_at is not None:
            raise UsageError(
                f"expected the id of a key in force, found {key_id!r:.60}; "
                "see `cargoworthy record keys list`"
            )
        row = {"event": f"{key_id} withdrawn", "public": None, "reason": reason}
        _append(connection, found, row | {"at": at, "by": by})
        return _keys(connection)[key_id]


def keys(engine: Engine) -> tuple[ProviderKey, ...]:
    """All keys that were ever registered, in that order."""
    if not sa.inspect(engine).has_table(EVENT.name):
        return ()
    with engine.connect() as connection:
        return tuple(_keys(connection).values())


def _keys(connection: Connection) -> dict[str, ProviderKey]:
    found: dict[str, ProviderKey] = {}
    for row in connection.execute(sa.select(EVENT).order_by(EVENT.c.number)).mappings():
        if row["public"] is not None:
            found[row["key_id"]] = ProviderKey(
                row["key_id"], row["provider"], row["public"], row["at"], row["by"]
            )
        else:
            was = found[row["key_id"]]
            found[row["key_id"]] = ProviderKey(
                was.key_id, was.provider, was.public, was.at, was.by,
                row["at"], row["by"], row["reason"],
            )  # fmt: skip
    return found


def _append(connection: Connection, key: ProviderKey, row: dict[str, Any]) -> None:
    of = {"key_id": key.key_id, "provider": key.provider}
    connection.execute(sa.insert(EVENT).values(of | row))
