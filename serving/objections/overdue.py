"""What holds at this moment: how many objections wait to be settled, and how many wait too long."""

from prometheus_client.metrics_core import GaugeMetricFamily

from serving.gauge import gauge
from serving.objections.log import Objections
from serving.rooms import Rooms


def waiting(rooms: Rooms, now: int) -> GaugeMetricFamily:
    """Count the objections that wait.

    Parameters
    ----------
    rooms : Rooms
    now : int
        UTC microseconds.
    """
    return gauge(
        "cargoworthy_objections",
        "Objections that wait to be settled: within the statutory 20 days, or overdue",
        "state",
        lambda: Objections(rooms.ledger().engine).count(now).items(),
    )
