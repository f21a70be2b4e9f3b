"""The report: a table for people, and the same as data."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure
from benchmarks.markdown import table
from benchmarks.plain_data import finite
from benchmarks.selection.measuring import Bound, Group
from benchmarks.selection.refits import Gains
from benchmarks.selection.ways import NONE, Way
from training.selection.overlap import Overlap


@dataclass(frozen=True, eq=False)
class Found:
    """All that was measured.

    Attributes
    ----------
    title : str
    ways : mapping of str to Way
    overlaps : mapping of str to Overlap
    groups : mapping of str to Group
    bounds : list of Bound
    refits : Gains
        Empty where none were asked for.
    """

    title: str
    ways: Mapping[str, Way]
    overlaps: Mapping[str, Overlap]
    groups: Mapping[str, Group]
    bounds: list[Bound]
    refits: Gains


def markdown(found: Found) -> str:
    """The report as Markdown."""
    parts = [f"# {found.title}", _taught(found)]
    parts += [_group(name, group) for name, group in found.groups.items()]
    parts += [_overlaps(found.overlaps), _bounds(found.bounds)]
    parts += [_refits(found.refits)] if found.refits else []
    return "\n\n".join(parts) + "\n"


def as_data(found: Found) -> dict[str, Any]:
    """The report as plain data; NaN and infinity as None."""
    taught = {
        name: {
            "rows": way.rows,
            "defaults": way.defaults,
            "rounds": way.rounds,
            "effective_size": way.effective_size,
        }
        for name, way in found.ways.items()
    }
    said: dict[str, Any] = finite(
        {
            "title": found.title,
            "ways": taught,
            "overlap": {name: one.as_data() for name, one in found.overlaps.items()},
            "groups": {name: asdict(one) for name, one in found.groups.items()},
            "bounds": [asdict(one) for one in found.bounds],
            "refits": found.refits,
        }
    )
    return said


def write(found: Found, folder: Path) -> None:
    """Write ``report.md`` and ``report.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(markdown(found), encoding="utf-8")
    text = json.dumps(as_data(found), indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")


def _taught(found: Found) -> str:
    rows = [["taught", "rows", "defaults", "effective rows", "trees"]]
    for name, way in found.ways.items():
        size = f"{way.effective_size:,.0f}"
        rows.append([name, f"{way.rows:,}", f"{way.defaults:,}", size, str(way.rounds)])
    return table(rows)


def _group(name: str, group: Group) -> str:
    said = (
        f"## {name}: {group.rows:,} rows of {group.enterprises:,} enterprises, "
        f"{group.defaults:,} defaults ({100 * group.rate:.2f} %)"
    )
    head = ["", "AUC", "... less that of none", "mean PD", "mean PD / rate", "slope", "intercept"]
    rows = [[*head, "log loss, less that of none"]]
    for way, figures in group.figures.items():
        gain = group.gains[way]
        is_base = way == NONE
        rows.append(
            [
                way,
                _shown(figures["auc"]),
                "" if is_base else _shown(gain["auc"], "+.3f"),
                f"{100 * group.mean_pd[way]:.2f} %",
                _shown(figures["level"], ".2f"),
                _shown(figures["slope"], ".2f"),
                _shown(figures["intercept"], ".2f"),
                "" if is_base else _shown(gain["log_loss"], "+.4f"),
            ]
        )
    return f"{said}\n\n{table(rows)}"


def _overlaps(overlaps: Mapping[str, Overlap]) -> str:
    rows = [["the model of having been financed", *overlaps]]
    each = list(overlaps.values())
    rows.append(["rows financed / others", *(f"{o.financed:,} / {o.others:,}" for o in each)])
    rows.append(["its AUC", *(f"{o.auc:.3f}" for o in each)])
    for what in ("financed", "others"):
        told = [getattr(o, f"chance_{what}") for o in each]
        cells = [" ".join(f"{chance:.3f}" for chance in chances) for chances in told]
        rows.append([f"chance of the {what}, percentiles 1 5 50 95 99", *cells])
    rows.append(
        ["others below 99 in 100 of the financed", *(_percent(o.out_of_reach) for o in each)]
    )
    rows.append(["others with a chance below 5 %", *(_percent(o.rare) for o in each)])
    rows.append(["effective rows", *(f"{o.effective_size:,.0f}" for o in each)])
    rows.append(["weights cut", *(f"{o.truncated:,}" for o in each)])
    rows.append(["greatest weight", *(f"{o.greatest_weight:.2f}" for o in each)])
    rows.append(["greatest imbalance before", *(f"{o.worst_before:.3f}" for o in each)])
    rows.append(["... after", *(f"{o.worst_after:.3f} ({o.worst_feature})" for o in each)])
    return "## Overlap\n\n" + table(rows)


def _bounds(bounds: list[Bound]) -> str:
    rows = [["unfinanced default", "mean PD", "true rate", "inside", "AUC", "true AUC", "inside"]]
    for one in bounds:
        said = f"{one.least:g} to {one.most:g} times" if np.isfinite(one.most) else "nothing said"
        rate, area = one.mean_pd, one.auc
        rows.append(
            [
                said,
                f"{_percent(rate.low, 2)} to {_percent(rate.high, 2)}",
                _percent(one.true_rate, 2),
                "yes" if rate.low <= one.true_rate <= rate.high else "**no**",
                f"{area.low:.3f} to {area.high:.3f}",
                f"{one.true_auc:.3f}",
                "yes" if area.low <= one.true_auc <= area.high else "**no**",
            ]
        )
    return "## Bounds over everyone, of the model taught without correction\n\n" + table(rows)


def _refits(refits: Gains) -> str:
    count = len(next(iter(refits.values())))
    head = ["less that of none", "AUC: mean", "least", "most", "log loss: mean", "least", "most"]
    rows = [head]
    for name, gains in refits.items():
        if name == NONE:
            continue
        area, loss = np.array(gains).T
        cells = [f"{value:+.3f}" for value in (area.mean(), area.min(), area.max())]
        cells += [f"{value:+.4f}" for value in (loss.mean(), loss.min(), loss.max())]
        rows.append([name, *cells])
    return f"## Everyone, {count} refits on resampled enterprises\n\n{table(rows)}"


def _shown(figure: Figure, form: str = ".3f") -> str:
    if np.isnan(figure.value):
        return "–"
    return f"{figure.value:{form}} ({figure.low:{form}} to {figure.high:{form}})"


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
