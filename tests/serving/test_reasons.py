from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from features.facts import Facts
from features.feature import Feature
from features.nodes.network import OfOthers
from features.online import facts_of
from features.prices import NO_PRICES
from serving.language import DEFAULT, Language
from serving.scores.families import TITLES, numbers_of, places_of, stability_of
from serving.scores.reason_document import Points, Reason
from serving.scores.reasons import (
    LEAST,
    MOST,
    Subject,
    Telling,
    costliest,
    named,
    reasons,
    weighed,
    withheld,
)
from supervision.arrays import NEVER
from supervision.contract.columns import column
from supervision.record import Record
from tests.serving.conftest import AS_OF, DAY, NAMED_ONLY, World
from training.model.golden import GoldenRows

FEATURES = CATALOGUE.champion
TELLING = Telling(FEATURES)
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


EVERYWHERE = range(len(FEATURES))
costs_of = st.dictionaries(st.sampled_from(NAMES), st.integers(-(10**8), 10**8))


@given(costs_of)
def test_at_most_three_features_and_only_what_costs_points_worst_first(
    costs: dict[str, int],
) -> None:
    stated = points(costs, {})
    places = costliest(EVERYWHERE, FEATURES, stated)
    found = [stated[place].micro_points for place in places]
    assert len(found) <= 3
    assert found == sorted(found)
    worst = [p.micro_points for p in stated if p.points < 0 and p.feature not in HARMLESS]
    assert found == sorted(worst)[:3]
    assert {"basket_return_90d", "basket_return_365d"} <= HARMLESS


@given(costs_of)
def test_two_to_four_families_are_named_the_costliest_first(costs: dict[str, int]) -> None:
    stated = points(costs, {})
    ordered = weighed(places_of(FEATURES), stated)
    sums = dict.fromkeys(TITLES, 0)
    for feature, one in zip(FEATURES, stated, strict=True):
        sums[feature.family] += one.micro_points
    assert {one.family: one.micro_points for one in ordered} == sums
    assert [one.micro_points for one in ordered] == sorted(sums.values())
    assert sum(one.points for one in ordered) == sum(one.points for one in stated)
    found = named(ordered)
    assert LEAST <= len(found) <= MOST
    assert found == ordered[: len(found)]
    assert all(one.points < 0 for one in found[LEAST:])
    assert len(found) == MOST or all(one.points >= 0 for one in ordered[len(found) :])


def test_every_feature_has_its_place_in_its_own_family() -> None:
    families = places_of(FEATURES)
    assert sorted(place for places in families.values() for place in places) == [*EVERYWHERE]
    for family, places in families.items():
        assert {FEATURES[place].family for place in places} == {family}


def test_every_family_of_the_catalogue_has_a_title_in_both_languages() -> None:
    assert {feature.family for feature in CATALOGUE.features} == set(TITLES)
    assert all(title.en and title.zh for title in TITLES.values())
    numbers = numbers_of(FEATURES)
    assert [list(TITLES)[number] for number in numbers] == [f.family for f in FEATURES]


def test_a_family_is_stable_from_the_bound_on_and_not_where_it_was_never_named() -> None:
    agreement = {"custody": 0.8, "market": 0.79, "network": None}
    facts = {"reasons": {"stable_from": 0.8, "agreement": agreement}}
    assert stability_of(facts) == {"custody": True, "market": False, "network": False}
    assert stability_of({"reasons": None}) == stability_of({}) == {}


def test_what_costs_less_than_half_a_point_is_not_told() -> None:
    assert costliest(EVERYWHERE, FEATURES, points({"turnover_90d": -400_000}, {})) == ()


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
    places = costliest(EVERYWHERE, FEATURES, points({name: -5_000_000}, {name: value}))
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
    found = all_reasons(world, points({name: -5_000_000}, {name: value}))
    (feature,) = found[0].features
    return feature.text_en, feature.text_zh


def all_reasons(
    world: World,
    stated: list[Points],
    telling: Telling = TELLING,
    language: Language = DEFAULT,
) -> tuple[Reason, ...]:
    record = Record.open(world.database)
    number = record.number_of([NAMED_ONLY])[NAMED_ONLY]
    subject = Subject(facts_of(record, [number]), number, AS_OF)
    found = reasons(record, subject, stated, telling, language)
    record.close()
    return found


