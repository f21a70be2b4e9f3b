"""Calendar months at the port: where a label window ends and when it is fully reported."""

import numpy as np

from features.calendar import DAY, PORT_OFFSET
from supervision.arrays import Integers


def months_after(at: Integers, months: int) -> Integers:
    """Times the given number of calendar months later (earlier, if negative), at the port.

    The day of the month is kept; where the later month is too short, its last day is taken.
    A month end (00:00 of the first day of the next month) therefore leads to a month end.

    Parameters
    ----------
    at : int64 [n]
        UTC microseconds.
    months : int

    Returns
    -------
    int64 [n]

    Examples
    --------
    >>> import numpy as np
    >>> end_of_2019 = np.array([1_577_808_000_000_000])
    >>> (months_after(end_of_2019, 12) - end_of_2019).item() // 86_400_000_000
    366
    """
    local = np.asarray(at, dtype=np.int64) + PORT_OFFSET
    day, within = local // DAY, local % DAY
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    place = (date - month.astype("datetime64[D]")).astype(np.int64)
    later = month + months
    last = ((later + 1).astype("datetime64[D]") - later.astype("datetime64[D]")).astype(np.int64)
    days = later.astype("datetime64[D]").astype(np.int64) + np.minimum(place, last - 1)
    return np.asarray(days * DAY + within - PORT_OFFSET, dtype=np.int64)


def month_name(at: int) -> str:
    """Name of the month that ends at a month-end as-of point, as ``2019-12``."""
    day = (at + PORT_OFFSET - 1) // DAY
    return str(np.datetime64(int(day), "D").astype("datetime64[M]"))
