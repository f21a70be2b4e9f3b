"""What would raise a grade: every suggestion scored again by LightGBM itself says the same."""

import dataclasses
import itertools
import math
from contextlib import closing
from functools import cache
from typing import Any

import httpx
import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.actions import ACTIONS, Action, Move
from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.feature import Phrase
from features.nodes.network import OfOthers
from features.online import facts_of
from features.peers.file import write
from features.peers.group import Group
from features.peers.peers import Peers
from features.peers.spread import Spread
from serving.app import create_app
from serving.scores.improvement import (
    Improvement,
    Joint,
    Outlook,
    Prospect,
    Standing,
    prospect,
)
from serving.scores.improvement_document import ImprovementsAnswer
from serving.scores.improvement_telling import Teller
from serving.settings import Settings
from supervision.record import Record
from tests.serving.conftest import (
    AS_OF,
    DEFAULTED,
    NEWCOMER,
    NOW,
    STRONG,
    UNKNOWN,
    WEAK,
    World,
    served,
)
from tests.serving.test_problems import problem
from tests.serving.test_scores import ask
from training.model.bundle import Bundle, Scores, assemble
from training.model.calibration import Calibration
from training.model.shelf import Shelf

MOVED = tuple(dict.fromkeys(move.feature for action in ACTIONS for move in action.moves))
PLEDGED = ("pledged_share_of_stock_now", "pledge_overlap_share_now")
FREE = ("basket_return_90d", "established_years_now", "warehouse_herfindahl_365d")
"""What no trader can change: the model may lean on it, a suggestion may not."""
NAMES = (*MOVED[::2], *FREE)
FEATURES = tuple(CATALOGUE.by_name[name] for name in NAMES)
DIRECTIONS = np.array([feature.direction for feature in FEATURES], np.float64)
GRADES = ("AA", "A", "BBB", "BB", "B", "CCC", "C", "D")
CUTS = np.array([700.0, 660.0, 640.0, 620.0, 600.0, 580.0])


@cache
def model(seed: int) -> Bundle:
    """A made-up monotone model of risk that each feature carries in its own direction."""
    rng = np.random.default_rng(seed)
    values = rng.random((600, len(NAMES))) * rng.choice([1.0, 3.0, 90.0], len(NAMES))
    values[rng.random(values.shape) < 0.1] = np.nan
    weight = DIRECTIONS * rng.random(len(NAMES))
    risk = np.nansum(weight * values / np.nanmax(values, axis=0), axis=1)
    target = (rng.random(600) < 1 / (1 + np.exp(2 - risk + risk.mean()))).astype(int)
    options: dict[str, Any] = {"objective": "binary", "num_leaves": 7, "min_data_in_leaf": 10}
    options |= {"verbose": -1, "num_threads": 1, "seed": seed, "learning_rate": 0.2}
    options["monotone_constraints"] = DIRECTIONS.astype(int).tolist()
    booster = lgb.train(options, lgb.Dataset(values, target), num_boost_round=25)
    return assemble(
        booster,
        Calibration(),
        values[:60],
        name="made up",
        features=NAMES,
        directions=tuple(int(one) for one in DIRECTIONS),
        catalogue_hash=CATALOGUE.hash,
    )


def grader(scores: Scores) -> tuple[int, ...]:
    return tuple(int((one / 1e6 < CUTS).sum()) for one in scores.score_micro.tolist())


def score_of(bundle: Bundle, row: np.ndarray[Any, Any]) -> float:
    """Points by LightGBM's own prediction: 600 at 20 good to 1 bad, 40 double the odds."""
    margin = bundle.booster.predict(row[None, :], raw_score=True)[0]
    odds = bundle.calibration.slope * margin + bundle.calibration.intercept
    return float(600 + 40 / math.log(2) * (-odds - math.log(20)))


numbers = st.one_of(st.just(math.nan), st.just(0.0), st.just(1.0), st.floats(0, 100))
rows = st.lists(numbers, min_size=len(NAMES), max_size=len(NAMES)).map(np.array)
usuals = st.dictionaries(st.sampled_from(NAMES), st.floats(0, 10))
some_actions = st.lists(st.sampled_from(ACTIONS), unique_by=lambda one: one.code)


