"""Evidence: the model, the rows that it is judged on, and its rivals, wherever they are from.

A phrase in the place of something says why that is not there; checks that rest on it are not
applicable for that reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.catalogue import Catalogue
from features.feature import Phrase
from supervision.arrays import Integers
from training.config import CheckSettings
from training.leakage import Suspect
from training.model.bundle import Bundle
from training.model.scale import Floats
from training.report.master_scale import MasterScale
from training.report.migration import Migration
from training.report.settings import ValidationSettings
from training.report.side import Scored, Side
from training.report.wording import Wording
from training.sample import Names

Tell = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Origin:
    """Where the rows are from.

    Attributes
    ----------
    table_sha256 : str
    rows : int
        Of the table.
    record_position : int or None
        Up to which the record was read; None where there is none.
    tested : mapping
        What else JSON tells of the judged rows, as from which month to which.
    """

    table_sha256: str
    rows: int
    record_position: int | None
    tested: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Trained:
    """What the training rows show.

    Attributes
    ----------
    values : float64 [n, f]
        Rows that the version was fitted on, in the order of its features.
    suspects : tuple of Suspect
        Columns that may give the label away.
    checks : CheckSettings
        By what they were found.
    again : Bundle
        What training again on the same data gives.
    """

    values: Floats
    suspects: tuple[Suspect, ...]
    checks: CheckSettings
    again: Bundle


@dataclass(frozen=True, eq=False)
class Development:
    """The model at development.

    Attributes
    ----------
    side : Side
    auc : float
        By boosters that had not seen the rows.
    """

    side: Side
    auc: float


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that a validation looks at.

    Attributes
    ----------
    bundle : Bundle
        The version under validation.
    settings : ValidationSettings
    wording : Wording
    scale : MasterScale
        Grades.
    origin : Origin
    trained : Trained
    scored : Scored
        Rows that the version itself scored.
    whole : float64 [m, f]
        Rows drawn from the whole table, on which contributions are added up.
    now : Side
        The judged rows.
    development : Development or Phrase
    rivals : mapping of str to (float64 [n] or Phrase)
        What other models rank the judged rows by.
    champion : float64 [n] or Phrase
        PD of the champion in force for each judged row.
    migration : Migration or Phrase
    segments : mapping of str to Names, or Phrase
        Segments of the judged rows by dimension.
    catalogue : Catalogue or Phrase
        What the features mean.
    """

    bundle: Bundle
    settings: ValidationSettings
    wording: Wording
    scale: MasterScale
    origin: Origin
    trained: Trained
    scored: Scored
    whole: Floats
    now: Side
    development: Development | Phrase
    rivals: Mapping[str, Floats | Phrase]
    champion: Floats | Phrase
    migration: Migration | Phrase
    segments: Mapping[str, Names] | Phrase
    catalogue: Catalogue | Phrase

    @property
    def promotable(self) -> bool:
        """Whether the version could come into force: services score by the catalogue."""
        return not isinstance(self.catalogue, Phrase)

    @property
    def ranks(self) -> dict[str, Floats]:
        """Of the rivals that there are."""
        return {name: one for name, one in self.rivals.items() if not isinstance(one, Phrase)}


def drawn(rows: int, most: int, seed: int) -> Integers:
    """Places of at most so many rows, in the order of chance."""
    return np.random.default_rng(seed).permutation(rows)[:most]
