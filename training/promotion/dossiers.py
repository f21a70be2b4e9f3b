"""What promotion and validation lay on the shelf beside a model: its dossier."""

import json
from pathlib import Path

from training.model.bundle import Bundle
from training.model.dossier import Dossier, name_challenger, summary
from training.promotion.record import Entry
from training.registry import CHALLENGER, Version

CARD = "model_card.md"
"""Beside the bundle in the run's artifacts."""


def dossier_of(model: Version, report: bytes, sha256: str, entry: Entry | None = None) -> Dossier:
    """What services tell of a version.

    Parameters
    ----------
    model : Version
    report : bytes
        Its validation report, ``report.json``.
    sha256 : str
        Of these bytes.
    entry : Entry or None
        Its promotion; None of a challenger.
    """
    card, stated = model.folder.parent / CARD, json.loads(report)
    bundle = Bundle.load(model.folder, expected=model.tags.get("hash", ""), verify=False)
    return Dossier(
        model=stated["model"],
        card=card.read_text(encoding="utf-8") if card.exists() else None,
        validation=summary(stated, sha256),
        promotion=None if entry is None else _told(entry),
        features=list(bundle.features),
        facts=dict(bundle.facts),
    )


def lay_challenger(model: Version, report: bytes, sha256: str, folder: Path, shelf: Path) -> bool:
    """Lay the dossier of a challenger on the shelf, and say that it challenges.

    Parameters
    ----------
    model : Version
    report : bytes
    sha256 : str
    folder : Path
        Of the report's files.
    shelf : Path

    Returns
    -------
    bool
        False where the version does not challenge: then nothing is laid.
    """
    if CHALLENGER not in model.aliases:
        return False
    dossier = dossier_of(model, report, sha256)
    dossier.write(shelf, folder)
    name_challenger(shelf, dossier.model)
    return True


def _told(entry: Entry) -> dict[str, object]:
    one = entry.promotion
    return {
        "position": entry.position,
        "hash": entry.hash,
        "promoted_by": one.promoted_by,
        "promoted_at": one.promoted_at,
        "reason": one.reason,
        "signers": list(one.signers),
    }
