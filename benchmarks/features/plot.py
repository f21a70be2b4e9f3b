"""One picture of the results: seconds of the batch, milliseconds of one enterprise."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from benchmarks.features.results import P50, P99, Results, in_order, spread_of

_INK, _BLUE, _GREY, _RED = "#1f2933", "#0b6e99", "#8d99ae", "#d1495b"
_STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _INK,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "svg.hashsalt": "cargoworthy",
    "svg.fonttype": "path",
}


def draw(results: Results, path: Path) -> None:
    """Draw what there is data for."""
    panels = [draw for found, draw in ((results.costs, _batch), (results.online, _one)) if found]
    if not panels:
        return
    sizes = [len(results.costs), 2 * len(results.online)]
    heights = [0.9 + 0.24 * size for size in sizes if size]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9.0, sum(heights)), layout="constrained")
        FigureCanvasSVG(figure)
        grid = figure.add_gridspec(len(panels), height_ratios=heights)
        for place, panel in enumerate(panels):
            panel(figure.add_subplot(grid[place]), results)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _batch(axes: Axes, results: Results) -> None:
    order = sorted(
        in_order(results.costs), key=lambda one: -spread_of(results.costs[one], "seconds").median
    )
    for place, one in enumerate(order):
        seconds = spread_of(results.costs[one], "seconds")
        colour = _BLUE if one.name.startswith("engine") else _GREY
        axes.barh(place, seconds.median, color=colour, height=0.7)
        axes.plot([seconds.low, seconds.high], [place, place], color=_INK, linewidth=1)
        axes.annotate(f" {seconds.median:.3g} s", (seconds.high, place), va="center")
    names = [f"{one.title} ({one.threads})" for one in order]
    axes.set_yticks(range(len(order)), names)
    axes.set_xscale("log")
    axes.set_xlim(right=4 * axes.get_xlim()[1])
    axes.set(
        title=f"{results.messages:,} messages, all enterprises",
        xlabel="seconds (line: least to greatest); in brackets: threads",
    )


def _one(axes: Axes, results: Results) -> None:
    for place, one in enumerate(reversed(results.online)):
        colour = _BLUE if one.title.startswith("engine") else _GREY
        axes.barh(place, one.p99, color=colour, height=0.7, alpha=0.35)
        axes.barh(place, one.p50, color=colour, height=0.7)
        axes.annotate(f" {one.p50:.2f} | {one.p99:.2f} ms", (one.p99, place), va="center")
    for goal in (P50, P99):
        axes.axvline(goal, color=_RED, linewidth=1, linestyle="--")
    axes.set_yticks(range(len(results.online)), [one.title for one in reversed(results.online)])
    axes.set_xlim(right=1.3 * axes.get_xlim()[1])
    axes.set(
        title="One enterprise of about 1,000 messages",
        xlabel=f"ms, p50 and p99; dashed: goals of {P50:g} and {P99:g}",
    )
