"""The view over all lenders: one's own exactly, others only as bands over five."""

from itertools import count

import numpy as np
import pytest

from features.facts import Facts
from serving.console.portrait.lenders import OwnCredit, all_lenders
from supervision.contract.columns import column

ME, AS_OF = 1, 1_000
LATER = np.iinfo(np.int64).max
COLUMNS = ("enterprise_id", "known_at", "reversed_at", "occurred_at", "position")


def facts(*told: tuple[str, int, int, int]) -> Facts:
    """Financing messages of one enterprise: kind, lender, facility, amount."""
    places = count()
    rows = [
        {
            "enterprise_id": ME,
            "known_at": 0,
            "reversed_at": LATER,
            "occurred_at": 0,
            "position": next(places),
            "kind": column("financing", "kind").code(kind),
            "lender": lender,
            "facility": facility,
            "amount": amount,
        }
        for kind, lender, facility, amount in told
    ]
    names = (*COLUMNS, "kind", "lender", "facility", "amount")
    table = {name: np.array([row[name] for row in rows], np.int64) for name in names}
    return Facts({"financing": table}, None, {})  # type: ignore[arg-type]


OWN = (
    ("facility", 7, 70, 1_000),
    ("drawn", 7, 70, 600),
    ("instalment_paid", 7, 70, 100),
    ("facility", 7, 71, 300),
    ("closed", 7, 71, 300),
)


def others(number: int) -> tuple[tuple[str, int, int, int], ...]:
    return tuple(("facility", 10 + n, 100 + n, 200_000_000) for n in range(number))


@pytest.mark.parametrize("number", [0, 1, 4, 5, 9])
def test_others_are_told_only_as_bands_over_five(number: int) -> None:
    found = all_lenders(facts(*OWN, *others(number)), ME, 7, AS_OF)
    assert found.own == OwnCredit(facilities=1, granted=1_000, drawn=500)
    assert found.own.utilisation == 0.5
    assert found.has_others == (number > 0)
    assert found.others == ("5 to 9" if number >= 5 else "fewer than 5")
    assert (found.granted is not None) == (number >= 5)
    assert found.drawn is None


def test_a_lender_that_the_record_does_not_know_has_nothing_of_its_own() -> None:
    found = all_lenders(facts(*OWN), ME, None, AS_OF)
    assert found.own == OwnCredit(0, 0, 0)
    assert found.own.utilisation is None
    assert found.has_others
