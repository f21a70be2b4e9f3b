"""A catalogue written to a file, and read back in a version that knows more or less."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.carried import UnknownRecipe, read, written
from features.catalogue import CATALOGUE, Catalogue
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ago
from features.nodes.balances import Balance, Flow
from features.nodes.network import ShareAmong
from features.nodes.windows import Count, Latest, Total
from features.recipe import Rows

FEATURES = st.sampled_from(CATALOGUE.features)


def test_what_is_written_is_read_back_as_the_same_objects() -> None:
    again = read(written(CATALOGUE))
    assert again == CATALOGUE
    assert again.hash == CATALOGUE.hash
    for own, other in zip(CATALOGUE.features, again.features, strict=True):
        assert own.recipe is other.recipe


def test_equal_catalogues_give_equal_bytes() -> None:
    content = written(CATALOGUE)
    assert written(read(content)) == content
    assert json.loads(content)["features"][0]["title"] == {
        "en": CATALOGUE.features[0].title.en,
        "zh": CATALOGUE.features[0].title.zh,
    }


@settings(max_examples=20)
@given(st.lists(FEATURES, min_size=1, max_size=4, unique=True), st.text(max_size=20), st.data())
def test_any_catalogue_comes_back(features: list[Feature], said: str, data: st.DataObject) -> None:
    changed = [
        dataclasses.replace(
            one,
            low=Phrase(said, said),
            pivot=data.draw(st.none() | st.floats(allow_nan=False, allow_infinity=False)),
            recipe=data.draw(
                st.sampled_from([one.recipe, Ago(one.recipe, 30), Count(Rows("custody"), 7)])
                if not one.recipe.asks_others
                else st.just(one.recipe)
            ),
        )
        for one in features
    ]
    catalogue = Catalogue(tuple(changed))
    again = read(written(catalogue))
    assert again == catalogue
    assert again.hash == catalogue.hash


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    said = json.loads(written(Catalogue(CATALOGUE.features[:3])))
    change(said)
    return json.dumps(said).encode()


def of_first(**parts: object) -> Callable[[dict[str, Any]], None]:
    return lambda said: said["features"][0].update(parts)


def recipe(**parts: object) -> Callable[[dict[str, Any]], None]:
    return lambda said: said["features"][0]["recipe"].update(parts)


ROWS = {"node": "Rows", "table": "declaration", "where": [], "until": None}
UNKNOWN = [
    (lambda said: said.update(engine=99), "engine 99"),
    (lambda said: said.update(format=99), "form 99"),
    (lambda said: said.pop("actions"), "actions"),
    (of_first(recipe={"node": "Wavelet", "rows": ROWS}), "Wavelet"),
    (of_first(family="astrology"), "astrology"),
    (of_first(direction=2), "direction 2"),
    (of_first(recipe=ROWS), "Rows"),
    (recipe(days="90"), "days '90'"),
    (recipe(days=True), "days True"),
    (recipe(extra=1), "extra"),
    (recipe(column="phlogiston"), "phlogiston"),
    (recipe(rows={**ROWS, "table": "gossip"}), "gossip"),
    (recipe(rows={**ROWS, "where": [["kind", ["guessed"]]]}), "guessed"),
    (recipe(rows={**ROWS, "where": [["mood", ["good"]]]}), "mood"),
]


@pytest.mark.parametrize(("change", "named"), UNKNOWN, ids=[named for _, named in UNKNOWN])
def test_what_the_engine_does_not_know_is_named(
    change: Callable[[dict[str, Any]], None], named: str
) -> None:
    with pytest.raises(UnknownRecipe, match=named):
        read(changed(change))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"format": 1}'])
def test_what_is_no_catalogue_is_refused(content: bytes) -> None:
    with pytest.raises(UnknownRecipe, match="expected recipes"):
        read(content)


def test_what_is_not_published_of_others_is_refused() -> None:
    grade = Latest(Rows("enterprise"), "registered_capital")
    asked = ShareAmong(Rows("title"), "buyer", "price", 365, grade)
    feature = dataclasses.replace(CATALOGUE.features[0], name="rich_buyers", recipe=asked)
    with pytest.raises(UnknownRecipe, match=r"rich_buyers.*not published"):
        read(written(Catalogue((feature,))))


def test_parts_of_parts_are_read_by_their_types() -> None:
    balance = Balance((Flow(Rows("title"), "price"),), (), "buyer")
    total = Total(Rows("title"), "price", 90)
    assert balance.adds[0].rows is total.rows
    feature = dataclasses.replace(CATALOGUE.by_name["receivable_largest_share_now"])
    again = read(written(Catalogue((feature,))))
    assert again.features[0].recipe is feature.recipe
