"""Sessions: a random token in the officer's cookie, and only its hash on the server.

So whoever reads the database cannot take anybody's place. A session ends after half an hour
without a call and after ten hours in any case (OWASP's Session Management Cheat Sheet).
"""

import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from serving.access.store import METADATA, Store
from serving.console.officers.officer import Officer
from serving.console.officers.roster import OFFICER, officer_of

SESSION = sa.Table(
    "console_session",
    METADATA,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(48), nullable=False, index=True),
    sa.Column("form_token", sa.String(64), nullable=False),
    sa.Column("begun_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
)
"""One row a session; the token itself stands nowhere."""

_MINUTE = 60 * 1_000_000
IDLE = 30 * _MINUTE
LONGEST = 600 * _MINUTE
"""After how many microseconds a session ends: without a call, and in any case."""


@dataclass(frozen=True)
class Session:
    """A session that is open.

    Attributes
    ----------
    officer : Officer
    form_token : str
        What every form of this session must carry.
    """

    officer: Officer
    form_token: str


class Sessions:
    """The open sessions.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, officer: Officer, now: int) -> str:
        """Open a session and return its token, which is kept nowhere else."""
        token = secrets.token_urlsafe(32)
        row = {
            "token_hash": _hash(token),
            "name": officer.name,
            "form_token": secrets.token_urlsafe(32),
            "begun_at": now,
            "seen_at": now,
        }
        ended = sa.or_(SESSION.c.begun_at < now - LONGEST, SESSION.c.seen_at < now - IDLE)
        with self._store.writing() as connection:
            connection.execute(sa.delete(SESSION).where(ended))
            connection.execute(sa.insert(SESSION).values(row))
        return token

    def find(self, token: str | None, now: int) -> Session | None:
        """The session of a token; None where it is over or never was."""
        if not token:
            return None
        query = sa.select(SESSION.c.form_token, SESSION.c.seen_at, OFFICER).join(
            OFFICER, OFFICER.c.name == SESSION.c.name
        )
        query = query.where(
            SESSION.c.token_hash == _hash(token),
            SESSION.c.begun_at > now - LONGEST,
            SESSION.c.seen_at > now - IDLE,
            OFFICER.c.disabled_at.is_(None),
        )
        with self._store.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        if row["seen_at"] < now - _MINUTE:  # once a minute is exact enough
            self._seen(token, now)
        return Session(officer_of(row), row["form_token"])

    def close(self, token: str | None) -> None:
        """End a session."""
        self._delete(SESSION.c.token_hash == _hash(token or ""))

    def close_all(self, name: str) -> None:
        """End all sessions of an officer."""
        self._delete(SESSION.c.name == name)

    def _seen(self, token: str, now: int) -> None:
        where = SESSION.c.token_hash == _hash(token)
        with self._store.counting() as connection:
            connection.execute(sa.update(SESSION).where(where).values(seen_at=now))

    def _delete(self, which: sa.ColumnElement[bool]) -> None:
        with self._store.writing() as connection:
            connection.execute(sa.delete(SESSION).where(which))


def prepare(connection: Connection) -> None:
    """Make the tables of officers and sessions where they are missing."""
    for table in (OFFICER, SESSION):
        table.create(connection, checkfirst=True)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
