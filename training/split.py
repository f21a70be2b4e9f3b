"""Splits: which rows a model is fitted, validated, calibrated and tested on.

Only the out-of-time test is later. Between the last month of training and the first of the test
lies an embargo of the label window and the reporting lag, so that every training label was known
when the test begins. Validation and calibration are other *enterprises* of the training months:
three embargoes would leave nothing of four years. An enterprise of the training months may stand
in the test again, later; AUC is therefore told for those never fitted on, too.

Who goes where depends on a hash of the enterprise and the seed alone, not on the order of rows
or on who else is there.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from supervision.arrays import Integers
from training.checks import Finding
from training.errors import TrainingError
from training.horizon import month_name, months_after
from training.labels import Flags
from training.sample import Names, Sample

CALIBRATION = -1
"""Fold number of an enterprise that is kept for calibration."""


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of a sample by their use.

    Attributes
    ----------
    fit, calibration, test : bool [n]
        Rows that are fitted on (validation takes its folds from them), calibrated on, tested on.
    fold : int64 [n]
        Validation fold of the row's enterprise; :data:`CALIBRATION` for calibration.
    embargoed : int
        Rows in between, used for nothing.
    """

    fit: Flags
    calibration: Flags
    test: Flags
    fold: Integers
    embargoed: int

    def unseen(self, enterprise: Names) -> Flags:
        """Test rows of enterprises that no tree was fitted on."""
        return self.test & ~np.isin(enterprise, np.unique(enterprise[self.fit]))


def plan_months(
    as_of: Integers, embargo_months: int, test_share: float
) -> tuple[Integers, Integers]:
    """Share the month ends out between training and test.

    Parameters
    ----------
    as_of : int64 [n]
        As-of points of rows with a known outcome.
    embargo_months : int
    test_share : float
        Wanted share of the test in all months used.

    Returns
    -------
    train, test : int64
        Month ends, as near to the share as the embargo allows.

    Raises
    ------
    TrainingError
        If the embargo leaves no month on one of the sides.
    """
    months = np.unique(as_of)
    best: tuple[float, Integers, Integers] | None = None
    for first in range(len(months) - 1, 0, -1):
        test = months[first:]
        train = months[:first]
        train = train[months_after(train, embargo_months) <= test[0]]
        if len(train) == 0:
            break
        distance = abs(len(test) / (len(test) + len(train)) - test_share)
        if best is None or distance < best[0]:
            best = (distance, train, test)
    if best is None:
        span = f"{month_name(months[0])} to {month_name(months[-1])}" if len(months) else "none"
        raise TrainingError(
            f"expected months with known outcomes more than {embargo_months} months apart (label "
            f"window and reporting lag), found {span}; build features over more months"
        )
    return best[1], best[2]


def split(
    sample: Sample,
    train: Integers,
    test: Integers,
    *,
    seed: int,
    calibration_share: float,
    folds: int,
) -> Split:
    """Split a sample by months and enterprises.

    Parameters
    ----------
    sample : Sample
    train, test : int64
        Month ends of either side.
    seed : int
        Goes into the hash of each enterprise.
    calibration_share : float
        Share of the enterprises kept for calibration.
    folds : int
        Validation folds among the others.

    Raises
    ------
    TrainingError
        If a part has no defaults or nothing but defaults.
    """
    fold = folds_of(sample.enterprise, seed, calibration_share, folds)
    in_train = np.isin(sample.as_of, train)
    in_test = np.isin(sample.as_of, test)
    made = Split(
        fit=in_train & (fold != CALIBRATION),
        calibration=in_train & (fold == CALIBRATION),
        test=in_test,
        fold=fold,
        embargoed=int((~in_train & ~in_test).sum()),
    )
    require_both_classes(sample.target[made.fit], "rows to fit on")
    require_both_classes(sample.target[made.test], "out-of-time test")
    return made


def require_both_classes(target: npt.NDArray[np.int8], name: str) -> None:
    """Stop if a part of the data cannot serve.

    Raises
    ------
    TrainingError
        If the part is empty or has one class only.
    """
    if not 0 < target.sum() < len(target):
        raise TrainingError(
            f"expected rows with and without a default in the {name}, found {int(target.sum())} "
            f"defaults in {len(target)} rows; take more enterprises or months, or fewer folds"
        )


def folds_of(enterprise: Names, seed: int, calibration_share: float, folds: int) -> Integers:
    """Fold of each row by its enterprise: -1 for calibration, else 0 to ``folds`` - 1."""
    firms, firm = np.unique(enterprise, return_inverse=True)
    place = np.array([_place(str(name), seed) for name in firms], dtype=np.float64)
    rest = (place - calibration_share) / (1.0 - calibration_share)
    number = np.minimum(np.floor(rest * folds), folds - 1).astype(np.int64)
    return np.asarray(np.where(place < calibration_share, CALIBRATION, number)[firm])


def crossing(train: Integers, test: Integers, embargo_months: int) -> Finding | None:
    """Check PD003: no label window of a training row reaches into the test.

    Parameters
    ----------
    train, test : int64 [n]
        As-of points of the rows on either side.
    embargo_months : int
        Label window and reporting lag.
    """
    known = months_after(train, embargo_months)
    crossed = int((known > test.min()).sum()) if len(test) and len(train) else 0
    if not crossed:
        return None
    return Finding(
        "PD003",
        "label window crosses the split",
        f"{crossed} of {len(train)} training rows have labels that were not known before "
        f"{month_name(int(known.max()))}, but the test begins with {month_name(int(test.min()))}; "
        f"leave {embargo_months} months between them",
    )


def _place(name: str, seed: int) -> float:
    """A place in [0, 1) that depends on the name and the seed alone."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
