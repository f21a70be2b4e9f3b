"""Plots of the report, in the house's style: each drawn, with words for who cannot see it."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.figure import Figure
from scipy.special import betaincinv

from supervision.arrays import Integers
from training.labels import Flags
from training.metrics import auc, roc
from training.model.scale import Floats
from training.plots import (
    COLOURS,
    INK,
    QUIET,
    image,
    plot_axes,
    points_figure,
    roc_figure,
    scores_figure,
)
from training.report.evidence import Evidence
from training.report.section import Plot
from training.validation.discrimination import Area
from training.validation.stability import Stability
from training.validation.swap_set import SwapSet, segment

_OURS, _THEIRS, _GREY = COLOURS[0], COLOURS[1], COLOURS[2]
_DECILES = 10
_SHOWN = 14
_FEW = 10
_WIDE = 1.0


def roc_plot(evidence: Evidence, rivals: Mapping[str, Floats]) -> Plot:
    """ROC curve of this version and of its rivals."""
    now = evidence.now
    when = evidence.wording.tested.en
    figure = roc_figure(now.target, {"this version": now.pd, **rivals}, when)
    return _drawn("roc", "ROC curves of this version and the models beside it.", figure)


def cap_plot(evidence: Evidence, rivals: Mapping[str, Floats]) -> Plot:
    """Cumulative accuracy profile: share of the defaults among the riskiest."""
    target = evidence.now.target
    rate = float(target.mean())
    figure, axes = plot_axes(f"CAP, {evidence.wording.tested.en}", width=5.6, height=5.4)
    for (name, rank), colour in zip(
        {"this version": evidence.now.pd, **rivals}.items(), COLOURS, strict=False
    ):
        false, true = roc(target, rank)
        label = f"{name}  accuracy ratio {2 * auc(target, rank) - 1:.3f}"
        axes.plot(rate * true + (1 - rate) * false, true, color=colour, linewidth=2, label=label)
    axes.plot([0, rate, 1], [0, 1, 1], color=QUIET, linewidth=1, zorder=0)
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, zorder=0)
    axes.set(xlabel="share of all rows, riskiest first", ylabel="share of the defaults among them")
    axes.set_aspect("equal")
    axes.legend(loc="lower right", frameon=False)
    return _drawn("cap", "Cumulative accuracy profiles; grey: perfect, and by chance.", figure)


def scores_plot(evidence: Evidence) -> Plot:
    """Distribution of scores of good and bad rows."""
    now, when = evidence.now, evidence.wording.tested.en
    figure = scores_figure(now.target, now.score_micro, when)
    return _drawn("scores", "Distribution of scores of rows with and without a default.", figure)


def lift_plot(evidence: Evidence) -> Plot:
    """Default rate of each tenth of the rows over the rate of all, riskiest first."""
    now = evidence.now
    order = np.argsort(-now.pd, kind="stable")
    rate = float(now.target.mean())
    lift = [float(now.target[part].mean()) / rate for part in np.array_split(order, _DECILES)]
    figure, axes = plot_axes(f"Lift, {evidence.wording.tested.en}", height=4.2)
    places = np.arange(1, len(lift) + 1)
    bars = axes.bar(places, lift, color=_OURS, width=0.8)
    axes.bar_label(bars, labels=[f"{one:.1f}" for one in lift], padding=2, fontsize=9)
    axes.axhline(1, color=INK, linewidth=1, linestyle="--")
    axes.set(xlabel="tenth of the rows, riskiest first", ylabel="default rate over that of all")
    axes.set_xticks(places)
    return _drawn("lift", "Default rate of each tenth over that of all.", figure)


def calibration_plot(evidence: Evidence) -> Plot:
    """Default rate of each grade with its Jeffreys interval, beside the PD."""
    now, once, names = evidence.now, evidence.now.once, evidence.scale.names
    who = evidence.wording
    grade = now.grade[once]
    rows = np.bincount(grade, minlength=len(names))
    shown = np.flatnonzero(rows)
    defaults = np.bincount(grade, weights=now.target[once], minlength=len(names))[shown]
    n, places = rows[shown], np.arange(len(shown))
    low, high = (betaincinv(defaults + 0.5, n - defaults + 0.5, q) for q in (0.025, 0.975))
    low = np.where(defaults == 0, 0.0, low)
    rate = defaults / n
    figure, axes = plot_axes(f"Calibration by grade, {who.each_once}", width=7.2, height=4.6)
    spans = np.stack([np.maximum(rate - low, 0), np.maximum(high - rate, 0)])
    axes.errorbar(
        places, rate, yerr=spans, fmt="o", color=INK, capsize=4, label="default rate, 95 % interval"
    )
    said = [("PD point in time", now.pd, _OURS, "D")]
    if evidence.bundle.cycle is not None:
        said.append(("PD through the cycle", now.graded_by, _THEIRS, "s"))
    means = []
    for step, (label, pd, colour, marker) in enumerate(said, start=1):
        mean = np.bincount(grade, weights=pd[once], minlength=len(names))[shown] / n
        axes.plot(places + 0.12 * step, mean, marker, color=colour, label=label)
        means.append(float(mean.max()))
    axes.set_yscale("function", functions=(np.sqrt, np.square))
    # The interval of a grade with a handful of rows goes out of the picture.
    top = 1.15 * max(float(high[n >= _FEW].max(initial=0.1)), float(rate.max()), *means)
    axes.set_ylim(0, min(1.0, top))
    ticks = np.array([0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8])
    axes.set_yticks(ticks[(ticks < top) & (ticks > top / 100)])
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    axes.set_xticks(places, [f"{names[g]}\n{k:,}" for g, k in zip(shown, n, strict=True)])
    axes.set(xlabel=f"grade, and its {who.many}", ylabel=f"{who.rate} (root scale)")
    axes.legend(loc="upper center", frameon=False)
    return _drawn("calibration", "Default rates of the grades with intervals, and PDs.", figure)


def shap_plot(evidence: Evidence) -> Plot:
    """Points of the test rows by feature."""
    scored = evidence.scored
    figure = points_figure(
        evidence.bundle.features,
        scored.scores.micro_points,
        scored.values,
        evidence.settings.seed,
        evidence.wording.shown,
    )
    # Thousands of dots: as SVG they would outweigh the rest of the page.
    return _drawn("shap", "SHAP summary: points of each row by feature.", figure, "png")


def psi_plot(score: Stability, ordered: Mapping[str, Stability]) -> Plot:
    """PSI of the score and of the features that moved most, with bounds."""
    shown = {"SCORE": score, **dict(list(ordered.items())[:_SHOWN])}
    names = list(shown)[::-1]
    height = 0.32 * len(names) + 1.5
    figure, axes = plot_axes("Stability since development", width=8.0, height=height)
    places, indices = np.arange(len(names)), [shown[name].psi for name in names]
    colours = {"stable": _OURS, "watch": COLOURS[3], "changed": _THEIRS}
    axes.barh(
        places,
        np.minimum(indices, _WIDE),
        color=[colours[shown[name].rule] for name in names],
        height=0.7,
    )
    axes.plot(
        [shown[name].bound for name in names],
        places,
        "|",
        color=INK,
        markersize=12,
        mew=2,
        label="bound by chance, 95 %",
    )
    for bound in (0.10, 0.25):
        axes.axvline(bound, color=_GREY, linewidth=1, linestyle="--")
    for place, name, index in zip(places, names, indices, strict=True):
        end = max(min(index, _WIDE), shown[name].bound)
        axes.text(end + 0.01, float(place), f"{index:.2f}", va="center", fontsize=9)
    axes.set_yticks(places, names)
    axes.set_xlim(0, min(_WIDE, max(*indices, 0.3)) * 1.1)
    axes.set_xlabel("PSI, bars cut at 1; dashed: 0.10 and 0.25, the rule of thumb")
    axes.legend(loc="lower right", frameon=False)
    return _drawn("psi", "PSI of score and features with both bounds.", figure)


def segments_plot(found: Mapping[str, Area], whole: float) -> Plot:
    """AUC of each segment with defaults enough, with its interval."""
    names = list(found)[::-1]
    areas = [found[name] for name in names]
    middle = np.array([one.auc for one in areas])
    low, high = np.array([one.interval() for one in areas]).T
    figure, axes = plot_axes(
        "AUC by segment, 95 % intervals", width=7.6, height=0.32 * len(names) + 1.5
    )
    axes.axvline(whole, color=_GREY, linewidth=1, linestyle="--", label="all rows")
    axes.axvline(0.5, color=QUIET, linewidth=1)
    axes.errorbar(
        middle,
        range(len(names)),
        xerr=[middle - low, high - middle],
        fmt="o",
        color=_OURS,
        capsize=3,
    )
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="AUC; grey: by chance", xlim=(min(0.4, float(low.min())), 1))
    axes.set_ylim(-0.6, len(names) + 0.4)
    axes.legend(loc="upper left", frameon=False)
    return _drawn("segments", "AUC of each segment with its interval.", figure)


def migration_plot(counts: Integers, names: Sequence[str]) -> Plot:
    """Migration matrix: share of each grade that went where, and how many."""
    used = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    shown = counts[np.ix_(used, used)]
    rows = shown.sum(axis=1, keepdims=True)
    share = np.divide(shown, rows, out=np.zeros(shown.shape), where=rows > 0)
    size = 0.62 * len(used) + 2.2
    figure, axes = plot_axes("Migration between grades", width=size + 0.6, height=size)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.argwhere(shown > 0):
        colour = "white" if share[i, j] > 0.5 else INK
        axes.text(j, i, f"{shown[i, j]:,}", ha="center", va="center", color=colour, fontsize=9)
    labels = [names[int(place)] for place in used]
    axes.set_xticks(range(len(used)), labels)
    axes.set_yticks(range(len(used)), labels)
    axes.set(xlabel="grade at the end", ylabel="grade at the beginning")
    return _drawn("migration", "Borrowers by grade at the beginning and at the end.", figure)


def swap_plot(evidence: Evidence, swap: SwapSet, unlinked: Flags) -> Plot:
    """Rows by both decisions, with their default rates."""
    groups = (
        ("both approve", swap.both, _GREY),
        ("only this version,\nwith a core enterprise", swap.swapped_in & ~unlinked, _OURS),
        ("only this version,\nwithout", swap.swapped_in & unlinked, _OURS),
        ("only the rule", swap.swapped_out, _THEIRS),
        ("neither", swap.neither, QUIET),
    )[::-1]
    figure, axes = plot_axes("Swap set at the rule's bad rate", width=7.6, height=3.8)
    found = [segment(evidence.now.target, members) for _, members, _ in groups]
    bars = axes.barh(
        range(len(groups)),
        [one.applicants for one in found],
        color=[colour for *_, colour in groups],
        height=0.7,
    )
    labels = [
        f"{one.applicants:,.0f}  ({one.bad_rate:.1%} bad)" if one.applicants else "0"
        for one in found
    ]
    axes.bar_label(bars, labels=labels, padding=4, fontsize=9)
    axes.set_yticks(range(len(groups)), [name for name, *_ in groups])
    axes.set_xlim(0, max(one.applicants for one in found) * 1.3)
    axes.set_xlabel(f"rows {evidence.wording.tested.en}")
    return _drawn("swap", "Rows by the decision of either, with default rates.", figure)


def _drawn(name: str, says: str, figure: Figure, media: Literal["svg", "png"] = "svg") -> Plot:
    return Plot(name, says, media, image(figure, media))
