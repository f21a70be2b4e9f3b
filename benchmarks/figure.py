"""A figure of a report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval over resampled enterprises; NaN where there is none."""

    value: float
    low: float
    high: float
