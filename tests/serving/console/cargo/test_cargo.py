"""The cargo pages over small ports: figures by hand, no third parties, no foreign cases."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np
import pytest

from features.calendar import DAY
from features.online import facts_of
from serving.access import consents as log
from serving.access.consents import Consents
from serving.access.store import Store
from serving.app import create_app
from serving.console.cargo.own_lots import find_lot
from serving.console.cargo.reading import CargoPage, cargo_of
from serving.console.cargo.standpoint import Standpoint
from serving.console.cargo.way import Terms, lot_page
from serving.console.cargo.worth import worth_over_time
from serving.console.case.answers import answers_of
from serving.console.officers.role import OfficerRole
from serving.console.officers.sessions import prepare
from serving.limits.eligibility import EligibilityTerms
from serving.rooms import Rooms
from supervision.cargo_code import CargoCode
from supervision.record import Record
from tests.serving.access.conftest import consent
from tests.serving.conftest import (
    AS_OF,
    COPPER,
    NEWCOMER,
    NOW,
    STRONG,
    UNKNOWN,
    WEAK,
    Port,
    World,
    ingest,
    served,
)
from tests.serving.console.conftest import (
    BANK,
    CASES,
    FOREIGN,
    WITHDRAWN,
    Console,
    case_path,
    score,
)
from tests.serving.console.page_text import words

TERMS = EligibilityTerms()
US, SELLER, BUYER = CASES[4], CASES[5], CASES[1]
BEGUN = AS_OF - 200 * DAY


def cargo_path(enterprise_id: str, lot: str = "") -> str:
    return f"{case_path(enterprise_id)}/cargo" + (f"/{quote(lot, safe='')}" if lot else "")


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, str, str]:
    """A port of one enterprise: one lot of its own, one bought; pledges to two lenders."""
    port = Port()
    own, other = (
        str(CargoCode.issue(who, COPPER, batch, "CLSAI", "CNXMN", b"key"))
        for who, batch in ((US, "000001"), (SELLER, "000002"))
    )
    port.register(US, BEGUN - DAY)
    declared = {"number": "D1", "direction": "import", "hs_code": COPPER, "unit": "kg"}
    declared |= {"first_quantity": 1_000, "declared_value": 5_000_000, "currency": "USD"}
    declared |= {"currency_value": 700_000, "origin": "CL", "port": "CNXMN"}
    declared |= {"trading_party": US, "consuming_party": US, "counterparty": "SUPPLIER-X"}
    port.say("declaration", "declared", BEGUN, US, cargo_code=own, **declared)
    held = {"cargo_code": own, "warehouse": "W1", "unit": "kg"}
    port.say("custody", "received", BEGUN + DAY, US, quantity=1_000, pile="P9", **held)
    port.say("custody", "sensor", BEGUN + DAY, US, cargo_code=own, warehouse="W1", reading=-18_500)
    port.say("custody", "counted", AS_OF - 10 * DAY, US, quantity=1_000, **held)
    fault = {"cargo_code": own, "warehouse": "W1", "exception": "seal_broken"}
    port.say("custody", "exception", AS_OF - 5 * DAY, US, **fault)
    port.say("valuation", "appraisal", BEGUN + DAY, US, cargo_code=own, unit_price=6_000_000)
    price = {"hs_code": COPPER, "method": "market"}
    port.say("valuation", "market_price", BEGUN, "", unit_price=4_000_000, **price)
    port.messages["valuation"][-1].pop("enterprise_id")
    receipts = (("R-OURS", BANK, 400, 111_100), ("R-THEIRS", "BANK-SECRET", 100, 777_700))
    for receipt, lender, quantity, amount in receipts:
        stated = {"cargo_code": own, "receipt": receipt, "lender": lender}
        whole = {"rank": 1, "form": "static", "quantity": quantity, "unit": "kg"}
        whole |= {"amount": amount, "registration_number": f"G-{receipt}"}
        port.say("pledge", "registered", BEGUN + 2 * DAY, US, **stated, **whole)
        order = {"release_order": f"O-{receipt}", "quantity": 50, "unit": "kg"}
        port.say("pledge", "release_requested", AS_OF - 3 * DAY, US, **stated, **order)
    sale = {"cargo_code": other, "number": "S1", "buyer": US, "price": 900_000, "quantity": 200}
    sale |= {"unit": "kg", "due_at": AS_OF - DAY, "in_storage": "yes"}
    port.say("title", "transferred", BEGUN + 3 * DAY, SELLER, **sale)
    port.say("title", "transferred", BEGUN - 3 * DAY, SELLER, **{**sale, "buyer": BUYER})
    folder: Path = tmp_path_factory.mktemp("yard")
    port.write(folder / "messages")
    return ingest(folder / "messages", f"sqlite:///{folder}/record.db"), own, other


@pytest.fixture(scope="module")
def at_the_yard(
    world: World, yard: tuple[Record, str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """An officer's browser in a console over that port."""
    record, *_ = yard
    folder = tmp_path_factory.mktemp("yard-console")
    database = record.engine.url.render_as_string()
    settings = world.settings(folder / "ledger.db", as_of=AS_OF, database=database)
    rooms = Rooms(settings)
    store = Store(settings.ledger, (log.prepare, prepare))
    Consents(store).grant(consent(US, BANK), "test")
    score(rooms, BANK, (US,), (AS_OF,))
    with served(create_app(settings, clock=lambda: NOW)) as client:
        found = Console(client, store, rooms)
        found.officer("li.wei", OfficerRole.OFFICER)
        with found.signed_in("li.wei") as browser:
            yield browser
    store.close()
    rooms.close()


