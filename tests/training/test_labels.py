from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.calendar import month_end, month_ends
from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import ENVELOPE, Facts, stream_of, table_names
from features.prices import Prices
from supervision.arrays import MISSING, NEVER, Columns
from supervision.contract.columns import column, columns
from training.horizon import months_after
from training.labels import LabelRules, Status, from_columns, in_default, relevant

DAY = 86_400_000_000
AS_OF = month_end("2022-12")
RULES = LabelRules(as_of=AS_OF)
T = month_end("2020-06")

Row = dict[str, int | str]
RowsOf = Callable[[str, list[Row]], Columns]


def at(month: str, days: int = 0) -> int:
    """Some days after the end of a month."""
    return month_end(month) + days * DAY


def facility(month: str, name: int = 50, **said: int | str) -> Row:
    return {
        "enterprise_id": 1,
        "facility": name,
        "kind": "facility",
        "occurred_at": at(month),
        **said,
    }


def closed(month: str, name: int = 50, **said: int | str) -> Row:
    return facility(month, name) | {"kind": "closed"} | said


def default(month: str, days: int = 5, **said: int | str) -> Row:
    happened = at(month, days)
    return {
        "enterprise_id": 1,
        "facility": 50,
        "kind": "default",
        "occurred_at": happened,
        **said,
    }


def cure(month: str, **said: int | str) -> Row:
    return default(month) | {"kind": "cure"} | said


@pytest.fixture
def status_at(rows_of: RowsOf) -> Callable[..., Status]:
    def status(financing: list[Row], outcome: list[Row], when: int = T) -> Status:
        found = from_columns(
            rows_of("financing", financing),
            rows_of("outcome", outcome),
            np.array([1]),
            np.array([when]),
            RULES,
        )
        return Status(int(found[0]))

    return status


