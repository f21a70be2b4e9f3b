"""The dossier: what stands beside a promoted model for those who ask about it.

Promotion lays it on the shelf: the model's card, the summary of its validation, and who put it in
force. No answer rests on it, so it is no part of the model or its hash.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervision.canonical import json_bytes
from training.model.manifest import json_object

FOLDER = "dossiers"
"""In the shelf's folder."""
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
    promotion : mapping
        Its place and hash in the record of promotions, who, when, why, and who signed.
    """

    model: dict[str, Any]
    card: str | None
    validation: dict[str, Any]
    promotion: dict[str, Any]

    def write(self, shelf: Path) -> None:
        """Lay it on a shelf, in one step."""
        path = _path(shelf, self.model["hash"])
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(json_bytes(vars(self)))
        unfinished.replace(path)


def read_dossier(shelf: Path, model_hash: str) -> Dossier | None:
    """Take the dossier of a model from a shelf; None where there is none.

    Raises
    ------
    DamagedModelError
        If the file is no JSON object.
    """
    path = _path(shelf, model_hash)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    return Dossier(**json_object(content, path))


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
