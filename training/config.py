"""The configuration of a training: read once, checked, frozen."""

import difflib
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from supervision.errors import UsageError

Share = Annotated[float, Field(gt=0.0, lt=1.0)]
Months = Annotated[int, Field(ge=0, le=120)]
MonthName = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class Settings(BaseModel):
    """Base of all sections: unknown keys are refused, values cannot change.

    Attributes
    ----------
    example : str
        File to copy where there is none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    example: ClassVar[str] = "configs/train.yaml"

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a YAML file.

        Raises
        ------
        UsageError
            If the file is missing or no YAML, a key is unknown (the nearest is named), or a
            value does not fit.
        """
        try:
            stated = yaml.safe_load(path.read_text(encoding="utf-8"))
        except FileNotFoundError as fault:
            raise UsageError(
                f"no configuration at {path}; give one with --config, or copy {cls.example}"
            ) from fault
        except (yaml.YAMLError, UnicodeDecodeError) as fault:
            raise UsageError(f"{path} is no YAML: {str(fault)!s:.200}") from fault
        stated = {} if stated is None else stated
        if not isinstance(stated, dict):
            raise UsageError(f"{path} should hold keys and values, found {stated!r:.80}")
        try:
            return cls(**stated)
        except ValidationError as fault:
            raise UsageError(f"{path}: {_told(cls, fault)}") from fault


class LabelSettings(Settings):
    """The definition of the label; see ``training/labels.py``.

    Attributes
    ----------
    known_until : month or None
        Outcomes are known up to the end of this month; None: the table's newest as-of.
    """

    window_months: Annotated[int, Field(ge=1, le=60)] = 12
    reporting_lag_months: Months = 1
    cure_months: Months = 12
    known_until: MonthName | None = None


class SplitSettings(Settings):
    """Which months and enterprises serve for what; see ``training/split.py``.

    Attributes
    ----------
    test_share : float
        Wanted share of the out-of-time test in the months used, where none are given.
    train, test : pair of months or None
        First and last month of either side, instead of a share.
    calibration_share : float
        Share of the enterprises of the training months that no tree is fitted on.
    folds : int
        Validation folds among the other enterprises.
    """

    test_share: Share = 0.5
    train: tuple[MonthName, MonthName] | None = None
    test: tuple[MonthName, MonthName] | None = None
    calibration_share: Annotated[float, Field(ge=0.05, le=0.5)] = 0.1
    folds: Annotated[int, Field(ge=2, le=20)] = 5


class SelectionSettings(Settings):
    """What is done about labels that exist only for the financed; see ``training/selection/``.

    Attributes
    ----------
    method : {"none", "weights"}
        ``weights``: the financed count by the inverse of their chance of having been financed.
    truncate_at : float
        Quantile of the weights at which larger ones are cut; 1 cuts none.
    with_core_link : bool
        The model of having been financed sees the core enterprise's rating.
    without_credit : bool
        The model itself sees no feature that rests on financing, outcomes or pledges: for a
        model of its own for those without a facility.
    least_ratio, most_ratio : float
        For the bounds: how many times as often as the financed with the same features the
        unfinanced default, at least and at most.
    """

    method: Literal["none", "weights"] = "none"
    truncate_at: Annotated[float, Field(ge=0.5, le=1.0)] = 0.99
    with_core_link: bool = False
    without_credit: bool = False
    least_ratio: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    most_ratio: Annotated[float, Field(ge=1.0, le=1000.0)] = 3.0


class CentralTendencySettings(Settings):
    """The level of the PD through the cycle; see ``training/central_tendency.py``.

    Attributes
    ----------
    long_run_rate : float or None
        Mean of yearly default rates; None: of those that the record knows.
    years : int or None
        How many years a stated rate is the mean of.
    source : str
        Where a stated rate is from; every model tells it.
    margin : float
        Margin of conservatism, as a part of the rate.
    floor : float
        Smallest PD.
    least_years : int
        So many years must be known; the rule asks for five.
    """

    long_run_rate: Share | None = None
    years: Annotated[int, Field(ge=1, le=200)] | None = None
    source: Annotated[str, Field(max_length=300)] = ""
    margin: Annotated[float, Field(ge=0.0, le=5.0)] = 0.1
    floor: Annotated[float, Field(gt=0.0, le=0.05)] = 0.0005
    least_years: Annotated[int, Field(ge=5, le=50)] = 5

    @model_validator(mode="after")
    def _a_stated_rate_has_a_source(self) -> Self:
        if self.long_run_rate is None:
            if self.years is not None or self.source:
                raise ValueError("years and source belong to a long_run_rate; state it, too")
            return self
        if not self.source.strip() or self.years is None or self.years < self.least_years:
            raise ValueError(
                f"a long_run_rate needs its source and at least {self.least_years} years"
            )
        if not self.floor < self.long_run_rate * (1.0 + self.margin) < 1.0:
            raise ValueError("long_run_rate with its margin should lie between floor and 1")
        return self


