"""What the record adds to the cases' answers: where goods lie, who keeps them, which region."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from serving.console.portfolio.concentration import Concentration, concentration
from serving.console.portfolio.custody_book import CustodyBook
from serving.console.portfolio.holding import Holding
from serving.console.portfolio.keepers import Ground, Keepers, keepers, numbers_of
from serving.policy import Policy
from supervision.record import Record


@dataclass(frozen=True)
class Whereabouts:
    """What the record adds: where goods lie, who keeps them, where enterprises are registered.

    Attributes
    ----------
    as_of : int
        UTC microseconds.
    warehouses, agents : Keepers
    regions : Concentration
        Of the exposure.
    """

    as_of: int
    warehouses: Keepers
    agents: Keepers
    regions: Concentration

    @property
    def are_alike(self) -> bool:
        """Whether each warehouse reports for itself, so that one table tells all."""
        return [one.portion.key for one in self.warehouses.keepers] == [
            one.portion.key for one in self.agents.keepers
        ]


def whereabouts(
    record: Record, book: CustodyBook, holdings: Sequence[Holding], policy: Policy
) -> Whereabouts:
    """Pick a lender's cases out of the custody book.

    Parameters
    ----------
    record : Record
        Knows the names of the numbers in the book.
    book : CustodyBook
    holdings : sequence of Holding
    policy : Policy
        The lender's.
    """
    numbers = record.number_of([holding.case.enterprise_id for holding in holdings])
    enterprises = np.array(sorted(numbers.values()), np.int64)
    names = record.text_of(numbers_of(book, enterprises))
    ground = Ground(enterprises, names, policy.eligible.confirmed_within_days)
    registered = _regions(record, book, numbers)
    exposures = (
        (registered.get(code), code, holding.exposure_fen)
        for holding in holdings
        for code in (holding.case.enterprise_id,)
    )
    return Whereabouts(
        book.as_of,
        keepers(book, "warehouse", ground, policy.caps.warehouse),
        keepers(book, "agent", ground, policy.caps.agent),
        concentration(exposures, policy.caps.region),
    )


def _regions(record: Record, book: CustodyBook, numbers: Mapping[str, int]) -> dict[str, str]:
    """The region of each enterprise that has one on record, by its code."""
    texts = record.text_of(sorted(set(book.regions.values())))
    found = ((code, book.regions.get(number)) for code, number in numbers.items())
    return {code: texts[region] for code, region in found if region is not None}
