"""When those who would commit a fraud try it: seldom, and mostly in distress."""

from simulator.port import NEVER, Port
from simulator.table import Ints


def tempted(port: Port, members: Ints, yearly: float) -> list[int]:
    """Those of some enterprises that look for an occasion today.

    Parameters
    ----------
    yearly : float
        Times a year that each does in full distress.
    """
    if not len(members):
        return []
    state, dials = port.state, port.world.frauds
    ready = state.trading[members] & (state.default_day[members] == NEVER)
    strain = dials.calm + (1.0 - dials.calm) * state.distress[members]
    tries = port.rng.random(len(members)) < yearly / 365.0 * strain
    chosen: list[int] = members[ready & tries].tolist()
    return chosen


def happens(port: Port, yearly: float) -> bool:
    """Whether something that happens so often a year happens today."""
    return bool(port.rng.random() < yearly / 365.0)
