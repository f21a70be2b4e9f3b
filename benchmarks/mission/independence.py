"""Independence: that the score owes nothing to the core enterprise.

Three questions: whether a score's bytes change when every fact of core enterprises is deleted
from what the record tells; how well the score would guess who has one; and whether, of two with
the same true PD, the one with a core enterprise is scored better.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.figure import Figure
from benchmarks.mission.applicants import Applicants
from benchmarks.mission.gains import Choice, told
from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import Facts
from features.online import facts_of
from supervision.contract.columns import column
from supervision.record import Record
from training.baselines import CORE_RATING
from training.metrics import auc
from training.model.bundle import Bundle
from training.model.scale import Floats
from training.resampling import resampled

KINDS = ("core_link", "core_link_ended")
"""Messages of the stream ``enterprise`` that tell of core enterprises; no other stream does."""
BINS = 20
"""Of the true PD, within which scores are compared."""
FIGURES = ("guesses_link", "difference", "spread")


@dataclass(frozen=True)
class Deletion:
    """What became of scores when every fact of core enterprises was deleted.

    Attributes
    ----------
    enterprises, linked : int
        Scored twice, and how many of them had a core enterprise.
    messages : int
        Deleted.
    ratings_gone : int
        Rows whose core enterprise's rating was there before and not after: that something was
        deleted at all.
    changed : int
        Scores of which a byte of points, base, score or PD changed.
    """

    enterprises: int
    linked: int
    messages: int
    ratings_gone: int
    changed: int


def delete_links(
    asking: Applicants, bundle: Bundle, database: str, most: int, tell: Callable[[str], None]
) -> Deletion:
    """Score applicants from the record, with and without facts of core enterprises.

    Parameters
    ----------
    asking : Applicants
    bundle : Bundle
    database : str
        URL of the record.
    most : int
        Enterprises to score; four in five of them have a link, where there are as many.
    tell : callable
    """
    chosen = _chosen(asking, most)
    rating = [feature.name for feature in CATALOGUE.features].index(CORE_RATING)
    messages = gone = changed = 0
    with closing(Record.open(database)) as record:
        numbers = record.number_of([str(name) for name in asking.enterprise[chosen]])
        for count, row in enumerate(chosen.tolist()):
            if count % 100 == 0:
                tell(f"delete links: {count} of {len(chosen)}")
            number = numbers[str(asking.enterprise[row])]
            facts = facts_of(record, (number,))
            without, deleted = without_links(facts)
            spine = Spine(np.array([number]), asking.as_of[row : row + 1])
            before, after = (evaluate(told_, spine).values for told_ in (facts, without))
            messages += deleted
            gone += int(np.isnan(after[0, rating]) and not np.isnan(before[0, rating]))
            changed += _bytes(bundle, before) != _bytes(bundle, after)
    return Deletion(len(chosen), int(asking.linked[chosen].sum()), messages, gone, changed)


def without_links(facts: Facts) -> tuple[Facts, int]:
    """Facts without what is told of core enterprises, and how many messages those were."""
    rows = facts.tables["enterprise"]
    codes = [column("enterprise", "kind").code(kind) for kind in KINDS]
    kept = ~np.isin(rows["kind"], codes)
    table = {name: values[kept] for name, values in rows.items()}
    return replace(facts, tables={**facts.tables, "enterprise": table}), int((~kept).sum())


def relation(asking: Applicants, pd: Floats, score: Floats, resamples: int) -> dict[str, Figure]:
    """How the score relates to the link.

    ``guesses_link`` is the AUC of a low PD for having a core enterprise: 0.5 is none.
    ``difference`` is the mean score of the linked less that of the others in the same bin of the
    true PD, in points, bins counting by their linked; NaN where the true PD is not known.
    ``spread`` is the standard deviation of the score, to compare it with.
    """
    choice = Choice(asking.bad, asking.rating, asking.enterprise)
    linked = choice.linked.astype(np.int8)
    cuts = np.quantile(choice.bad, np.arange(1, BINS) / BINS)
    place = np.searchsorted(cuts, choice.bad, side="right")

    def figures(times: Floats) -> Floats:
        gap = difference(linked, place, score, times) if asking.paths else np.nan
        mean = np.average(score, weights=times)
        spread = np.sqrt(np.average((score - mean) ** 2, weights=times))
        return np.array([auc(linked, -pd, times), gap, spread])

    drawn = [figures(times) for times in resampled(asking.enterprise, resamples, seed=0)]
    return told(FIGURES, figures(np.ones(len(pd))), drawn)


def difference(
    linked: np.ndarray[tuple[int], np.dtype[np.int8]],
    place: np.ndarray[tuple[int], np.dtype[np.intp]],
    score: Floats,
    times: Floats,
) -> float:
    """Mean score of the linked less that of the others in the same bin, bins by their linked."""
    gaps, weights = [], []
    for number in np.unique(place):
        inside = place == number
        ours, others = times * (inside & (linked == 1)), times * (inside & (linked == 0))
        if ours.sum() and others.sum():
            gaps.append(np.average(score, weights=ours) - np.average(score, weights=others))
            weights.append(ours.sum())
    return float(np.average(gaps, weights=weights)) if gaps else float("nan")


def _chosen(asking: Applicants, most: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Rows of different enterprises, spread evenly; four in five linked."""
    _, first = np.unique(asking.enterprise, return_index=True)
    linked = first[asking.linked[first]]
    others = first[~asking.linked[first]]
    ours = linked[np.linspace(0, len(linked) - 1, min(len(linked), most * 4 // 5)).astype(int)]
    rest = min(len(others), most - len(ours))
    return np.concatenate([ours, others[np.linspace(0, len(others) - 1, rest).astype(int)]])


def _bytes(bundle: Bundle, values: Floats) -> bytes:
    names = [feature.name for feature in CATALOGUE.features]
    said = bundle.score(values[:, [names.index(name) for name in bundle.features]])
    parts = (said.micro_points, said.score_micro, said.pd)
    return b"".join(part.tobytes() for part in parts) + str(said.base_micro_points).encode()
