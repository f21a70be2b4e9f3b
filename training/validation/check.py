"""A check of the validation report as data: what is asked, what was found, what follows.

A standard says what is asked: code, title and bounds. Judging a figure by it gives a check.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from features.feature import Phrase
from training.validation.errors import EvidenceError

Verdict = Literal["green", "amber", "red", "not applicable"]

_GRAVITY: tuple[Verdict, ...] = ("not applicable", "green", "amber", "red")


@dataclass(frozen=True)
class Standard:
    """What a check asks of a figure.

    Attributes
    ----------
    code : str
        Stable: reports of different years are compared by it.
    title : Phrase
    worse : {"above", "below"}
        On which side of a bound a figure fails; on the bound it still holds.
    amber, red : float or None
        Bounds; red is the worse one. None: the check never gives that verdict.
    """

    code: str
    title: Phrase
    worse: Literal["above", "below"]
    amber: float | None
    red: float | None

    def __post_init__(self) -> None:
        if self.amber is None or self.red is None:
            return
        if self.red < self.amber if self.worse == "above" else self.red > self.amber:
            raise EvidenceError(
                f"{self.code}: figures {self.worse} a bound fail, so the red bound has to be "
                f"{self.worse} the amber one; found amber {self.amber}, red {self.red}: "
                "exchange them."
            )

    def judge(self, figure: float, detail: Phrase | None = None) -> "Check":
        """Judge a figure.

        Raises
        ------
        EvidenceError
            If the figure is not a finite number; use :meth:`not_applicable` for that.
        """
        if not math.isfinite(figure):
            raise EvidenceError(
                f"{self.code}: expected a finite figure, found {figure}: say that the check is "
                "not applicable, and why."
            )
        verdict: Verdict = "green"
        if self._fails(figure, self.red):
            verdict = "red"
        elif self._fails(figure, self.amber):
            verdict = "amber"
        return Check(self, verdict, float(figure), detail)

    def not_applicable(self, reason: Phrase) -> "Check":
        """Say why there is no figure to judge."""
        return Check(self, "not applicable", None, reason)

    def _fails(self, figure: float, bound: float | None) -> bool:
        if bound is None:
            return False
        return figure > bound if self.worse == "above" else figure < bound


@dataclass(frozen=True)
class Check:
    """What came of a standard.

    Attributes
    ----------
    standard : Standard
    verdict : {"green", "amber", "red", "not applicable"}
    figure : float or None
        None where the check is not applicable.
    detail : Phrase or None
        What lies behind the figure; where there is none, the reason.
    """

    standard: Standard
    verdict: Verdict
    figure: float | None
    detail: Phrase | None

    @property
    def blocks(self) -> bool:
        """Whether a model with this check may be promoted only by a signed exception."""
        return self.verdict == "red"

    def plain(self) -> dict[str, str | float | None]:
        """The check as one flat row for JSON."""
        asked, detail = self.standard, self.detail
        return {
            "code": asked.code,
            "title_en": asked.title.en,
            "title_zh": asked.title.zh,
            "worse": asked.worse,
            "amber": asked.amber,
            "red": asked.red,
            "figure": self.figure,
            "verdict": self.verdict,
            "detail_en": None if detail is None else detail.en,
            "detail_zh": None if detail is None else detail.zh,
        }


def worst(checks: Iterable[Check]) -> Verdict:
    """Gravest verdict; "not applicable" only if no check was applicable."""
    return max((check.verdict for check in checks), key=_GRAVITY.index, default="not applicable")
