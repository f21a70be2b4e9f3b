"""The interval of a PD: how far the level and the slope of the calibration are known."""

from serving.scores.part import Part


class PdInterval(Part):
    """The PDs that the score would have in 95 of 100 calibrations, each on other enterprises.

    From the covariance of the calibration's coefficients over the enterprises of the training
    (:func:`training.calibration.with_covariance`). How far the model's own order is known it does
    not tell.
    """

    low: float
    high: float
    level: float = 0.95
