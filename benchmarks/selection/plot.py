"""The plot: AUC and level of each way, over everybody and over parts of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Sheet

from benchmarks.selection.measuring import Group

_STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "cargoworthy",
    "svg.fonttype": "path",
}
_SHOWN = ("everyone", "no core enterprise", "financed")
_COLOURS = ("#0b6e99", "#d1495b", "#8d99ae")
_PANELS = (("auc", "AUC", None), ("level", "Mean PD over default rate (1 is true)", 1.0))


def draw(groups: Mapping[str, Group], path: Path) -> None:
    """Draw dots with their intervals; the same data give the same bytes."""
    names = list(next(iter(groups.values())).figures)
    with mpl.rc_context(_STYLE):
        sheet = Sheet(figsize=(10.0, 0.55 * len(names) + 1.6), layout="constrained")
        FigureCanvasSVG(sheet)
        panels = sheet.subplots(1, len(_PANELS), sharey=True)
        for axes, (figure, title, ideal) in zip(panels, _PANELS, strict=True):
            for place, group in enumerate(name for name in _SHOWN if name in groups):
                told = [groups[group].figures[name][figure] for name in names]
                at = [row + (place - 1) * 0.22 for row in range(len(names))]
                axes.hlines(
                    at, [t.low for t in told], [t.high for t in told], color=_COLOURS[place], lw=1.5
                )
                axes.plot(
                    [t.value for t in told], at, "o", color=_COLOURS[place], ms=5, label=group
                )
            if ideal is not None:
                axes.axvline(ideal, color="#1f2933", lw=0.8, ls=":")
            axes.set_title(title, loc="left", fontweight="bold", fontsize=11)
        panels[0].set_yticks(range(len(names)), names)
        panels[0].invert_yaxis()
        handles, labels = panels[0].get_legend_handles_labels()
        sheet.legend(handles, labels, frameon=False, ncols=len(_SHOWN), loc="outside lower center")
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet.savefig(path, metadata={"Date": None})
