"""Plots of worlds, for the documents: drawn without a display, equal data as equal bytes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pyarrow.parquet as pq
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from benchmarks.world.measure import Measures
from benchmarks.world.rates import Months, everyone, financed
from benchmarks.world.report import LINES
from benchmarks.world.samples import deliveries, deliveries_wanted, values, values_wanted
from benchmarks.world.stages import Site
from simulator.world import World
from supervision.errors import CargoworthyError
from training.model.scale import Floats

_INK, _BLUE, _RED, _GREY, _PALE = "#1f2933", "#0b6e99", "#d1495b", "#8d99ae", "#e8ecf1"
_STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _INK,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "svg.hashsalt": "cargoworthy",
    "svg.fonttype": "path",
}
_FEN = 100.0
_DOTS = (
    "ceiling.true.everyone",
    "ceiling.visible.everyone",
    "model.taught_by_truth",
    "model.everyone",
    "alone.everyone.1",
    "core.everyone",
    "ceiling.true.borrowers",
    "ceiling.visible.borrowers",
    "model.random_folds",
    "model.borrowers",
    "model.not_past_due",
    "model.newcomers",
    "alone.borrowers.1",
    "alone.past_due.1",
    "core.borrowers",
)


def draw_all(sites: list[Site], mean: Measures, folder: Path) -> None:
    """Draw what there is data for."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(_STYLE):
        _default_rates(sites, folder / "world-default-rates.svg")
        _hardness(mean, folder / "world-hardness.svg")
        _sizes(sites, folder / "world-sizes.svg")
        _true_pd(sites, folder / "world-true-pd.svg")
        _marginals(sites[0], folder / "world-marginals.svg")


def _default_rates(sites: list[Site], path: Path) -> None:
    figure, axes = _figure("Default rate a year, moving over three months", 8.0, 3.8)
    for name, colour, read in (("everyone", _GREY, everyone), ("financed", _BLUE, financed)):
        worlds: list[Months] = [read(site) for site in sites]
        when = worlds[0].ends.astype("datetime64[us]").astype("datetime64[D]")
        rates = np.array([months.within() for months in worlds])
        if len(worlds) > 1:
            axes.fill_between(
                when, rates.min(axis=0), rates.max(axis=0), color=colour, alpha=0.2, linewidth=0
            )
        label = f"{name}, {_origin(name)}"
        axes.plot(when, rates.mean(axis=0), color=colour, linewidth=2, label=label)
    for begin, end in _shocks(sites[0]):
        axes.axvspan(np.datetime64(begin), np.datetime64(end), color=_PALE, zorder=0)  # type: ignore[arg-type]
    axes.axvspan(np.nan, np.nan, color=_PALE, label="shocks")
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.set(ylabel="defaults a year", ylim=(0, 1.15 * axes.get_ylim()[1]))
    axes.legend(loc="upper left", frameon=False, ncols=3)
    if len(sites) > 1:
        axes.set_xlabel(f"line: mean of {len(sites)} seeds; band: lowest to highest")
    _save(figure, path)


def _origin(name: str) -> str:
    return "as lenders report" if name == "financed" else "in truth"


def _shocks(site: Site) -> list[tuple[date, date]]:
    """Spans of the world's shocks that fall into it, overlapping ones as one."""
    said = json.loads((site.world / "world.json").read_text())
    begins = World(months=said["months"]).first
    spans = sorted(
        (date.fromisoformat(shock["first"]), date.fromisoformat(shock["last"]))
        for shock in said["parameters"].get("shocks", ())
    )
    joined: list[tuple[date, date]] = []
    for first, last in spans:
        if last <= begins:
            continue
        begin = max(first, begins)
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((begin, last))
    return joined


def _hardness(mean: Measures, path: Path) -> None:
    titles = {line.key: line for line in LINES}
    shown = [key for key in _DOTS if key in mean and not np.isnan(mean[key].value)]
    if not shown:
        return
    figure, axes = _figure("How hard the world is", 8.0, 0.36 * len(shown) + 1.4)
    for place, key in enumerate(reversed(shown)):
        line, one = titles[key], mean[key]
        low, high = max(line.low, 0.5), min(line.high, 1.0)
        if line.wanted:
            axes.barh(place, high - low, left=low, height=0.7, color=_PALE, zorder=0)
        colour = _BLUE if "everyone" in key or "truth" in key else _RED
        if not np.isnan(one.low):
            axes.plot([one.low, one.high], [place, place], color=colour, linewidth=2)
        axes.plot(one.value, place, "o", color=colour, markersize=6)
        axes.annotate(f"{one.value:.3f}", (0.955, place), va="center", color=_INK, fontsize=9)
    names = [titles[key].title for key in reversed(shown)]
    axes.set_yticks(range(len(shown)), [_whose(k, n) for k, n in zip(reversed(shown), names)])  # noqa: B905
    axes.set(xlim=(0.45, 1.0), xlabel="AUC; grey: wanted; lines: intervals (see the table)")
    axes.axvline(0.5, color=_GREY, linewidth=1, zorder=0)
    _save(figure, path)


