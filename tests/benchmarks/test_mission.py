"""The mission's figure counts whom it says, and its independence test notices a dependence."""

import json
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest

from benchmarks.mission.applicants import Applicants
from benchmarks.mission.gains import FIGURES, Choice, at_cut, gains
from benchmarks.mission.independence import Deletion, delete_links, difference, relation
from benchmarks.mission.links import curve, draw_ratings
from benchmarks.mission.plot import draw_approvals, draw_curve
from benchmarks.mission.report import Found, markdown, write
from benchmarks.mission.strength import expected, strengths
from features.catalogue import CATALOGUE
from simulator.ceilings import expected_auc
from supervision.record import Record
from training.baselines import CORE_RATING
from training.metrics import auc
from training.model.bundle import Bundle, assemble
from training.model.calibration import Calibration
from training.model.scale import Floats


def choice(count: int = 400, seed: int = 0) -> tuple[Choice, Floats]:
    """Applicants with a true PD, every fifth with a core enterprise, and a rank that knows some."""
    chance = np.random.default_rng(seed)
    odds = chance.normal(-3.0, 1.0, count)
    rating = np.where(np.arange(count) % 5 == 0, chance.integers(1, 11, count), np.nan)
    bad = 1.0 / (1.0 + np.exp(-odds))
    return Choice(bad, rating, np.arange(count).astype(str)), odds + chance.normal(size=count)


def by_hand(one: Choice, rank: Floats, cut: float) -> dict[str, float]:
    """The figures by trying every cut."""
    rule = {row for row in range(len(rank)) if one.rating[row] <= cut}
    rate = np.mean([one.bad[row] for row in rule])
    best: set[int] = set()
    half = 0
    for edge in rank:
        some = {row for row in range(len(rank)) if rank[row] <= edge}
        held = np.mean([one.bad[row] for row in some])
        if held <= rate and len(some) > len(best):
            best = some
        if held <= rate / 2:
            half = max(half, len(some))
    apart = {row for row in best if np.isnan(one.rating[row])}
    entering, leaving = best - rule, rule - best
    return {
        "bad_rate": float(rate),
        "theirs": len(rule),
        "ours": len(best),
        "ratio": len(best) / len(rule),
        "ours_unlinked": len(apart),
        "share_unlinked": len(apart) / len(best),
        "swapped_in": len(entering),
        "swapped_in_rate": float(np.mean([one.bad[row] for row in entering])),
        "swapped_in_unlinked": len(entering & apart),
        "swapped_in_unlinked_rate": float(np.mean([one.bad[row] for row in entering & apart])),
        "swapped_out": len(leaving),
        "swapped_out_rate": sum(one.bad[row] for row in leaving) / max(len(leaving), 1),
        "rate_at_their_number": float(one.bad[np.argsort(rank)[: len(rule)]].mean()),
        "ratio_at_half_rate": half / len(rule),
    }


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gains_are_those_of_trying_every_cut(seed: int) -> None:
    one, rank = choice(120, seed)
    found = dict(zip(FIGURES, at_cut(one, rank, 6, None).tolist(), strict=True))
    if not found["swapped_out"]:
        assert np.isnan(found.pop("swapped_out_rate"))
    tried = by_hand(one, rank, 6)
    assert found == pytest.approx({name: tried[name] for name in found})


def test_a_row_that_counts_twice_is_two_rows() -> None:
    one, rank = choice(100)
    times = np.random.default_rng(1).integers(0, 3, 100)
    row = np.repeat(np.arange(100), times)
    copied = Choice(one.bad[row], one.rating[row], one.enterprise[row])
    weighted = at_cut(one, rank, 6, times.astype(np.float64))
    np.testing.assert_allclose(weighted, at_cut(copied, rank[row], 6, None), rtol=1e-12)


def test_a_rule_that_approves_nobody_is_not_compared() -> None:
    one, rank = choice(100)
    assert np.isnan(at_cut(one, rank, 0, None)).all()


