"""How each case stands, whatever the order in which its answers came."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import DAY, parse_time
from serving.cases import standing
from serving.cases.brief import Brief, month_of
from serving.cases.standing import STANDING
from serving.ledger import Entry, Ledger

FIRST = parse_time("2022-01-31")


def brief(place: int, days: int, score: int | None, enterprise: str = "E1") -> Brief:
    as_of = FIRST + days * DAY
    status = "insufficient_data" if score is None else "scored"
    frame = ("BANK", enterprise, f"S{place}", as_of, as_of, month_of(as_of), status, None)
    return Brief(*frame, score=score, grade=None if score is None else "BB", pd=0.01)


def entry(score_id: str, as_of: int, score: int, tenant: str = "BANK") -> Entry:
    told = {
        "score": score,
        "grade": "BB",
        "pd": 0.02,
        "pd_through_the_cycle": 0.01,
        "graded_by": "through_the_cycle",
        "limit": {
            "amount_fen": 7,
            "binding": "grade",
            "lines": {"standing": "alert", "alert": {"missing_fen": 9}},
        },
    }
    document = json.dumps(told).encode()
    hashes = ("m", "c", "p")
    return Entry(score_id, "E1", "scored", as_of, as_of, 1, *hashes, "R-1", document, tenant)


def rows(connection: sa.Connection) -> list[dict[str, object]]:
    query = STANDING.select().order_by(STANDING.c.tenant, STANDING.c.enterprise_id)
    return [dict(row) for row in connection.execute(query).mappings()]


# Answers of a year, some on the same day; scores tell them apart.
DAYS = st.lists(
    st.tuples(st.integers(0, 365), st.one_of(st.none(), st.integers(300, 900))),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one[0],
)


@given(DAYS, st.randoms(use_true_random=False))
def test_the_order_in_which_answers_come_says_nothing(
    answers: list[tuple[int, int | None]], random: object
) -> None:
    briefs = [brief(place, *answer) for place, answer in enumerate(answers)]
    newest = max(briefs, key=lambda one: one.as_of)
    earlier = [one for one in briefs if one.month < newest.month]
    former = max(earlier, key=lambda one: one.as_of) if earlier else None
    random.shuffle(briefs)  # type: ignore[attr-defined]
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        STANDING.create(connection)
        for each in briefs:
            standing.keep(connection, [each])
        (row,) = rows(connection)
    engine.dispose()
    assert (row["score_id"], row["score"]) == (newest.score_id, newest.score)
    assert row["former_score_id"] == (former and former.score_id)
    assert row["former_score"] == (former and former.score)


def test_a_ledger_keeps_it_up_with_each_answer(tmp_path: Path) -> None:
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        ledger.append(entry("a", FIRST, 600))
        ledger.append(entry("b", FIRST + 40 * DAY, 610), entry("x", FIRST, 555, "OTHER"))
        with ledger.engine.connect() as connection:
            bank, other = rows(connection)
    assert (bank["score"], bank["former_score"]) == (610, 600)
    assert (bank["pd"], bank["goods"], bank["missing_fen"]) == (0.01, "alert", 9)
    assert (bank["reference"], bank["limit_fen"], bank["binding"]) == ("R-1", 7, "grade")
    assert (other["tenant"], other["score"], other["former_score"]) == ("OTHER", 555, None)


def test_a_ledger_of_an_earlier_version_is_read_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    with Ledger.open(url) as ledger:
        ledger.append(entry("a", FIRST, 600), entry("b", FIRST + 40 * DAY, 610))
        with ledger.engine.begin() as connection:
            before = rows(connection)
            connection.exec_driver_sql("DROP TABLE case_standing")
    with Ledger.open(url) as ledger, ledger.engine.connect() as connection:
        assert rows(connection) == before


@pytest.mark.parametrize("told", ["{}", "no JSON", '{"score": 600, "grade": "BB"}'])
def test_what_was_filled_is_not_filled_again(tmp_path: Path, told: str) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    forms = replace(entry("a", FIRST, 600), document=told.encode())
    without = replace(entry("n", FIRST, 0), status="insufficient_data", enterprise_id="E2")
    with Ledger.open(url) as ledger:
        ledger.append(forms, without)
        with ledger.engine.begin() as connection:
            connection.execute(STANDING.update().values(stock=None))
    for reference in ("made anew", "left alone"):
        with Ledger.open(url) as ledger, ledger.engine.begin() as connection:
            scored, unscored = rows(connection)
            assert (scored["stock"], unscored["stock"]) == ("{}", None)
            assert scored["reference"] == ("R-1" if reference == "made anew" else "made anew")
            connection.execute(STANDING.update().values(reference=reference))


def test_an_answer_that_is_not_logged_changes_no_case(tmp_path: Path) -> None:
    from serving.errors import LedgerFailure

    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        ledger.append(entry("a", FIRST, 600))
        with pytest.raises(LedgerFailure):
            ledger.append(entry("b", FIRST + DAY, 700), entry("a", FIRST, 1))
        with ledger.engine.connect() as connection:
            (row,) = rows(connection)
    assert row["score"] == 600


def test_it_is_kept_up_on_postgresql_and_stands_behind_the_wall(postgresql: str) -> None:
    from serving.access.row_security import as_tenant

    with Ledger.open(postgresql) as ledger:
        names = (f"{n}-standing" for n in "ab")
        first, second = (entry(name, FIRST + 40 * DAY * n, 600 + n) for n, name in enumerate(names))
        ledger.append(second)
        ledger.append(first)
        with ledger.engine.connect() as connection:
            as_tenant(connection, "BANK")
            mine = [row for row in rows(connection) if row["enterprise_id"] == "E1"]
        with ledger.engine.connect() as connection:
            as_tenant(connection, "ANOTHER")
            assert rows(connection) == []
    assert [(row["score"], row["former_score"]) for row in mine] == [(601, 600)]


def test_months_are_those_of_the_port() -> None:
    assert month_of(parse_time("2023-01-01")) == 12 * 2023 + 1
    assert month_of(parse_time("2023-01-01") - 1) == 12 * 2022 + 12
