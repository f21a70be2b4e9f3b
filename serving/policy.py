"""The lender's policy: what it lends on which grade, against which goods, and how much."""

import hashlib
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from serving.console.decision.authority import USUAL, Authority
from serving.console.portfolio.caps import CapTerms
from serving.errors import MalformedPolicy
from serving.limits.amounts import Chapter, Fen, Share, parts_per_million
from serving.limits.eligibility import EligibilityTerms
from serving.limits.haircut import HaircutTerms
from serving.limits.lines import LineTerms
from serving.limits.need import WorkingCapitalTerms
from serving.webhooks.warning_terms import WarningTerms
from training.model.lgd import LossGivenDefault, Security

DEFAULTED = "D"
"""Grade of an enterprise whose default is in force."""

PdView = Literal["point_in_time", "through_the_cycle"]
"""What a PD's level stands for: the months of training, or the long run."""


class Grade(BaseModel):
    """One step of the master scale.

    Attributes
    ----------
    name : str
    pd_up_to : Decimal
        The largest PD that still belongs to the grade.
    lend : bool
        Whether the lender takes on new exposure in this grade.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[A-Z]{1,3}[+-]?$")]
    pd_up_to: Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)]
    lend: bool


class Policy(BaseModel):
    """A lender's policy.

    Attributes
    ----------
    name : str
    currency : str
    grades : tuple of Grade
        From the best to the worst; the last one reaches up to a PD of 1. ``D`` is not among
        them: it is no matter of PD.
    grade_by : str
        Which PD grades are given by: ``through_the_cycle``, or ``point_in_time``. Of a model
        that knows no PD through the cycle it is always the PD point in time.
    ltv_default : Decimal
        Loan to value of goods whose chapter is not named.
    ltv : dict
        HS chapter (two digits) to loan to value: an upper bound, whatever the haircut.
    working_capital : WorkingCapitalTerms
        What the need of working capital is measured with.
    working_capital_share : Decimal or None
        Share of a year's outbound value that the lender takes for the need instead.
    eligible : EligibilityTerms
        What is asked of a lot.
    haircut : HaircutTerms
        What is taken off its value; it may name a file of price falls.
    lines : LineTerms
        Alert and close-out.
    expected_loss_budget_fen : int
        What may be lost on one enterprise in a year on average.
    lgd : Decimal or LossGivenDefault
        Loss given default: the lender's own, or one that was fitted to recoveries. A file may
        name another file beside it that holds the latter.
    pd_floor : Decimal
        Smallest PD with which the limit reckons.
    cap_fen : int
        Largest exposure to one enterprise.
    step_fen : int
        Limits are rounded down to whole steps.
    warnings : WarningTerms
        What is taken for an early warning. No answer rests on it, so the policy's hash does not
        name it.
    authority : tuple of AuthorityStep
        Who may confirm an override of a score, by the amount at stake. The policy's hash does not
        name it either.
    caps : CapTerms
        Largest shares of the portfolio. Nor does it name these.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    currency: Annotated[str, Field(pattern=r"^CNY$")]
    grades: Annotated[tuple[Grade, ...], Field(min_length=7)]
    grade_by: PdView = "through_the_cycle"
    ltv_default: Share
    ltv: dict[Chapter, Share]
    working_capital: WorkingCapitalTerms = WorkingCapitalTerms()
    working_capital_share: Share | None = None
    eligible: EligibilityTerms = EligibilityTerms()
    haircut: HaircutTerms = HaircutTerms()
    lines: LineTerms = LineTerms()
    expected_loss_budget_fen: Fen
    lgd: Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)] | LossGivenDefault
    pd_floor: Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)]
    cap_fen: Fen
    step_fen: Annotated[Fen, Field(ge=1)]
    warnings: Annotated[WarningTerms, Field(exclude=True)] = WarningTerms()
    authority: Annotated[Authority, Field(exclude=True)] = USUAL
    caps: Annotated[CapTerms, Field(exclude=True)] = CapTerms()

    @model_validator(mode="after")
    def _grades_form_a_scale(self) -> Self:
        names = [grade.name for grade in self.grades]
        if len(set(names)) < len(names) or DEFAULTED in names:
            raise ValueError(f"grades have different names and none is {DEFAULTED}, found {names}")
        bounds = [grade.pd_up_to for grade in self.grades]
        if any(worse <= better for better, worse in pairwise(bounds)):
            raise ValueError(f"pd_up_to rises from grade to grade, found {list(map(str, bounds))}")
        if bounds[-1] != 1:
            raise ValueError(f"the last grade reaches up to a PD of 1, found {bounds[-1]}")
        return self

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a policy from a YAML file.

        Raises
        ------
        MalformedPolicy
            If there is no such file, or it is no policy.
        """
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8"))
            return cls.model_validate(_with_its_files(found, path.parent))
        except OSError as error:
            raise MalformedPolicy(
                f"a policy file at {path}",
                error.strerror or "no file",
                "name one of configs/policy/",
            ) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise MalformedPolicy(
                f"YAML in {path}", f"{error!s:.200}", "compare it with configs/policy/default.yaml"
            ) from error
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, fault['loc'])) or 'policy'}: {fault['msg']}"
                for fault in error.errors()[:5]
            )
            raise MalformedPolicy(
                f"a policy in {path}", faults[:400], "compare it with configs/policy/default.yaml"
            ) from error

    @property
    def hash(self) -> str:
        """SHA-256 of the policy's canonical JSON: answers name the policy by it."""
        canonical = orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(canonical).hexdigest()

    def grade(self, pd: float) -> Grade:
        """Grade of a PD: the first whose upper bound is not below it."""
        return next(g for g in self.grades if pd <= float(g.pd_up_to))

    def graded_by(self, *, through_the_cycle: bool) -> PdView:
        """Which PD grades are given by, whether or not the model knows one through the cycle."""
        return self.grade_by if through_the_cycle else "point_in_time"

    def lgd_of(self, security: Security) -> float:
        """LGD of an exposure that is secured so: the lender's own, whatever secures it, if any."""
        if isinstance(self.lgd, LossGivenDefault):
            return self.lgd.bounded(security)
        return float(self.lgd)

    def ltv_of(self, chapter: str) -> Decimal:
        """Loan to value of the goods of an HS chapter: an upper bound, whatever the haircut."""
        return self.ltv.get(chapter, self.ltv_default)

    def ltv_cap(self, code: str) -> int:
        """The same of the goods of an HS code, in parts per million."""
        return parts_per_million(self.ltv_of(code[:2]))


def _with_its_files(stated: Any, folder: Path) -> Any:
    """What a policy says, with what the files say that it names in places of its parts."""
    if not isinstance(stated, dict):
        return stated
    read = dict(stated)
    lgd, haircut = str(read.get("lgd")), read.get("haircut")
    if lgd.endswith(".yaml"):
        read["lgd"] = _part(folder / lgd, "a fitted LGD", "train-lgd", "a number as lgd")
    if isinstance(haircut, dict) and isinstance(falls := haircut.get("price_falls"), str):
        told = _part(folder / falls, "price falls", "haircuts", "no price_falls")
        read["haircut"] = {**haircut, "price_falls": told}
    return read


def _part(path: Path, what: str, command: str, otherwise: str) -> object:
    """What a file says that a policy names."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MalformedPolicy(
            f"{what} at {path}",
            error.strerror or "no file",
            f"write it with `cargoworthy {command}`, or state {otherwise}",
        ) from error
