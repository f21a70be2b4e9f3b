"""The dossier: what stands beside a model for those who ask about it.

Promotion lays it on the shelf: the model's card, its validation, and who put it in force. The
validation lays that of a challenger, so that both can be seen side by side. No answer rests on
it, so it is no part of the model or its hash.
"""

import hashlib
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from supervision.canonical import json_bytes
from training.model.errors import DamagedModelError
from training.model.manifest import json_object

FOLDER = "dossiers"
"""In the shelf's folder."""
CHALLENGER = "challenger.json"
"""Names the model that challenges the champion."""
ReportFile = Literal["report.json", "report.html"]
REPORT: ReportFile = "report.json"
PAGE: ReportFile = "report.html"
"""The validation report, as it was written: for machines and for people."""
_HASH = re.compile(r"[0-9a-f]{64}")
_TOLD = ("code", "title_en", "title_zh", "verdict", "figure", "amber", "red", "worse")
"""What is kept of each check."""


@dataclass(frozen=True)
class Dossier:
    """What is told of one model.

    Attributes
    ----------
    model : mapping
        ``name``, ``version``, ``hash`` and ``catalogue_hash``.
    card : str or None
        Markdown; None where the training wrote none.
    validation : mapping
        Verdict, SHA-256 of the report, counts of the checks by verdict, the rows of the test and
        each check without its details.
    promotion : mapping or None
        Its place and hash in the record of promotions, who, when, why, and who signed; None of a
        challenger.
    features : list of str
    facts : mapping
        What its bundle tells of its training; empty in dossiers of before these were kept.
    """

    model: dict[str, Any]
    card: str | None
    validation: dict[str, Any]
    promotion: dict[str, Any] | None
    features: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def write(self, shelf: Path, report: Path | None = None) -> None:
        """Lay it on a shelf, in one step.

        Parameters
        ----------
        shelf : Path
        report : Path, optional
            Folder of the validation report, whose files are laid beside it first.
        """
        path, told = _path(shelf, self.model["hash"]), self
        if report is not None:
            kept = _keep_report(report, path.with_suffix(""))
            told = replace(self, validation={**self.validation, "files": kept})
        _write(path, vars(told))


def read_dossier(shelf: Path, model_hash: str) -> Dossier | None:
    """Take the dossier of a model from a shelf; None where there is none.

    Raises
    ------
    DamagedModelError
        If the file is no JSON object.
    """
    if not _HASH.fullmatch(model_hash):
        return None
    path = _path(shelf, model_hash)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    return Dossier(**json_object(content, path))


def read_report_file(shelf: Path, dossier: Dossier, name: ReportFile) -> bytes | None:
    """Take a file of the validation report from a shelf; None where it was not kept.

    Raises
    ------
    DamagedModelError
        If it is not what was kept.
    """
    stated = dossier.validation.get("files", {}).get(name)
    path = _path(shelf, dossier.model["hash"]).with_suffix("") / name
    if stated is None or not path.exists():
        return None
    content = path.read_bytes()
    expected = dossier.validation["report_sha256"] if name == REPORT else stated
    if (found := hashlib.sha256(content).hexdigest()) != expected:
        raise DamagedModelError(
            f"expected the validation report {path} with SHA-256 {expected:.16}..., found "
            f"{found:.16}...: it was changed since; validate and promote the version again"
        )
    return content


def name_challenger(shelf: Path, model: dict[str, Any]) -> None:
    """Say on a shelf which model challenges the champion; its dossier stands there."""
    _write(shelf / CHALLENGER, model)


def withdraw_challenger(shelf: Path, model_hash: str) -> None:
    """Say on a shelf that this model challenges no more, if it did."""
    if _challenging(shelf) == model_hash:
        (shelf / CHALLENGER).unlink(missing_ok=True)


def read_challenger(shelf: Path) -> Dossier | None:
    """Take the dossier of the challenger from a shelf; None where nobody challenges.

    Raises
    ------
    DamagedModelError
        If a file is no JSON object.
    """
    model_hash = _challenging(shelf)
    return read_dossier(shelf, model_hash) if model_hash else None


def summary(report: dict[str, Any], sha256: str) -> dict[str, Any]:
    """What a dossier tells of a validation report."""
    figures = report.get("figures", {})
    return {
        "verdict": report["verdict"],
        "report_sha256": sha256,
        "counts": figures.get("counts", {}),
        "test": figures.get("test", {}),
        "checks": [{name: check.get(name) for name in _TOLD} for check in report["checks"]],
    }


def _path(shelf: Path, model_hash: str) -> Path:
    return shelf / FOLDER / f"{model_hash}.json"


def _challenging(shelf: Path) -> str:
    path = shelf / CHALLENGER
    try:
        return str(json_object(path.read_bytes(), path).get("hash", ""))
    except FileNotFoundError:
        return ""


def _keep_report(source: Path, folder: Path) -> dict[str, str]:
    """Lay the files of a report into a folder; their SHA-256 by name."""
    folder.mkdir(parents=True, exist_ok=True)
    kept: dict[str, str] = {}
    for name in (REPORT, PAGE):
        if (source / name).is_file():
            content = (source / name).read_bytes()
            _replace(folder / name, content)
            kept[name] = hashlib.sha256(content).hexdigest()
    return kept


def _write(path: Path, stated: dict[str, Any]) -> None:
    _replace(path, json_bytes(stated))


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
