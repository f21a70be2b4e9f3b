"""Recipes written as programs: all of the catalogue, each instruction once."""

from collections import Counter

import numpy as np
import pytest

from features.catalogue import CATALOGUE
from features.nodes.arithmetic import Ago, Difference, Plus, Ratio
from features.nodes.balances import Balance, Flow, Outstanding
from features.nodes.fellows import Fellows
from features.nodes.network import OfOthers
from features.nodes.standing import YearsSince
from features.nodes.warehouses import OverClients, Tally, WarehouseRate
from features.nodes.windows import Count, Latest, Total
from features.point import writing
from features.point.writing import Point, Script
from features.recipe import Node, Recipe, Reckoned, Rows, Unwritten

program = pytest.importorskip("features.point.program", reason="numba is not installed")
reading = pytest.importorskip("features.point.reading", reason="numba is not installed")

SALES = Rows("title", (("kind", ("transferred",)),))
OF_THIRD_PARTIES = (Fellows, OverClients, Tally, WarehouseRate)
"""What is asked of others only: a program looks up what was published of it."""


def kinds(of: type[Node]) -> set[type[Node]]:
    """All kinds of nodes below one."""
    return {of, *(kind for below in of.__subclasses__() for kind in kinds(below))}


def test_every_feature_of_the_catalogue_can_be_written() -> None:
    unwritten = [f.name for f in CATALOGUE.features if program.written((f.recipe,)) is None]
    assert unwritten == []


def test_every_kind_of_recipe_says_how_it_is_written() -> None:
    silent = {
        kind
        for kind in kinds(Recipe)
        if kind.__module__.startswith("features.nodes.")
        and not getattr(kind, "__abstractmethods__", None)
        and kind.write is Reckoned.write
    }
    assert silent == {Fellows, Tally, WarehouseRate}
    for kind in OF_THIRD_PARTIES:
        assert kind.write is Reckoned.write


def test_the_same_instruction_is_written_once() -> None:
    one = program.written((Total(SALES, "price", 90),))
    both = program.written((Total(SALES, "price", 90), Count(SALES, 90), Total(SALES, "price", 90)))
    assert both.tables == one.tables
    assert len(both.reads) == len(one.reads)  # a count reads no column of its rows
    assert both.wanted[0] == both.wanted[2]
    for instructions in (both.reads, both.lines, both.numbers):
        assert set(Counter(map(tuple, instructions.tolist())).values()) == {1}


def test_a_program_does_not_depend_on_what_was_written_before() -> None:
    recipes = tuple(feature.recipe for feature in CATALOGUE.features)
    one = program.written(recipes)
    program.written.cache_clear()
    other = program.written(recipes)
    assert one is not other
    for name, value in vars(one).items():
        np.testing.assert_array_equal(value, vars(other)[name])


def test_an_instruction_rests_on_those_before_it() -> None:
    whole = program.written(tuple(feature.recipe for feature in CATALOGUE.features))
    reads, lines, numbers = len(whole.reads), len(whole.lines), len(whole.numbers)
    assert (whole.reads[1:, 1] < np.arange(1, reads)).all()
    assert (whole.lines[:, 1:5] < reads + np.arange(lines)[:, None]).all()
    assert (whole.numbers[1:, 1:3] < np.arange(1, numbers)[:, None]).all()
    assert (whole.numbers[:, 3:5] < reads + lines).all()


def test_what_was_known_of_others_before_cannot_be_written() -> None:
    of_others = next(f.recipe for f in CATALOGUE.features if isinstance(f.recipe, OfOthers))
    assert program.written((of_others,)) is not None
    assert program.written((Ago(of_others, 30),)) is None
    assert program.written((YearsSince(Rows("enterprise"), "established_on"),)) is not None
    assert program.written((Ago(YearsSince(Rows("enterprise"), "established_on"), 30),)) is None


def test_a_node_that_is_asked_of_others_alone_cannot_be_written() -> None:
    fellows = next(node for f in CATALOGUE.features if (node := getattr(f.recipe, "fellows", None)))
    with pytest.raises(Unwritten, match="can be written"):
        Point(Script()).value(fellows)


def test_a_column_of_too_many_choices_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    assert writing.CODES == reading._CODES
    monkeypatch.setattr(writing, "CODES", 1)
    with pytest.raises(Unwritten, match="kind with so many choices"):
        Point(Script()).rows(Rows("custody", (("kind", ("counted",)),)))


def test_ago_writes_the_same_at_an_earlier_moment() -> None:
    stock = Outstanding(Balance((Flow(SALES, "quantity"),), (), "cargo_code"))
    now, then = Point(Script()), Point(Script())
    now.ago(90).value(stock)
    then.value(Ago(stock, 90))
    assert [*now.script.reads] == [*then.script.reads]
    assert [*now.script.lines] == [*then.script.lines]
    assert now.ago(60).ago(30) == now.ago(90)


def test_only_whole_numbers_stay_whole() -> None:
    count, latest = Count(SALES), Latest(SALES, "price")
    point = Point(Script())
    assert point.value(Plus(count, latest)).is_whole
    assert not point.value(Plus(count, Ratio(count, latest))).is_whole
    assert not point.value(Difference(count, latest)).is_whole
