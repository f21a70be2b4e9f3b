"""Ties over a small record of its own: counted by hand, told as bands."""

from collections.abc import Iterator

import pytest

from features.calendar import DAY
from features.online import FactsReader
from serving.console.portrait.ties import TITLES, Tie, ties
from supervision.record import Record
from tests.serving.conftest import AS_OF, Port, code, ingest

WHO, SISTER, FORMER, PARENT, LONE = map(code, range(5))
BEFORE = AS_OF - 100 * DAY
GIVERS = tuple(map(code, range(10, 16)))
MILLION = 100_000_000


def messages() -> Port:
    port = Port()
    for each in (WHO, SISTER, FORMER, PARENT, LONE, *GIVERS):
        port.register(each, BEFORE)
    for place, giver in enumerate(GIVERS):
        given = {"party": WHO, "reference": f"G{place}", "amount": 2 * MILLION}
        port.say("enterprise", "guarantee_given", BEFORE, giver, **given)
    ended = {"party": WHO, "reference": "G5", "amount": 2 * MILLION}
    port.say("enterprise", "guarantee_ended", AS_OF - 5 * DAY, GIVERS[5], **ended)
    port.say(
        "enterprise", "guarantee_given", BEFORE, WHO, party=LONE, reference="H", amount=MILLION
    )
    for each in (WHO, SISTER, FORMER):
        port.say("enterprise", "actual_controller", BEFORE, each, party="PERSON-1")
    port.say("enterprise", "actual_controller", BEFORE + DAY, FORMER, party="PERSON-2")
    for place in range(5):
        port.say("enterprise", "related_party", BEFORE, WHO, party=f"KIN-{place}")
        port.say("enterprise", "related_party", BEFORE + DAY, WHO, party=f"KIN-{place}")
    port.say("enterprise", "core_link", BEFORE, WHO, party="CORE-1", core_rating=2)
    port.say("enterprise", "core_link_ended", BEFORE + DAY, WHO, party="CORE-1")
    port.say("enterprise", "core_link", BEFORE, PARENT, party="CORE-1", core_rating=2)
    return port


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    folder = tmp_path_factory.mktemp("ties")
    messages().write(folder / "messages")
    found = ingest(folder / "messages", f"sqlite:///{folder / 'record.db'}")
    yield found
    found.close()


def at(record: Record, who: str, as_of: int = AS_OF) -> dict[str, Tie]:
    number = record.number_of([who])[who]
    facts = FactsReader(record).facts_of(number, record.position(), as_of)
    return {tie.kind: tie for tie in ties(record, facts, number, as_of)}


def test_guarantors_are_those_whose_guarantee_stands(record: Record) -> None:
    found = at(record, WHO)["guarantors"]
    assert found.count == "5 to 9"
    assert found.exposure is not None
    assert found.exposure.words.en == "¥5 million to 10 million"
    earlier = at(record, WHO, AS_OF - 10 * DAY)["guarantors"].exposure
    assert earlier is not None
    assert earlier.words.en == "¥10 million to 50 million"


def test_whom_it_guarantees_is_one_and_so_no_amount_is_told(record: Record) -> None:
    found = at(record, WHO)["guaranteed"]
    assert (found.is_any, found.count, found.exposure) == (True, "fewer than 5", None)
    assert at(record, LONE)["guarantors"].is_any


def test_sisters_are_those_whose_last_controller_is_the_same(record: Record) -> None:
    assert at(record, WHO)["sisters"].is_any
    assert at(record, SISTER)["sisters"].is_any
    assert not at(record, FORMER)["sisters"].is_any
    assert not at(record, LONE)["sisters"].is_any
    assert at(record, FORMER, BEFORE + 12 * DAY // 24)["sisters"].is_any


def test_a_party_that_is_told_twice_counts_once(record: Record) -> None:
    assert at(record, WHO)["related"].count == "5 to 9"


def test_a_link_that_ended_stands_no_longer(record: Record) -> None:
    assert not at(record, WHO)["core"].is_any
    assert at(record, PARENT)["core"].is_any


def test_nothing_is_there_before_it_is_known(record: Record) -> None:
    found = at(record, WHO, BEFORE - DAY)
    assert tuple(found) == tuple(TITLES)
    assert not any(tie.is_any for tie in found.values())
