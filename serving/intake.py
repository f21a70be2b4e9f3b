"""On what terms the service itself takes rows into the record: by calls, and out of quarantine."""

import sqlalchemy as sa

from serving.errors import NotReady
from serving.rooms import Rooms
from supervision.errors import UsageError
from supervision.ingestion import Terms
from supervision.port_key import read_port_key
from supervision.reasons import Reason
from supervision.tables import QUARANTINE


def is_open(rooms: Rooms) -> bool:
    """Whether this service may take rows in: not into a record whose forgeries it cannot tell."""
    if rooms.settings.port_key is not None:
        return True
    forged = sa.select(QUARANTINE.c.row).where(QUARANTINE.c.reason == str(Reason.FORGED_CARGO_CODE))
    with rooms.record().engine.connect() as connection:
        return connection.execute(forged.limit(1)).first() is None


def intake_terms(rooms: Rooms, now: int, provider: str | None = None) -> Terms:
    """Terms of rows that come in now.

    Parameters
    ----------
    rooms : Rooms
    now : int
        UTC microseconds.
    provider : str or None
        Who sends them, if anybody has to speak for itself alone.

    Raises
    ------
    NotReady
        If the port's key is wanted and not there.
    """
    if not is_open(rooms):
        raise NotReady(
            (
                "the record was taken in under the port's key, which this service was not given: "
                "start it with --port-key",
            )
        )
    path = rooms.settings.port_key
    try:
        key = None if path is None else read_port_key(path)
    except UsageError as error:
        raise NotReady(("the port's key cannot be read: see to the file of --port-key",)) from error
    return Terms(now=now, port_key=key, provider=provider)