def test_where_nothing_costs_points_two_families_are_named_and_that_is_said(world: World) -> None:
    found = all_reasons(world, points({feature.name: 3_000_000 for feature in FEATURES}, {}))
    assert len(found) == LEAST
    fewest = min(sum(f.family == family for f in FEATURES) for family in TITLES)
    assert found[0].points == 3 * fewest
    for one in found:
        assert not one.features
        assert f"earns {one.points} points; named because two at least always are" in one.text_en
        assert f"加{one.points}分；因至少列示两类而列出" in one.text_zh


def test_a_family_that_does_nothing_is_said_to_cost_nothing(world: World) -> None:
    first, second = all_reasons(world, points({"turnover_90d": -1_000_000}, {}))
    assert first.text_en == "Turnover: costs 1 point."
    assert first.text_zh == "周转：扣1分。"
    assert (second.points, "costs nothing" in second.text_en) == (0, True)


def test_families_are_marked_as_the_training_found_them(world: World) -> None:
    costs = {"turnover_90d": -9_000_000, "days_past_due_now": -5_000_000}
    costs |= {"insured_stock_share_now": -2_000_000}
    known = {"turnover": True, "financing conduct": False}
    found = all_reasons(world, points(costs, {}), replace(TELLING, stability=known))
    assert [(one.family, one.stable) for one in found] == [
        ("turnover", True),
        ("financing conduct", False),
        ("documents", None),
    ]


@pytest.mark.parametrize(
    ("name", "value", "usual", "en", "zh"),
    [
        (
            "custody_exception_rate_365d", 0.045, 0.004,
            " Exceptions per count, 365 days: 4.5 %, usually 0.4 %.",
            "近一年异常事件率：4.5%，一般为0.4%。",
        ),
        (
            "custody_exception_rate_365d", 0.003, 0.004,
            " Exceptions per count, 365 days: 0.3 %.",
            "近一年异常事件率：0.3%。",
        ),
        (
            "stock_value_now", 12_345_600.0, 99_000_000.0,
            " Value of stock in custody: 123,456 CNY, usually 990,000 CNY.",
            "在库货值：12万元，一般为99万元。",
        ),
        ("days_past_due_max_365d", 31.0, None, " Worst days past due in the year: 31 days.",
         "近一年最大逾期天数：31天。"),
        ("stock_value_change_90d", -0.3, 0.1, " Change of stock value in 90 days: -0.30.",
         "近90天库存货值变动：-0.30。"),
        ("guarantee_circle_now", 1.0, 0.0, "", ""),
        ("days_past_due_now", None, 0.0, "", ""),
    ],
)  # fmt: skip
def test_a_reason_tells_the_value_and_what_is_usual_where_that_is_less_risky(
    world: World, name: str, value: float | None, usual: float | None, en: str, zh: str
) -> None:
    known = {} if usual is None else {name: usual}
    stated = points({name: -5_000_000}, {name: value})
    said: dict[Language, str] = {"en": en, "zh": zh}
    for language, figures in said.items():
        telling = replace(TELLING, usual=known)
        (feature,) = all_reasons(world, stated, telling, language)[0].features
        assert feature.text == getattr(feature, f"text_{language}") + figures
        assert feature.usual == usual


def test_of_what_is_withheld_no_figure_is_told(world: World) -> None:
    name = "counterparty_distress_share_365d"
    stated = [
        replace(one, withheld=one.feature == name, value=None)
        for one in points({name: -5_000_000}, {})
    ]
    (feature,) = all_reasons(world, stated, replace(TELLING, usual={name: 0.125}))[0].features
    assert (feature.value, feature.usual) == (None, None)
    assert feature.text == feature.text_en
    assert not set("0123456789") & set(feature.text.replace("fewer than 5", ""))


def test_what_is_usual_is_the_median_of_thirty_golden_rows_or_more() -> None:
    values = np.full((40, 3), np.nan)
    values[:, 0] = np.arange(40)
    values[:30, 1] = 7.0
    values[:29, 2] = 7.0
    golden = GoldenRows(values, np.zeros((40, 3), np.int64))
    assert golden.medians(30) == [19.5, 7.0, None]
