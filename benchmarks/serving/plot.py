"""One picture: p50 and p99 of each contestant, and where the time of a score goes."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from benchmarks.serving.contest import Run

_INK, _BLUE, _GREY = "#1f2933", "#0b6e99", "#8d99ae"
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


def draw(run: Run, path: Path) -> None:
    """Draw what was measured."""
    with mpl.rc_context(_STYLE):
        heights = [1.0 + 0.3 * len(run.heard), 1.0 + 0.45 * len(run.stages)]
        figure = Figure(figsize=(9.0, sum(heights)), layout="constrained")
        FigureCanvasSVG(figure)
        grid = figure.add_gridspec(2, height_ratios=heights)
        _calls(figure.add_subplot(grid[0]), run)
        _stages(figure.add_subplot(grid[1]), run)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _calls(axes: Axes, run: Run) -> None:
    order = sorted(run.heard, key=lambda name: -run.p50(name))
    for place, name in enumerate(order):
        p50, p99 = run.p50(name) * 1e3, run.p99(name) * 1e3
        colour = _BLUE if name in run.stages else _GREY
        axes.barh(place, p99, color=colour, height=0.7, alpha=0.35)
        axes.barh(place, p50, color=colour, height=0.7)
        axes.annotate(f" {p50:.2f} | {p99:.2f} ms", (p99, place), va="center")
    axes.set_yticks(range(len(order)), order)
    axes.set_xlim(right=1.25 * axes.get_xlim()[1])
    axes.set(title="A call, one client that waits for each answer", xlabel="ms, p50 and p99")


def _stages(axes: Axes, run: Run) -> None:
    shades = mpl.colormaps["viridis"]
    names = [name for name in next(iter(run.stages.values())) if name != "whole"]
    for place, (_, stages) in enumerate(run.stages.items()):
        left = 0.0
        for number, name in enumerate(names):
            taken = stages.get(name, 0.0) * 1e3
            colour = shades(0.15 + 0.75 * number / max(1, len(names) - 1))
            label = name if place == 0 else None
            axes.barh(place, taken, left=left, color=colour, height=0.6, label=label)
            left += taken
        rest = max(0.0, stages["whole"] * 1e3 - left)
        label = "framework" if place == 0 else None
        axes.barh(place, rest, left=left, color="#d9dee5", height=0.6, label=label)
        axes.annotate(f" {left + rest:.2f} ms", (left + rest, place), va="center")
    axes.set_yticks(range(len(run.stages)), list(run.stages))
    axes.set_xlim(right=1.15 * axes.get_xlim()[1])
    axes.legend(ncols=5, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.35))
    axes.set(title="Where the time of a score goes", xlabel="ms, means")