class BoostingSettings(Settings):
    """LightGBM's parameters under their own names, and the stopping rule.

    One thread is the default: on samples of some ten thousand rows threads wait for each other
    longer than they work.
    """

    learning_rate: Annotated[float, Field(gt=0.0, le=1.0)] = 0.04
    num_leaves: Annotated[int, Field(ge=2, le=1024)] = 8
    min_data_in_leaf: Annotated[int, Field(ge=1)] = 60
    feature_fraction: Annotated[float, Field(gt=0.0, le=1.0)] = 0.6
    bagging_fraction: Annotated[float, Field(gt=0.0, le=1.0)] = 0.8
    lambda_l2: Annotated[float, Field(ge=0.0)] = 1.0
    max_rounds: Annotated[int, Field(ge=1, le=20_000)] = 600
    patience: Annotated[int, Field(ge=1)] = 40
    num_threads: Annotated[int, Field(ge=1, le=256)] = 1


class StabilitySettings(Settings):
    """The stability of reasons; see ``training/reason_stability.py``.

    Attributes
    ----------
    refits : int
        On bootstraps of enterprises, two at least; 0 leaves the check out.
    """

    refits: Annotated[int, Field(ge=0, le=200)] = 20

    @model_validator(mode="after")
    def _one_refit_compares_with_nothing(self) -> Self:
        if self.refits == 1:
            raise ValueError("refits are compared with each other; take at least 2, or 0 for none")
        return self


class CheckSettings(Settings):
    """Bounds of the checks.

    Attributes
    ----------
    leak_auc : float
        PD002: a column that alone reaches this AUC is a suspected leak.
    leak_error_ratio : float
        PD002: as is one that leaves less than this part of the error (1 - AUC) without it.
    probe_rows : int
        PD004: rows on which monotone directions are probed.
    """

    leak_auc: Share = 0.90
    leak_error_ratio: Share = 0.4
    probe_rows: Annotated[int, Field(ge=1)] = 300


class TrainConfig(Settings):
    """All that a training of the champion depends on besides its data.

    Attributes
    ----------
    name : str
        Name of the model in the registry, and of the experiment.
    table : Path
        Feature table (Parquet).
    record : str
        Database URL of the record that the labels are read from.
    tracking : str
        Database URL of MLflow's store.
    artifacts : Path
        Where MLflow keeps artifacts.
    seed : int
    slope_from_enterprises : int
        Enterprises from which the calibration's slope is fitted; below, the offset alone.
    bootstrap : int
        Resamples of enterprises for the intervals of AUC.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] = "sme-pd"
    table: Path = Path("var/features/features.parquet")
    record: str = "sqlite:///var/record.db"
    tracking: str = "sqlite:///mlruns/mlflow.db"
    artifacts: Path = Path("mlruns/artifacts")
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 20190101
    slope_from_enterprises: Annotated[int, Field(ge=1)] = 5000
    bootstrap: Annotated[int, Field(ge=20, le=10_000)] = 300
    labels: LabelSettings = LabelSettings()
    split: SplitSettings = SplitSettings()
    selection: SelectionSettings = SelectionSettings()
    central_tendency: CentralTendencySettings = CentralTendencySettings()
    model: BoostingSettings = BoostingSettings()
    stability: StabilitySettings = StabilitySettings()
    checks: CheckSettings = CheckSettings()


def _told(model: type[Settings], fault: ValidationError) -> str:
    """What is wrong, one clause an error; an unknown key with the nearest known one."""
    told = []
    for error in fault.errors():
        place = ".".join(str(part) for part in error["loc"])
        if error["type"] != "extra_forbidden":
            told.append(f"{place}: {error['msg']}, found {error['input']!r:.60}")
            continue
        known = _keys(model, tuple(str(part) for part in error["loc"][:-1]))
        near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        told.append(f"unknown key {place!r}: {hint}")
    return "; ".join(told)


def _keys(model: type[BaseModel], path: tuple[str, ...]) -> list[str]:
    for part in path:
        inner: Any = model.model_fields[part].annotation
        model = inner
    return list(model.model_fields)
