"""The plots: approvals at equal bad rate, and the curve as the link tells more."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Sheet

from benchmarks.mission.links import Point
from benchmarks.mission.report import Figures

_STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "svg.hashsalt": "cargoworthy",
    "svg.fonttype": "path",
}
_INK, _BLUE, _RED, _GREY = "#1f2933", "#0b6e99", "#d1495b", "#8d99ae"
_COLOURS = (_BLUE, _RED, _GREY, "#edae49")


def draw_approvals(gains: Figures, path: Path) -> None:
    """Whom each ranking approves at the rule's bad rate: with and without a core enterprise."""
    with mpl.rc_context(_STYLE):
        names = list(gains)
        sheet, axes = _sheet(8.0, 0.5 * (len(names) + 1) + 1.5)
        first = gains[names[0]]
        axes.barh(0, first["theirs"].value, color=_GREY, label="with a core enterprise")
        for place, name in enumerate(names, start=1):
            one = gains[name]
            apart = one["ours_unlinked"].value
            linked = one["ours"].value - apart
            axes.barh(place, linked, color=_GREY)
            label = "without one" if place == 1 else None
            axes.barh(place, apart, left=linked, color=_BLUE, label=label)
            axes.plot([one["ours"].low, one["ours"].high], [place, place], color=_INK, lw=1.5)
        axes.set_yticks(range(len(names) + 1), ["core-enterprise rule", *names])
        axes.invert_yaxis()
        axes.set(
            xlabel="applicants approved (line: 95 % interval)",
            title=f"Approved at the rule's bad rate of {first['bad_rate'].value:.2%}",
        )
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.legend(frameon=False, loc="upper right")
        _save(sheet, path)


def draw_curve(curves: Mapping[str, list[Point]], here: tuple[float, float], path: Path) -> None:
    """Approvals over the rule's by how much better than everybody the rule's are.

    Parameters
    ----------
    curves : mapping of str to list of Point
    here : (float, float)
        The same two figures of the champion in the world as it is.
    path : Path
    """
    with mpl.rc_context(_STYLE):
        sheet = Sheet(figsize=(5.2 * len(curves), 4.4), layout="constrained")
        FigureCanvasSVG(sheet)
        panels = sheet.subplots(1, len(curves), sharey=True, squeeze=False)[0]
        for number, (title, points) in enumerate(curves.items()):
            axes = panels[number]
            for place, name in enumerate(points[0].figures):
                one = [point.figures[name] for point in points]
                at = [figures["rule_to_all"].value for figures in one]
                colour = _COLOURS[place % len(_COLOURS)]
                low, high = ([getattr(f["ratio"], end) for f in one] for end in ("low", "high"))
                axes.fill_between(at, low, high, color=colour, alpha=0.18, linewidth=0)
                ratio = [figures["ratio"].value for figures in one]
                axes.plot(at, ratio, color=colour, lw=2, marker="o", ms=3.5, label=name)
            axes.plot(*here, "D", color=_INK, ms=7, label="cargo, links of this world")
            axes.axhline(1.0, color=_INK, lw=0.8, ls=":")
            axes.invert_xaxis()
            axes.set(
                title=f"{title[0].upper()}{title[1:]} drawn anew",
                xlabel="bad rate of the rule's over everybody's (right: the link tells more)",
                ylabel="approvals over the rule's, equal bad rate" if number == 0 else "",
            )
        handles, labels = axes.get_legend_handles_labels()
        sheet.legend(handles, labels, frameon=False, ncols=3, loc="outside lower center")
        _save(sheet, path)


def _sheet(width: float, height: float) -> tuple[Sheet, Axes]:
    sheet = Sheet(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(sheet)
    return sheet, sheet.add_subplot()


def _save(sheet: Sheet, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.savefig(path, metadata={"Date": None, "Creator": None})
