"""Signed requests for tokens (RFC 7523): each is taken once."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from serving.access.store import METADATA, Store

ASSERTION = sa.Table(
    "access_assertion",
    METADATA,
    sa.Column("client_id", sa.String(64), primary_key=True),
    sa.Column("jti", sa.String(128), primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)


class Assertions:
    """The ids of signed requests that were taken, kept until they expire.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, client_id: str, jti: str, expires_at: int, now: int) -> bool:
        """Take a request's id; False if it was taken before.

        Parameters
        ----------
        client_id, jti : str
        expires_at, now : int
            UTC seconds.
        """
        row = {"client_id": client_id, "jti": jti, "expires_at": expires_at}
        try:
            with self._store.writing() as connection:
                # A margin beyond the clock's leeway, so that what is forgotten has expired.
                old = ASSERTION.c.expires_at < now - 60
                connection.execute(sa.delete(ASSERTION).where(old))
                connection.execute(sa.insert(ASSERTION), row)
        except IntegrityError:
            return False
        return True
