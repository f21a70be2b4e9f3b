"""Small cases reckoned by hand for what is asked of stock, of prices and of parts of a window."""

from math import sqrt

import numpy as np
import pytest

from features.calendar import DAY
from features.engine.sums import Overflow, product
from features.engine.sweep import Spine, Sweep
from features.facts import ENVELOPE, Facts, stream_of, table_names
from features.families.balances import BOUGHT_IN_STORAGE, DECLARED, RECEIVED, SALES, STOCK
from features.nodes.balances import Flow
from features.nodes.market import AtMarket, BasketDrawdown, BasketVolatility, TotalPriced
from features.nodes.stock import Covered, MeanDaysSince
from features.nodes.windows import DaysSince, GreatestPart, Total
from features.prices import Prices
from features.recipe import Recipe, Rows
from supervision.arrays import MISSING, NEVER, Columns
from supervision.contract.columns import columns

START = 1_600_000_000_000_000
WE, OTHER = 1, 2
LOT, SECOND, GONE, UNPRICED = 10, 11, 12, 13
GOOD, RARE = 20, 21
SENSORS = Rows("custody", (("kind", ("sensor",)),))
APPRAISALS = Rows("appraisal", (("kind", ("appraisal",)),))
POLICIES = Rows("document", (("kind", ("insurance_policy",)),), until="valid_until")

Told = tuple[str, dict[str, object]]


def told(table: str, kind: str, day: float, **facts: object) -> Told:
    """A message about us that became known as it occurred, unless it says otherwise."""
    at = START + int(day * DAY)
    envelope = {"enterprise_id": WE, "occurred_at": at, "known_at": at, "reversed_at": NEVER}
    return table, {**envelope, "kind": kind, **facts}


def priced(day: float, unit_price: int, good: int = GOOD, **facts: object) -> Told:
    return told("market", "market_price", day, hs_code=good, unit_price=unit_price, **facts)


def received(lot: int, day: float, quantity: int) -> Told:
    return told("custody", "received", day, cargo_code=lot, quantity=quantity)


def declared(day: float, value: int, **facts: object) -> Told:
    return told("declaration", "declared", day, declared_value=value, **facts)


def on(day: float) -> int:
    """Time of a day."""
    return START + int(day * DAY)


def _table(name: str, messages: list[Told]) -> Columns:
    stream = "valuation" if name == "market" else stream_of(name)
    there = {column.name: column for column in columns(stream) if column.kind != "text"}
    rows = [(place, facts) for place, (table, facts) in enumerate(messages, 1) if table == name]
    table = {}
    for column in (*ENVELOPE, *there):
        codes = there[column].choices if column in there else ()
        values = [place if column == "position" else f.get(column, MISSING) for place, f in rows]
        numbers = [codes.index(v) if isinstance(v, str) else v for v in values]
        table[column] = np.array(numbers, np.int64)
    return table


def _facts(messages: list[Told]) -> Facts:
    lots = {LOT: GOOD, SECOND: GOOD, GONE: GOOD, UNPRICED: RARE}
    return Facts(
        {name: _table(name, messages) for name in table_names()},
        Prices.of(_table("market", messages)),
        {"lot": np.array(list(lots)), "commodity": np.array(list(lots.values()))},
    )


def ask(recipe: Recipe, day: float, *messages: Told) -> float | None:
    """What a recipe gives for us as of a day; None where there is nothing."""
    sweep = Sweep(_facts(list(messages)), Spine(np.array([WE]), np.array([on(day)])))
    values = sweep.value(recipe)
    return float(values.numbers[0]) if values.known[0] else None


PRICES = (priced(0, 2_000), priced(10, 3_000, known_at=on(12), reversed_at=on(15)))
MARKET_VALUE = AtMarket(DECLARED, "first_quantity", "hs_code", 365)
STATED_VALUE = TotalPriced(DECLARED, "declared_value", "hs_code", 365)


@pytest.mark.parametrize(
    ("known", "expected"),
    [(11.9, 3_002), (12, 4_503), (14.9, 4_503), (15, 3_002)],
    ids=["before the new price", "as it is told", "before it is taken back", "as it is"],
)
def test_a_message_is_valued_at_the_price_known_when_it_was(known: float, expected: int) -> None:
    message = declared(11, 9_000, first_quantity=1_501, hs_code=GOOD, known_at=on(known))
    assert ask(MARKET_VALUE, 20, *PRICES, message) == expected
    assert ask(STATED_VALUE, 20, *PRICES, message) == 9_000


def test_goods_without_a_price_are_left_out_on_both_sides() -> None:
    messages = (
        *PRICES,
        declared(1, 500, first_quantity=100, hs_code=GOOD),
        declared(2, 700, first_quantity=100, hs_code=RARE),
    )
    assert ask(MARKET_VALUE, 20, *messages) == 200
    assert ask(STATED_VALUE, 20, *messages) == 500


def test_a_sale_is_valued_by_the_commodity_of_its_lot() -> None:
    sales = [
        told("title", "transferred", 5, cargo_code=lot, quantity=quantity, price=price)
        for lot, quantity, price in [(LOT, 600, 1_000), (SECOND, 1, 5), (UNPRICED, 900, 77)]
    ]
    assert ask(AtMarket(SALES, "quantity", "cargo_code", 90), 6, *PRICES, *sales) == 1_200 + 2
    assert ask(TotalPriced(SALES, "price", "cargo_code", 90), 6, *PRICES, *sales) == 1_005