@settings(max_examples=120)
@given(st.integers(0, 3), rows, usuals, some_actions)
def test_every_suggestion_gains_what_is_said_and_none_lowers_the_score(
    seed: int, row: np.ndarray[Any, Any], usual: dict[str, float], actions: list[Action]
) -> None:
    bundle = model(seed)
    standing = Standing(FEATURES, row, usual)
    found = prospect(bundle, actions, standing, grader)
    own = score_of(bundle, row)
    assert abs(found.now.score - own) <= 0.501
    for action in actions:
        moved = standing.row([action])
        assert score_of(bundle, moved) >= own - 1e-6
        suggested = [one for one in found.each if one.action is action]
        if not suggested:
            assert score_of(bundle, moved) < own + 1.001
    for one in found.each:
        changed = row.copy()
        for change in one.changes:
            changed[NAMES.index(change.feature.name)] = change.target
        assert abs(one.outlook.score - score_of(bundle, changed)) <= 0.501
        assert one.points == one.outlook.score - found.now.score >= 1
    for joint in (found.step, found.most):
        if joint is not None:
            together = standing.row(joint.actions)
            assert abs(joint.outlook.score - score_of(bundle, together)) <= 0.501


@settings(max_examples=120)
@given(st.integers(0, 3), rows, usuals, some_actions)
def test_a_step_reaches_a_better_grade_and_needs_each_of_its_actions(
    seed: int, row: np.ndarray[Any, Any], usual: dict[str, float], actions: list[Action]
) -> None:
    bundle = model(seed)
    standing = Standing(FEATURES, row, usual)
    found = prospect(bundle, actions, standing, grader)

    def grade(chosen: tuple[Action, ...]) -> int:
        return grader(bundle.score(standing.row(chosen)[None, :]))[0]

    if found.step is None:
        assert grade(tuple(actions)) == found.now.grade, "all together do not reach it either"
        return
    assert grade(found.step.actions) == found.step.outlook.grade < found.now.grade
    for left_out in found.step.actions if len(found.step.actions) > 1 else ():
        fewer = tuple(one for one in found.step.actions if one is not left_out)
        assert grade(fewer) >= found.now.grade


@given(rows, usuals, some_actions)
def test_a_change_helps_goes_no_further_than_declared_and_touches_nothing_else(
    row: np.ndarray[Any, Any], usual: dict[str, float], actions: list[Action]
) -> None:
    standing = Standing(FEATURES, row, usual, frozenset(NAMES[:2]))
    changes = standing.changes(actions)
    reachable: dict[str, set[float]] = {}
    for move in (move for action in actions for move in action.moves):
        if move.feature in NAMES:
            own = float(row[NAMES.index(move.feature)])
            target = {"to": move.value, "more": own + move.value}.get(
                move.reach, usual.get(move.feature, math.nan)
            )
            reachable.setdefault(move.feature, set()).add(target)
    for change in changes:
        assert change.target in reachable[change.feature.name]
        assert (change.target - change.value) * change.feature.direction < 0
        assert change.feature.name not in NAMES[:2]
        assert change.feature.name not in FREE
    moved = {change.feature.name for change in changes}
    for place, name in enumerate(NAMES):
        if name not in moved:
            assert standing.row(actions)[place] == row[place] or math.isnan(row[place])


def test_a_step_leaves_out_what_gained_most_by_itself_but_is_not_needed() -> None:
    """Two actions that help each other reach the grade; a third helps more, but alone."""
    features = tuple(CATALOGUE.by_name[name] for name in ("utilisation_now", *PLEDGED))
    said = Phrase("x", "x")
    alone, one, other = (Action(f.name, said, said, (Move(f.name, "to", 0.0),)) for f in features)
    cells = np.array([*itertools.product((0.0, 1.0), repeat=3)]).repeat(500, axis=0)
    odds = 1.6 * cells[:, 0] + 0.4 * cells[:, 1] + 3 * (cells[:, 1] + cells[:, 2] > 0) - 2
    target = (np.arange(len(cells)) % 500) / 500 < 1 / (1 + np.exp(-odds))
    options: dict[str, Any] = {"objective": "binary", "verbose": -1, "num_threads": 1}
    options["monotone_constraints"] = [1, 1, 1]
    booster = lgb.train(options, lgb.Dataset(cells, target.astype(int)), num_boost_round=200)
    bundle = assemble(
        booster, Calibration(), cells[::200], name="made up",
        features=tuple(f.name for f in features), directions=(1, 1, 1),
    )  # fmt: skip
    standing = Standing(features, np.ones(3), {})
    scores = {
        plan: int(bundle.score(standing.row(plan)[None, :]).score_micro[0])
        for size in (0, 1, 2, 3)
        for plan in itertools.combinations((alone, one, other), size)
    }
    gains = {plan[0]: score for plan, score in scores.items() if len(plan) == 1}
    assert max(gains, key=lambda action: gains[action]) is alone
    cut = scores[one, other]
    assert cut > max(scores[alone, one], scores[alone, other])

    def reached(found: Scores) -> tuple[int, ...]:
        return tuple(0 if score >= cut else 1 for score in found.score_micro.tolist())

    found = prospect(bundle, (alone, one, other), standing, reached)
    assert found.step is not None
    assert set(found.step.actions) == {one, other}


