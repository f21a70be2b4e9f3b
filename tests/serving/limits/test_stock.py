from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import Facts, conditions
from features.online import facts_of
from serving.lending import registered_capital, stock_by_chapter
from serving.limits.lot import Lot
from serving.limits.stock import lots_of
from supervision.cargo_code import CargoCode
from supervision.record import Record
from tests.serving.conftest import AS_OF, COPPER, DAY, ORE, Port, code, ingest

OWNER, SELLER = code(900), code(901)
PRICE = 6_000_000
"""Fen per 1,000 kg: 6,000 fen a kilogram."""


class Yard(Port):
    """A port whose lots are told of one fact at a time; days count back from the as-of."""

    def lot(self, name: str, quantity: int = 1_000, who: str = OWNER, hs_code: str = COPPER) -> str:
        """A lot in order: declared, received, counted and appraised."""
        lot = str(CargoCode.issue(who, hs_code, name, "CLSAI", "CNXMN", b"key"))
        self.declare(lot, quantity, who=who, hs_code=hs_code)
        self.keep("received", 50, lot, who=who, quantity=quantity)
        self.keep("counted", 40, lot, who=who, quantity=quantity)
        self.say("valuation", "appraisal", AS_OF - 45 * DAY, who, cargo_code=lot, unit_price=PRICE)
        return lot

    def declare(self, lot: str, quantity: int, mode: str | None = "0110", **changed: Any) -> None:
        who, hs_code = changed.get("who", OWNER), changed.get("hs_code", COPPER)
        stated: dict[str, Any] = {"supervision_mode": mode} if mode else {}
        stated |= {"number": f"D{len(self.messages['declaration']):05d}", "direction": "import"}
        stated |= {"hs_code": hs_code, "first_quantity": quantity, "unit": "kg"}
        stated |= {"declared_value": quantity * 6, "currency": "USD", "currency_value": quantity}
        stated |= {"origin": "CL", "port": "CNXMN", "counterparty": "SUPPLIER-1"}
        stated |= {"trading_party": who, "consuming_party": who, "cargo_code": lot}
        self.say("declaration", "declared", AS_OF - 60 * DAY, who, **stated)

    def inspect(self, lot: str, days: int, outcome: str) -> None:
        stated = {"cargo_code": lot, "number": "D00001", "inspection": outcome}
        self.say("declaration", "inspected", AS_OF - days * DAY, OWNER, **stated)

    def keep(self, kind: str, days: int, lot: str, who: str = OWNER, **stated: Any) -> None:
        unit = {"unit": "kg"} if "quantity" in stated else {}
        at = AS_OF - days * DAY
        self.say("custody", kind, at, who, cargo_code=lot, warehouse="W1", **unit, **stated)

    def paper(self, kind: str, lot: str, **stated: Any) -> None:
        self.say(
            "document", kind, AS_OF - 55 * DAY, OWNER, cargo_code=lot, number=f"P-{kind}", **stated
        )

    def pledge(self, kind: str, days: int, lot: str, quantity: int, amount: int) -> None:
        stated: dict[str, Any] = {"receipt": f"R-{lot[-12:]}", "lender": "BANK-9", "unit": "kg"}
        if kind == "registered":
            stated |= {"rank": 1, "form": "static", "registration_number": "G1"}
        self.say(
            "pledge", kind, AS_OF - days * DAY, OWNER,
            cargo_code=lot, quantity=quantity, amount=amount, **stated,
        )  # fmt: skip