def looked_at(record: Record, as_of: int = AS_OF, tenant: str = BANK) -> Standpoint:
    number = record.number_of([US])[US]
    return Standpoint(US, number, tenant, as_of, record.position())


def page_of(record: Record, as_of: int = AS_OF, tenant: str = BANK) -> CargoPage:
    at = looked_at(record, as_of, tenant)
    return cargo_of(record, facts_of(record, [at.enterprise]), at, TERMS)


def test_stock_is_told_by_lot_as_worked_by_hand(yard: tuple[Record, str, str]) -> None:
    record, own, other = yard
    page = page_of(record)
    first, second = page.stock.lots
    assert (first.name.tail, second.name.tail) == (own[19:], other[19:])
    assert (first.name.is_own, second.name.is_own) == (True, False)
    assert (first.quantity, first.value, first.market) == (1_000, 6_000_000, 4_000_000)
    assert (second.quantity, second.value, second.market) == (200, 0, 800_000)
    assert first.to_market == 1.5
    assert first.place is not None
    assert (first.place.warehouse, first.place.pile) == ("W1", "P9")
    assert second.place is None
    assert page.stock.priced == (6_000_000, 4_800_000)
    assert {each.name: each.value for each in page.warehouses} == {"W1": 6_000_000, None: 0}
    assert [(fault.kind, fault.state) for fault in page.faults] == [("seal_broken", "stands")]


def test_only_the_lenders_own_pledges_are_told(yard: tuple[Record, str, str]) -> None:
    record, *_ = yard
    page = page_of(record)
    assert [(p.receipt, p.amount) for p in page.pledges] == [("R-OURS", 111_100)]
    assert [(o.number, o.state) for o in page.orders] == [("O-R-OURS", "waiting")]
    assert (page.stock.lots[0].pledged, page.stock.lots[0].pledged_elsewhere) == (111_100, True)
    assert "SECRET" not in repr(page)
    assert "THEIRS" not in repr(page)
    assert "7777" not in repr(page)
    stranger = page_of(record, tenant="BANK-9")
    assert stranger.pledges == stranger.orders == ()
    assert (stranger.stock.lots[0].pledged, stranger.stock.lots[0].pledged_elsewhere) == (0, True)


def test_worth_over_time_is_the_worth_as_of_each_time(yard: tuple[Record, str, str]) -> None:
    record, *_ = yard
    at = looked_at(record)
    facts = facts_of(record, [at.enterprise])
    told = worth_over_time(facts, at)
    assert told[-1].at == AS_OF
    assert np.all(np.diff([each.at for each in told]) == 14 * DAY)
    for each in told[::7]:
        stock = page_of(record, each.at).stock
        assert each.appraised == stock.value
        assert each.market == stock.priced[1]
    assert told[0].appraised == 0 < told[-1].appraised


def test_a_lots_way_leads_from_declaration_on(yard: tuple[Record, str, str]) -> None:
    record, own, other = yard
    at = looked_at(record)
    facts = facts_of(record, [at.enterprise])
    lot = find_lot(record, facts, at, own[19:])
    assert lot is not None
    page = lot_page(record, facts, at, lot, Terms(TERMS))
    assert [step.told.kind for step in page.steps] == [
        "declared", "received", "appraisal", "registered", "counted", "exception",
        "release_requested",
    ]  # fmt: skip
    reached = {stage.name for stage in page.stages if stage.at is not None}
    assert reached == {"declared", "received", "counted", "appraised", "pledged", "ordered"}
    assert page.sensors is not None
    assert (page.sensors.count, page.sensors.lowest) == (1, -18.5)
    assert "SECRET" not in repr(page)
    assert "SUPPLIER" not in repr([step.details for step in page.steps])
    bought = find_lot(record, facts, at, other[19:])
    assert bought is not None
    page = lot_page(record, facts, at, bought, Terms(TERMS))
    assert [(step.side, step.told.kind) for step in page.steps] == [("bought", "transferred")]
    assert [each.side for each in page.transfers] == ["bought"], "nor the sale to another"
    assert find_lot(record, facts, at, "x") is None


