"""What can go wrong in training for a reason that a person can mend."""

from supervision.errors import CargoworthyError, UsageError


class TrainingError(CargoworthyError):
    """The data do not allow the model that was asked for; the message says what to do."""


class TableError(TrainingError, UsageError):
    """A table or its description cannot be trained on: the call has to change."""


class EstimatorInputError(TrainingError, ValueError):
    """Values, target or directions do not fit the estimator; scikit-learn expects a ValueError."""
