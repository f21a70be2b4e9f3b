"""A model as its officers see it: what its bundle and its dossier tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from training.model.bundle import Bundle
from training.model.dossier import Dossier, read_challenger, read_dossier

_CANDIDATE = "candidate"
"""The model itself, among those it was compared with."""


@dataclass(frozen=True)
class ShownModel:
    """One model.

    Attributes
    ----------
    name, version, hash, catalogue_hash : str
    features : tuple of str
    facts : mapping
        About its training; old dossiers of challengers have none.
    dossier : Dossier or None
        None where it was promoted before dossiers were kept, or on another machine.
    """

    name: str
    version: str
    hash: str
    catalogue_hash: str
    features: tuple[str, ...]
    facts: Mapping[str, Any]
    dossier: Dossier | None

    @classmethod
    def of_bundle(cls, bundle: Bundle, shelf: Path) -> Self:
        """The model in force, with its dossier from the shelf."""
        return cls(
            bundle.name,
            bundle.version,
            bundle.hash,
            bundle.catalogue_hash,
            bundle.features,
            bundle.facts,
            read_dossier(shelf, bundle.hash),
        )

    @classmethod
    def of_dossier(cls, dossier: Dossier) -> Self:
        """A model of which no bundle lies here."""
        told = dossier.model
        return cls(
            told["name"],
            told["version"],
            told["hash"],
            told["catalogue_hash"],
            tuple(dossier.features),
            dossier.facts,
            dossier,
        )

    @property
    def validation(self) -> Mapping[str, Any] | None:
        """Summary of its validation."""
        return None if self.dossier is None else self.dossier.validation

    @property
    def promotion(self) -> Mapping[str, Any] | None:
        """Who put it in force, when and why; None of a challenger."""
        return None if self.dossier is None else self.dossier.promotion

    @property
    def card(self) -> str | None:
        """The model card, Markdown."""
        return None if self.dossier is None else self.dossier.card

    @property
    def performance(self) -> Mapping[str, Any]:
        """Figures out of time; empty where none are told."""
        found = self.facts.get("performance", {}).get("out_of_time", {}).get(_CANDIDATE, {})
        return dict(found)


def challenger(shelf: Path, champion: str) -> ShownModel | None:
    """The challenger that validation laid on the shelf; None where nobody challenges.

    Parameters
    ----------
    shelf : Path
    champion : str
        Hash of the model in force, which does not challenge itself.
    """
    dossier = read_challenger(shelf)
    if dossier is None or dossier.model["hash"] == champion:
        return None
    return ShownModel.of_dossier(dossier)
