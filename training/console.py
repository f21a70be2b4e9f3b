"""What a training shows on the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from features.calendar import show_time
from training.comparison import CANDIDATE, CORE_RULE, UNCONSTRAINED
from training.metrics import Performance

NAMES = {
    CANDIDATE: "candidate",
    CORE_RULE: "core-enterprise rule",
    UNCONSTRAINED: "LightGBM, unconstrained",
}


def comparison_table(performances: Mapping[str, Performance], title: str) -> Table:
    """Figures of every model on the same rows, one line a model."""
    rate = next(iter(performances.values())).default_rate
    table = _table(f"{title}: default rate {rate:.2%}")
    table.add_column("model", no_wrap=True)
    for name in ("AUC", "95 % interval", "Gini", "KS", "Brier", "mean PD"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, one in performances.items():
        table.add_row(
            escape(NAMES.get(name, name)),
            f"{one.auc:.3f}",
            f"{one.auc_low:.3f}..{one.auc_high:.3f}",
            f"{one.gini:.3f}",
            f"{one.ks:.3f}",
            f"{one.brier:.4f}",
            f"{one.mean_pd:.2%}",
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
