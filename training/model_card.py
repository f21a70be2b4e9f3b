"""The model card: what a reader must know of a model, written from its facts.

Nothing in it is written by hand for one model: each figure is one of the bundle's.

References
----------
M. Mitchell et al., *Model Cards for Model Reporting*, FAT* 2019.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from features.catalogue import Catalogue
from training.comparison import CANDIDATE, CORE_RULE
from training.console import NAMES
from training.model.bundle import Bundle
from training.model.calibration import Calibration

FEW_DEFAULTS = 100
"""Below so many, the card says that the figures are coarse."""
FAR_LEVEL = 1.25
"""Mean PD over default rate (or the other way round) from which the card names it."""


def model_card(
    bundle: Bundle, catalogue: Catalogue, findings: Sequence[str], code: Mapping[str, str]
) -> str:
    """The card as Markdown, English with a Chinese summary.

    Parameters
    ----------
    bundle : Bundle
        A champion's, with its facts and its hash.
    catalogue : Catalogue
    findings : sequence of str
        Warnings of the training.
    code : mapping of str to str
        ``commit`` and ``source_sha256``.
    """
    facts = bundle.facts
    parts = [
        [f"# Model card: {bundle.name}", "", f"Model `{bundle.hash}`."],
        _summary(facts),
        _use(facts),
        _data(bundle, code),
        _label(facts),
        _division(facts),
        _method(bundle),
        _figures(facts["performance"]),
        _inputs(bundle, catalogue),
        _limits(facts, findings),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _summary(facts: Mapping[str, Any]) -> list[str]:
    test, one = facts["test"], facts["performance"]["out_of_time"][CANDIDATE]
    return [
        "## 摘要",
        "",
        f"本模型依据港口监管记录估计企业未来{facts['window_months']}个月的违约概率（PD）。"
        f"训练样本为{facts['fit']['from']}至{facts['fit']['to']}的月末样本"
        f"{facts['fit']['rows']:,}条，其中违约{facts['fit']['defaults']:,}条；"
        f"时间外测试为{test['from']}至{test['to']}，{test['rows']:,}条，违约{test['defaults']:,}条。",
        f"时间外AUC {one['auc']:.3f}（95%区间{one['auc_low']:.3f}至{one['auc_high']:.3f}），"
        f"平均PD {one['mean_pd']:.2%}，实际违约率{one['default_rate']:.2%}。"
        "核心企业的评级不进入模型。标签只存在于已获融资的企业；其余限制见文末。",
    ]


def _use(facts: Mapping[str, Any]) -> list[str]:
    return [
        "## What it is for",
        "",
        f"The probability that an enterprise defaults within {facts['window_months']} months, from "
        "what a port's supervision knew of its goods, and points that say why. For small traders "
        "with a record at the port. A person decides; the model advises.",
        "",
        "Not for: enterprises without a record; private persons; a limit without the bank's "
        "policy; a port on which it was not validated.",
    ]


def _data(bundle: Bundle, code: Mapping[str, str]) -> list[str]:
    facts = bundle.facts
    return [
        "## Data",
        "",
        "| | |",
        "|---|---|",
        f"| feature table, SHA-256 | `{facts['table_sha256']}` |",
        f"| feature catalogue | `{bundle.catalogue_hash}` |",
        f"| record position | {facts['record_position']:,} |",
        f"| labels of the training as known at | {facts['training_labels_as_of']} |",
        f"| labels of the test as known at | {facts['test_labels_as_of']} |",
        *(f"| {name} | `{value}` |" for name, value in code.items()),
    ]


def _label(facts: Mapping[str, Any]) -> list[str]:
    dropped = ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in facts["dropped"].items())
    return [
        "## Label",
        "",
        f"Default within {facts['window_months']} months of a month end: more than 90 days past "
        "due, write-off, loss sale, distressed restructuring or bankruptcy. Months allowed until "
        f"all are reported: {facts['reporting_lag_months']}.",
        "",
        f"Rows of the table that were not used: {dropped}.",
    ]


def _division(facts: Mapping[str, Any]) -> list[str]:
    lines = [
        "## Split",
        "",
        "| use | months | rows | defaults | enterprises |",
        "|---|---|---:|---:|---:|",
    ]
    for part in ("fit", "calibration", "test"):
        one = facts[part]
        counts = " | ".join(f"{one[key]:,}" for key in ("rows", "defaults", "enterprises"))
        lines.append(f"| {part} | {one['from']} to {one['to']} | {counts} |")
    return lines


def _method(bundle: Bundle) -> list[str]:
    facts, line = bundle.facts, bundle.calibration
    settings = ", ".join(f"{name} {value:g}" for name, value in facts["settings"].items())
    raised, lowered = bundle.directions.count(1), bundle.directions.count(-1)
    lines = [
        "## Model",
        "",
        f"LightGBM of {facts['rounds']} trees on {len(bundle.features)} features with stated "
        f"directions: {raised} may only raise the PD, {lowered} may only lower it, "
        f"{len(bundle.features) - raised - lowered} are free; {facts['monotone_probes']:,} steps "
        "were probed and none went against its direction.",
        "",
        f"Calibration, affine in log-odds: slope {line.slope:.4f}, intercept "
        f"{line.intercept:+.4f}{_errors(line)}.",
    ]
    if bundle.cycle is not None:
        lines.append(
            f"PD through the cycle: long-run rate {bundle.cycle.long_run_rate:.2%}, source: "
            f"{bundle.cycle.source}."
        )
    return [*lines, "", f"Seed {facts['seed']}; {settings}."]


def _figures(performance: Mapping[str, Any]) -> list[str]:
    lines = ["## Figures"]
    for side, title in (
        ("out_of_time", "Out of time"),
        ("unseen_enterprises", "Out of time, enterprises that no model was fitted on"),
    ):
        if not performance[side]:
            continue
        lines += [
            "",
            f"{title}:",
            "",
            "| model | AUC | 95 % interval | KS | Brier | mean PD | default rate |",
            "|---|---:|---:|---:|---:|---:|---:|",
        ]
        lines += [_performance(name, one) for name, one in performance[side].items()]
    return lines


def _performance(name: str, one: Mapping[str, Any]) -> str:
    return (
        f"| {NAMES.get(name, name)} | {one['auc']:.3f} | {one['auc_low']:.3f} to "
        f"{one['auc_high']:.3f} | {one['ks']:.3f} | {one['brier']:.4f} | {one['mean_pd']:.2%} | "
        f"{one['default_rate']:.2%} |"
    )


def _inputs(bundle: Bundle, catalogue: Catalogue) -> list[str]:
    seen = [feature for feature in catalogue.features if feature.name in bundle.features]
    lines = [
        "## Features by family",
        "",
        "| family | features | raise the PD | lower it | free |",
        "|---|---:|---:|---:|---:|",
    ]
    for family, features in groupby(seen, key=lambda feature: feature.family):
        directions = [feature.direction for feature in features]
        counts = " | ".join(str(directions.count(one)) for one in (1, -1, 0))
        lines.append(f"| {family} | {len(directions)} | {counts} |")
    return [
        *lines,
        "",
        "The rating of the core enterprise is not among them. See docs/features.md.",
    ]


def _limits(facts: Mapping[str, Any], findings: Sequence[str]) -> list[str]:
    return [
        "## Limits",
        "",
        *(f"- {limit}" for limit in (*_known_limits(facts), *findings)),
    ]


def _known_limits(facts: Mapping[str, Any]) -> Iterable[str]:
    test, performance = facts["test"], facts["performance"]["out_of_time"]
    one, selection = performance[CANDIDATE], facts["selection"]
    yield (
        "Labels exist only for those whom banks financed; the selection is "
        + ("not corrected for." if selection["method"] == "none" else "corrected by weights.")
    )
    if test["defaults"] < FEW_DEFAULTS:
        yield f"The test has {test['defaults']} defaults: its figures are coarse."
    ratio = one["mean_pd"] / one["default_rate"]
    if max(ratio, 1.0 / ratio) > FAR_LEVEL:
        yield f"In the test the mean PD is {ratio:.2f} times the default rate."
    rule = performance.get(CORE_RULE)
    if rule is not None and one["auc_low"] <= rule["auc_high"]:
        yield "The interval of its AUC overlaps with that of the core-enterprise rule."
    splits = facts["performance"].get("splits")
    if splits:
        yield (
            f"A split by row instead of by enterprise would flatter its AUC by "
            f"{splits['flattered']:.3f}."
        )
    reasons = facts.get("reasons")
    if reasons:
        yield (
            f"Over {reasons['refits']} refits the order of the families agrees with Kendall's W "
            f"{reasons['kendalls_w']:.2f}; the four costliest overlap by "
            f"{reasons['top_overlap']:.2f}."
        )
    yield "The features say what was reported; goods that nobody reported are not seen."


def _errors(line: Calibration) -> str:
    if line.covariance is None:
        return ""
    of_slope, _, of_intercept = line.covariance
    return (
        f"; standard errors over enterprises {math.sqrt(of_slope):.4f} and "
        f"{math.sqrt(of_intercept):.4f}"
    )
