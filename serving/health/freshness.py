"""What holds at this moment: how old the newest message of each stream is."""

import sqlalchemy as sa
from prometheus_client.metrics_core import GaugeMetricFamily

from serving.gauge import gauge
from serving.rooms import Rooms
from supervision.record import Record
from supervision.tables import BATCH

_SECOND = 1_000_000


def ages(rooms: Rooms, now: int) -> GaugeMetricFamily:
    """Look how old the newest messages are.

    Parameters
    ----------
    rooms : Rooms
    now : int
        UTC microseconds.
    """
    return gauge(
        "cargoworthy_newest_message_age_seconds",
        "Age of the newest message that was known, by stream",
        "stream",
        lambda: [(stream, (now - at) / _SECOND) for stream, at in _newest(rooms.record())],
    )


def _newest(record: Record) -> list[tuple[str, int]]:
    newest = sa.func.max(BATCH.c.newest_known_at)
    query = sa.select(BATCH.c.stream, newest).group_by(BATCH.c.stream).having(newest.is_not(None))
    with record.engine.connect() as connection:
        return [(str(stream), int(known_at)) for stream, known_at in connection.execute(query)]
