"""The report: tables for people, and the same as data."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure
from benchmarks.markdown import table
from benchmarks.mission.independence import Deletion
from benchmarks.mission.links import Point
from benchmarks.plain_data import finite

Figures = Mapping[str, Mapping[str, Figure]]


@dataclass(frozen=True, eq=False)
class Found:
    """All that was measured.

    Attributes
    ----------
    title : str
    facts : mapping of str to object
        Applicants, how many are linked, futures of the true PD, rows and defaults of the lesson,
        features that the table lacks.
    ceilings : mapping of str to float
        AUC; empty without a true PD.
    strengths, gains : by model
        At the banks' cut.
    other_cuts : mapping of int to Figures
        Gains of the champion and the truth at other cuts of the rule.
    curves : mapping of str to list of Point
        By what is drawn anew; empty without a true PD.
    relation : mapping of str to Figure
    deletion : Deletion or None
        None where it was not asked for.
    """

    title: str
    facts: Mapping[str, Any]
    ceilings: Mapping[str, float]
    strengths: Figures
    gains: Figures
    other_cuts: Mapping[int, Figures]
    curves: Mapping[str, list[Point]]
    relation: Mapping[str, Figure]
    deletion: Deletion | None


def markdown(found: Found) -> str:
    """The report as Markdown."""
    parts = [f"# {found.title}", _facts(found), _strengths(found), _gains(found)]
    parts += [_cuts(found), *(_curve(name, points) for name, points in found.curves.items())]
    parts += [_independence(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(found: Found, folder: Path) -> None:
    """Write ``report.md`` and ``report.json``; NaN is null."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(markdown(found), encoding="utf-8")
    said = finite(asdict(found))
    text = json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")


def _facts(found: Found) -> str:
    facts = found.facts
    truth = (
        f"bad is the true twelve-month PD over {facts['paths']} futures"
        if facts["paths"]
        else "no true PD in this world: bad is what truly came to pass, and there is no curve"
    )
    lacking = facts["lacking"]
    said = (
        f"{facts['applicants']:,} applicants of {facts['enterprises']:,} enterprises, "
        f"{facts['linked']:,} with a core enterprise; {truth}; mean {facts['bad']:.2%}. Taught on "
        f"{facts['rows']:,} rows of borrowers with {facts['defaults']:,} defaults."
    )
    if lacking:
        said += f" The table lacks {len(lacking)} features of the catalogue; they are missing."
    return said


def _strengths(found: Found) -> str:
    rows = [["model", "AUC", "Gini", "of the visible ceiling's Gini", "of the true ceiling's"]]
    for name, one in found.strengths.items():
        shares = [_percent(one[key], ".0f") for key in ("of_visible", "of_true")]
        rows.append([name, _shown(one["auc"]), _shown(one["gini"]), *shares])
    tops = ", ".join(f"{name} ceiling {area:.3f}" for name, area in found.ceilings.items())
    text = "## Over all applicants\n\n" + table(rows)
    return f"{text}\n\nAUC of the {tops}; held while enterprises are resampled." if tops else text


def _gains(found: Found) -> str:
    first = next(iter(found.gains.values()))
    said = (
        f"## At equal bad rate\n\nThe rule approves links rated {found.facts['cut']} or better: "
        f"{first['theirs'].value:,.0f} applicants, of whom "
        f"{_percent(first['bad_rate'])} are bad."
    )
    head = ["ranked by", "approved", "times the rule's", "without a core enterprise", "their share"]
    rows = [[*head, "at half the bad rate: times", "as many as the rule: bad"]]
    for name, one in found.gains.items():
        rows.append(
            [
                name,
                _count(one["ours"]),
                _shown(one["ratio"], 1.0, ".2f"),
                _count(one["ours_unlinked"]),
                _percent(one["share_unlinked"], ".0f"),
                _shown(one["ratio_at_half_rate"], 1.0, ".2f"),
                _percent(one["rate_at_their_number"]),
            ]
        )
    return f"{said}\n\n{table(rows)}\n\nThe swap set:\n\n{_swaps(found.gains)}"


def _swaps(gains: Figures) -> str:
    head = ["ranked by", "swapped in", "bad", "... without a core enterprise", "bad"]
    rows = [[*head, "swapped out", "bad"]]
    for name, one in gains.items():
        cells = [name]
        for part in ("swapped_in", "swapped_in_unlinked", "swapped_out"):
            cells += [_count(one[part]), _percent(one[f"{part}_rate"])]
        rows.append(cells)
    return table(rows)


def _cuts(found: Found) -> str:
    if not found.other_cuts:
        return ""
    names = list(next(iter(found.other_cuts.values())))
    rows = [["rule approves up to", "approved", "bad", *(f"{name}: times" for name in names)]]
    for cut, figures in found.other_cuts.items():
        first = figures[names[0]]
        bad = _percent(first["bad_rate"])
        ratios = [_shown(figures[name]["ratio"], 1.0, ".2f") for name in names]
        rows.append([f"rating {cut}", _count(first["theirs"]), bad, *ratios])
    return "At other cuts of the rule:\n\n" + table(rows)


def _curve(title: str, points: list[Point]) -> str:
    names = list(points[0].figures)
    head = ["a", "AUC of the rule", "bad rate of the rule", "... over everybody's"]
    for name in names:
        head += [f"{name}: times the rule's", "without a core"]
    rows = [head]
    for point in points:
        first = point.figures[names[0]]
        cells = [f"{point.informative:.1f}", _shown(first["rule_auc"])]
        cells += [_percent(first["bad_rate"]), _shown(first["rule_to_all"], 1.0, ".2f")]
        for name in names:
            one = point.figures[name]
            cells += [
                _shown(one["ratio"], 1.0, ".2f"),
                _percent(one["share_unlinked"], ".0f"),
            ]
        rows.append(cells)
    return f"## As the link tells more: {title} drawn anew\n\n{table(rows)}"


def _independence(found: Found) -> str:
    one = found.relation
    lines = [
        f"- AUC of the score for having a core enterprise: {_shown(one['guesses_link'])}",
    ]
    if not np.isnan(one["difference"].value):
        lines.append(
            "- Score of the linked less that of the others at equal true PD: "
            f"{_shown(one['difference'], 1.0, '+.1f')} points; standard deviation of the score: "
            f"{one['spread'].value:.0f}"
        )
    if found.deletion is not None:
        told = found.deletion
        lines.append(
            f"- Every fact of core enterprises deleted ({told.messages:,} messages) of "
            f"{told.enterprises:,} enterprises, {told.linked:,} of them linked: the rating is gone "
            f"from {told.ratings_gone:,} rows, and {told.changed:,} scores changed by a byte"
        )
    return "## Independence of the link\n\n" + "\n".join(lines)


def _shown(figure: Figure, times: float = 1.0, form: str = ".3f", unit: str = "") -> str:
    if np.isnan(figure.value):
        return "–"
    value, low, high = (times * part for part in (figure.value, figure.low, figure.high))
    if np.isnan(low) or low == high == value:
        return f"{value:{form}}{unit}"
    return f"{value:{form}} ({low:{form}} to {high:{form}}){unit}"


def _percent(figure: Figure, form: str = ".2f") -> str:
    return _shown(figure, 100.0, form, " %")


def _count(figure: Figure) -> str:
    return _shown(figure, 1.0, ",.0f")