def populate() -> tuple[Yard, dict[str, str]]:
    """One lot of each kind."""
    yard = Yard()
    yard.register(OWNER, AS_OF - 400 * DAY)
    names: dict[str, str] = {}

    def lot(name: str, **stated: Any) -> str:
        names[name] = yard.lot(f"{len(names):06d}", **stated)
        return names[name]

    yard.paper("insurance_policy", lot("sound"), amount=1, valid_until=AS_OF + DAY)
    yard.paper("tax_receipt", names["sound"], amount=1)
    yard.paper("insurance_policy", lot("insured once"), amount=1, valid_until=AS_OF - DAY)
    yard.inspect(lot("held"), 58, "detained")
    yard.inspect(lot("let go"), 58, "detained")
    yard.inspect(names["let go"], 56, "released")
    yard.inspect(lot("held again"), 58, "released")
    yard.inspect(names["held again"], 57, "detained")
    yard.keep("exception", 41, lot("settled"), exception="seal_broken")
    yard.keep("exception", 39, lot("in doubt"), exception="document_mismatch")
    yard.keep("exception", 40, lot("short"), exception="count_mismatch", short_quantity=5)
    yard.declare(lot("in bond", quantity=600), 400, "1233")
    yard.keep("received", 49, names["in bond"], quantity=400)
    yard.keep("released", 20, names["in bond"], quantity=500)
    yard.pledge("registered", 30, lot("pledged"), 300, 900_000)
    yard.pledge("registered", 30, lot("freed"), 300, 900_000)
    yard.pledge("released", 10, names["freed"], 300, 900_000)
    yard.keep("released", 5, lot("gone"), quantity=1_000)
    yard.declare(lot("ore", hs_code=ORE), 1, None, hs_code=ORE)
    bought = names["bought"] = yard.lot("000099", who=SELLER)
    sale = {"cargo_code": bought, "number": "S1", "buyer": OWNER, "price": 1, "unit": "kg"}
    yard.say(
        "title", "transferred", AS_OF - 10 * DAY, SELLER,
        quantity=250, due_at=AS_OF, in_storage="yes", **sale,
    )  # fmt: skip
    yard.keep("counted", -1, lot("counted tomorrow"), quantity=1_000)
    return yard, names


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Record, Facts, int, dict[str, str]]]:  # fmt: skip # noqa: E501
    folder: Path = tmp_path_factory.mktemp("yard")
    made, names = populate()
    made.write(folder / "messages")
    record = ingest(folder / "messages", f"sqlite:///{folder}/record.db")
    number = record.number_of([OWNER])[OWNER]
    yield record, facts_of(record, (number,)), number, names
    record.close()


@pytest.fixture(scope="module")
def lots(yard: tuple[Record, Facts, int, dict[str, str]]) -> dict[str, Lot]:
    record, facts, number, names = yard
    found = lots_of(record, facts, number, AS_OF)
    order = sorted(record.number_of(list(names.values())).items(), key=lambda pair: pair[1])
    by_code = {text: name for name, text in names.items()}
    named = [by_code[text] for text, _ in order if by_code[text] != "gone"]
    assert len(found) == len(named)
    return dict(zip(named, found, strict=True))


def test_a_lot_in_order_is_told_so(lots: dict[str, Lot]) -> None:
    assert lots["sound"] == Lot(
        goods=COPPER,
        value=6_000_000,
        modes=(("0110", 6_000_000),),
        confirmed_days=40,
        insured=True,
        taxed=True,
    )


def test_insurance_counts_while_it_runs_and_tax_once_it_is_paid(lots: dict[str, Lot]) -> None:
    assert not lots["insured once"].insured
    assert [name for name, lot in lots.items() if lot.insured] == ["sound"]
    assert [name for name, lot in lots.items() if lot.taxed] == ["sound"]


def test_a_detention_holds_until_a_release_after_it(lots: dict[str, Lot]) -> None:
    held = {name for name, lot in lots.items() if lot.customs == "detained"}
    assert held == {"held", "held again"}


def test_an_exception_stays_open_until_the_lot_is_counted_again(lots: dict[str, Lot]) -> None:
    faults = {name: lot.faults for name, lot in lots.items() if lot.faults}
    assert faults == {"in doubt": ("document_mismatch",), "short": ("count_mismatch",)}


