"""The worklist: what is urgent, in which order, and what of it is shown."""

import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.console.cases import Case
from serving.console.worklist.reading import AT_ONCE, ORDERS, Wanted, worklist
from serving.console.worklist.urgency import LARGE_MOVE, NEAR, SIGNALS, Grounds, weighed
from tests.serving.conftest import DEFAULTED, NEWCOMER, STRONG, WEAK
from tests.serving.console.conftest import CASES, Console

GROUNDS = Grounds(0.1, {"A": True, "B": True, "C": False, "D": False}, {"E-30": 30}, frozenset())


def case(**changed: object) -> Case:
    stated = {
        "enterprise_id": "E", "score_id": "S", "as_of": 0, "status": "scored", "reference": None,
        "score": 600, "grade": "B", "pd": 0.01, "limit_fen": 0, "binding": "grade",
        "goods": "above", "missing_fen": 0, "former_as_of": None, "former_score": None,
        "former_grade": None,
    }  # fmt: skip
    return Case(**{**stated, **changed})  # type: ignore[arg-type]


def signals(**changed: object) -> set[str]:
    return {signal.code for signal in weighed(case(**changed), GROUNDS).signals}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, set()),
        ({"goods": "alert"}, {"alert"}),
        ({"goods": "close_out"}, {"close_out"}),
        ({"goods": None}, set()),
        ({"grade": "D", "pd": 1.0}, {"default"}),
        ({"former_score": 600 + LARGE_MOVE}, {"fell"}),
        ({"former_score": 600 + LARGE_MOVE - 1}, set()),
        ({"former_score": 600 - LARGE_MOVE}, {"rose"}),
        ({"former_grade": "C", "former_score": 600}, {"crossed"}),
        ({"former_grade": "A", "former_score": 600}, set()),
        ({"enterprise_id": "E-30"}, {"maturity"}),
        (
            {"status": "insufficient_data", "score": None, "grade": None, "pd": None},
            {"insufficient"},
        ),
        # Odds twice as good as at the cut-off are 40 points; 9 to 1 against 10 to 1 are 6.
        ({"pd": 1 / 11}, {"near"}),
        ({"pd": 1 / 9.2}, {"near"}),
        ({"pd": 1 / 13}, set()),
    ],
)
def test_each_signal_holds_where_it_should(changed: dict[str, object], expected: set[str]) -> None:
    assert signals(**changed) == expected


def test_the_cut_off_is_measured_in_points() -> None:
    distance = GROUNDS.distance(case(pd=1 / 19))
    assert distance is not None
    assert abs(distance - 40) < 1e-9
    assert GROUNDS.distance(case(pd=0.1)) == 0
    assert NEAR < 40


CASE = st.builds(
    case,
    enterprise_id=st.text("ABCD0123456789", min_size=4, max_size=4),
    score=st.one_of(st.none(), st.integers(300, 900)),
    former_score=st.one_of(st.none(), st.integers(300, 900)),
    grade=st.sampled_from("ABCD"),
    goods=st.sampled_from(["above", "alert", "close_out", None]),
    pd=st.one_of(st.none(), st.floats(0.0005, 1)),
    limit_fen=st.one_of(st.none(), st.integers(0, 10**9)),
    reference=st.one_of(st.none(), st.text("abc", max_size=3)),
)
LISTS = st.lists(CASE, max_size=130, unique_by=lambda one: one.enterprise_id)


@given(LISTS, st.sampled_from(sorted(ORDERS)))
def test_the_pages_hold_every_case_once_the_most_urgent_first(
    cases: list[Case], order: str
) -> None:
    first = worklist(cases, GROUNDS, Wanted(order=order))
    pages = [
        worklist(cases, GROUNDS, Wanted(order=order, page=page))
        for page in range(1, first.pages + 1)
    ]
    lines = [line for page in pages for line in page.lines]
    assert sorted(line.case.enterprise_id for line in lines) == sorted(
        one.enterprise_id for one in cases
    )
    assert all(len(page.lines) == AT_ONCE for page in pages[:-1])
    if order == "urgency":
        weights = [line.urgency for line in lines]
        assert weights == sorted(weights, reverse=True)
        assert all(line.urgency == sum(s.weight for s in line.signals) for line in lines)
    if order == "moved":
        moves = [line.case.moved for line in lines if line.case.moved is not None]
        assert moves == sorted(moves)
    beyond = worklist(cases, GROUNDS, Wanted(page=10**6))
    assert beyond.page == beyond.pages


@given(LISTS, st.sampled_from("ABCD"), st.sampled_from([s.code for s in SIGNALS]))
def test_a_filter_shows_what_fits_and_counts_all(
    cases: list[Case], grade: str, signal: str
) -> None:
    found = worklist(cases, GROUNDS, Wanted(text="a", grade=grade, signal=signal))
    assert found.total == len(cases)
    for line in found.lines:
        assert line.case.grade == grade
        assert signal in {one.code for one in line.signals}
        assert "A" in line.case.enterprise_id or "A" in (line.case.reference or "").upper()
    assert sum(found.by_grade.values()) == len(cases)


def codes(browser: httpx.Client, **query: str) -> list[str]:
    text = browser.get("/console/worklist", params=query).text
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    return re.findall(r"/console/cases/(\w{18})", table)


def test_the_page_lists_the_lenders_cases_and_finds_one(officer: httpx.Client) -> None:
    assert set(codes(officer)) == set(CASES)
    assert codes(officer, q=WEAK[-8:].lower()) == [WEAK]
    assert codes(officer, signal="default") == [DEFAULTED]
    assert codes(officer, signal="insufficient") == [NEWCOMER]
    ordered = codes(officer, order="score")
    assert ordered.index(WEAK) < ordered.index(STRONG)
    assert codes(officer, q="no such case") == []


@pytest.mark.parametrize("query", [{"page": "x"}, {"page": "-1"}, {"order": "x"}, {"page": "²"}])
def test_an_odd_address_shows_the_list(officer: httpx.Client, query: dict[str, str]) -> None:
    assert set(codes(officer, **query)) == set(CASES)


def test_text_that_was_typed_is_shown_as_text(officer: httpx.Client) -> None:
    answer = officer.get("/console/worklist", params={"q": '"><script>x</script>'})
    assert "<script>x" not in answer.text


def test_what_the_list_says_is_what_the_ledger_says(
    console: Console, officer: httpx.Client
) -> None:
    import orjson

    query = "SELECT document FROM score WHERE tenant = 'BANK-7' AND enterprise_id = ? "
    with console.rooms.ledger().engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{query} ORDER BY as_of DESC", (STRONG,)).all()
    newest, former = (orjson.loads(row[0]) for row in rows[:2])
    text = officer.get("/console/worklist", params={"q": STRONG}).text
    cells = re.findall(r'<td class="num[^"]*" data-title="\w+">(.*?)</td>', text, re.DOTALL)
    plain = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
    moved = newest["score"] - former["score"]
    assert plain[0] == str(newest["score"])
    assert plain[1] == f"{moved:+d}".replace("-", "−").replace("+0", "0")
    assert plain[2] == f"{newest['pd_through_the_cycle']:.2%}"
