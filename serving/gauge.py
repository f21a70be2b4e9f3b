"""What holds at this moment, as Prometheus reads it."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from prometheus_client.metrics_core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from serving.errors import NotReady


def gauge(
    name: str, about: str, label: str, look: Callable[[], Iterable[tuple[str, float]]]
) -> GaugeMetricFamily:
    """Look, and tell; of a record or a ledger that is away at this moment nothing is told.

    Parameters
    ----------
    name, about : str
        Of the gauge.
    label : str
        By what its values are told apart.
    look : callable
        Gives each label's value.
    """
    found = GaugeMetricFamily(name, about, labels=[label])
    with suppress(NotReady, SQLAlchemyError):
        for each, value in look():
            found.add_metric([each], value)
    return found