CASES = {
    "an open facility and nothing else is good": ([facility("2019-06")], [], Status.GOOD),
    "no facility is not eligible": ([], [], Status.NO_OPEN_FACILITY),
    "a facility granted later is not eligible": (
        [facility("2020-07")],
        [],
        Status.NO_OPEN_FACILITY,
    ),
    "a facility known only later is not eligible": (
        [facility("2019-06", known_at=at("2020-06", 1))],
        [],
        Status.NO_OPEN_FACILITY,
    ),
    "a closed facility is not eligible": (
        [facility("2019-06"), closed("2020-05")],
        [],
        Status.NO_OPEN_FACILITY,
    ),
    "a reversed closing leaves the facility open": (
        [facility("2019-06"), closed("2020-04", reversed_at=at("2020-05"))],
        [],
        Status.GOOD,
    ),
    "a facility that another renewed is closed, the other open": (
        [facility("2019-06"), facility("2020-03", 51, renewed_from=50)],
        [],
        Status.GOOD,
    ),
    "a default within the window is bad": (
        [facility("2019-06")],
        [default("2020-12")],
        Status.BAD,
    ),
    "a default exactly at T is in force, not to come": (
        [facility("2019-06")],
        [default("2020-06", 0)],
        Status.IN_DEFAULT,
    ),
    "a default exactly at the end of the window is bad": (
        [facility("2019-06")],
        [default("2021-06", 0)],
        Status.BAD,
    ),
    "a default after the window is good": (
        [facility("2019-06")],
        [default("2021-06", 1)],
        Status.GOOD,
    ),
    "a default known only after the labels' as-of is unknown": (
        [facility("2019-06")],
        [default("2020-12", known_at=at("2022-12", 1))],
        Status.GOOD,
    ),
    "a reversed default never was": (
        [facility("2019-06")],
        [default("2020-12", reversed_at=at("2021-02"))],
        Status.GOOD,
    ),
    "a default before T that became known after T is in force": (
        [facility("2019-06")],
        [default("2020-05", known_at=at("2020-08"))],
        Status.IN_DEFAULT,
    ),
    "a default without cure stays in force": (
        [facility("2018-01")],
        [default("2018-03")],
        Status.IN_DEFAULT,
    ),
    "a cure is not believed within twelve months": (
        [facility("2018-01")],
        [default("2019-09"), cure("2020-01")],
        Status.IN_DEFAULT,
    ),
    "twelve clean months after its cure a default has ended": (
        [facility("2018-01")],
        [default("2018-03"), cure("2019-05")],
        Status.GOOD,
    ),
    "a cure is believed 365 days after it": (
        [facility("2018-01")],
        [default("2018-03"), cure("2019-03", occurred_at=T - 365 * DAY)],
        Status.GOOD,
    ),
    "a cure is not believed a microsecond earlier": (
        [facility("2018-01")],
        [default("2018-03"), cure("2019-03", occurred_at=T - 365 * DAY + 1)],
        Status.IN_DEFAULT,
    ),
    "a default after the cure is in force": (
        [facility("2018-01")],
        [default("2018-03"), cure("2018-12"), default("2019-02")],
        Status.IN_DEFAULT,
    ),
    "a cure ends the obligor's default, whichever facility it names": (
        [facility("2018-01")],
        [default("2018-03"), cure("2019-05", facility=77)],
        Status.GOOD,
    ),
    "a reversed cure ends nothing": (
        [facility("2018-01")],
        [default("2018-03"), cure("2019-05", reversed_at=at("2020-01"))],
        Status.IN_DEFAULT,
    ),
    "of a default and a cure at one moment the later position decides": (
        [facility("2018-01")],
        [cure("2019-03"), default("2019-03")],
        Status.IN_DEFAULT,
    ),
    "all facilities closed within the window is indeterminate": (
        [facility("2019-06"), closed("2020-12")],
        [],
        Status.LEFT_EARLY,
    ),
    "closed after a default is bad": (
        [facility("2019-06"), closed("2021-01")],
        [default("2020-12")],
        Status.BAD,
    ),
    "closed with a new facility in its place is good": (
        [facility("2019-06"), closed("2020-12"), facility("2020-11", 51)],
        [],
        Status.GOOD,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_of_an_enterprise_the_rule_says(case: str, status_at: Callable[..., Status]) -> None:
    financing, outcome, expected = CASES[case]
    assert status_at(financing, outcome) is expected


def test_rows_mature_when_window_and_lag_have_passed(status_at: Callable[..., Status]) -> None:
    financing = [facility("2019-06")]
    assert status_at(financing, [], month_end("2021-11")) is Status.GOOD
    assert status_at(financing, [], month_end("2021-12")) is Status.IMMATURE
    assert status_at(financing, [default("2022-02")], month_end("2021-12")) is Status.IMMATURE


def test_rows_of_unknown_enterprises_have_no_facility(rows_of: RowsOf) -> None:
    found = from_columns(
        rows_of("financing", [facility("2019-06")]),
        rows_of("outcome", []),
        np.array([-1, 1]),
        np.array([T, T]),
        RULES,
    )
    assert found.tolist() == [Status.NO_OPEN_FACILITY, Status.GOOD]


def test_only_the_kinds_that_labels_need_are_kept() -> None:
    names = ("position", "enterprise_id", "facility", "occurred_at", "known_at", "reversed_at")
    chunk = {name: np.arange(4) for name in (*names, "renewed_from")}
    kinds = ("drawn", "facility", "instalment_paid", "closed")
    chunk["kind"] = np.array([column("financing", "kind").code(kind) for kind in kinds])
    found = relevant(iter([chunk, chunk]), "financing")
    assert found["enterprise_id"].tolist() == [1, 3, 1, 3]
    assert len(relevant(iter([]), "outcome")["kind"]) == 0


times = st.integers(0, 40).map(lambda k: month_end("2019-03") + k * 29 * DAY)
lags = st.integers(0, 5).map(lambda k: k * 20 * DAY)
taken_back = st.one_of(st.just(NEVER), st.integers(0, 700).map(lambda k: k * DAY))


@st.composite
def messages(draw: st.DrawFn, kinds: tuple[str, ...]) -> Row:
    happened, lag, back = draw(times), draw(lags), draw(taken_back)
    said: Row = {
        "enterprise_id": draw(st.integers(1, 2)),
        "facility": draw(st.sampled_from((50, 51, MISSING)))
        if "default" in kinds
        else draw(st.integers(50, 52)),
        "kind": draw(st.sampled_from(kinds)),
        "occurred_at": happened,
        "known_at": happened + lag,
        "reversed_at": NEVER if back == NEVER else happened + lag + back,
    }
    if said["kind"] == "facility":
        said["renewed_from"] = draw(st.sampled_from((MISSING, MISSING, 50, 51)))
    return said


def told_one_by_one(  # noqa: C901
    financing: list[Row], outcome: list[Row], firm: int, when: int
) -> Status:
    """The definition again, message by message."""

    def after(time: int, months: int) -> int:
        return int(months_after(np.array([time]), months)[0])

    def holds(row: Row, clock: str, time: int) -> bool:
        if clock == "known":
            return int(row["known_at"]) <= time < int(row["reversed_at"])
        return int(row["occurred_at"]) <= time and true(row)

    def true(row: Row) -> bool:
        return int(row["known_at"]) <= AS_OF < int(row["reversed_at"])

    def has_open(clock: str, time: int) -> bool:
        mine = [r for r in financing if r["enterprise_id"] == firm and holds(r, clock, time)]
        ended = {r["facility"] for r in mine if r["kind"] == "closed"}
        ended |= {r["renewed_from"] for r in mine if r.get("renewed_from", MISSING) != MISSING}
        return any(r["kind"] == "facility" and r["facility"] not in ended for r in mine)

    def in_default(clock: str) -> bool:
        told = [
            (int(row["occurred_at"]), position, row["kind"])
            for position, row in enumerate(outcome)
            if row["enterprise_id"] == firm and holds(row, clock, when)
        ]
        if not told:
            return False
        occurred, _, kind = max(told)
        return kind == "default" or when - occurred < 365 * DAY

    end = after(when, 12)
    if not has_open("known", when):
        return Status.NO_OPEN_FACILITY
    if in_default("known") or in_default("true"):
        return Status.IN_DEFAULT
    if after(when, 13) > AS_OF:
        return Status.IMMATURE
    if any(
        r["kind"] == "default"
        and r["enterprise_id"] == firm
        and true(r)
        and when < int(r["occurred_at"]) <= end
        for r in outcome
    ):
        return Status.BAD
    return Status.GOOD if has_open("true", end) else Status.LEFT_EARLY


@settings(max_examples=150, deadline=None)
@given(
    st.lists(messages(("facility", "facility", "closed")), max_size=7),
    st.lists(messages(("default", "cure")), max_size=5),
)
def test_the_sweep_says_what_the_definition_says(
    rows_of: RowsOf, financing: list[Row], outcome: list[Row]
) -> None:
    months = month_ends("2019-06", "2022-03")
    firms = np.repeat([1, 2], len(months))
    found = from_columns(
        rows_of("financing", financing),
        rows_of("outcome", outcome),
        firms,
        np.tile(months, 2),
        RULES,
    )
    expected = [
        told_one_by_one(financing, outcome, int(firm), int(month))
        for firm, month in zip(firms, np.tile(months, 2), strict=True)
    ]
    assert found.tolist() == expected


REPORTED = ("position", "enterprise_id", "occurred_at", "known_at", "reversed_at", "kind")


def only_outcomes(outcome: Columns) -> Facts:
    """Facts in which nothing but outcomes was reported."""
    none = np.empty(0, np.int64)
    tables: dict[str, Columns] = {}
    for name in table_names():
        names = (*ENVELOPE, *(one.name for one in columns(stream_of(name))))
        tables[name] = dict.fromkeys(names, none)
    missing = np.full(len(outcome["kind"]), MISSING, np.int64)
    said = {name: outcome[name] for name in REPORTED}
    tables["outcome"] = {name: said.get(name, missing) for name in tables["outcome"]}
    market = dict.fromkeys((*ENVELOPE, "hs_code", "unit_price"), none)
    return Facts(tables, Prices.of(market), {"lot": none, "commodity": none})


@settings(max_examples=80, deadline=None)
@given(st.lists(messages(("default", "cure")), max_size=6))
def test_label_and_feature_state_one_definition_of_default_in_force(
    rows_of: RowsOf, outcome: list[Row]
) -> None:
    firms, months = np.array([1, 2]), month_ends("2019-06", "2022-12")
    told = rows_of("outcome", outcome)
    spine = Spine.grid(firms, months)
    feature = CATALOGUE.by_name["default_in_force_now"]
    found = evaluate(only_outcomes(told), spine, (feature,)).values[:, 0]
    expected = in_default(told, firms, months, RULES, as_known=True)
    place = np.searchsorted(firms, spine.enterprise), np.searchsorted(months, spine.as_of)
    assert found.tolist() == expected[place].astype(float).tolist()