def test_what_moves_together_is_moved_together() -> None:
    both = (
        CATALOGUE.by_name["instalment_late_share_90d"],
        CATALOGUE.by_name["instalment_late_share_365d"],
    )
    on_time = next(one for one in ACTIONS if one.code == "pay_instalments_on_time")
    standing = Standing(both, np.array([0.4, 0.2]), {})
    assert {change.feature for change in standing.changes([on_time])} == set(both)
    assert standing.row([on_time]).tolist() == [0.0, 0.0]


def test_of_two_actions_that_move_one_feature_the_more_helpful_counts() -> None:
    feature = CATALOGUE.by_name["utilisation_now"]
    said = Phrase("x", "x")
    actions = [
        Action(str(value), said, said, (Move("utilisation_now", "to", value),))
        for value in (0.6, 0.2, 0.4)
    ]
    standing = Standing((feature,), np.array([0.9]), {})
    for order in itertools.permutations(actions):
        assert standing.row(order).tolist() == [0.2]


def told(client: httpx.Client, who: str, language: str = "en") -> dict[str, Any]:
    score_id = ask(client, who)["score_id"]
    answer = client.get(
        f"/v1/scores/{score_id}/improvements", headers={"Accept-Language": language}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Language"] == language
    ImprovementsAnswer.model_validate_json(answer.content)
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("who", [WEAK, STRONG, DEFAULTED])
def test_the_service_tells_what_the_model_says_of_the_changed_row(
    client: httpx.Client, world: World, who: str
) -> None:
    found = told(client, who)
    answer = ask(client, who)
    assert (found["score"], found["grade"]) == (answer["score"], answer["grade"])
    bundle = Shelf(world.models).champion()
    with closing(Record.open(world.database)) as record:
        number = record.number_of([who])[who]
        features = tuple(CATALOGUE.by_name[name] for name in bundle.features)
        spine = Spine(np.array([number]), np.array([AS_OF]))
        row = evaluate(facts_of(record, [number]), spine, features).values[0]
    changes = {}
    for one in found["improvements"]:
        changed = row.copy()
        for change in one["changes"]:
            place = bundle.features.index(change["feature"])
            assert row[place] == change["value"]
            changed[place] = changes[change["feature"]] = change["target"]
        assert abs(score_of(bundle, changed) - one["score"]) <= 0.501
        assert one["score"] - found["score"] == one["points"] >= 1
    assert [one["points"] for one in found["improvements"]] == sorted(
        (one["points"] for one in found["improvements"]), reverse=True
    )


def test_what_is_usual_is_that_of_peers_where_they_are_known(
    settings: Settings, world: World, tmp_path: Any
) -> None:
    median = Spread(30, np.full(100, 9.0))
    with closing(Record.open(world.database)) as record:
        known = Peers(
            CATALOGUE.hash, record.identity(), 1, AS_OF, {Group(): {"turnover_365d": median}}
        )
    write(known, tmp_path / "peers.json")
    mine = settings.model_copy(update={"peers": tmp_path / "peers.json"})
    with served(create_app(mine, clock=lambda: NOW)) as client:
        found = told(client, WEAK)
    assert found["usual_from"] == "peers"
    changes = [change for one in found["improvements"] for change in one["changes"]]
    targets = {change["feature"]: change["target"] for change in changes}
    assert targets["turnover_365d"] == 9.0


def test_where_no_peers_are_known_what_is_usual_comes_from_the_model(client: httpx.Client) -> None:
    assert told(client, WEAK)["usual_from"] == "model"


def test_nothing_rests_on_others(client: httpx.Client) -> None:
    for who in (WEAK, STRONG):
        for one in told(client, who)["improvements"]:
            for change in one["changes"]:
                assert not isinstance(CATALOGUE.by_name[change["feature"]].recipe, OfOthers)


def test_it_is_told_in_chinese(client: httpx.Client) -> None:
    english, chinese = told(client, WEAK), told(client, WEAK, "zh")
    assert english["improvements"]
    assert english["text"].isascii()
    assert not chinese["text"].isascii()
    for one, other in zip(english["improvements"], chinese["improvements"], strict=True):
        assert (one["action"], one["points"]) == (other["action"], other["points"])
        assert one["title"].isascii()
        assert not other["title"].isascii()
        assert f"可加{other['points']}分" in other["text"]
        assert f"至{other['score']}分" in other["text"]


def test_a_default_in_force_is_said_to_come_first(client: httpx.Client) -> None:
    found = told(client, DEFAULTED)
    assert (found["grade"], found["next_grade"], found["step"]) == ("D", None, None)
    assert "until it is cured" in found["text"]


@pytest.mark.parametrize("who", [NEWCOMER, UNKNOWN])
def test_what_has_no_score_cannot_be_improved(client: httpx.Client, who: str) -> None:
    score_id = ask(client, who)["score_id"]
    problem(client.get(f"/v1/scores/{score_id}/improvements"), 409, "not-scored")


def test_another_champion_changes_nothing_for_an_earlier_score(
    settings: Settings, world: World, tmp_path: Any
) -> None:
    mine = settings.model_copy(update={"models": tmp_path / "models"})
    Shelf(mine.models).publish(world.folder / "bundle", "sme-pd", "7")
    with served(create_app(mine, clock=lambda: NOW)) as client:
        score_id = ask(client, WEAK)["score_id"]
        before = client.get(f"/v1/scores/{score_id}/improvements").content
    bundle = Bundle.load(world.folder / "bundle")
    other = dataclasses.replace(bundle, facts={"other": True}).write(tmp_path / "other")
    Shelf(mine.models).publish(tmp_path / "other", "sme-pd", "8")
    with served(create_app(mine, clock=lambda: NOW)) as client:
        assert ask(client, WEAK)["model"]["hash"] == other.hash
        assert client.get(f"/v1/scores/{score_id}/improvements").content == before


TELLER = Teller(GRADES, "en")


def whole(found: Prospect, *, in_default: bool = False) -> str:
    return TELLER.whole(found, in_default=in_default)


def test_where_nothing_reaches_the_next_grade_that_is_said() -> None:
    bundle, found = model(1), None
    rng = np.random.default_rng(7)
    texts = set()
    for _ in range(60):
        row = rng.random(len(NAMES)) * 2
        usual = dict(zip(NAMES, (rng.random(len(NAMES)) * 2).tolist(), strict=True))
        found = prospect(bundle, ACTIONS, Standing(FEATURES, row, usual), grader)
        said = whole(found)
        if found.now.grade == 0:
            assert "the best already" in said
        elif found.step is None and found.most is not None and found.most.points:
            assert "does not reach the next" in said
            assert f"the grade stays {GRADES[found.now.grade]}" in said
            texts.add("short")
        elif found.step is not None:
            reached = GRADES[found.step.outlook.grade]
            assert said.endswith(f"from {GRADES[found.now.grade]} to {reached}.")
            texts.add("step")
    assert {"short", "step"} <= texts


def test_nothing_to_do_is_said() -> None:
    found = prospect(model(0), (), Standing(FEATURES, np.zeros(len(NAMES)), {}), grader)
    assert (found.each, found.step, found.most) == ((), None, None)
    if found.now.grade:
        assert "nothing in the trader's own hands" in whole(found)
    assert "in force" in whole(found, in_default=True)


def test_a_grade_that_is_reached_within_the_same_point_is_told() -> None:
    """Grades are given by the exact score, of which only whole points are shown."""
    now, then = Outlook(600, 4), Outlook(600, 3)
    step = Joint((ACTIONS[0],), 0, then)
    said = whole(Prospect(now, (), step, step))
    assert said.endswith(f"from {GRADES[4]} to {GRADES[3]}.")
    assert "nothing in the trader's own hands" in whole(Prospect(now, (), None, step))


def test_within_how_many_days_it_shows() -> None:
    late = CATALOGUE.by_name["instalment_late_share_365d"]
    on_time = next(one for one in ACTIONS if one.code == "pay_instalments_on_time")
    standing = Standing((late,), np.array([0.4]), {})
    changes = standing.changes([on_time])
    found = prospect(model(0), (), Standing(FEATURES, np.zeros(len(NAMES)), {}), grader)
    one = TELLER.each(Improvement(on_time, changes, 3, found.now))
    assert one.within_days == 365
    assert one.changes[0].text == "Instalments paid late: from 40 % to 0 %"
    assert "gains 3 points" in one.text
    assert "within 365 days" in one.text
