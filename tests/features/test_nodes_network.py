"""What is known of others: small cases reckoned by hand, and the same alone as in a batch."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from features.catalogue import CATALOGUE
from features.concerned import concerned
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import OF_OTHERS, Facts
from supervision.arrays import MISSING, NEVER, Columns
from supervision.contract.columns import column
from tests.features.test_nodes_stock import OTHER, WE, Told, ask, on, told

World = Any
THIRD, STRANGER, CONTROLLER, SECOND_CONTROLLER = 3, 90, 91, 92
FACILITY, SECOND_FACILITY, REFERENCE, SECOND_REFERENCE = 61, 62, 71, 72
# Day 0 is 2020-09-13, 20:26:40 at the port: its midnight falls 0.149 days after each whole day.
BEFORE, AFTER = 0.14, 0.15
FEATURES = [f for f in CATALOGUE.features if f.family in ("connected parties", "network")]


def feature(name: str, day: float, *messages: Told) -> float | None:
    """What a feature of the catalogue gives for us as of a day."""
    return ask(CATALOGUE.by_name[name].recipe, day, *messages)


def sold(day: float, price: int, buyer: int = OTHER) -> Told:
    return told("title", "transferred", day, price=price, buyer=buyer)


def behind(day: float, days: int, who: int = OTHER, facility: int = FACILITY) -> Told:
    facts = {"days_past_due": days, "facility": facility, "enterprise_id": who}
    return told("financing", "days_past_due", day, **facts)


def defaulted(day: float, who: int = OTHER, **facts: object) -> Told:
    return told("outcome", "default", day, enterprise_id=who, **facts)


def registry(kind: str, day: float, party: int, who: int = WE, **facts: object) -> Told:
    return told("enterprise", kind, day, party=party, enterprise_id=who, **facts)


def guarantee(day: float, amount: int, party: int, who: int = WE, **facts: object) -> Told:
    facts = {"amount": amount, "reference": REFERENCE, **facts}
    return registry("guarantee_given", day, party, who, **facts)


def test_buyers_days_past_due_are_weighed_by_their_share() -> None:
    messages = (
        sold(1, 100),
        sold(1, 200, THIRD),
        behind(5, 30),
        behind(5, 12, facility=SECOND_FACILITY),
        behind(5, 9, THIRD),
        behind(5, 400, WE),
    )
    # 100 of 300 are 333,333 parts per million, 200 of 300 are 666,666.
    expected = (333_333 * 30 + 666_666 * 9) / 10**6
    assert feature("counterparty_days_past_due_mean_365d", 7, *messages) == expected
    caught_up = (*messages, behind(6, 0))
    expected = (333_333 * 12 + 666_666 * 9) / 10**6
    assert feature("counterparty_days_past_due_mean_365d", 8, *caught_up) == expected
    assert feature("counterparty_days_past_due_mean_365d", 7, sold(1, 100, STRANGER)) == 0
    assert feature("counterparty_days_past_due_mean_365d", 7, behind(5, 30)) is None


def test_what_is_told_of_others_is_known_from_the_next_midnight() -> None:
    messages = (sold(1, 100), sold(1, 300, THIRD), behind(5, 30), defaulted(5))
    for name, then in (
        ("counterparty_days_past_due_mean_365d", 250_000 * 30 / 10**6),
        ("counterparty_distress_share_365d", 0.25),
        ("buyer_failed_share_365d", 0.25),
    ):
        assert feature(name, 5 + BEFORE, *messages) == 0
        assert feature(name, 5 + AFTER, *messages) == then


def test_a_failed_buyer_remains_one_after_its_cure_but_not_after_a_reversal() -> None:
    cured = (sold(1, 100), defaulted(5), told("outcome", "cure", 9, enterprise_id=OTHER))
    assert feature("buyer_failed_share_365d", 300, *cured) == 1
    assert feature("buyer_failed_share_365d", 300, sold(1, 100), defaulted(5, WE)) == 0
    taken_back = (sold(1, 100), defaulted(5, reversed_at=on(20)))
    assert feature("buyer_failed_share_365d", 19, *taken_back) == 1
    assert feature("buyer_failed_share_365d", 21, *taken_back) == 0


def test_related_parties_are_counted_once() -> None:
    messages = (
        registry("related_party", 1, OTHER),
        registry("related_party", 2, OTHER),
        registry("related_party", 2, THIRD),
        registry("related_party", 2, STRANGER, who=OTHER),
        registry("actual_controller", 2, CONTROLLER),
    )
    assert feature("related_parties_now", 3, *messages) == 2
    assert feature("related_parties_distressed_now", 9, *messages) == 0
    assert feature("related_parties_distressed_now", 9, *messages, behind(5, 29)) == 0
    assert feature("related_parties_distressed_now", 9, *messages, behind(5, 30)) == 1
    both = (*messages, behind(5, 30), defaulted(5, THIRD))
    assert feature("related_parties_distressed_now", 9, *both) == 2


def test_a_buyer_under_the_same_controller() -> None:
    name = "same_controller_sales_share_365d"
    sales = (sold(1, 100), sold(1, 300, THIRD))
    messages = (
        *sales,
        registry("actual_controller", 1, CONTROLLER),
        registry("actual_controller", 1, CONTROLLER, OTHER),
        registry("actual_controller", 1, SECOND_CONTROLLER, THIRD),
    )
    assert feature(name, 3, *sales) == 0
    assert feature(name, 3, *messages) == 0.25
    assert feature(name, 3, *messages[:3]) == 0
    sold_on = registry("actual_controller", 5, CONTROLLER, THIRD)
    assert feature(name, 5 + BEFORE, *messages, sold_on) == 0.25
    assert feature(name, 5 + AFTER, *messages, sold_on) == 1
    our_own = registry("actual_controller", 5, SECOND_CONTROLLER)
    assert feature(name, 5 + BEFORE, *messages, our_own) == 0.75
    assert feature(name, 3, *messages[2:]) is None


def test_guarantees_for_the_distressed() -> None:
    messages = (
        guarantee(1, 100, OTHER),
        guarantee(1, 300, THIRD, reference=SECOND_REFERENCE),
        registry("guarantee_ended", 8, THIRD, amount=250, reference=SECOND_REFERENCE),
        behind(5, 45),
    )
    assert feature("guaranteed_distress_share_now", 5 + BEFORE, *messages) == 0
    assert feature("guaranteed_distress_share_now", 6, *messages) == 100 / 400
    assert feature("guaranteed_distress_share_now", 8, *messages) == 100 / 150
    assert feature("guaranteed_distress_share_now", 8, messages[3]) is None


def test_two_who_guarantee_each_other_are_a_circle() -> None:
    name = "guarantee_circle_now"
    given, back = guarantee(1, 100, OTHER), guarantee(5, 50, WE, OTHER)
    assert feature(name, 9) == 0
    assert feature(name, 9, given) == 0
    assert feature(name, 9, back) == 0
    assert feature(name, 9, given, guarantee(5, 50, THIRD, OTHER)) == 0
    assert feature(name, 5 + BEFORE, given, back) == 0
    assert feature(name, 5 + AFTER, given, back) == 1
    over = {"amount": 100, "reference": REFERENCE}
    assert feature(name, 9, given, back, registry("guarantee_ended", 7, OTHER, **over)) == 0
    assert feature(name, 9, given, back, registry("guarantee_ended", 7, WE, OTHER, **over)) == 0
    assert feature(name, 9, given, back, guarantee(2, 1, THIRD)) == 1


def test_enterprises_under_one_controller() -> None:
    count, distressed = "same_controller_enterprises_now", "same_controller_distressed_now"
    messages = (
        registry("actual_controller", 1, CONTROLLER),
        registry("actual_controller", 1, CONTROLLER, OTHER),
        registry("actual_controller", 1, CONTROLLER, THIRD),
        registry("actual_controller", 1, SECOND_CONTROLLER, STRANGER),
        behind(5, 30),
        behind(5, 45, WE),
    )
    assert feature(count, 3, *messages) == 2
    assert feature(count, 3, *messages[1:]) == 0
    assert feature(count, 3, messages[0]) == 0
    assert feature(distressed, 5 + BEFORE, *messages) == 0
    assert feature(distressed, 5 + AFTER, *messages) == 1
    sold_on = registry("actual_controller", 7, SECOND_CONTROLLER)
    assert feature(count, 7 + BEFORE, *messages, sold_on) == 2
    assert feature(count, 7 + AFTER, *messages, sold_on) == 1
    assert feature(distressed, 7 + AFTER, *messages, sold_on) == 0


def test_circles_of_guarantees_of_any_length() -> None:
    size, distressed = "guarantee_circle_size_now", "guarantee_circle_distressed_now"
    there, on_, back = (
        guarantee(1, 100, OTHER),
        guarantee(1, 100, THIRD, OTHER),
        guarantee(5, 100, WE, THIRD),
    )
    beside = (guarantee(1, 100, STRANGER), guarantee(1, 50, OTHER, STRANGER), behind(5, 30, THIRD))
    assert feature(size, 9, there, on_, *beside) == 0
    assert feature(size, 5 + BEFORE, there, on_, back) == 0
    assert feature(size, 5 + AFTER, there, on_, back) == 2
    assert feature("guarantee_circle_now", 9, there, on_, back) == 0
    assert feature(distressed, 9, there, on_, back, *beside) == 1
    # By way of the stranger, too, one comes back: it stands on a circle with all three.
    assert feature(size, 9, there, on_, back, *beside) == 3
    ended = registry("guarantee_ended", 7, THIRD, OTHER, amount=100, reference=REFERENCE)
    assert feature(size, 9, there, on_, back, *beside, ended) == 0
    assert feature(size, 9, guarantee(1, 100, WE)) == 0


def test_whose_state_is_read() -> None:
    """Buyers, related, guaranteed, those they guarantee in turn, those of the same controller."""
    said = [  # of whom, what, and who
        (1, "actual_controller", 30),
        (1, "related_party", 2),
        (1, "guarantee_given", 3),
        (1, "guarantee_ended", 4),
        (3, "guarantee_given", 6),
        (6, "guarantee_given", 1),
        (6, "related_party", 9),
        (4, "guarantee_given", 9),
        (8, "actual_controller", 30),
        (9, "actual_controller", 31),
    ]
    who, kinds, parties = zip(*said, strict=True)
    codes = [column("enterprise", "kind").code(kind) for kind in kinds]
    rows = {"enterprise_id": np.array(who), "kind": np.array(codes), "party": np.array(parties)}
    title = {"buyer": np.array([7, 7, MISSING])}
    found = concerned([1], title, lambda by, which: among(rows, by, which))
    assert found.tolist() == [1, 2, 3, 4, 6, 7, 8]


# ------------------------------------------------------------------------------- random worlds


@pytest.mark.parametrize("seed", range(300, 306))
def test_each_enterprise_alone_gives_the_bits_of_the_batch(
    seed: int, make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    world = entangled(make_world(seed), seed)
    facts, spine = facts_of(world), world.spine
    batch = evaluate(facts, spine, FEATURES).values
    for enterprise in world.enterprises:
        rows = spine.enterprise == enterprise
        own = Spine(spine.enterprise[rows], spine.as_of[rows])
        alone = evaluate(_concerning(facts, int(enterprise)), own, FEATURES).values
        np.testing.assert_array_equal(alone.view(np.int64), batch[rows].view(np.int64))


@pytest.mark.parametrize("seed", range(300, 306))
def test_what_became_known_later_changes_no_value(
    seed: int, make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    world = entangled(make_world(seed), seed)
    until = int(np.median(world.spine.as_of))
    early = world.spine.as_of <= until
    spine = Spine(world.spine.enterprise[early], world.spine.as_of[early])
    expected = evaluate(facts_of(world), spine, FEATURES).values
    found = evaluate(facts_of(world.known(until)), spine, FEATURES).values
    np.testing.assert_array_equal(found.view(np.int64), expected.view(np.int64))


def test_random_worlds_let_every_feature_speak(
    make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    """Else the two tests above would say little."""
    worlds = [entangled(make_world(seed), seed) for seed in range(300, 306)]
    values = np.concatenate([evaluate(facts_of(w), w.spine, FEATURES).values for w in worlds])
    for place, feature in enumerate(FEATURES):
        assert len(np.unique(values[~np.isnan(values[:, place]), place])) > 1, feature.name


def entangled(world: World, seed: int) -> World:
    """The world with guarantees, relations and controllers among its own enterprises."""
    rng = np.random.default_rng(seed)
    rows = world.streams["enterprise"]
    tripled = {name: np.tile(values, 3) for name, values in rows.items()}
    count = len(tripled["kind"])
    last = max(int(other["position"].max()) for other in world.streams.values())
    tripled["position"] = last + 1 + rng.permutation(count)
    tripled["enterprise_id"] = rng.choice(world.enterprises, count)
    # In the contract's order: registration, controller, related, guarantee given and ended.
    tripled["kind"] = rng.choice([0, 1, 2, 3, 3, 3, 4], count)
    tripled["party"] = rng.choice(world.enterprises, count)
    known = np.where(tripled["kind"] == 1, world.enterprises[:2][rng.integers(0, 2, count)], 0)
    tripled["party"] = np.where(known > 0, known, tripled["party"])
    tripled["reversed_at"] = np.where(rng.random(count) < 0.8, NEVER, tripled["reversed_at"])
    return replace(world, streams={**world.streams, "enterprise": tripled})


def _concerning(facts: Facts, enterprise: int) -> Facts:
    """The rows that concern one enterprise, and those that the service reads of others."""
    own = {name: among(rows, "enterprise_id", [enterprise]) for name, rows in facts.tables.items()}
    registry = facts.tables["enterprise"]
    read = concerned([enterprise], own["title"], lambda by, which: among(registry, by, which))
    others = {name: among(facts.tables[name], "enterprise_id", read.tolist()) for name in OF_OTHERS}
    return replace(facts, tables={**own, **others})


def among(rows: Columns, by: str, which: Sequence[int]) -> Columns:
    kept = np.isin(rows[by], which)
    return {name: values[kept] for name, values in rows.items()}
