"""What a limit rests on, taken from the facts by the features' own engine."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from features.catalogue import CATALOGUE
from features.facts import Facts, standing
from features.prices import commodities
from serving.limit import Circumstances
from serving.limits.amounts import UNKNOWN
from serving.limits.held import held_by
from serving.limits.stock import lots_of
from supervision.arrays import MISSING
from supervision.contract.columns import column
from supervision.record import Record

FEATURES = tuple(
    CATALOGUE.by_name[name]
    for name in (
        "outbound_value_sum_365d",
        "days_sales_outstanding_365d",
        "drawn_amount_now",
        "default_in_force_now",
        "dishonest_debtor_ever",
        "dynamic_pledge_share_now",
        "releases_unauthorised_now",
    )
)
"""Features that a limit, a grade and what an answer warns of need besides the model's."""
_REGISTRATION = column("enterprise", "kind").code("registration")


@dataclass(frozen=True)
class Stock:
    """Goods of one HS chapter in custody.

    Attributes
    ----------
    chapter : str
        Two digits.
    value : int
        What they are worth, fen.
    pledged : int
        What others have secured on them, fen.
    """

    chapter: str
    value: int
    pledged: int


def circumstances(
    record: Record,
    facts: Facts,
    enterprise: int,
    as_of: int,
    values: Mapping[str, float],
    disputed: frozenset[int] = frozenset(),
) -> Circumstances:
    """Gather what an enterprise's limit rests on.

    Parameters
    ----------
    record : Record
    facts : Facts
    enterprise : int
        Number of its name in the record.
    as_of : int
        UTC microseconds.
    values : mapping
        Values of at least :data:`FEATURES`, by name.
    disputed : frozenset of int
        Positions of messages to which the enterprise objects.
    """
    return Circumstances(
        lots=lots_of(record, facts, enterprise, as_of, disputed),
        outbound_year=_whole(values["outbound_value_sum_365d"]),
        drawn=_whole(values["drawn_amount_now"]),
        controlled=controlled(values),
        receivable_days=_whole(values["days_sales_outstanding_365d"]),
        registered_capital=registered_capital(facts, enterprise, as_of),
    )


def stock_by_chapter(
    record: Record, facts: Facts, enterprise: int, as_of: int
) -> tuple[Stock, ...]:
    """Value the goods in custody and what is pledged on them, by HS chapter."""
    held = held_by(facts, enterprise, as_of)
    goods = commodities(facts.lots, held.lots).tolist()
    texts = record.text_of([number for number in set(goods) if number >= 0])
    found: dict[str, Stock] = {}
    for number, value, pledged in zip(
        goods, held.value.tolist(), held.pledged.tolist(), strict=True
    ):
        chapter = texts.get(number, UNKNOWN)[:2]
        known = found.get(chapter, Stock(chapter, 0, 0))
        found[chapter] = Stock(chapter, known.value + value, known.pledged + pledged)
    return tuple(found[chapter] for chapter in sorted(found))


def registered_capital(facts: Facts, enterprise: int, as_of: int) -> int:
    """Capital of the last registration that stood, fen; 0 where there is none."""
    columns = facts.tables["enterprise"]
    chosen = standing(columns, enterprise, as_of) & (columns["kind"] == _REGISTRATION)
    last = max(
        zip(
            columns["occurred_at"][chosen].tolist(),
            columns["position"][chosen].tolist(),
            columns["registered_capital"][chosen].tolist(),
            strict=True,
        ),
        default=(0, 0, MISSING),
    )[-1]
    return max(0, last)


def controlled(values: Mapping[str, float]) -> float:
    """Share of the pledges that are static; 0 without pledges or after an unauthorised release."""
    dynamic = values["dynamic_pledge_share_now"]
    if math.isnan(dynamic) or values["releases_unauthorised_now"] > 0:
        return 0.0
    return 1.0 - dynamic


def _whole(value: float) -> int:
    return 0 if math.isnan(value) else int(value)
