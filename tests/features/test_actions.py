"""What a trader can do: declared over features that are in its own hands."""

from pathlib import Path

import pytest

from features.actions import ACTIONS, Action
from features.catalogue import CATALOGUE

OTHERS_CONDUCT = {
    "payment_lateness_mean_365d",
    "payment_late_share_365d",
    "receivable_overdue_share_now",
    "inspected_rate_365d",
    "warehouse_exception_rate_365d",
    "buyer_failed_share_365d",
}
NOT_ITS_OWN = {"market", "network"}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.code)
def test_an_action_moves_only_what_a_trader_can_change(action: Action) -> None:
    assert all((action.title.en, action.title.zh, action.advice.en, action.advice.zh))
    assert action.moves
    for move in action.moves:
        feature = CATALOGUE.by_name[move.feature]
        assert feature.permitted_use == "champion"
        assert feature.direction, "it must be known which way helps"
        assert not feature.recipe.asks_others, "others' conduct is not its own"
        assert move.feature not in OTHERS_CONDUCT
        if feature.family in NOT_ITS_OWN:
            assert move.feature == "reciprocal_sales_share_365d"


def test_age_region_and_prices_are_no_advice() -> None:
    moved = {move.feature for action in ACTIONS for move in action.moves}
    assert not {name for name in moved if "established" in name or "price" in name}
    assert not moved & {"size_class_now", "registered_capital_now", "basket_return_90d"}


def test_codes_are_unique_and_a_feature_over_two_windows_moves_at_once() -> None:
    assert len({action.code for action in ACTIONS}) == len(ACTIONS)
    for action in ACTIONS:
        names = {move.feature for move in action.moves}
        for name in names:
            for one, other in (("90d", "365d"), ("365d", "90d")):
                twin = CATALOGUE.by_name.get(name.replace(one, other))
                if twin is not None and twin.direction:
                    assert twin.name in names or twin.name == name, name


def test_actions_are_no_part_of_the_hash() -> None:
    assert type(CATALOGUE)(CATALOGUE.features).hash == CATALOGUE.hash


def test_the_document_lists_every_action_and_what_it_moves() -> None:
    text = (Path(__file__).parents[2] / "docs" / "improvement.md").read_text()
    lines = {line.split("|")[1].strip(" `"): line for line in text.splitlines() if "| `" in line}
    for action in ACTIONS:
        line = lines[action.code]
        assert action.title.en in line
        assert action.title.zh in line
        assert all(f"`{move.feature}`" in line for move in action.moves)
