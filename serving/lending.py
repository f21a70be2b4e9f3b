"""What a limit rests on, taken from the facts by the features' own engine.

Loan to value differs by chapter of goods, so stock and pledges are wanted chapter by chapter.
The recipes are not written a second time: the enterprise's messages are laid out as if each
chapter were an enterprise of its own, and the same features are evaluated along it.
"""

import math
from collections.abc import Mapping

import numpy as np

from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import Facts
from features.prices import commodities
from serving.limit import Circumstances, Stock
from supervision.arrays import Columns
from supervision.record import Record

FEATURES = tuple(
    CATALOGUE.by_name[name]
    for name in (
        "outbound_value_sum_365d",
        "drawn_amount_now",
        "default_in_force_now",
        "dynamic_pledge_share_now",
        "releases_unauthorised_now",
    )
)
"""Features that a limit and a grade need besides the model's."""
_BY_CHAPTER = tuple(CATALOGUE.by_name[name] for name in ("stock_value_now", "pledged_amount_now"))
_TABLES = ("custody", "title", "purchase", "appraisal", "pledge")
UNKNOWN = "00"
"""Chapter of lots whose commodity the record does not know; the policy's default LTV holds."""


def circumstances(
    record: Record, facts: Facts, enterprise: int, as_of: int, values: Mapping[str, float]
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
    """
    return Circumstances(
        stock=stock_by_chapter(record, facts, enterprise, as_of),
        outbound_year=_whole(values["outbound_value_sum_365d"]),
        drawn=_whole(values["drawn_amount_now"]),
        controlled=_controlled(values),
    )


def stock_by_chapter(
    record: Record, facts: Facts, enterprise: int, as_of: int
) -> tuple[Stock, ...]:
    """Value the goods in custody and what is pledged on them, by HS chapter."""
    own = {
        name: _where(facts.tables[name], facts.tables[name]["enterprise_id"] == enterprise)
        for name in _TABLES
    }
    lots = np.unique(np.concatenate([columns["cargo_code"] for columns in own.values()]))
    if not len(lots):
        return ()
    goods = commodities(facts.lots, lots)
    texts = record.text_of([int(number) for number in np.unique(goods) if number >= 0])
    chapter = np.array([int(texts.get(int(number), UNKNOWN)[:2]) for number in goods], np.int64)
    tables = {name: facts.tables[name] for name in facts.tables if name not in own}
    for name, columns in own.items():
        place = np.searchsorted(lots, columns["cargo_code"])
        tables[name] = {**columns, "enterprise_id": chapter[place]}
    chapters = np.unique(chapter)
    spine = Spine(chapters, np.full(len(chapters), as_of, np.int64))
    matrix = evaluate(Facts(tables, facts.prices, facts.lots), spine, _BY_CHAPTER).values
    found = (
        Stock(f"{number:02d}", _whole(value), _whole(pledged))
        for number, (value, pledged) in zip(chapters, matrix, strict=True)
    )
    return tuple(stock for stock in found if stock.value or stock.pledged)


def _where(columns: Columns, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Columns:
    return {name: values[chosen] for name, values in columns.items()}


def _controlled(values: Mapping[str, float]) -> float:
    """Share of the pledges that are static; 0 without pledges or after an unauthorised release."""
    dynamic = values["dynamic_pledge_share_now"]
    if math.isnan(dynamic) or values["releases_unauthorised_now"] > 0:
        return 0.0
    return 1.0 - dynamic


def _whole(value: float) -> int:
    return 0 if math.isnan(value) else int(value)