def test_what_lies_under_each_mode_is_valued_at_the_lots_price(lots: dict[str, Lot]) -> None:
    mixed = lots["in bond"]
    assert mixed.value == 500 * 6_000
    assert dict(mixed.modes) == {"0110": 600 * 6_000, "1233": 400 * 6_000}
    assert {mode for mode, _ in lots["ore"].modes} == {"0110", ""}


def test_pledges_count_until_they_are_released(lots: dict[str, Lot]) -> None:
    assert (lots["pledged"].encumbered, lots["pledged"].pledged) == (True, 900_000)
    assert [name for name, lot in lots.items() if lot.encumbered] == ["pledged"]


def test_what_was_bought_in_storage_was_declared_and_confirmed_to_its_seller(
    lots: dict[str, Lot],
) -> None:
    bought = lots["bought"]
    assert (bought.customs, bought.confirmed_days) == ("bought", None)
    assert bought.value == 250 * 6_000


def test_what_is_not_known_yet_is_not_seen(lots: dict[str, Lot]) -> None:
    assert lots["counted tomorrow"].confirmed_days == 40


def test_all_lots_together_are_worth_what_the_feature_says(
    yard: tuple[Record, Facts, int, dict[str, str]], lots: dict[str, Lot]
) -> None:
    record, facts, number, _ = yard
    features = tuple(CATALOGUE.by_name[n] for n in ("stock_value_now", "pledged_amount_now"))
    spine = Spine(np.array([number]), np.array([AS_OF]))
    value, pledged = evaluate(facts, spine, features).values[0]
    assert sum(lot.value for lot in lots.values()) == value
    assert sum(lot.pledged for lot in lots.values()) == pledged
    chapters = stock_by_chapter(record, facts, number, AS_OF)
    assert [stock.chapter for stock in chapters] == ["26", "74"]
    assert sum(stock.value for stock in chapters) == value


def test_the_registered_capital_is_that_of_the_last_registration(
    yard: tuple[Record, Facts, int, dict[str, str]],
) -> None:
    _, facts, number, _ = yard
    assert registered_capital(facts, number, AS_OF) == 500_000_000
    assert registered_capital(facts, number, AS_OF - 401 * DAY) == 0


def test_an_enterprise_without_goods_has_no_lots(
    yard: tuple[Record, Facts, int, dict[str, str]],
) -> None:
    record, facts, number, _ = yard
    assert lots_of(record, facts, number + 10_000, AS_OF) == ()


@pytest.mark.parametrize(("table", "kind"), [("custody", "counted"), ("custody", "received")])
def test_a_lot_is_disputed_with_a_message_of_its_custody(
    yard: tuple[Record, Facts, int, dict[str, str]], table: str, kind: str
) -> None:
    record, facts, number, names = yard
    lot = record.number_of([names["sound"]])[names["sound"]]
    columns = facts.tables[table]
    rows = np.flatnonzero(
        (columns["cargo_code"] == lot) & conditions(columns, table, (("kind", (kind,)),))
    )
    position = int(columns["position"][rows[0]])
    before = lots_of(record, facts, number, AS_OF)
    after = lots_of(record, facts, number, AS_OF, frozenset({position}))
    changed = [place for place, lot in enumerate(after) if lot != before[place]]
    assert len(changed) == 1
    assert after[changed[0]] == replace(before[changed[0]], disputed=True)
    assert not any(lot.disputed for lot in before)


def test_a_dispute_about_anything_else_leaves_the_lots_alone(
    yard: tuple[Record, Facts, int, dict[str, str]],
) -> None:
    record, facts, number, _ = yard
    others = (facts.tables[table]["position"] for table in ("declaration", "document", "pledge"))
    disputed = frozenset(np.concatenate(list(others)).tolist())
    before = lots_of(record, facts, number, AS_OF)
    assert lots_of(record, facts, number, AS_OF, disputed) == before
