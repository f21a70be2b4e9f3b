"""The report as a document: its checks, its verdict, and the bytes that its hash is of."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from training.model.manifest import json_bytes
from training.report.evidence import Evidence
from training.report.section import Section
from training.validation.check import Check, Verdict, worst

FORMAT = 1
"""Version of the form of the document."""


@dataclass(frozen=True)
class Report:
    """A validation that came to its end.

    Attributes
    ----------
    evidence : Evidence
    sections : tuple of Section
    """

    evidence: Evidence
    sections: tuple[Section, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Checks of all sections."""
        return tuple(check for section in self.sections for check in section.checks)

    @property
    def verdict(self) -> Verdict:
        """The gravest of the checks'."""
        return worst(self.checks)

    @property
    def counts(self) -> dict[Verdict, int]:
        """Checks by verdict, the gravest first."""
        found = Counter(check.verdict for check in self.checks)
        order: tuple[Verdict, ...] = ("red", "amber", "green", "not applicable")
        return {verdict: found[verdict] for verdict in order}

    def plain(self) -> dict[str, Any]:
        """The document for JSON, without any time: equal evidence gives equal bytes."""
        bundle, origin = self.evidence.bundle, self.evidence.origin
        return {
            "format": FORMAT,
            "model": {
                "name": bundle.name,
                "version": bundle.version,
                "hash": bundle.hash,
                "catalogue_hash": bundle.catalogue_hash,
            },
            "record_position": origin.record_position,
            "table_sha256": origin.table_sha256,
            "config_sha256": self.evidence.settings.sha256,
            "verdict": self.verdict,
            "checks": [check.plain() for check in self.checks],
            "figures": {
                "counts": dict(self.counts),
                "test": _rows(self.evidence),
                **{section.title.en: dict(section.figures) for section in self.sections},
            },
        }

    @property
    def content(self) -> bytes:
        """Canonical bytes of ``report.json``."""
        return json_bytes(self.plain())

    @property
    def hash(self) -> str:
        """SHA-256 of ``report.json``."""
        return hashlib.sha256(self.content).hexdigest()


def _rows(evidence: Evidence) -> dict[str, Any]:
    now = evidence.now
    return {
        "rows": len(now.target),
        "enterprises": now.firms,
        "defaults": int(now.target.sum()),
        **evidence.origin.tested,
    }
