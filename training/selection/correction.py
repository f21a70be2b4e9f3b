"""The correction as a training uses it: weights of the rows, and what is to be told of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from supervision.arrays import Integers
from training.config import SelectionSettings
from training.labels import Status
from training.model.scale import Floats
from training.sample import Sample
from training.selection.bounds import Ratio, auc_range, rate_range
from training.selection.financed import chances, trading, was_financed
from training.selection.overlap import overlap
from training.selection.weights import inverse_chance


@dataclass(frozen=True, eq=False)
class Correction:
    """What was done about selection.

    Attributes
    ----------
    weight : float64 [n] or None
        Of every row, 0 where nothing is learnt from; None where nothing is corrected.
    facts : mapping of str to object
        For the bundle.
    """

    weight: Floats | None
    facts: Mapping[str, Any]


def correction(
    rows: Sample,
    status: npt.NDArray[np.int8],
    trained: Integers,
    names: tuple[str, ...],
    settings: SelectionSettings,
    seed: int,
) -> Correction:
    """Weigh the rows as the settings ask.

    Parameters
    ----------
    rows : Sample
        All rows of the table; their targets are not read.
    status : int8 [n]
        As known when the test begins.
    trained : int64 [m]
        Month ends of the training.
    names : tuple of str
        Features that the model of having been financed may see.
    settings : SelectionSettings
    seed : int
    """
    if settings.method == "none":
        return Correction(None, {"method": "none"})
    financed_then = was_financed(status)
    some = np.isin(rows.as_of, trained) & (status != Status.IN_DEFAULT)
    some &= financed_then | trading(rows)
    asked = rows.take(some)
    financed = chances(
        asked,
        financed_then[some],
        names,
        seed=seed,
        with_core_link=settings.with_core_link,
    )
    weights = inverse_chance(financed, settings.truncate_at)
    weight = np.zeros(len(rows))
    weight[some] = weights.of_row
    found = overlap(financed, weights, asked.choose(financed.names))
    return Correction(weight, {"method": settings.method, "overlap": found.as_data()})


def range_over_all(
    pd: Floats, rank: Floats, status: npt.NDArray[np.int8], settings: SelectionSettings
) -> dict[str, Any]:
    """Between what mean PD and AUC over everybody lie, if the settings' ratios hold.

    Parameters
    ----------
    pd, rank : float64 [n]
        Of rows of the test, financed or not.
    status : int8 [n]
        Rows that are in default, left early or are not mature are left out.
    settings : SelectionSettings
    """
    kept = np.isin(status, (Status.GOOD, Status.BAD, Status.NO_OPEN_FACILITY))
    said = status[kept]
    ratio = Ratio(settings.least_ratio, settings.most_ratio)
    outcome = (said == Status.BAD).astype(np.float64)
    low, high = rate_range(pd[kept], was_financed(said), outcome, ratio)
    return {
        "rows": int(kept.sum()),
        "financed": int(was_financed(said).sum()),
        "ratio": asdict(ratio),
        "default_rate": {"low": float(low.mean()), "high": float(high.mean())},
        "auc": asdict(auc_range(rank[kept], low, high)),
    }
