"""The validation report as it was kept when the model was promoted, or validated."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from training.model.dossier import REPORT, Dossier, read_report_file

VERDICTS = ("red", "amber", "green", "not applicable")
"""The gravest first."""
_SECTION = 4
"""A check's code begins with that of its section: VAL305 is of VAL3."""


@dataclass(frozen=True)
class ReportPage:
    """What is shown of a report.

    Attributes
    ----------
    dossier : Dossier
    verdict : str
    counts : mapping of str to int
        Checks by verdict.
    sections : mapping of str to list
        Checks by their section, in the order of the report.
    is_whole : bool
        Whether the report itself was kept, and not its summary alone.
    files : tuple of str
        That can be taken along.
    """

    dossier: Dossier
    verdict: str
    counts: Mapping[str, int]
    sections: Mapping[str, list[dict[str, Any]]]
    is_whole: bool
    files: tuple[str, ...]


def report_page(shelf: Path, dossier: Dossier, wanted: str = "") -> ReportPage:
    """Read the report that lies beside a dossier; without one, its summary.

    Parameters
    ----------
    shelf : Path
    dossier : Dossier
    wanted : str
        Only checks of this verdict; empty takes all.

    Raises
    ------
    DamagedModelError
        If the report is not what was kept.
    """
    content = read_report_file(shelf, dossier, REPORT)
    checks = dossier.validation["checks"] if content is None else orjson.loads(content)["checks"]
    sections: dict[str, list[dict[str, Any]]] = {}
    for check in checks:
        if wanted in ("", check["verdict"]):
            sections.setdefault(check["code"][:_SECTION], []).append(check)
    return ReportPage(
        dossier=dossier,
        verdict=dossier.validation["verdict"],
        counts={one: sum(check["verdict"] == one for check in checks) for one in VERDICTS},
        sections=sections,
        is_whole=content is not None,
        files=tuple(dossier.validation.get("files", {})),
    )