def test_a_value_beyond_int64_is_refused() -> None:
    message = declared(1, 1, first_quantity=10**12, hs_code=GOOD)
    with pytest.raises(Overflow):
        ask(MARKET_VALUE, 2, priced(0, 10**12), message)


AGE = MeanDaysSince(STOCK, (RECEIVED, BOUGHT_IN_STORAGE))
BOUGHT = told("purchase", "transferred", 8, cargo_code=SECOND, quantity=100, in_storage="yes")
HELD = (
    received(LOT, 0, 300),
    received(SECOND, 4, 100),
    BOUGHT,
    received(GONE, 1, 50),
    told("custody", "released", 2, cargo_code=GONE, quantity=50),
)


def test_age_is_weighed_by_quantity_and_counts_from_the_last_arrival() -> None:
    assert ask(AGE, 10, *HELD) == (300 * 10 + 200 * 2) / 500
    assert ask(AGE, 10.9, *HELD) == (300 * 10 + 200 * 2) / 500
    assert ask(AGE, 7, *HELD) == (300 * 7 + 100 * 3) / 400


def test_without_stock_there_is_no_age() -> None:
    assert ask(AGE, 10) is None
    assert ask(AGE, 10, *HELD[3:]) is None


def test_silence_is_that_of_lots_in_stock_with_a_sensor() -> None:
    silence = MeanDaysSince(STOCK, (SENSORS,))
    readings = [
        told("custody", "sensor", day, cargo_code=lot, reading=-18_000)
        for lot, day in [(SECOND, 5), (SECOND, 7), (GONE, 1)]
    ]
    assert ask(silence, 10, *HELD, *readings) == 3
    assert ask(silence, 10, *HELD, readings[2]) is None


def test_a_lot_is_covered_up_to_what_it_is_worth() -> None:
    def policy(lot: int, amount: int, **facts: object) -> Told:
        return told("document", "insurance_policy", 2, cargo_code=lot, amount=amount, **facts)

    covered = Covered(STOCK, APPRAISALS, Flow(POLICIES, "amount"))
    messages = (
        received(LOT, 0, 1_000),
        received(SECOND, 0, 2_000),
        told("appraisal", "appraisal", 1, cargo_code=LOT, unit_price=5_000),
        told("appraisal", "appraisal", 1, cargo_code=SECOND, unit_price=2_000),
        policy(LOT, 2_000),
        policy(LOT, 1_000, valid_until=on(9)),
        policy(LOT, 700, valid_until=on(5)),
        policy(SECOND, 9_000),
        policy(GONE, 4_000),
    )
    assert ask(covered, 8, *messages) == 2_000 + 1_000 + 4_000
    assert ask(covered, 9, *messages) == 2_000 + 4_000


def test_the_greatest_part_of_a_window() -> None:
    parts = GreatestPart(DECLARED, "declared_value", (91, 182, 273, 365))
    messages = (declared(399.5, 30), declared(309, 20), declared(300, 15), declared(40, 25))
    assert ask(parts, 400, *messages) == 20 + 15
    assert ask(parts, 400, *messages[:2]) == 30
    assert ask(parts, 400, *messages, declared(35, 99)) == 35
    assert ask(parts, 400) == 0


STEADY = (received(LOT, 0, 1_000), received(UNPRICED, 0, 5_000))


def test_volatility_is_the_root_of_the_mean_squared_weekly_return() -> None:
    prices = (priced(1, 800), priced(8, 1_000), priced(15, 1_100))
    found = ask(BasketVolatility(STOCK, 2), 15, *STEADY, *prices)
    assert found == pytest.approx(sqrt((0.1**2 + 0.25**2) / 2), rel=1e-14)
    assert ask(BasketVolatility(STOCK, 3), 15, *STEADY, *prices) is None
    assert ask(BasketVolatility(STOCK, 2), 15, *prices) is None


def test_a_late_price_is_not_known_in_its_week() -> None:
    prices = (priced(1, 800), priced(8, 1_000, known_at=on(8.1)), priced(15, 1_000))
    found = ask(BasketVolatility(STOCK, 2), 15, *STEADY, *prices)
    assert found == pytest.approx(sqrt((0.25**2 + 0.0**2) / 2), rel=1e-14)


def test_drawdown_is_from_the_greatest_of_the_points() -> None:
    prices = (priced(0, 900), priced(10, 1_200), priced(15, 9_000), priced(20, 1_000))
    fallen = (*prices, priced(30, 800))
    assert ask(BasketDrawdown(STOCK, 3, 10), 30, *STEADY, *fallen) == 1 - 800 / 1_200
    assert ask(BasketDrawdown(STOCK, 1, 10), 20, *STEADY, *prices[:2]) == 0
    assert ask(BasketDrawdown(STOCK, 4, 10), 30, *STEADY, *fallen) is None


def test_only_what_another_party_trades_goes_through_an_agent() -> None:
    messages = (
        declared(1, 400, trading_party=WE),
        declared(2, 500, trading_party=OTHER),
        declared(3, 600),
    )
    assert ask(Total(DECLARED, "value_through_agent", 365), 9, *messages) == 500


def test_days_since_may_look_back_for_ever() -> None:
    message = declared(0, 1)
    assert ask(DaysSince(DECLARED, 365), 400, message) is None
    assert ask(DaysSince(DECLARED), 400.5, message) == 400


def test_a_product_beyond_int64_is_refused() -> None:
    assert product(np.array([3]), np.array([-4])).tolist() == [-12]
    with pytest.raises(Overflow):
        product(np.array([2**40]), np.array([2**23]))
