"""What a training shows on the terminal."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from features.calendar import show_time
from training.comparison import CANDIDATE, CORE_RULE, SCORECARD, UNCONSTRAINED
from training.metrics import Performance
from training.split_comparison import FOLDS, SplitComparison

NAMES = {
    CANDIDATE: "candidate",
    CORE_RULE: "core-enterprise rule",
    SCORECARD: "scorecard",
    UNCONSTRAINED: "unconstrained LightGBM",
}


_FORMS = {
    "auc": ("AUC", ".3f"),
    "gini": ("Gini", ".3f"),
    "ks": ("KS", ".3f"),
    "brier": ("Brier", ".4f"),
    "log_loss": ("log loss", ".4f"),
    "calibration_slope": ("slope", ".2f"),
    "calibration_intercept": ("intercept", ".2f"),
}


def comparison_table(performances: Mapping[str, Performance], title: str) -> Table:
    """Figures of every model on the same rows: a column a model, intervals below the figures."""
    rate = next(iter(performances.values())).default_rate
    table = _table(f"{title}: default rate {rate:.2%}; 95 % intervals over enterprises")
    table.add_column("")
    for name in performances:
        table.add_column(escape(NAMES.get(name, name)), justify="right", overflow="fold")
    for key, (figure, form) in _FORMS.items():
        cells = [
            f"{_form(getattr(one, key), form)}\n[dim]{_span(one.intervals[key], form)}[/]"
            for one in performances.values()
        ]
        table.add_row(figure, *cells)
    table.add_row("mean PD", *(f"{one.mean_pd:.2%}" for one in performances.values()))
    return table


def splits_table(found: SplitComparison) -> Table:
    """Cross-validated AUC on the training months by either kind of split."""
    table = _table(
        f"Cross-validated on the training months, {FOLDS} folds: what a split by row adds"
    )
    for name in ("by row", "by enterprise", "difference", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    span = f"{found.low:+.3f}..{found.high:+.3f}"
    table.add_row(
        f"{found.by_row:.3f}", f"{found.by_enterprise:.3f}", f"{found.flattered:+.3f}", span
    )
    return table


def sample_table(facts: Mapping[str, Any], dropped: Mapping[str, int]) -> Table:
    """Which rows served for what, and which did not and why."""
    table = _table("Rows")
    table.add_column("use", no_wrap=True)
    table.add_column("months", no_wrap=True)
    for name in ("rows", "defaults", "enterprises"):
        table.add_column(name, justify="right")
    for key, name in (("fit", "fit"), ("calibration", "calibrate"), ("test", "test, out of time")):
        part = facts[key]
        table.add_row(
            name,
            f"{part['from']} to {part['to']}",
            *(f"{part[column]:,}" for column in ("rows", "defaults", "enterprises")),
        )
    for reason, count in dropped.items():
        table.add_row(
            f"[dim]dropped: {escape(reason.replace('_', ' '))}[/]", "", f"[dim]{count:,}[/]"
        )
    return table


def calibration_table(facts: Mapping[str, Any]) -> Table:
    """Our calibration beside maps that points could not follow, and at the level of the long run.

    Parameters
    ----------
    facts : mapping
        Of a bundle.
    """
    rate = facts["central_tendency"]["out_of_time"]["point_in_time"]["default_rate"]
    table = _table(f"Calibration out of time, default rate {rate:.2%}: what exact points cost")
    table.add_column("map", no_wrap=True)
    for name in ("log loss", "ours less it, 95 %", "Brier", "ECE", "mean PD", "different PDs"):
        table.add_column(name, justify="right", no_wrap=True)
    rows = {
        ("affine, ours" if name == "affine" else name): one
        for name, one in facts["calibration_rivals"]["models"].items()
    }
    long_run = facts["central_tendency"]["out_of_time"]["through_the_cycle"]
    if long_run is not None:
        rows["affine, through the cycle"] = long_run
    gaps = facts["calibration_rivals"]["log_loss_gaps"]
    for name, one in rows.items():
        gap = gaps.get(name)
        span = "" if gap is None else f"{gap['low']:+.4f}..{gap['high']:+.4f}"
        distinct = f"{one['distinct']:,}" if "distinct" in one else ""
        figures = (f"{one['log_loss']:.4f}", span, f"{one['brier']:.4f}", f"{one['ece']:.4f}")
        table.add_row(escape(name), *figures, f"{one['mean_pd']:.2%}", distinct)
    return table


def folds_table(ours: Sequence[float], plain: Sequence[float]) -> Table:
    """AUC of each fold, ours beside a plain LightGBM's."""
    table = _table("Cross-validated AUC, same folds")
    table.add_column("model")
    for number in range(1, len(ours) + 1):
        table.add_column(f"fold {number}", justify="right")
    table.add_column("mean", justify="right")
    for name, areas in (("ours", ours), ("plain LightGBM", plain)):
        table.add_row(name, *(f"{a:.3f}" for a in areas), f"{sum(areas) / len(areas):.4f}")
    return table


def versions_table(versions: Sequence[Mapping[str, Any]], name: str) -> Table:
    """Versions of a model, newest first."""
    table = _table(f"Versions of {name}")
    for column in ("version", "aliases", "made", "AUC", "Gini", "KS", "Brier", "hash"):
        table.add_column(column, no_wrap=True)
    for one in versions:
        figures = one["figures"]
        table.add_row(
            escape(one["version"]),
            escape(", ".join(one["aliases"])),
            show_time(one["created_at"])[:10],
            *(_figure(figures.get(key)) for key in ("auc", "gini", "ks", "brier")),
            one["hash"][:12],
        )
    return table


def _table(title: str) -> Table:
    return Table(
        title=escape(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _form(value: float, form: str) -> str:
    return "–" if math.isnan(value) else f"{value:{form}}"


def _span(span: tuple[float, float], form: str) -> str:
    return f"{_form(span[0], form)}..{_form(span[1], form)}"
