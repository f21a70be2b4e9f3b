"""The division: which rows of a table have a known outcome, and what each serves for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.calendar import month_end
from supervision.arrays import Integers
from training.checks import stop
from training.config import TrainConfig
from training.errors import TrainingError
from training.horizon import month_name
from training.inputs import Inputs
from training.labels import Flags
from training.sample import Sample, drop_unusable, usable
from training.split import Split, crossing, plan_months, split


@dataclass(frozen=True, eq=False)
class Division:
    """Rows of a table, divided.

    Attributes
    ----------
    sample : Sample
        Rows with a known outcome.
    parts : Split
        Of the sample.
    dropped : dict of str to int
        Rows of the table that are not used, by reason.
    status : int8 [rows of the table]
        What each row of the table is; see :class:`training.labels.Status`.
    """

    sample: Sample
    parts: Split
    dropped: dict[str, int]
    status: npt.NDArray[np.int8]

    @property
    def kept(self) -> Flags:
        """Which rows of the table the sample holds."""
        return usable(self.status)

    @property
    def trained(self) -> Integers:
        """Month ends of the training."""
        return np.unique(self.sample.as_of[self.parts.fit | self.parts.calibration])

    @property
    def tested(self) -> Integers:
        """Month ends of the out-of-time test."""
        return np.unique(self.sample.as_of[self.parts.test])


def divide(inputs: Inputs, config: TrainConfig) -> Division:
    """Divide the rows of the table; labels of the training are those known when the test begins.

    Raises
    ------
    TrainingError
        If the months wanted are not there, one side is empty, or check PD003 finds something.
    """
    settled, _ = drop_unusable(inputs.rows, inputs.status)
    train, test = _months(settled, inputs, config)
    status = inputs.status_at_test(int(test[0]))
    sample, dropped = drop_unusable(inputs.rows, status)
    parts = split(
        sample,
        train,
        test,
        seed=config.seed,
        calibration_share=config.split.calibration_share,
        folds=config.split.folds,
    )
    trained = parts.fit | parts.calibration
    stop(crossing(sample.as_of[trained], sample.as_of[parts.test], inputs.rules.embargo_months))
    return Division(sample, parts, {**dropped, "embargo": parts.embargoed}, status)


def _months(sample: Sample, inputs: Inputs, config: TrainConfig) -> tuple[Integers, Integers]:
    wanted = config.split
    if wanted.train is None and wanted.test is None:
        return plan_months(sample.as_of, inputs.rules.embargo_months, wanted.test_share)
    if wanted.train is None or wanted.test is None:
        raise TrainingError(
            "expected split.train and split.test together, found only one of them; give both, "
            "or neither and split.test_share"
        )
    months = np.unique(sample.as_of)
    sides = []
    for side, (first, last) in (("train", wanted.train), ("test", wanted.test)):
        inside = months[(months >= month_end(first)) & (months <= month_end(last))]
        if len(inside) == 0:
            raise TrainingError(
                f"split.{side} asks for {first} to {last}, but rows with known outcomes are of "
                f"{month_name(int(months[0]))} to {month_name(int(months[-1]))}; choose among these"
            )
        sides.append(inside)
    return sides[0], sides[1]
