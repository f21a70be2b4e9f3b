"""The roster: officers in the ledger's database, and the lock that failures close."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from serving.access.store import METADATA, Store
from serving.audit.log import Event, note
from serving.console.officers.officer import Officer, checked_name
from serving.console.officers.passwords import fits, hash_of
from serving.console.officers.role import OfficerRole
from supervision.errors import UsageError

OFFICER = sa.Table(
    "console_officer",
    METADATA,
    sa.Column("name", sa.String(48), primary_key=True),
    sa.Column("called", sa.String(80), nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.String(160), nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.BigInteger, nullable=False),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("disabled_at", sa.BigInteger),
)
"""One row an officer; nothing of a password but its hash."""

FAILURES = 5
"""Wrong passwords in a row after which the officer is locked out."""
LOCKED = 15 * 60 * 1_000_000
"""For how long, microseconds."""


@dataclass(frozen=True)
class Entrance:
    """What came of an attempt to sign in.

    Attributes
    ----------
    officer : Officer or None
        None where the attempt failed.
    locked : bool
        Whether the officer is locked out now.
    """

    officer: Officer | None
    locked: bool = False


class Roster:
    """The officers.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, officer: Officer, password: str) -> None:
        """Add an officer.

        Raises
        ------
        UsageError
            If the name cannot be or is taken, or the password is too short.
        """
        row = {
            "name": checked_name(officer.name),
            "called": officer.called,
            "tenant": officer.tenant,
            "role": officer.role.value,
            "password_hash": hash_of(password),
            "failures": 0,
            "locked_until": 0,
            "added_at": officer.added_at,
            "disabled_at": None,
        }
        try:
            with self._store.writing() as connection:
                connection.execute(sa.insert(OFFICER).values(row))
                note(connection, [_event("officer-added", officer, officer.added_at)])
        except sa.exc.IntegrityError as error:
            raise UsageError(
                f"expected a name that nobody has, found {officer.name!r}; choose another, or "
                "`cargoworthy officers reset` it"
            ) from error

    def all(self) -> tuple[Officer, ...]:
        """All officers, by tenant and name."""
        query = sa.select(OFFICER).order_by(OFFICER.c.tenant, OFFICER.c.name)
        with self._store.reading() as connection:
            return tuple(officer_of(row) for row in connection.execute(query).mappings())

    def find(self, name: str) -> Officer | None:
        """An officer by name, disabled or not."""
        row = self._row(name)
        return None if row is None else officer_of(row)

    def disable(self, name: str, now: int) -> None:
        """Let an officer in no more.

        Raises
        ------
        UsageError
            If there is none of that name.
        """
        self._change(name, "officer-disabled", now, disabled_at=now)

    def reset(self, name: str, password: str, now: int) -> None:
        """Give an officer a new password, and open the lock.

        Raises
        ------
        UsageError
            If there is none of that name, or the password is too short.
        """
        changed = {"password_hash": hash_of(password), "failures": 0, "locked_until": 0}
        self._change(name, "officer-reset", now, **changed)

    def enter(self, name: str, password: str, now: int) -> Entrance:
        """Try to sign in; a failure counts, and five in a row lock for a quarter of an hour.

        A password that fits is refused, too, while the lock is closed: else one could go on
        guessing.
        """
        row = self._row(name[:48]) if name.isprintable() else None
        fit = fits(password, None if row is None else str(row["password_hash"]))
        if row is None or row["disabled_at"] is not None:
            return Entrance(None)
        officer, locked = officer_of(row), row["locked_until"] > now
        if locked:
            self._noted("sign-in-locked", officer, now)
            return Entrance(None, locked=True)
        if not fit:
            return Entrance(None, locked=self._failed(officer, now))
        if not self._let_in(officer, now):
            return Entrance(None, locked=True)
        return Entrance(officer)

    def _let_in(self, officer: Officer, now: int) -> bool:
        """Note that an officer enters, unless guesses at the same moment closed the lock."""
        query = sa.update(OFFICER).where(
            OFFICER.c.name == officer.name,
            OFFICER.c.locked_until <= now,
            OFFICER.c.disabled_at.is_(None),
        )
        with self._store.writing() as connection:
            entered = connection.execute(query.values(failures=0, locked_until=0)).rowcount == 1
            action = "sign-in" if entered else "sign-in-locked"
            note(connection, [_event(action, officer, now)])
        return entered

    def _failed(self, officer: Officer, now: int) -> bool:
        raised = OFFICER.c.failures + 1
        closed = raised >= FAILURES
        changed = {
            "failures": sa.case((closed, 0), else_=raised),
            # Of guesses at the same moment those behind the fifth must not open it again.
            "locked_until": sa.case((closed, now + LOCKED), else_=OFFICER.c.locked_until),
        }
        self._noted("sign-in-failed", officer, now, **changed)
        row = self._row(officer.name)
        return row is not None and row["locked_until"] > now

    def _noted(self, action: str, officer: Officer, now: int, **changed: Any) -> None:
        with self._store.writing() as connection:
            if changed:
                where = OFFICER.c.name == officer.name
                connection.execute(sa.update(OFFICER).where(where).values(**changed))
            note(connection, [_event(action, officer, now)])

    def _change(self, name: str, action: str, now: int, **changed: Any) -> None:
        officer = self.find(name)
        if officer is None:
            raise UsageError(
                f"expected the name of an officer, found {name!r:.60}; see `officers list`"
            )
        self._noted(action, officer, now, **changed)

    def _row(self, name: str) -> sa.RowMapping | None:
        query = sa.select(OFFICER).where(OFFICER.c.name == name)
        with self._store.reading() as connection:
            return connection.execute(query).mappings().one_or_none()


def officer_of(row: sa.RowMapping) -> Officer:
    """The officer of a row of the roster."""
    return Officer(
        name=row["name"],
        called=row["called"],
        tenant=row["tenant"],
        role=OfficerRole(row["role"]),
        added_at=row["added_at"],
        disabled_at=row["disabled_at"],
    )


def _event(action: str, officer: Officer, at: int) -> Event:
    return Event(
        action=action,
        subject=officer.name,
        client_id=officer.principal.client_id,
        tenant=officer.tenant,
        at=at,
        detail={"role": officer.role.value},
    )
