"""What a statistical test cannot judge, and what to give it instead."""

from training.errors import TrainingError


class EvidenceError(TrainingError):
    """The figures do not allow the test: the message says what it needs."""
