"""The report: measures of all seeds, their mean and interval, beside what was wanted."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from benchmarks.markdown import table
from benchmarks.world.measure import Measure, Measures
from simulator.plausible import judged


@dataclass(frozen=True)
class Line:
    """A figure that the report names.

    Attributes
    ----------
    key, title : str
    low, high : float
        What is wanted: at least, at most; infinite where it does not matter.
    percent : bool
    """

    key: str
    title: str
    low: float = -np.inf
    high: float = np.inf
    percent: bool = False

    def shown(self, value: float) -> str:
        """The figure as text."""
        if np.isnan(value):
            return "–"
        return f"{100.0 * value:.1f} %" if self.percent else f"{value:.3f}"

    @property
    def wanted(self) -> str:
        """What is wanted, as text."""
        low, high = np.isfinite(self.low), np.isfinite(self.high)
        if low and high:
            return f"{self.shown(self.low)} to {self.shown(self.high)}"
        if low:
            return f"at least {self.shown(self.low)}"
        return f"below {self.shown(self.high)}" if high else ""

    def met(self, value: float) -> str:
        """Whether the figure is what is wanted: yes, no, or nothing."""
        if not self.wanted or np.isnan(value):
            return ""
        return "yes" if self.low <= value <= self.high else "**no**"


LINES = (
    Line("rate.financed.calm", "default a year, financed, calm years", 0.015, 0.03, True),
    Line("rate.financed.stress", "... years of stress (2016, 2020)", 0.05, 0.08, True),
    Line("rate.everyone", "default a year, everyone, all years", 0.04, 0.07, True),
    Line("ceiling.true.everyone", "true ceiling, everyone", 0.83, 0.88),
    Line("ceiling.width", "... width of its interval", high=0.02),
    Line("ceiling.true.borrowers", "true ceiling, borrowers"),
    Line("ceiling.true.not_past_due", "true ceiling, borrowers not past due"),
    Line("ceiling.visible.everyone", "visible ceiling, everyone", 0.78, 0.86),
    Line("ceiling.visible.borrowers", "visible ceiling, borrowers"),
    Line("ceiling.visible.not_past_due", "visible ceiling, borrowers not past due"),
    Line("model.borrowers", "LightGBM out of time, borrowers", 0.74, 0.82),
    Line("model.not_past_due", "... of these not past due"),
    Line("model.newcomers", "... newcomers to credit"),
    Line("model.old_hands", "... the others"),
    Line("model.random_folds", "five folds by enterprise, borrowers, all months"),
    Line("model.everyone", "LightGBM out of time, everyone, by the truth"),
    Line("model.never_borrowed", "... of these without a facility"),
    Line("model.taught_by_truth", "... had it learnt from everyone's defaults"),
    Line("alone.everyone.1", "best single feature, everyone not past due", high=0.70),
    Line("alone.borrowers.1", "best single feature, borrowers not past due", high=0.70),
    Line("alone.past_due.1", "days past due, borrowers"),
    Line("core.everyone", "core-enterprise rule, everyone", high=0.62),
    Line("core.borrowers", "core-enterprise rule, borrowers"),
    Line("figure.contagion_ratio", "sellers whose largest buyer failed, times base rate", low=3.0),
    Line("pd.everyone", "mean true PD, everyone", percent=True),
    Line("pd.came_to_pass", "... and what came to pass", percent=True),
    Line("pd.without_facility", "mean true PD, sample without a facility", percent=True),
    Line("pd.with_facility", "... with the standard facility granted", percent=True),
    Line("ks.value_per_kg", "KS distance, value per kilogram around the lot"),
    Line("ks.delivery_delay", "KS distance, delay of deliveries"),
    Line("ks.hs_mix", "KS distance, declarations by HS chapter"),
)


def over_seeds(found: list[Measures]) -> Measures:
    """Mean of each figure with its t interval; of one world its own interval."""
    keys = dict.fromkeys(key for measures in found for key in measures)
    if len(found) == 1:
        return found[0]
    mean = {}
    for key in keys:
        told = [measures[key] for measures in found if key in measures]
        values = np.array([one.value for one in told])
        values = values[~np.isnan(values)]
        note = "; ".join(dict.fromkeys(one.note.split(";")[0] for one in told if one.note))
        if key.startswith("ceiling.true") and len(values):
            low, high = (float(np.nanmean([getattr(m, s) for m in told])) for s in ("low", "high"))
            mean[key] = Measure(float(values.mean()), low, high, f"mean of intervals; {note}"[:200])
        elif len(values) < 2:
            mean[key] = Measure(float(values.mean()) if len(values) else float("nan"), note=note)
        else:
            half = float(student.ppf(0.975, len(values) - 1) * values.std(ddof=1))
            half /= float(np.sqrt(len(values)))
            centre = float(values.mean())
            mean[key] = Measure(centre, centre - half, centre + half, note[:200])
    return mean


def markdown(title: str, mean: Measures, seeds: dict[int, Measures]) -> str:
    """The report as Markdown."""
    names = [f"seed {seed}" for seed in seeds] if len(seeds) > 1 else []
    head = ["", "mean" if names else "value", "interval", "wanted", "met", *names]
    rows = [head]
    for line in LINES:
        if line.key not in mean:
            continue
        one = mean[line.key]
        span = "" if np.isnan(one.low) else f"{line.shown(one.low)} to {line.shown(one.high)}"
        cells = [line.title, line.shown(one.value), span, line.wanted, line.met(one.value)]
        cells += [line.shown(m[line.key].value) if line.key in m else "" for m in seeds.values()]
        rows.append(cells if names else cells[:5])
    text = table(rows)
    parts = [f"# {title}", text, _by_year(mean), _alone(seeds), _figures(mean), _cost(seeds)]
    return "\n\n".join(parts) + "\n"


def _by_year(mean: Measures) -> str:
    years = sorted(key.rsplit(".", 1)[1] for key in mean if key.startswith("rate.everyone.2"))
    rows = [["default rate", *years]]
    for name in ("financed", "everyone"):
        cells = [mean.get(f"rate.{name}.{year}", Measure(float("nan"))).value for year in years]
        rows.append([name, *("–" if np.isnan(c) else f"{100 * c:.1f} %" for c in cells)])
    return table(rows)


def _alone(seeds: dict[int, Measures]) -> str:
    lines = ["Best single features, by seed (interval: resampled enterprises):", ""]
    for group in ("everyone", "borrowers", "past_due"):
        for seed, found in seeds.items():
            told = [
                f"{m.note.split(';')[0]} {m.value:.3f}"
                for key, m in found.items()
                if key.startswith(f"alone.{group}.") and not np.isnan(m.value)
            ]
            lines.append(f"- {group.replace('_', ' ')}, seed {seed}: {', '.join(told) or 'none'}")
    return "\n".join(lines)


def _figures(mean: Measures) -> str:
    """The simulator's own figures beside their plausible ranges."""
    values = {key: one.value for key, one in mean.items() if key.startswith("figure.")}
    told = judged(
        {k.removeprefix("figure."): None if np.isnan(v) else v for k, v in values.items()}
    )
    rows = [["figure", "value", "plausible", "met"]]
    for name, one in told.items():
        span = "" if one.low is None else f"{one.low:g} to {one.high:g}"
        met = "" if one.inside is None else "yes" if one.inside else "**no**"
        value = "–" if one.value is None else f"{one.value:.4g}"
        rows.append([name.replace("_", " "), value, span, met])
    return table(rows)


def _cost(seeds: dict[int, Measures]) -> str:
    rows = [["cost", *(f"seed {seed}" for seed in seeds)]]
    keys = dict.fromkeys(k for m in seeds.values() for k in m if k.startswith("cost."))
    for key in keys:
        cells = [f"{m[key].value:,.1f}" if key in m else "" for m in seeds.values()]
        rows.append([key.removeprefix("cost.").replace("_", " "), *cells])
    return table(rows)


def write(path: Path, plan: dict[str, object], mean: Measures, seeds: dict[int, Measures]) -> None:
    """Write everything as JSON."""
    said = {
        "plan": plan,
        "mean": {key: asdict(one) for key, one in mean.items()},
        "seeds": {seed: {k: asdict(m) for k, m in found.items()} for seed, found in seeds.items()},
    }
    path.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
