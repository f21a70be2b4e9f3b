"""Round levels and times that a chart's axis names."""

from datetime import datetime

from features.calendar import DAY
from serving.console.figures.times import local

_STEPS = (1, 2, 5, 10)


def levels(most: int, about: int = 3) -> tuple[int, ...]:
    """Round levels from 0 up to what is shown.

    Examples
    --------
    >>> levels(1_130), levels(0)
    ((0, 500, 1000), (0,))
    """
    if most <= 0:
        return (0,)
    unit = 10 ** (len(str(most)) - 1)
    wide = next(step * unit for step in _STEPS if step * unit * about >= most)
    while most // wide < 2 and wide % 2 == 0:
        wide //= 2
    return tuple(range(0, most + 1, wide))


def years(first: int, last: int) -> tuple[tuple[int, str], ...]:
    """Beginnings of half years (of years, in a long span) at the port, each as it is written.

    Parameters
    ----------
    first, last : int
        UTC microseconds.
    """
    found = []
    for year in range(local(first).year, local(last).year + 1):
        for month in (1, 7) if last - first < 1_000 * DAY else (1,):
            at = _micros(year, month, first)
            if first <= at <= last:
                found.append((at, f"{year}-{month:02d}"))
    return tuple(found)


def _micros(year: int, month: int, near: int) -> int:
    """The first of a month at the port, reckoned from another moment there."""
    here = local(near)
    begins = datetime(year, month, 1, tzinfo=here.tzinfo)
    return near + int((begins - here).total_seconds()) * (DAY // 86_400)
