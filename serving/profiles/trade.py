"""Declared trade by goods, by origin and by partner, as of a time."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from features.facts import Facts, standing
from serving.profiles.document import Commodity, Origin, Partners
from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column

YEAR = 365
FEWEST = 5
"""Parties over which a band is formed at least."""
_COUNTS = ((5, "fewer than 5"), (10, "5 to 9"), (25, "10 to 24"), (50, "25 to 49"))
_MANY = "50 or more"
_SHARES = ((40, "up to 40 %"), (60, "40 % to 60 %"), (80, "60 % to 80 %"))
_MOST = "over 80 %"


@dataclass(frozen=True)
class Declared:
    """Declarations of the last 365 days that stood at a time.

    Attributes
    ----------
    columns : Columns
    values : Integers
        Declared value, fen; 0 where none is stated.
    imports : Integers
        1 for an import, 0 for an export.
    """

    columns: Columns
    values: Integers
    imports: Integers

    @property
    def total(self) -> int:
        """Declared value in all, fen."""
        return int(self.values.sum())


def recent(facts: Facts, table: str, kind: str, enterprise: int, as_of: int) -> Columns:
    """Select an enterprise's rows of one kind that occurred in the last 365 days and stood."""
    columns = facts.tables[table]
    is_kind = columns["kind"] == column(table, "kind").code(kind)
    chosen = standing(columns, enterprise, as_of, YEAR) & is_kind
    return {name: values[chosen] for name, values in columns.items()}


def declared(facts: Facts, enterprise: int, as_of: int) -> Declared:
    """Select the declarations of the last 365 days."""
    columns = recent(facts, "declaration", "declared", enterprise, as_of)
    values = columns["declared_value"]
    imports = columns["direction"] == column("declaration", "direction").code("import")
    return Declared(columns, np.where(values == MISSING, 0, values), imports.astype(np.int64))


def by_commodity(found: Declared, names: Mapping[int, str]) -> tuple[Commodity, ...]:
    """Add up by HS chapter, the largest first."""
    chapters = [names[number][:2] for number in found.columns["hs_code"].tolist()]
    sums: dict[str, list[int]] = {}
    for chapter, value, imported in zip(
        chapters, found.values.tolist(), found.imports.tolist(), strict=True
    ):
        sums.setdefault(chapter, [0, 0])[imported] += value
    return tuple(
        Commodity(
            chapter=chapter,
            imports_fen=imports,
            exports_fen=exports,
            share=_share(imports + exports, found.total),
        )
        for chapter, (exports, imports) in sorted(sums.items(), key=lambda s: (-sum(s[1]), s[0]))
    )


def by_origin(found: Declared, names: Mapping[int, str]) -> tuple[Origin, ...]:
    """Add up by country of origin, the largest first."""
    sums: dict[str, int] = {}
    for number, value in zip(found.columns["origin"].tolist(), found.values.tolist(), strict=True):
        sums[names[number]] = sums.get(names[number], 0) + value
    return tuple(
        Origin(country=country, value_fen=value, share=_share(value, found.total))
        for country, value in sorted(sums.items(), key=lambda s: (-s[1], s[0]))
    )


def partners(parties: Integers, values: Integers) -> Partners:
    """Tell of partners in bands over at least five of them.

    Parameters
    ----------
    parties : Integers
        Number of the other party, one a transaction.
    values : Integers
        What each transaction was worth, fen.
    """
    stated = parties != MISSING
    others, place = np.unique(parties[stated], return_inverse=True)
    sums = np.zeros(len(others), np.int64)
    np.add.at(sums, place, values[stated])
    count = next((text for bound, text in _COUNTS if len(others) < bound), _MANY)
    largest, total = int(np.sort(sums)[-FEWEST:].sum()), int(sums.sum())
    if len(others) < FEWEST or total == 0:
        return Partners(count=count, share_of_five_largest=None)
    share = next((text for bound, text in _SHARES if largest * 100 <= bound * total), _MOST)
    return Partners(count=count, share_of_five_largest=share)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
