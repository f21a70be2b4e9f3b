"""Checks of a training: findings with stable codes.

===== ========================================
PD001 future knowledge in features
PD002 suspected leak
PD003 label window crosses the split
PD004 monotone direction violated
PD005 points do not add up
===== ========================================
"""

from dataclasses import dataclass

from training.errors import TrainingError


@dataclass(frozen=True)
class Finding:
    """Something that a check found.

    Attributes
    ----------
    code : str
        Stable, as ``PD002``.
    title : str
        Short name of the check, in lower case.
    detail : str
        What was found and what to do about it.
    """

    code: str
    title: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code} {self.title}: {self.detail}"


def stop(finding: Finding | None) -> None:
    """End the training where a check has found something.

    Raises
    ------
    TrainingError
        With what was found.
    """
    if finding is not None:
        raise TrainingError(str(finding))