def _whose(key: str, title: str) -> str:
    """A title that stands alone."""
    return {
        "model.taught_by_truth": "LightGBM taught by everyone's defaults, everyone",
        "model.everyone": "LightGBM out of time, everyone",
        "model.not_past_due": "LightGBM out of time, borrowers not past due",
        "model.newcomers": "LightGBM out of time, newcomers to credit",
        "model.random_folds": "LightGBM, five folds by enterprise, borrowers",
    }.get(key, title)


def _sizes(sites: list[Site], path: Path) -> None:
    figure, axes = _figure("Size of enterprises", 6.4, 3.8)
    turnover = np.concatenate(
        [
            pq.read_table(site.world / "truth" / "enterprises.parquet", columns=["turnover"])[
                "turnover"
            ].to_numpy()
            for site in sites
        ]
    )
    millions = turnover / _FEN / 1e6
    millions = millions[millions > 0]
    edges = np.geomspace(millions.min(), millions.max(), 60)
    axes.hist(millions, bins=edges.tolist(), color=_BLUE, alpha=0.75, histtype="stepfilled")
    for share, name in ((0.5, "median"), (0.95, "95th percentile")):
        at = float(np.quantile(millions, share))
        axes.axvline(at, color=_RED, linewidth=1.5)
        axes.annotate(
            f" {name} {at:.3g}", (at, 0.96 if share == 0.5 else 0.86), color=_RED,
            xycoords=("data", "axes fraction"), va="top",
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set(xlabel="ordinary turnover a month, million yuan", ylabel="enterprises")
    _save(figure, path)


def _true_pd(sites: list[Site], path: Path) -> None:
    there = [site.pd for site in sites if site.pd.exists()]
    if not there:
        return
    figure, axes = _figure("True twelve-month PD", 6.4, 3.8)
    tables = [pq.read_table(one) for one in there]
    pd = np.concatenate(
        [
            (t["defaults_a"].to_numpy() + t["defaults_b"].to_numpy()) / t["paths"].to_numpy()
            for t in tables
        ]
    )
    financed_now = np.concatenate(
        [t["financed"].to_numpy(zero_copy_only=False).astype(np.bool_) for t in tables]
    )
    paths = int(tables[0]["paths"][0].as_py())
    for rows, name, colour in (
        (~financed_now, "without a facility", _GREY),
        (financed_now, "borrowers", _BLUE),
    ):
        if rows.any():
            at, share = _ecdf(np.maximum(pd[rows], 0.5 / paths))
            label = f"{name}, mean {pd[rows].mean():.1%}"
            axes.step(at, share, where="post", color=colour, linewidth=2, label=label)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda x, _: f"{100 * x:g} %")
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.set(
        xlabel=f"share of {paths} futures with a default (none: left end)",
        ylabel="share of enterprises with at most this",
        ylim=(0, 1),
    )
    axes.legend(loc="lower right", frameon=False)
    _save(figure, path)


def _marginals(site: Site, path: Path) -> None:
    try:
        pairs = (
            ("Value per kilogram", "log of value over its lot's median", values(site.world),
             values_wanted()),
            ("Delay of deliveries", "days late", deliveries(site.world), deliveries_wanted()),
        )  # fmt: skip
    except CargoworthyError:
        return
    figure = Figure(figsize=(9.0, 3.8), layout="constrained")
    FigureCanvasSVG(figure)
    for place, (title, label, ours, real) in enumerate(pairs):
        axes = figure.add_subplot(1, 2, place + 1)
        axes.set_title(title)
        for sample, name, colour in ((real, "real data, as fitted", _GREY), (ours, "world", _RED)):
            at, share = _ecdf(sample)
            axes.step(at, share, where="post", color=colour, linewidth=2, label=name)
        low, high = np.quantile(real, [0.005, 0.995])
        axes.set(xlabel=label, xlim=(low, high), ylim=(0, 1))
        axes.yaxis.set_major_formatter("{x:.0%}")
        axes.legend(loc="upper left", frameon=False)
    figure.axes[0].set_ylabel("share with at most this")
    _save(figure, path)


def _ecdf(sample: Floats) -> tuple[Floats, Floats]:
    """Distribution function at some hundred points, so that the file stays small."""
    share = np.linspace(0.0, 1.0, 301)
    return np.quantile(sample, share), share


def _figure(title: str, width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None, "Creator": None})
