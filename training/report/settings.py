"""Settings of the validation: the grades, the bounds of every check, the scenarios."""

import hashlib
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from features.feature import Phrase
from training.config import Settings
from training.model.manifest import json_bytes
from training.report.standards import ASKED, STRESS
from training.validation.check import Standard

CONFIG = Path("configs/validation.yaml")

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Grade(Settings):
    """A grade of the master scale: its name, and the largest PD that it takes."""

    name: Annotated[str, Field(pattern=r"^[A-Z]{1,3}[+-]?$")]
    pd_up_to: Annotated[float, Field(gt=0.0, le=1.0)]


class Bounds(Settings):
    """Where a check turns amber and red; null: it never does."""

    amber: float | None = None
    red: float | None = None


class Move(Settings):
    """What a scenario does to some features: value times ``times`` plus ``plus``.

    Attributes
    ----------
    features : tuple of str
        Names in the catalogue; those that the model does not use are passed over.
    most : float or None
        No moved value is above it, as a share is not above 1.
    """

    features: Annotated[tuple[str, ...], Field(min_length=1)]
    times: Annotated[float, Field(ge=0.0, le=100.0)] = 1.0
    plus: float = 0.0
    most: float | None = None


class Scenario(Settings):
    """A scenario of stress.

    Attributes
    ----------
    code : str
        Of its check.
    """

    code: Annotated[str, Field(pattern=r"^VAL71[0-9]$")]
    title_en: Text
    title_zh: Text
    moves: Annotated[tuple[Move, ...], Field(min_length=1)]

    @property
    def title(self) -> Phrase:
        """The title in both languages."""
        return Phrase(self.title_en, self.title_zh)


class ValidationSettings(Settings):
    """All that a validation depends on besides the model and its data.

    Attributes
    ----------
    grades : tuple of Grade
        The master scale, the safest first.
    approve_up_to : float
        PD up to which an applicant counts as approved.
    least_defaults : int
        A segment with fewer defaults, or fewer other rows, is not judged by itself.
    least_customers : int
        Customers that a grade needs for its migrations to be tested by a normal approximation.
    probe_rows : int
        Rows on which monotone directions are probed.
    additive_rows : int
        Rows on which contributions are added up, at most.
    simulations : int
        For the size of each test.
    seed : int
    bounds : mapping of str to Bounds
        By code; every check has an entry.
    scenarios : tuple of Scenario
    """

    example: ClassVar[str] = CONFIG.as_posix()

    grades: Annotated[tuple[Grade, ...], Field(min_length=2)]
    approve_up_to: Annotated[float, Field(gt=0.0, lt=1.0)]
    least_defaults: Annotated[int, Field(ge=2)] = 5
    least_customers: Annotated[int, Field(ge=1)] = 30
    probe_rows: Annotated[int, Field(ge=1)] = 1000
    additive_rows: Annotated[int, Field(ge=1)] = 100_000
    simulations: Annotated[int, Field(ge=100)] = 10_000
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 20190101
    bounds: dict[str, Bounds]
    scenarios: tuple[Scenario, ...] = ()

    @field_validator("grades")
    @classmethod
    def _rising(cls, grades: tuple[Grade, ...]) -> tuple[Grade, ...]:
        ends = [grade.pd_up_to for grade in grades]
        if ends != sorted(set(ends)) or ends[-1] != 1.0:
            raise ValueError(f"expected rising PDs up to 1, found {ends}")
        return grades

    @model_validator(mode="after")
    def _a_bound_for_every_check(self) -> Self:
        scenarios = [scenario.code for scenario in self.scenarios]
        asked = {*ASKED, *scenarios}
        if len(scenarios) != len(set(scenarios)):
            raise ValueError(f"expected each scenario's code once, found {scenarios}")
        if asked != set(self.bounds):
            lacking, strange = asked - set(self.bounds), set(self.bounds) - asked
            raise ValueError(
                f"expected bounds of every check; lacking {sorted(lacking)[:5]}, without a check "
                f"{sorted(strange)[:5]}"
            )
        return self

    @property
    def sha256(self) -> str:
        """SHA-256 of all that is set, comments aside: other bounds, another hash."""
        return hashlib.sha256(json_bytes(self.model_dump(mode="json"))).hexdigest()

    def standard(self, code: str) -> Standard:
        """What the check of this code asks."""
        bounds = self.bounds[code]
        scenario = next((one for one in self.scenarios if one.code == code), None)
        asked = ASKED[code] if scenario is None else STRESS
        title = asked.title if scenario is None else scenario.title
        return Standard(code, title, asked.worse, bounds.amber, bounds.red)