def test_intervals_hold_the_figure_and_the_truth_approves_most() -> None:
    one, rank = choice()
    found = gains(one, {"ours": rank, "truth": one.bad, "noise": rank[::-1]}, 6, resamples=60)
    ratio = found["ours"]["ratio"]
    assert ratio.low < ratio.value < ratio.high
    assert found["truth"]["ours"].value >= found["ours"]["ours"].value
    rates = [found[name]["rate_at_their_number"].value for name in ("truth", "ours", "noise")]
    assert rates == sorted(rates)


def test_new_links_are_as_many_and_tell_what_they_are_asked_to() -> None:
    one, _ = choice(2000)
    rule = np.where(one.linked, one.rating, 11.0)
    for relink in (True, False):
        areas = []
        for informative in (0.0, 0.5, 1.0):
            drawn = []
            for seed in range(20):
                chance = np.random.default_rng(seed)
                rating = draw_ratings(one, informative, chance, relink=relink)
                new = np.where(np.isnan(rating), 11.0, rating)
                assert np.array_equal(np.sort(new), np.sort(rule))
                drawn.append(expected(one.bad, new))
            areas.append(float(np.mean(drawn)))
        assert areas[0] == pytest.approx(expected(one.bad, rule) if not relink else 0.5, abs=0.03)
        assert areas == sorted(areas)
    kept = draw_ratings(one, 1.0, np.random.default_rng(0), relink=False)
    assert np.array_equal(np.isnan(kept), ~one.linked)
    perfect = draw_ratings(one, 1.0, np.random.default_rng(0), relink=True)
    assert one.bad[~np.isnan(perfect)].max() <= one.bad[np.isnan(perfect)].min()


def test_the_gain_falls_as_the_link_tells_more() -> None:
    one, rank = choice(600)
    points = curve(one, {"ours": rank}, 6, draws=8, relink=True)
    ratio = [point.figures["ours"]["ratio"].value for point in points]
    area = [point.figures["ours"]["rule_auc"].value for point in points]
    level = [point.figures["ours"]["rule_to_all"].value for point in points]
    assert ratio[0] > 1.5 > 1.0 > ratio[-1]
    assert area[0] < area[5] < area[-1]
    assert level[0] > level[5] > level[-1]


def test_an_expected_auc_is_the_ordinary_one_where_outcomes_are_known() -> None:
    chance = np.random.default_rng(3)
    bad, rank = chance.integers(0, 2, 200), chance.normal(size=200).round(1)
    known = expected(bad.astype(np.float64), rank)
    assert known == pytest.approx(auc(bad.astype(np.int8), rank))
    pd = chance.uniform(0, 0.2, 3000)
    score = pd + chance.normal(0, 0.1, 3000)
    # The simulator's own leaves each row out of its own comparisons.
    assert expected(pd, score) == pytest.approx(expected_auc(score, pd), abs=1e-3)


def test_the_ceiling_captures_itself() -> None:
    one, rank = choice()
    top = expected(one.bad, one.bad)
    ranks = {"truth": one.bad, "ours": rank}
    found = strengths(one.bad, ranks, one.enterprise, {"true": top}, resamples=20)
    assert found["truth"]["of_true"].value == pytest.approx(1.0)
    assert 0 < found["ours"]["of_true"].value < 1
    assert np.isnan(found["ours"]["of_visible"].value)


def test_scores_are_compared_within_a_bin() -> None:
    linked = np.array([1, 0, 0, 1, 1, 0, 1], np.int8)
    place = np.array([0, 0, 0, 1, 1, 1, 2])
    score = np.array([610.0, 600, 604, 500, 520, 490, 900])
    # Bin 0: 610 - 602, one linked; bin 1: 510 - 490, two; bin 2 has nobody to compare with.
    assert difference(linked, place, score, np.ones(7)) == pytest.approx((8 + 2 * 20) / 3)


def asking(one: Choice, as_of: int = 0, paths: int = 100) -> Applicants:
    rows = np.arange(len(one.bad))
    when = np.full(len(rows), as_of)
    return Applicants(rows, one.enterprise, when, one.bad, paths, one.rating, rows % 2 == 0)


