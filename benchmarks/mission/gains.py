"""Gains: at the bad rate of the core-enterprise rule, whom another ranking would lend to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.figure import Figure
from training.labels import Flags
from training.model.scale import Floats
from training.resampling import percentiles, resampled
from training.sample import Names
from training.validation.swap_set import approval_curve

FIGURES = (
    "bad_rate",
    "theirs",
    "ours",
    "ratio",
    "ours_unlinked",
    "share_unlinked",
    "swapped_in",
    "swapped_in_rate",
    "swapped_in_unlinked",
    "swapped_in_unlinked_rate",
    "swapped_out",
    "swapped_out_rate",
    "rate_at_their_number",
    "ratio_at_half_rate",
)
"""Bad rate of those the rule approves; how many the rule and the ranking approve at it, and the
latter over the former; how many of the ranking's have no core enterprise, and their share; whom
only the ranking approves, their bad rate, and the same of those without a core enterprise; whom
only the rule approves, and their bad rate. Besides: the bad rate of the ranking's best, as many
as the rule approves, and how many times as many as the rule it approves at half of its bad rate."""


@dataclass(frozen=True, eq=False)
class Choice:
    """What is chosen among.

    Attributes
    ----------
    bad : float64 [n]
        True PD, or 1 and 0.
    rating : float64 [n]
        NaN without a core enterprise: the rule cannot approve those.
    enterprise : str [n]
    """

    bad: Floats
    rating: Floats
    enterprise: Names

    @property
    def linked(self) -> Flags:
        """Who has a core enterprise."""
        return np.asarray(~np.isnan(self.rating))


def gains(
    choice: Choice, ranks: Mapping[str, Floats], cut: float, resamples: int, seed: int = 0
) -> dict[str, dict[str, Figure]]:
    """Set each ranking against the rule at one of the rule's cuts.

    The rule's cut is held as a lender's policy would be; its bad rate is what it is in each
    resample, and the ranking has to keep that.

    Parameters
    ----------
    choice : Choice
    ranks : mapping of str to float64 [n]
        Larger is riskier.
    cut : float
        Worst rating that the rule approves.
    resamples, seed : int
        Of enterprises.
    """
    whole = {name: at_cut(choice, rank, cut, None) for name, rank in ranks.items()}
    drawn: dict[str, list[Floats]] = {name: [] for name in ranks}
    for times in resampled(choice.enterprise, resamples, seed):
        for name, rank in ranks.items():
            drawn[name].append(at_cut(choice, rank, cut, times))
    return {name: told(FIGURES, whole[name], drawn[name]) for name in ranks}


def told(names: tuple[str, ...], whole: Floats, drawn: list[Floats]) -> dict[str, Figure]:
    """Figures with the intervals of their draws."""
    spans = percentiles(np.array(drawn).reshape(-1, len(names)))
    return {
        name: Figure(float(whole[k]), float(spans[0, k]), float(spans[1, k]))
        for k, name in enumerate(names)
    }


def at_cut(choice: Choice, rank: Floats, cut: float, times: Floats | None) -> Floats:
    """:data:`FIGURES` at a cut of the rule, rows counting so often; NaN where it approves none."""
    weight = np.ones(len(rank)) if times is None else times
    theirs = choice.rating <= cut
    approved = float(weight[theirs].sum())
    if not approved:
        return np.full(len(FIGURES), np.nan)
    bad_rate = _rate(choice.bad, weight, theirs)
    cuts = approval_curve(choice.bad, rank, times)
    ours = rank <= cuts.cut(bad_rate).rank
    mine = float(weight[ours].sum())
    entering, leaving, apart = ours & ~theirs, theirs & ~ours, ~choice.linked
    unlinked = float(weight[ours & apart].sum())
    return np.array(
        [
            bad_rate,
            approved,
            mine,
            mine / approved,
            unlinked,
            unlinked / mine if mine else np.nan,
            float(weight[entering].sum()),
            _rate(choice.bad, weight, entering),
            float(weight[entering & apart].sum()),
            _rate(choice.bad, weight, entering & apart),
            float(weight[leaving].sum()),
            _rate(choice.bad, weight, leaving),
            float(np.interp(approved, cuts.approved, cuts.bad_rate)),
            cuts.cut(bad_rate / 2.0).approved / approved,
        ]
    )


def _rate(bad: Floats, weight: Floats, members: Flags) -> float:
    total = float(weight[members].sum())
    return float((weight * bad)[members].sum()) / total if total else float("nan")
