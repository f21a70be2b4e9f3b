"""Measures: what is said of each feature of a table."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["agrees", "against", "unclear", "free"]
"""Default rate and declared direction: agree, oppose each other, cannot be told, none declared."""

Flag = Literal["all missing", "constant", "changed", "watch", "against its direction"]

LEVELS = {
    "min": 0.0,
    "1 %": 0.01,
    "5 %": 0.05,
    "25 %": 0.25,
    "50 %": 0.5,
    "75 %": 0.75,
    "95 %": 0.95,
    "99 %": 0.99,
    "max": 1.0,
}
"""Quantiles by their names."""


@dataclass(frozen=True)
class Point:
    """One as-of point: rows, share that is missing, and median (None if all are missing)."""

    as_of: int
    rows: int
    missing_share: float
    median: float | None


@dataclass(frozen=True)
class Bin:
    """One bin: above ``low``, at most ``high`` (None is open), or what is missing.

    ``left`` and ``right`` are rows: reference and present, or good and bad.
    """

    low: float | None
    high: float | None
    missing: bool
    left: int
    right: int


@dataclass(frozen=True)
class Drift:
    """Distance from the reference.

    Attributes
    ----------
    psi : float
    chance_rows, chance_enterprises : float
        What PSI stays below in 95 of 100 cases if nothing changed and rows, or enterprises, are
        independent.
    bins : tuple of Bin
        Left the reference, right the present; cut at the reference's deciles.
    """

    psi: float
    chance_rows: float
    chance_enterprises: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Outcome:
    """What the feature tells of defaults, one feature at a time.

    Attributes
    ----------
    rows, defaults : int
        Rows with a known outcome, and those of them that defaulted.
    information_value : float
    chance : float
        What it stays below in 95 of 100 cases if the feature tells nothing and enterprises are
        independent.
    rank_correlation : float or None
        Spearman's, of the bins' order and their default rates.
    verdict : str
        Its sign against the declared direction.
    bins : tuple of Bin
        Left good rows, right bad ones; the last bin may be of missing values.
    """

    rows: int
    defaults: int
    information_value: float
    chance: float
    rank_correlation: float | None
    verdict: Verdict
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Histogram:
    """Shares of known values in bars of equal width, or one bar a value if there are few.

    The range is from the 1 % to the 99 % quantile of both sides; what lies beyond is in the
    outermost bars.
    """

    low: float
    high: float
    reference: tuple[float, ...]
    current: tuple[float, ...]


@dataclass(frozen=True)
class Measured:
    """The profile of one feature.

    Attributes
    ----------
    name : str
    missing_share : float
    quantiles : dict of str to float
        Of the known values, by name; empty if there are none.
    distinct : int
        Number of distinct known values.
    commonest : float or None
    commonest_share : float
        Share of the commonest value among the known ones.
    trend : tuple of Point
    histogram : Histogram or None
    drift : Drift or None
        None where there is no reference.
    outcome : Outcome or None
    flags : tuple of str
        What a person should look at.
    """

    name: str
    missing_share: float
    quantiles: dict[str, float]
    distinct: int
    commonest: float | None
    commonest_share: float
    trend: tuple[Point, ...]
    histogram: Histogram | None
    drift: Drift | None
    outcome: Outcome | None
    flags: tuple[Flag, ...]

    @property
    def badness(self) -> tuple[int, float]:
        """Grows with the need to look: no information at all first, then by PSI."""
        dead = "all missing" in self.flags or "constant" in self.flags
        return int(dead), self.drift.psi if self.drift else 0.0


@dataclass(frozen=True)
class Profile:
    """The profile of a table.

    Attributes
    ----------
    catalogue_hash : str
    rows, enterprises : int
    as_of : tuple of int
        First and last as-of point.
    reference, current : str
        What is compared with what, in words; empty where nothing is.
    features : tuple of Measured
        Worst first.
    """

    catalogue_hash: str
    rows: int
    enterprises: int
    as_of: tuple[int, int]
    reference: str
    current: str
    features: tuple[Measured, ...]
