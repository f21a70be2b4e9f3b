"""The folder of a report: ``report.json`` and ``report.html``."""

from dataclasses import dataclass
from pathlib import Path

from training.report.document import Report
from training.report.page import page

REPORTS = Path("var/validation")
DOCUMENT = "report.json"
PAGE = "report.html"


@dataclass(frozen=True)
class Written:
    """Where a report lies.

    Attributes
    ----------
    folder : Path
    sha256 : str
        Of ``report.json``.
    """

    folder: Path
    sha256: str

    @property
    def page(self) -> Path:
        """The page for people."""
        return self.folder / PAGE


def write(report: Report, out: Path) -> Written:
    """Write a report to the folder ``NAME-VERSION`` under ``out``."""
    bundle = report.evidence.bundle
    folder = out / f"{bundle.name}-{bundle.version}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_text(page(report), encoding="utf-8")
    # Last: who finds the document finds the page, too.
    (folder / DOCUMENT).write_bytes(report.content)
    return Written(folder, report.hash)
