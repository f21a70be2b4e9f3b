import re
from collections.abc import Mapping

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.peers.group import Group
from serving.instants import text_of
from serving.profiles.arrears import BY_NAME, PORTRAYED
from serving.profiles.figures import FEATURES, FLAGS, Figures
from serving.profiles.tag import tags_of
from serving.profiles.tags import TAGS
from tests.serving.conftest import AS_OF, STRONG, WEAK

NOTHING: dict[str, float | None] = {feature.name: None for feature in PORTRAYED}

CARRIED: dict[str, dict[str, float]] = {
    "new_to_record": {"months_on_record": 12},
    "customs_certified": {"customs_credit_grade_now": 0},
    "cold_chain": {
        "quarantine_certificate_share_of_stock_now": 0.5,
        "sensor_silence_days_now": 900,
        "received_to_declared_quantity_365d": 0,
    },
    "imports_through_agents": {"agent_share_365d": 0.5},
    "trade_growing": {"declared_value_pace_90d_365d": 1.3, "outbound_pace_90d_365d": 1.1},
    "trade_shrinking": {"declared_value_pace_90d_365d": 0.5},
    "turnover_slowing": {"outbound_pace_90d_365d": 0.7, "days_of_stock_90d": 60},
    "stock_ageing": {"stock_age_mean_now": 180, "dormant_stock_share_90d": 0.3},
    "single_buyer": {"counterparty_top_share_365d": 0.5},
    "many_buyers": {"counterparty_herfindahl_365d": 0.2},
    "single_good": {"commodity_top_share_365d": 0.9},
    "price_exposed": {"basket_volatility_90d": 0.025, "days_of_stock_90d": 45},
    "often_late": {"instalment_late_share_365d": 0.2},
    "clean_custody": {"custody_exception_rate_365d": 0, "counted_share_of_stock_90d": 0.5},
    "custody_troubled": {"custody_exception_rate_365d": 0.05},
    "stock_uncounted": {"counted_share_of_stock_90d": 0.25},
    "no_arrears_24_months": {"days_past_due_max_730d": 0, "days_since_first_facility": 730},
    "in_arrears": {"days_past_due_now": 1},
    "facilities_fully_drawn": {"utilisation_now": 0.9},
}
"""Each tag with values at which it is just carried."""
SHORT: dict[str, dict[str, float]] = {
    "new_to_record": {"months_on_record": 13},
    "customs_certified": {"customs_credit_grade_now": 1},
    "cold_chain": {"quarantine_certificate_share_of_stock_now": 0.49},
    "imports_through_agents": {"agent_share_365d": 0.49},
    "trade_growing": {"outbound_pace_90d_365d": 1.09},
    "trade_shrinking": {"declared_value_pace_90d_365d": 0.51},
    "turnover_slowing": {"days_of_stock_90d": 59},
    "stock_ageing": {"stock_age_mean_now": 179},
    "single_buyer": {"counterparty_top_share_365d": 0.49},
    "many_buyers": {"counterparty_herfindahl_365d": 0.21},
    "single_good": {"commodity_top_share_365d": 0.89},
    "price_exposed": {"basket_volatility_90d": 0.024},
    "often_late": {"instalment_late_share_365d": 0.19},
    "clean_custody": {"custody_exception_rate_365d": 0.001},
    "custody_troubled": {"custody_exception_rate_365d": 0.049},
    "stock_uncounted": {"counted_share_of_stock_90d": 0.26},
    "no_arrears_24_months": {"days_past_due_max_730d": 1},
    "in_arrears": {"days_past_due_now": 0},
    "facilities_fully_drawn": {"utilisation_now": 0.89},
}
"""Each tag with values that, in place of those above, just miss it."""


def codes(values: Mapping[str, float | None], withheld: frozenset[str] = frozenset()) -> set[str]:
    figures = Figures({**NOTHING, **values}, Group(), withheld)
    return {tag.code for tag in tags_of(figures, TAGS)}


@pytest.mark.parametrize("code", CARRIED)
def test_a_tag_is_carried_from_its_threshold_on(code: str) -> None:
    assert code in codes(CARRIED[code])
    assert code not in codes(CARRIED[code] | SHORT[code])


def test_who_was_never_lent_to_is_so_tagged_and_of_nothing_else_nothing_is_said() -> None:
    assert codes({}) == {"credit_newcomer"}
    assert "credit_newcomer" not in codes({"days_past_due_now": 0})
    assert {tag.code for tag in TAGS} == {*CARRIED, "credit_newcomer"}
    assert 12 <= len(TAGS) <= 20


@pytest.mark.parametrize("code", CARRIED)
def test_a_tag_that_rests_on_what_is_missing_or_withheld_is_not_told(code: str) -> None:
    for name in CARRIED[code]:
        others = {other: value for other, value in CARRIED[code].items() if other != name}
        assert code not in codes(others)
        assert code not in codes(CARRIED[code], frozenset([name]))
    assert "credit_newcomer" not in codes({}, frozenset(["days_past_due_now"]))


def test_tags_rest_only_on_figures_that_a_profile_tells() -> None:
    told = {feature.name for feature in FEATURES} - set(FLAGS)
    for tag in TAGS:
        assert set(tag.features) <= told


@pytest.mark.parametrize("tag", TAGS, ids=lambda tag: tag.code)
def test_a_rule_in_words_names_its_features_and_thresholds(tag: object) -> None:
    tag = next(each for each in TAGS if each is tag)
    for condition in tag.rule:
        title = BY_NAME[condition.feature].title
        assert title.en in tag.words.en
        assert title.zh in tag.words.zh
        if condition.bound in ("known", "missing"):
            continue
        if condition.feature == "customs_credit_grade_now":
            assert "is advanced certified" in tag.words.en
            assert "为高级认证企业" in tag.words.zh
            continue
        for words in (tag.words.en, tag.words.zh):
            numbers = {float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", words)}
            assert numbers & {condition.threshold, round(condition.threshold * 100, 6)}


values = st.dictionaries(
    st.sampled_from([feature.name for feature in FEATURES]),
    st.floats(-1e6, 1e6) | st.floats(-2, 2),
)


@given(values)
def test_no_one_is_both_good_and_bad_at_the_same(values: dict[str, float]) -> None:
    found = codes(values)
    assert not {"trade_growing", "trade_shrinking"} <= found
    assert not {"clean_custody", "custody_troubled"} <= found
    assert not {"clean_custody", "stock_uncounted"} <= found
    assert not {"credit_newcomer", "in_arrears"} <= found


def test_the_words_are_unlike_one_another() -> None:
    for words in ([tag.title.en for tag in TAGS], [tag.title.zh for tag in TAGS]):
        assert len(set(words)) == len(TAGS)


def test_the_tags_of_a_profile_name_the_figures_that_they_rest_on(client: httpx.Client) -> None:
    for who in (STRONG, WEAK):
        url = f"/v1/enterprises/{who}/profile"
        found = client.get(url, params={"as_of": text_of(AS_OF)}).json()
        assert found["tags"]
        told = found["turnover"]["figures"] + found["trade"]["figures"]
        told += found["custody"]["figures"] + found["stock"]["figures"]
        known = {figure["feature"]: figure["value"] for figure in told}
        for tag in found["tags"]:
            assert tag["rule_en"]
            for value in tag["found"]:
                if value["feature"] in known:
                    assert value["value"] == known[value["feature"]]