def test_a_score_that_favours_the_linked_is_found_out() -> None:
    one, _ = choice(3000)
    odds = np.log(one.bad / (1 - one.bad))
    fair = 600 - 57.7 * odds
    found = relation(asking(one), one.bad, fair, resamples=30)
    assert abs(found["difference"].value) < 5
    assert found["guesses_link"].value == pytest.approx(0.5, abs=0.05)
    favoured = relation(asking(one), one.bad, fair + 30 * one.linked, resamples=30)
    assert favoured["difference"].low > 20
    unknown = relation(asking(one, paths=0), one.bad, fair, resamples=5)
    assert np.isnan(unknown["difference"].value)


def bundle(names: tuple[str, ...]) -> Bundle:
    """A model of noise that uses every column."""
    chance = np.random.default_rng(0)
    values = chance.normal(size=(300, len(names)))
    values[chance.uniform(size=values.shape) < 0.3] = np.nan
    target = np.isnan(values[:, -1]).astype(np.int8)
    chosen = {"objective": "binary", "num_leaves": 7, "verbosity": -1, "num_threads": 1}
    booster = lgb.train(chosen, lgb.Dataset(values, target), 20)
    none = (0,) * len(names)
    return assemble(
        booster, Calibration(), values[:5], name="noise", features=names, directions=none
    )


def test_deleting_links_changes_a_score_only_if_it_reads_them(recorded_port: Any) -> None:
    port = recorded_port
    record: Record = port.record
    texts = record.text_of(record.enterprises().tolist())
    names = np.array(sorted(texts.values()))
    linked = np.isin(np.arange(len(names)), linked_rows(port, names))
    rating = np.where(linked, 3.0, np.nan)
    one = Choice(np.full(len(names), 0.1), rating, names)
    people = asking(one, int(port.month_ends[-1]))
    champion = tuple(feature.name for feature in CATALOGUE.champion)
    found = delete_links(people, bundle(champion), port.url, 20, lambda _: None)
    assert found.changed == 0
    assert found.messages >= found.linked == found.ratings_gone > 0
    reading = bundle((*champion[:5], CORE_RATING))
    assert delete_links(people, reading, port.url, 20, lambda _: None).changed > 0


def linked_rows(port: Any, names: Any) -> list[int]:
    """Rows of enterprises whose link the record tells."""
    import pyarrow.parquet as pq

    told = pq.read_table(port.folder / "world" / "enterprise.parquet").to_pylist()
    linked = {row["enterprise_id"] for row in told if row["kind"] == "core_link"}
    return [row for row, name in enumerate(names) if name in linked]


def test_the_report_is_written_with_what_could_not_be_had(tmp_path: Path) -> None:
    one, rank = choice()
    found = Found(
        title="The mission's figure",
        facts={
            "applicants": 400,
            "enterprises": 400,
            "linked": 80,
            "paths": 10,
            "bad": 0.05,
            "cut": 6,
            "rows": 10,
            "defaults": 2,
            "lacking": ["new"],
        },
        ceilings={"true": 0.8},
        strengths=strengths(one.bad, {"cargo": rank}, one.enterprise, {"true": 0.8}, 10),
        gains=gains(one, {"cargo": rank}, 6, resamples=10),
        other_cuts={0: gains(one, {"cargo": rank}, 0, resamples=2)},
        curves={"link and rating": curve(one, {"cargo": rank}, 6, draws=2, relink=True)},
        relation=relation(asking(one), one.bad, rank, resamples=5),
        deletion=Deletion(10, 8, 9, 8, 0),
    )
    write(found, tmp_path)
    said = json.loads((tmp_path / "report.json").read_text())
    assert said["strengths"]["cargo"]["of_visible"]["value"] is None
    assert said["gains"]["cargo"]["theirs"]["value"] == (one.rating <= 6).sum()
    text = markdown(found)
    assert text == (tmp_path / "report.md").read_text()
    assert "lacks 1 features" in text
    assert "0 scores changed by a byte" in text
    assert "nan" not in text
    draw_approvals(found.gains, tmp_path / "approvals.svg")
    draw_curve(found.curves, (0.9, 2.0), tmp_path / "curve.svg")
    assert (tmp_path / "approvals.svg").stat().st_size > 5000
    assert (tmp_path / "curve.svg").stat().st_size > 5000
