from typing import Any

import numpy as np
import pytest

from features.calendar import DAY
from features.catalogue import CATALOGUE
from features.depth import data_depth
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.evidence import Standing
from features.facts import Facts
from features.online import facts_of
from features.own_rows import OwnRows


@pytest.fixture(scope="module")
def as_of(recorded_port: Any) -> int:
    """The end of the world's last month."""
    return int(recorded_port.month_ends[-1])


@pytest.fixture(scope="module")
def known(recorded_port: Any) -> list[tuple[int, Facts]]:
    numbers = recorded_port.record.enterprises()[:25]
    return [(int(n), facts_of(recorded_port.record, [int(n)])) for n in numbers]


@pytest.mark.parametrize("feature", CATALOGUE.features, ids=lambda f: f.name)
def test_evidence_is_known_own_and_bounded(
    recorded_port: Any, known: list[tuple[int, Facts]], as_of: int, feature: Any
) -> None:
    for number, facts in known:
        positions = Standing(OwnRows(facts, number, as_of)).behind(feature, most=3)
        assert len(positions) == len(set(positions)) <= 3
        for message in recorded_port.record.messages(positions):
            assert message.known_at <= as_of
            assert message.stream == positions[message.position]
            assert message.stream in (feature.streams or (message.stream,))


@pytest.mark.parametrize("feature", CATALOGUE.features, ids=lambda f: f.name)
def test_behind_every_value_but_nought_stand_messages(
    known: list[tuple[int, Facts]], as_of: int, feature: Any
) -> None:
    for number, facts in known:
        spine = Spine(np.array([number]), np.array([as_of]))
        value = evaluate(facts, spine, [feature]).values[0, 0]
        if not np.isnan(value) and value != 0:
            assert Standing(OwnRows(facts, number, as_of)).behind(feature)


def test_taking_back_all_evidence_changes_the_value(
    known: list[tuple[int, Facts]], as_of: int
) -> None:
    """A sum without the messages behind it is another sum."""
    feature = CATALOGUE.by_name["declared_value_sum_365d"]
    changed = 0
    for number, facts in known:
        spine = Spine(np.array([number]), np.array([as_of]))
        before = evaluate(facts, spine, [feature]).values[0, 0]
        behind = [*Standing(OwnRows(facts, number, as_of)).behind(feature)]
        rows = facts.tables["declaration"]
        kept = ~np.isin(rows["position"], behind)
        without = {name: values[kept] for name, values in rows.items()}
        other = Facts({**facts.tables, "declaration": without}, facts.prices, facts.lots)
        after = evaluate(other, spine, [feature]).values[0, 0]
        assert (before == 0) == (not behind)
        if behind:
            assert after < before
            changed += 1
    assert changed > 5


def test_depth_grows_with_time_and_counts_what_stands(
    known: list[tuple[int, Facts]], as_of: int
) -> None:
    for number, facts in known:
        early = data_depth(OwnRows(facts, number, as_of - 200 * DAY))
        late = data_depth(OwnRows(facts, number, as_of))
        assert late.days_on_record >= early.days_on_record
        assert sum(late.messages.values()) >= sum(early.messages.values()) * 0.9
        assert late.newest_known_at is None or late.newest_known_at <= as_of


def test_before_the_first_message_nothing_is_known(
    recorded_port: Any, known: list[tuple[int, Facts]]
) -> None:
    number, facts = known[0]
    early = int(recorded_port.month_ends[0]) - 40 * DAY
    depth = data_depth(OwnRows(facts, number, early))
    assert not depth.is_sufficient
    assert depth.days_on_record == 0
    assert depth.newest_known_at is None
    assert set(depth.missing) == {"declaration", "custody"}