def test_nothing_is_seen_that_was_not_known_yet(yard: tuple[Record, str, str]) -> None:
    record, *_ = yard
    early = page_of(record, BEGUN + DAY // 2)
    assert early.stock.lots == early.pledges == early.faults == early.transfers == ()


def test_an_order_that_waits_for_this_lender_is_told_first(
    yard: tuple[Record, str, str], at_the_yard: httpx.Client
) -> None:
    _, own, _ = yard
    page = at_the_yard.get(cargo_path(US)).text
    text = words(page)
    assert "1 release order waits for your word" in text
    assert text.index("O-R-OURS") < text.index("Stock in custody")
    assert "G-R-OURS" in text
    lot = at_the_yard.get(cargo_path(US, own[19:])).text
    for each in (page, lot):
        assert "¥1,111" in each
        for hidden in ("SECRET", "THEIRS", "¥7,777", "SUPPLIER", SELLER, BUYER):
            assert hidden not in each, hidden
    assert "Bought from a seller" in text
    assert "Overdue" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_name_no_third_party(
    console: Console, officer: httpx.Client, language: str
) -> None:
    page = officer.get(cargo_path(WEAK), params={"lang": language})
    assert page.status_code == 200
    tails = re.findall(r"/cargo/([0-9A-Z-]+)", page.text)
    lots = [officer.get(cargo_path(WEAK, tail)) for tail in dict.fromkeys(tails)]
    officer.get(cargo_path(WEAK), params={"lang": "en"})
    for each in (page, *lots):
        assert each.status_code == 200
        for hidden in ("BANK-SECRET", "BUYER-", "SUPPLIER-", "R1<", "G1<", "70,000"):
            assert hidden not in each.text, hidden
    assert ("他行在押" if language == "zh" else "held by others") in page.text


def test_the_page_tells_the_stock_that_the_score_rests_on(
    console: Console, officer: httpx.Client
) -> None:
    answer = answers_of(console.rooms.ledger().engine, BANK, STRONG)[-1]
    stock = sum(each["value_fen"] for each in answer.told["limit"]["components"]["stock"])
    text = words(officer.get(cargo_path(STRONG)).text)
    assert f"Stock in custody ¥{(stock + 50) // 100:,} " in text


def test_a_message_of_the_way_is_one_click_away(officer: httpx.Client) -> None:
    page = officer.get(cargo_path(STRONG)).text
    lot = officer.get(unescape(re.findall(r'href="([^"]+/cargo/[^"]+)"', page)[0])).text
    links = re.findall(r'href="([^"]+/messages/[^"]+)"', lot)
    assert links
    assert {officer.get(unescape(link)).status_code for link in dict.fromkeys(links)} == {200}


def test_a_view_is_logged(console: Console, officer: httpx.Client) -> None:
    page = officer.get(cargo_path(STRONG)).text
    tail = re.findall(r"/cargo/([0-9A-Z-]+)", page)[0]
    officer.get(cargo_path(STRONG, tail))
    last = [(e["subject"], str(e["detail"])) for e in console.audited("viewed")][-2:]
    assert [subject for subject, _ in last] == [STRONG, STRONG]
    assert '"cargo"' in last[0][1]
    assert tail in last[1][1]


def test_an_earlier_score_shows_the_cargo_of_then(console: Console, officer: httpx.Client) -> None:
    first = answers_of(console.rooms.ledger().engine, BANK, STRONG)[0]
    then = officer.get(cargo_path(STRONG), params={"score": first.score_id}).text
    stock = sum(each["value_fen"] for each in first.told["limit"]["components"]["stock"])
    assert f"Stock in custody ¥{(stock + 50) // 100:,} " in words(then)
    assert f"?score={first.score_id}" in then, "links to lots keep the time"


def test_an_enterprise_of_which_little_is_known_has_its_page(officer: httpx.Client) -> None:
    assert "there are no lines" in officer.get(cargo_path(NEWCOMER)).text


@pytest.mark.parametrize("enterprise_id", [FOREIGN, WITHDRAWN, UNKNOWN, "x"])
def test_what_is_not_the_lenders_is_not_there(
    console: Console, officer: httpx.Client, enterprise_id: str
) -> None:
    tail = re.findall(r"/cargo/([0-9A-Z-]+)", officer.get(cargo_path(STRONG)).text)[0]
    assert officer.get(cargo_path(enterprise_id)).status_code == 404
    assert officer.get(cargo_path(enterprise_id, tail)).status_code == 404
    assert officer.get(cargo_path(WEAK, tail)).status_code == 404
    with console.signed_in("other") as other:
        assert other.get(cargo_path(STRONG)).status_code == 404
        assert other.get(cargo_path(STRONG, tail)).status_code == 404


def test_another_role_is_told_so(console: Console) -> None:
    with console.signed_in("zhou.tao") as browser:
        assert browser.get(cargo_path(STRONG)).status_code == 403
        assert browser.get(cargo_path(STRONG, "x")).status_code == 403
    assert NOW > AS_OF
