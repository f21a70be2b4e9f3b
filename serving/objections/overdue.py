"""What holds at this moment: how many objections wait to be settled, and how many wait too long."""

from contextlib import suppress

from prometheus_client.metrics_core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from serving.errors import NotReady
from serving.objections.log import Objections
from serving.rooms import Rooms


def waiting(rooms: Rooms, now: int) -> GaugeMetricFamily:
    """Count; a ledger that is away at this moment tells nothing.

    Parameters
    ----------
    rooms : Rooms
    now : int
        UTC microseconds.
    """
    found = GaugeMetricFamily(
        "cargoworthy_objections",
        "Objections that wait to be settled: within the statutory 20 days, or overdue",
        labels=["state"],
    )
    with suppress(NotReady, SQLAlchemyError):
        for state, count in Objections(rooms.ledger().engine).count(now).items():
            found.add_metric([state], count)
    return found
