"""The report: what is wanted and met, then ratios, then absolute figures."""

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.features.batch import Comparison, Costs
from benchmarks.features.plot import draw
from benchmarks.features.results import Results, in_order, spread_of
from benchmarks.markdown import table


def markdown(results: Results) -> str:
    """The report as Markdown."""
    parts = [
        "# Features: how fast",
        _facts(results),
        "## Ratios and goals",
        "A ratio is the median of the rounds' own ratios of seconds, with the least and the "
        "greatest of them; the last column is the same of processor time, all processes together.",
        _comparisons(results.comparisons),
    ]
    if results.costs:
        parts += ["## Batch", _costs(results.costs, results.messages)]
    if results.agreement:
        parts += ["Cells compared with the engine's, and cells that differ:", _agreement(results)]
    if results.online:
        parts += ["## One enterprise", _asked(results), _online(results)]
    if results.large:
        parts += [
            f"## {results.large_messages:,} messages",
            "Every enterprise ten times, under other numbers and with lots of its own.",
            _costs(results.large, results.large_messages),
        ]
    return "\n\n".join(parts) + "\n"


def write(results: Results, folder: Path) -> None:
    """Write report.md, report.json and features.svg."""
    (folder / "report.md").write_text(markdown(results), encoding="utf-8")
    said = json.dumps(results.as_data(), indent=1, ensure_ascii=False)
    (folder / "report.json").write_text(said + "\n", encoding="utf-8")
    draw(results, folder / "features.svg")


def _facts(results: Results) -> str:
    told = [f"- {name}: {value}" for name, value in results.facts.items()]
    return "\n".join([f"- messages: {results.messages:,}", *told])


def _comparisons(comparisons: Sequence[Comparison]) -> str:
    rows = [["", "median", "least", "greatest", "wanted", "met", "of CPU time"]]
    for one in comparisons:
        wanted = f"at most {one.most:g}" if one.most is not None else ""
        wanted = f"at least {one.least:g}" if one.least is not None else wanted
        met = {True: "yes", False: "**no**", None: ""}[one.met]
        spread = (one.spread.median, one.spread.low, one.spread.high)
        cpu = "" if one.cpu is None else f"{one.cpu:.2f}"
        rows.append([one.title, *(f"{value:.2f}" for value in spread), wanted, met, cpu])
    return table(rows)


def _costs(costs: Costs, messages: int) -> str:
    head = ["", "threads", "seconds", "least", "greatest", "CPU s", "messages a second", "GB"]
    rows = [[*head, "GB a worker"]]
    for one in in_order(costs):
        seconds, cpu, own, worker = (
            spread_of(costs[one], name)
            for name in ("seconds", "cpu", "gigabytes", "worker_gigabytes")
        )
        whole = one.name != "empty" and one.name != "empty_oracle"
        rows.append(
            [
                one.title,
                str(one.threads),
                *(f"{value:.3g}" for value in (seconds.median, seconds.low, seconds.high)),
                f"{cpu.median:.3g}",
                f"{messages / seconds.median:,.0f}" if whole else "",
                f"{own.high:.2f}",
                f"{worker.high:.2f}" if worker.high else "",
            ]
        )
    return table(rows)


def _agreement(results: Results) -> str:
    rows = [["", "cells", "differing"]]
    rows += [
        [name, f"{told['cells']:,}", f"{told['differing']:,}"]
        for name, told in results.agreement.items()
    ]
    return table(rows)


def _asked(results: Results) -> str:
    low, high = min(results.asked_about), max(results.asked_about)
    return (
        f"{len(results.asked_about)} enterprises of {low:,} to {high:,} messages, each asked in "
        "turn by every contestant; milliseconds."
    )


def _online(results: Results) -> str:
    rows = [["", "reading p50", "p50", "p99", "questions"]]
    for one in results.online:
        reading = f"{one.reading:.2f}" if one.reading else ""
        rows.append([one.title, reading, f"{one.p50:.2f}", f"{one.p99:.2f}", f"{one.asked:,}"])
    return table(rows)
