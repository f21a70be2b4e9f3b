import dataclasses
import re
from pathlib import Path

import pytest

from features.catalogue import CATALOGUE, Catalogue
from features.document import markdown
from features.feature import Phrase
from features.nodes.windows import Total
from features.recipe import as_data, leaves
from supervision.contract.columns import column, columns
from supervision.errors import UsageError

ROOT = Path(__file__).parents[2]
DERIVED_COLUMNS = {
    "days_late",
    "each",
    "is_renewal",
    "lot_of_lender",
    "paid_late",
    "value_through_agent",
    "was_late",
}


def test_names_are_unique_and_all_families_are_there() -> None:
    names = [feature.name for feature in CATALOGUE.features]
    assert len(set(names)) == len(names)
    assert len(CATALOGUE.champion) >= 30
    assert len({feature.family for feature in CATALOGUE.features}) == 13


def test_a_name_states_its_window() -> None:
    for feature in CATALOGUE.features:
        stated = re.findall(r"_(\d+)d", feature.name)
        if stated:
            assert feature.window == max(int(days) for days in stated), feature.name


@pytest.mark.parametrize("feature", CATALOGUE.features, ids=lambda f: f.name)
def test_a_recipe_names_only_what_the_contract_has(feature: object) -> None:
    for leaf in leaves(feature.recipe):  # type: ignore[attr-defined]
        stream = {"purchase": "title", "appraisal": "valuation"}.get(
            leaf.rows.table, leaf.rows.table
        )
        for name, choices in leaf.rows.where:
            assert all(column(stream, name).code(choice) >= 0 for choice in choices)
        if leaf.column is not None:
            there = {c.name for c in columns(stream)} | DERIVED_COLUMNS
            assert leaf.column in there


def test_no_model_may_see_the_core_enterprise() -> None:
    assert CATALOGUE.by_name["core_enterprise_rating_now"].permitted_use == "baseline"
    for feature in CATALOGUE.champion:
        conditions = [choice for leaf in leaves(feature.recipe) for _, choice in leaf.rows.where]
        assert not any("core_link" in choices for choices in conditions), feature.name


def test_any_changed_recipe_makes_another_catalogue() -> None:
    hashes = {CATALOGUE.hash}
    for place, feature in enumerate(CATALOGUE.features):
        recipe = feature.recipe
        changed = (
            dataclasses.replace(recipe, days=7)
            if isinstance(recipe, Total)
            else Total(CATALOGUE.features[0].recipe.rows, "declared_value", 1)  # type: ignore[union-attr]
        )
        other = dataclasses.replace(feature, recipe=changed)
        features = (*CATALOGUE.features[:place], other, *CATALOGUE.features[place + 1 :])
        hashes.add(Catalogue(features).hash)
    assert len(hashes) == len(CATALOGUE.features) + 1


def test_a_text_alone_does_not_change_the_hash() -> None:
    first = dataclasses.replace(CATALOGUE.features[0], missing=Phrase("said otherwise", "另有说明"))
    assert Catalogue((first, *CATALOGUE.features[1:])).hash == CATALOGUE.hash


def test_a_recipe_as_data_names_every_node() -> None:
    data = as_data(CATALOGUE.by_name["turnover_90d"].recipe)
    assert isinstance(data, dict)
    assert data["node"] == "Ratio"
    assert data["numerator"]["node"] == "Total"


def test_every_text_is_said_in_both_languages() -> None:
    for feature in CATALOGUE.features:
        for phrase in (feature.title, feature.low, feature.high, feature.missing):
            assert phrase.en
            assert re.search(r"[\u4e00-\u9fff]", phrase.zh), feature.name


def test_the_document_is_fresh() -> None:
    committed = (ROOT / "docs" / "features.md").read_text()
    assert committed == markdown(CATALOGUE), "docs/features.md is stale: run `make docs`"


def test_an_unknown_feature_is_told() -> None:
    with pytest.raises(UsageError, match="features list"):
        CATALOGUE.feature("stock_of_gold")


def test_what_moves_risk_either_way_says_where_its_words_turn() -> None:
    assert not [f.name for f in CATALOGUE.champion if f.direction == 0 and f.pivot is None]
