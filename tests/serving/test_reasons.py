import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from features.facts import Facts
from features.feature import Feature
from features.nodes.network import OfOthers
from features.prices import NO_PRICES
from serving.scores.document import Points
from serving.scores.reasons import Subject, costliest, reasons, withheld
from supervision.arrays import NEVER
from supervision.contract.columns import column
from supervision.record import Record
from tests.serving.conftest import AS_OF, DAY, NAMED_ONLY, World

FEATURES = CATALOGUE.champion
NAMES = sorted(feature.name for feature in FEATURES)
VALUE = 0.5
"""What these tests give a feature of which they say nothing else."""
HARMLESS = {
    feature.name
    for feature in FEATURES
    if feature.pivot is not None
    and feature.direction
    and (VALUE - feature.pivot) * feature.direction <= 0
}
"""Features of which this value is good news."""


def points(costs: dict[str, int], values: dict[str, float | None]) -> list[Points]:
    return [
        Points(
            feature=feature.name,
            points=round(costs.get(feature.name, 0) / 1e6),
            micro_points=costs.get(feature.name, 0),
            value=values.get(feature.name, VALUE),
        )
        for feature in FEATURES
    ]


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(-(10**8), 10**8)))
def test_at_most_four_and_only_what_costs_points_worst_first(costs: dict[str, int]) -> None:
    stated = points(costs, {})
    places = costliest(FEATURES, stated)
    found = [stated[place].micro_points for place in places]
    assert len(found) <= 4
    assert found == sorted(found)
    worst = [p.micro_points for p in stated if p.points < 0 and p.feature not in HARMLESS]
    assert found == sorted(worst)[:4]
    assert {"basket_return_90d", "basket_return_365d"} <= HARMLESS


def test_what_costs_less_than_half_a_point_is_no_reason() -> None:
    assert costliest(FEATURES, points({"turnover_90d": -400_000}, {})) == ()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("days_past_due_now", 0.0, False),
        ("days_past_due_now", 3.0, True),
        ("days_past_due_now", None, True),
        ("insured_stock_share_now", 1.0, False),
        ("insured_stock_share_now", 0.9, True),
        ("declared_value_sum_90d", 0.0, True),
        ("stock_value_change_90d", 0.0, True),
        ("basket_return_90d", 0.01, False),
        ("basket_return_90d", -0.01, True),
        ("declared_value_pace_90d_365d", 1.2, False),
        ("declared_value_pace_90d_365d", 0.8, True),
    ],
)
def test_a_feature_at_its_best_is_never_told_as_a_reason(
    name: str, value: float | None, told: bool
) -> None:
    places = costliest(FEATURES, points({name: -5_000_000}, {name: value}))
    assert [FEATURES[place].name for place in places] == ([name] if told else [])


def nobody() -> Subject:
    columns = ("position", "enterprise_id", "cargo_code", "occurred_at", "known_at",
               "reversed_at", "kind", "buyer", "price", "party")  # fmt: skip
    table = {name: np.empty(0, np.int64) for name in columns}
    return Subject(Facts({"title": table, "enterprise": table}, NO_PRICES, {}), 1, AS_OF)


def naming(stream: str, kind: str, name: str, others: list[int], days_ago: int = 1) -> Subject:
    """Enterprise 1, of whom nothing is known but messages that name others."""
    size = len(others)
    table = {
        "position": np.arange(size),
        "enterprise_id": np.full(size, 1),
        "occurred_at": np.full(size, AS_OF - days_ago * DAY),
        "known_at": np.full(size, AS_OF - days_ago * DAY),
        "reversed_at": np.full(size, NEVER),
        "kind": np.full(size, column(stream, "kind").code(kind)),
        name: np.array(others, np.int64),
    }
    return Subject(Facts({stream: table}, NO_PRICES, {}), 1, AS_OF)


def sales(buyers: list[int], days_ago: int = 1) -> Subject:
    return naming("title", "transferred", "buyer", buyers, days_ago)


def test_what_rests_on_fewer_than_five_buyers_is_withheld() -> None:
    network = CATALOGUE.by_name["counterparty_distress_share_365d"]
    other = CATALOGUE.by_name["turnover_90d"]
    assert withheld(sales([7, 7, 8, 9, 10]), network)
    assert not withheld(sales([7, 8, 9, 10, 11]), network)
    assert withheld(sales([7, 8, 9, 10, 11], days_ago=366), network)
    assert withheld(nobody(), network)
    assert not withheld(sales([]), other)


def test_only_messages_that_the_feature_reads_count() -> None:
    network = CATALOGUE.by_name["counterparty_distress_share_365d"]
    assert withheld(naming("title", "paid", "buyer", [7, 8, 9, 10, 11]), network)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("related_parties_distressed_now", "related_party"),
        ("guaranteed_distress_share_now", "guarantee_given"),
        ("guarantee_circle_now", "guarantee_given"),
    ],
)
def test_few_related_or_guaranteed_parties_are_withheld_too(name: str, kind: str) -> None:
    feature = CATALOGUE.by_name[name]
    few, many = ([*range(7, end)] for end in (11, 12))
    assert withheld(naming("enterprise", kind, "party", few), feature)
    assert not withheld(naming("enterprise", kind, "party", many, days_ago=999), feature)
    assert withheld(naming("enterprise", "actual_controller", "party", many), feature)


@pytest.mark.parametrize(
    "feature",
    [feature for feature in CATALOGUE.features if isinstance(feature.recipe, OfOthers)],
    ids=lambda feature: feature.name,
)
def test_of_nobody_nothing_is_told_of_others(feature: Feature) -> None:
    assert withheld(nobody(), feature)


@pytest.mark.parametrize(
    ("name", "value", "side"),
    [
        ("stock_value_change_90d", -0.3, "low"),
        ("stock_value_change_90d", 0.3, "high"),
        ("invoice_to_declared_365d", 0.7, "low"),
        ("invoice_to_declared_365d", 1.4, "high"),
        ("turnover_90d", 9.0, "low"),
        ("days_of_stock_90d", 0.1, "high"),
    ],
)
def test_the_text_is_of_the_risky_side(world: World, name: str, value: float, side: str) -> None:
    found = told(world, name, value)
    phrase = getattr(CATALOGUE.by_name[name], side)
    assert found == (phrase.en, phrase.zh)


def test_a_missing_value_is_told_as_missing_and_what_that_means(world: World) -> None:
    en, zh = told(world, "days_past_due_now", None)
    assert "no value" in en
    assert CATALOGUE.by_name["days_past_due_now"].missing.en in en
    assert "暂无数据" in zh


def told(world: World, name: str, value: float | None) -> tuple[str, str]:
    from features.online import facts_of

    record = Record.open(world.database)
    number = record.number_of([NAMED_ONLY])[NAMED_ONLY]
    subject = Subject(facts_of(record, [number]), number, AS_OF)
    stated = points({name: -5_000_000}, {name: value})
    (found,) = reasons(record, subject, FEATURES, stated)
    record.close()
    return found.text_en, found.text_zh
