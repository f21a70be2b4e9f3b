"""Plots of a training, drawn without a display: each as a figure, and into a file."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.comparison import Forecast
from training.metrics import auc, calibration_bins, roc
from training.model.scale import MICRO, Floats, Integers
from training.sample import Labels

INK = "#1f2933"
QUIET = "#cccccc"
COLOURS = ("#0b6e99", "#d1495b", "#8d99ae", "#edae49", "#3a7d44")
_SHOWN = 15
_STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "savefig.dpi": 120,
    "svg.hashsalt": "cargoworthy",
}


def draw_roc(target: Labels, forecasts: Mapping[str, Forecast], path: Path) -> None:
    """ROC curve of each model, into a file."""
    save(roc_figure(target, {_spoken(name): said.rank for name, said in forecasts.items()}), path)


def roc_figure(target: Labels, ranks: Mapping[str, Floats], when: str = "out of time") -> Figure:
    """ROC curve of each ranking by its name."""
    figure, axes = plot_axes(f"ROC, {when}", width=5.6, height=5.4)
    for (name, rank), colour in zip(ranks.items(), COLOURS, strict=False):
        false, true = roc(target, rank)
        label = f"{name}  AUC {auc(target, rank):.3f}"
        axes.plot(false, true, color=colour, linewidth=2, label=label)
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, zorder=0)
    axes.set(xlabel="share of good rows refused", ylabel="share of defaults refused")
    axes.set_aspect("equal")
    axes.legend(loc="lower right", frameon=False)
    return figure


def draw_calibration(target: Labels, pd: Floats, path: Path) -> None:
    """Default rate over PD in ten bins, with 95 % Wilson intervals."""
    figure, axes = plot_axes("Calibration, out of time")
    bins = calibration_bins(target, pd)
    low, high = _wilson(bins[:, 1], bins[:, 2])
    top = max(float(high.max()), float(bins[:, 0].max())) * 1.05
    axes.plot([0, top], [0, top], color=QUIET, linewidth=1, zorder=0, label="ideal")
    axes.errorbar(
        bins[:, 0],
        bins[:, 1],
        yerr=np.stack([bins[:, 1] - low, high - bins[:, 1]]),
        fmt="o",
        color=COLOURS[0],
        capsize=3,
        label="ten bins of equal size, 95 % interval",
    )
    axes.xaxis.set_major_formatter("{x:.1%}")
    axes.yaxis.set_major_formatter("{x:.1%}")
    axes.set(xlabel="mean PD", ylabel="default rate", xlim=(0, top), ylim=(0, top))
    axes.legend(loc="upper left", frameon=False)
    save(figure, path)


def draw_scores(target: Labels, score_micro: Integers, path: Path) -> None:
    """Distribution of scores of good and bad rows, into a file."""
    save(scores_figure(target, score_micro), path)


def scores_figure(target: Labels, score_micro: Integers, when: str = "out of time") -> Figure:
    """Distribution of scores of good and bad rows."""
    figure, axes = plot_axes(f"Scores, {when}")
    score = score_micro / MICRO
    edges = np.histogram_bin_edges(score, bins=40)
    for value, name, colour in ((0, "no default", COLOURS[0]), (1, "default", COLOURS[1])):
        rows = target == value
        axes.hist(
            score[rows],
            bins=edges.tolist(),
            density=True,
            color=colour,
            alpha=0.6,
            label=f"{name}  {int(rows.sum()):,} rows",
        )
    axes.set(xlabel="score", ylabel="density within each group")
    axes.legend(loc="upper left", frameon=False)
    return figure


def draw_points(
    names: tuple[str, ...], micro_points: Integers, values: Floats, path: Path, seed: int
) -> None:
    """SHAP summary, into a file."""
    save(points_figure(names, micro_points, values, seed), path)


def points_figure(
    names: tuple[str, ...],
    micro_points: Integers,
    values: Floats,
    seed: int,
    when: str = "out of time",
) -> Figure:
    """SHAP summary: points of each row by feature, the features by their mean absolute points."""
    points = micro_points / MICRO
    weight = np.abs(points).mean(axis=0)
    shown = np.argsort(-weight, kind="stable")[:_SHOWN][::-1]
    figure, axes = plot_axes(
        f"Points by feature, {when}", height=0.34 * len(shown) + 1.6, width=8.0
    )
    chance = np.random.default_rng(seed)
    rows = chance.permutation(len(points))[:1500]
    dots = None
    for line, column in enumerate(shown):
        colour = _ranks(values[rows, column])
        dots = axes.scatter(
            points[rows, column],
            line + chance.uniform(-0.3, 0.3, len(rows)),
            c=colour,
            cmap="viridis",
            vmin=0,
            vmax=1,
            s=5,
            linewidths=0,
        )
    axes.axvline(0, color="#bbbbbb", linewidth=1, zorder=0)
    axes.set_yticks(range(len(shown)), [f"{names[c]}  {weight[c]:.1f}" for c in shown])
    axes.set_xlabel("points (left: costs, right: earns); beside the name the mean of |points|")
    if dots is not None:
        bar = figure.colorbar(dots, ax=axes, pad=0.01, aspect=40)
        bar.set_ticks([0, 1], labels=["low", "high"])
        bar.set_label("value (missing: middle)")
        bar.outline.set_visible(False)
    return figure


def plot_axes(title: str, width: float = 6.4, height: float = 5.0) -> tuple[Figure, Axes]:
    """Make an empty plot in the house's style, widths in inches."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.set_title(title)
    return figure, axes


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image(figure, "png"))


def image(figure: Figure, media: Literal["svg", "png"]) -> bytes:
    """Write a figure as the bytes of a file."""
    # No date and no version in the file: equal figures are drawn as equal bytes.
    nothing = {"Software": None} if media == "png" else {"Date": None, "Creator": None}
    content = io.BytesIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(content, format=media, metadata=nothing)
    return content.getvalue()


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace("lightgbm", "LightGBM")


def _ranks(values: Floats) -> Floats:
    """Values as their share of rows below, missing ones in the middle."""
    known = ~np.isnan(values)
    ranks = np.full(len(values), 0.5)
    if known.any():
        _, place, count = np.unique(values[known], return_inverse=True, return_counts=True)
        middle = (np.cumsum(count) - count / 2.0) / known.sum()
        ranks[known] = middle[place]
    return ranks


def _wilson(rate: Floats, rows: Floats) -> tuple[Floats, Floats]:
    z = 1.959964
    middle = (rate + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z * np.sqrt(rate * (1 - rate) / rows + z * z / (4 * rows * rows)) / (1 + z * z / rows)
    return np.minimum(middle - half, rate), np.maximum(middle + half, rate)
