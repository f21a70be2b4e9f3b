"""The validation report as promotion reads it: of which model, by which bounds, what is red."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from training.promotion.errors import PromotionRefused

FILE = "report.json"


class _Model(BaseModel):
    name: str
    version: str
    hash: str
    catalogue_hash: str


class _Check(BaseModel):
    code: str = Field(min_length=1)
    verdict: Literal["green", "amber", "red", "not applicable"]
    amber: float | None
    red: float | None


class _Stated(BaseModel):
    """The part of the report that promotion rests on; the rest is for readers."""

    model_config = ConfigDict(strict=True)

    format: Literal[1]
    model: _Model
    config_sha256: str
    checks: list[_Check]
    verdict: Literal["green", "amber", "red", "not applicable"]


@dataclass(frozen=True)
class ReportRead:
    """A validation report.

    Attributes
    ----------
    name, version, model_hash, catalogue_hash : str
        Of the model that was validated.
    verdict : {"green", "amber", "red"}
    red : tuple of str
        Codes of the red checks, sorted.
    settings_sha256 : str
        Of the settings of the validation, its bounds among them.
    bounds : mapping of str to (float or None, float or None)
        From where each check was amber and red.
    content : bytes
        Of the file.
    """

    name: str
    version: str
    model_hash: str
    catalogue_hash: str
    verdict: Literal["green", "amber", "red"]
    red: tuple[str, ...]
    settings_sha256: str
    bounds: Mapping[str, tuple[float | None, float | None]]
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Of the file's bytes."""
        return hashlib.sha256(self.content).hexdigest()


def report_folder(folder: Path, name: str, version: str) -> Path:
    """The folder of a version's report, in that of all reports."""
    return folder / f"{name}-{version}"


def read_report(folder: Path, name: str, version: str) -> ReportRead:
    """Read the report of a version.

    Parameters
    ----------
    folder : Path
        Of all reports; this one is ``NAME-VERSION/report.json`` in it.
    name, version : str

    Raises
    ------
    PromotionRefused
        If there is none, it cannot be read, it judges nothing, or its verdict is not that of
        its checks.
    """
    path = report_folder(folder, name, version) / FILE
    again = f"run `cargoworthy validate {version}`"
    try:
        content = path.read_bytes()
    except FileNotFoundError as fault:
        raise PromotionRefused(
            f"expected the validation report of {name} version {version} at {path}, found none; "
            f"{again}, then promote"
        ) from fault
    try:
        stated = _Stated.model_validate_json(content)
    except ValidationError as fault:
        wrong = fault.errors()[0]
        place = ".".join(str(part) for part in wrong["loc"])
        raise PromotionRefused(
            f"{path} is no validation report of format 1: {place} {wrong['msg']!s:.120}; {again}"
        ) from fault
    verdicts = {check.verdict for check in stated.checks}
    found = next((one for one in ("red", "amber", "green") if one in verdicts), None)
    if found is None:
        raise PromotionRefused(
            f"{path} has no check that was applicable, so nothing was validated; {again} with a "
            "feature table that covers the months of the test"
        )
    if found != stated.verdict:
        raise PromotionRefused(
            f"{path} says {stated.verdict}, but the worst of its checks is {found}; it was changed "
            f"or damaged: {again}"
        )
    return ReportRead(
        name=stated.model.name,
        version=stated.model.version,
        model_hash=stated.model.hash,
        catalogue_hash=stated.model.catalogue_hash,
        verdict=stated.verdict,
        red=tuple(sorted({check.code for check in stated.checks if check.verdict == "red"})),
        settings_sha256=stated.config_sha256,
        bounds={check.code: (check.amber, check.red) for check in stated.checks},
        content=content,
    )
