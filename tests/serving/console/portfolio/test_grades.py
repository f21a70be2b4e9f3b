"""Grades, moves between them, and concentrations, against counts made by hand and by hypothesis."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from features.calendar import DAY, parse_time
from serving.console.cases import Case
from serving.console.portfolio.concentration import SHOWN, concentration
from serving.console.portfolio.grades import by_grade, line_of, migration, scale_of
from serving.console.portfolio.holding import Holding
from serving.policy import Policy
from tests.serving.conftest import POLICY

NOW = parse_time("2022-12-31")
SCALE = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D", None)


def holding(
    number: int,
    grade: str | None,
    former: str | None = None,
    limits: tuple[int | None, int | None] = (0, 0),
    former_days: int | None = 31,
) -> Holding:
    former_as_of = None if former_days is None else NOW - former_days * DAY
    status = "insufficient_data" if grade is None else "scored"
    score, pd = (None, None) if grade is None else (600, 0.02)
    case = Case(
        f"E{number}", f"S{number}", NOW, status, None, score, grade, pd, limits[1], None, None,
        None, former_as_of, None, former,
    )  # fmt: skip
    return Holding(case, limits[0], 100 * number, number, 1_000, 10, {})


def test_the_scale_is_the_policys_with_d_and_what_another_scale_left() -> None:
    policy = Policy.load(POLICY)
    assert scale_of(policy, []) == SCALE
    odd = [holding(1, "B+", "AAA"), holding(2, "A", "Z")]
    assert scale_of(policy, odd) == (*SCALE[:-1], "B+", "Z", None)


def test_moves_are_counted_with_the_limits_that_moved() -> None:
    held = [
        holding(1, "BB", "BB", (500, 700)),
        holding(2, "B", "BB", (900, 400)),
        holding(3, "B", "BB", (100, 0)),
        holding(4, "A", "BB", (0, 50)),
        holding(5, None, "A", (80, None), former_days=70),
        holding(6, "A", None, (None, 60)),
        holding(7, "A", None, (None, 60), former_days=None),
    ]
    found = migration(held, SCALE)
    assert {way: (cell.cases, cell.limit, cell.steps) for way, cell in found.cells.items()} == {
        ("BB", "BB"): (1, 200, 0),
        ("BB", "B"): (2, -600, 1),
        ("BB", "A"): (1, 50, -2),
        ("A", None): (1, -80, 0),
        (None, "A"): (1, 60, 0),
    }
    assert (found.down.cases, found.down.limit) == (2, -600)
    assert (found.up.cases, found.up.limit) == (1, 50)
    assert (found.same.cases, found.same.limit) == (1, 200)
    assert (found.crossed.cases, found.crossed.limit) == (2, -20), "lost a score, and got one"
    assert (found.near, found.far, found.entered) == (5, 1, 1)


GRADES = st.sampled_from(SCALE)


@given(st.lists(st.tuples(GRADES, GRADES, st.integers(0, 10**9), st.integers(0, 10**9))))
def test_nothing_is_lost_between_lines_and_cells(
    drawn: list[tuple[str | None, str | None, int, int]],
) -> None:
    held = [
        holding(n, grade, former, (before, now))
        for n, (grade, former, before, now) in enumerate(drawn)
    ]
    lines, total = by_grade(held, SCALE), line_of(held, len(held))
    assert Counter(grade for grade, *_ in drawn) == {
        line.grade: line.cases for line in lines if line.cases
    }
    for field in ("cases", "limit", "exposure", "loss", "goods"):
        assert sum(getattr(line, field) for line in lines) == getattr(total, field)
    moves = migration(held, SCALE)
    assert sum(cell.cases for cell in moves.cells.values()) == len(held)
    moved = sum(now - before for *_, before, now in drawn)
    sums = (moves.down, moves.same, moves.up, moves.crossed)
    assert sum(each.limit for each in sums) == moved
    assert sum(each.cases for each in sums) == len(held)
    assert moves.same.cases == sum(former == grade for grade, former, *_ in drawn)


def test_rates_are_missing_where_there_is_nothing_to_divide_by() -> None:
    empty = line_of([], 0)
    assert (empty.share, empty.loss_rate, empty.loss_to_goods) == (0.0, None, None)
    line = line_of([holding(4, "B")], 8)
    assert (line.share, line.loss_rate, line.loss_to_goods) == (0.125, 0.01, 0.004)


def test_what_exceeds_its_cap_is_marked_and_always_shown() -> None:
    parts = [("a", "E1", 30), ("b", "E1", 20), ("a", "E2", 30), (None, "E3", 20), ("z", "E4", 0)]
    found = concentration(parts, Decimal("0.6"))
    assert [(p.key, p.cases, p.amount, p.share, p.is_over) for p in found.portions] == [
        ("a", 2, 60, 0.6, False),
        (None, 1, 20, 0.2, False),
        ("b", 1, 20, 0.2, False),
    ]
    assert [p.key for p in concentration(parts, Decimal("0.19")).portions if p.is_over] == [
        "a",
        "b",
    ]
    assert concentration(parts, None).over == 0
    assert concentration([], Decimal("0.1")).herfindahl is None


def test_the_index_is_reckoned_over_what_is_on_record() -> None:
    found = concentration([("a", "E1", 30), ("b", "E1", 10), (None, "E3", 60)], None)
    assert (found.herfindahl, found.known, found.total) == (0.75**2 + 0.25**2, 40, 100)
    assert concentration([(None, "E3", 60)], None).herfindahl is None


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10**12)), min_size=1))
def test_a_table_and_its_others_add_up(drawn: list[tuple[int, int]]) -> None:
    found = concentration([(str(k), f"E{n}", v) for n, (k, v) in enumerate(drawn)], Decimal("0.02"))
    others = found.others
    told = sum(p.amount for p in found.shown) + (others.amount if others else 0)
    assert told == found.total == sum(v for _, v in drawn)
    over = {p.key for p in found.portions if p.is_over}
    assert over == {p.key for p in found.shown if p.is_over}
    keys = len({k for k, _ in drawn})
    assert 1 / keys - 1e-9 <= (found.herfindahl or 0) <= 1 + 1e-9
    assert len(found.shown) <= max(SHOWN, SHOWN + len(over))
