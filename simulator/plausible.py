"""What a world's figures should be: the estimates of practice that it is held against, as data."""

from collections.abc import Mapping
from dataclasses import dataclass

PRACTICE = "estimate of practice"
RULE = "condition set for this world"


@dataclass(frozen=True)
class Plausible:
    """A figure and the range in which it is plausible.

    Attributes
    ----------
    name : str
        That of the figure (:func:`simulator.figures.figures`).
    low, high : float
        Both allowed.
    source : str
    """

    name: str
    low: float
    high: float
    source: str = PRACTICE

    def holds(self, value: float) -> bool:
        """Whether a value is in the range."""
        return self.low <= value <= self.high


CALM = Plausible("default_rate_financed_calm", 0.015, 0.03)
"""First defaults a year of the financed, in a year without a shock."""
STRESS = Plausible("default_rate_financed_stress", 0.05, 0.08)

PLAUSIBLE: tuple[Plausible, ...] = (
    Plausible("financed_at_a_time", 0.25, 0.40),
    Plausible("two_lenders_of_financed", 0.28, 0.39),
    Plausible("core_link", 0.10, 0.20),
    Plausible("agent_imports", 0.20, 0.35),
    Plausible("guarantees", 0.30, 0.50),
    CALM,
    STRESS,
    Plausible("default_rate_all", 0.04, 0.07),
    Plausible("lgd_good_control", 0.15, 0.30),
    Plausible("lgd_otherwise", 0.35, 0.60),
    Plausible("renewed_at_maturity", 0.15, 0.30),
    Plausible("drawing_tenor_days_median", 90, 120),
    Plausible("release_parts_median", 3, 8),
    Plausible("declarations_a_month_median", 2, 4),
    Plausible("declarations_a_month_mean", 8, 10),
    Plausible("declarations_a_month_p95", 30, 40),
    Plausible("declarations_none_share", 0.20, 0.30),
    Plausible("declarations_amended", 0.02, 0.04),
    Plausible("custody_a_month_median", 15, 25),
    Plausible("custody_exceptions", 0.003, 0.010),
    # Hours, around the medians and 95th percentiles named: 3 h and 2 days, 6 h and 3 days, 1 to 3
    # days by hand, next day, 5 to 30 days, 15 to 60 days.
    Plausible("lateness_customs_median_h", 2.0, 4.5),
    Plausible("lateness_customs_p95_h", 36, 60),
    Plausible("lateness_system_median_h", 4.5, 7.5),
    Plausible("lateness_system_p95_h", 54, 90),
    Plausible("lateness_manual_median_h", 24, 72),
    Plausible("lateness_manual_p95_h", 36, 80),
    Plausible("lateness_next_day_median_h", 8, 36),
    Plausible("lateness_next_day_p95_h", 20, 48),
    Plausible("lateness_slow_median_h", 5 * 24, 30 * 24),
    Plausible("lateness_slow_p95_h", 10 * 24, 32 * 24),
    Plausible("lateness_court_median_h", 15 * 24, 60 * 24),
    Plausible("lateness_court_p95_h", 30 * 24, 62 * 24),
    Plausible("double_pledges", 0.001, 0.003),
    Plausible("contagion_ratio", 3.0, 100.0, RULE),
    Plausible("ltv_7403", 0.70, 0.78),
    Plausible("ltv_1201", 0.63, 0.72),
    Plausible("ltv_1005", 0.63, 0.72),
    Plausible("ltv_1001", 0.63, 0.72),
    Plausible("ltv_1701", 0.63, 0.72),
    Plausible("ltv_5201", 0.63, 0.72),
    Plausible("ltv_4001", 0.58, 0.72),
    Plausible("ltv_1511", 0.58, 0.72),
    Plausible("ltv_2709", 0.58, 0.72),
    Plausible("ltv_2601", 0.58, 0.67),
    Plausible("ltv_2701", 0.58, 0.67),
    Plausible("ltv_2301", 0.57, 0.63),
    Plausible("ltv_4407", 0.48, 0.62),
    Plausible("ltv_0202", 0.48, 0.62),
    Plausible("ltv_0207", 0.48, 0.62),
    Plausible("ltv_0306", 0.30, 0.52),
)
"""Every range; a figure without one is told and not judged. Loan to value is by the first four
digits of the HS code, and two per cent of the price are allowed for its moves of the day."""


@dataclass(frozen=True)
class Judged:
    """A figure beside the range in which it is plausible.

    Attributes
    ----------
    value : float or None
        None where the world is too small or too short to tell.
    low, high : float or None
        None where the figure has no range.
    inside : bool or None
    source : str
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    inside: bool | None = None
    source: str = ""


def judged(values: Mapping[str, float | None]) -> dict[str, Judged]:
    """Figures beside their ranges, those of a calendar year against that of calm or of stress."""
    ranges = {plausible.name: plausible for plausible in PLAUSIBLE}
    found = {}
    for name, value in values.items():
        # ``default_rate_financed_calm_2017`` is one of several of its kind.
        kind = name.rsplit("_", 1)[0] if name.rsplit("_", 1)[-1].isdigit() else name
        plausible = ranges.get(name, ranges.get(kind))
        if plausible is None:
            found[name] = Judged(value)
            continue
        inside = None if value is None else plausible.holds(value)
        found[name] = Judged(value, plausible.low, plausible.high, inside, plausible.source)
    return found
