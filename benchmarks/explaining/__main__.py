"""Exact explanations by our kernel against LightGBM's `pred_contrib`.

python -m benchmarks.explaining [--rounds 9] [--portfolio 1000000]

On a fixed model of 400 trees of 31 leaves over 80 features. Writes report.md and report.json into
the folder, and prints the first.
"""

import argparse
import json
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.explaining.contest import BATCH
from benchmarks.explaining.ground import FEATURES, LEAVES, TREES
from benchmarks.features.child import ask
from benchmarks.features.rounds import Spread
from benchmarks.markdown import table


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.explaining",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--rounds", type=int, default=9)
    add("--portfolio", type=int, default=1_000_000, help="rows of the portfolio; 0: none")
    add("--portfolio-rounds", type=int, default=1)
    add("--folder", type=Path, default=Path("var/bench-explaining"))
    asked = parser.parse_args()
    said = ask("benchmarks.explaining.contest", str(asked.folder), str(asked.rounds))
    parts = [contest_text(said)]
    if asked.portfolio:
        said["portfolio"] = portfolio(asked.folder, asked.portfolio, asked.portfolio_rounds)
        parts.append(portfolio_text(said["portfolio"]))
    text = "\n\n".join(parts) + "\n"
    (asked.folder / "report.md").write_text(text, encoding="utf-8")
    (asked.folder / "report.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
    print(text)


def portfolio(folder: Path, rows: int, rounds: int) -> dict[str, Any]:
    """Score a portfolio and reckon contributions of some rows, in turn."""
    given = ("benchmarks.explaining.portfolio", str(folder), str(rows))
    ask(*given, "make")
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(ask(*given, "score"))
        theirs.append(ask(*given, "lightgbm"))
    pairs = zip(ours, theirs, strict=True)
    faster = [
        their["seconds"] / their["rows"] * our["rows"] / our["seconds"] for our, their in pairs
    ]
    return {
        "rows": rows,
        "seconds": median(one["seconds"] for one in ours),
        "lightgbm_seconds_a_row": median(one["seconds"] / one["rows"] for one in theirs),
        "faster": Spread.of(faster).as_data(),
    }


def contest_text(said: dict[str, Any]) -> str:
    """The report of the two kernels, ratios first."""
    seconds = said["seconds"]

    def over(above: str, below: str) -> str:
        pairs = zip(seconds[above], seconds[below], strict=True)
        found = Spread.of([one / other for one, other in pairs])
        return f"{found.median:.2f} ({found.low:.2f} to {found.high:.2f})"

    def each(name: str) -> str:
        return f"{median(seconds[name]) * 1e6:,.1f}"

    rows = [
        ("", "ratio", "wanted", "ours, µs a row", "other, µs a row"),
        (
            "one row: `pred_contrib` over ours",
            over("one_lightgbm", "one_ours"),
            "at least 5",
            each("one_ours"),
            each("one_lightgbm"),
        ),
        (
            f"{BATCH:,} rows: `pred_contrib` over ours",
            over("batch_lightgbm", "batch_ours"),
            "at least 8",
            each("batch_ours"),
            each("batch_lightgbm"),
        ),
        (
            f"{BATCH:,} rows: ours over `predict`",
            over("batch_ours", "predict"),
            "at most 15",
            each("batch_ours"),
            each("predict"),
        ),
    ]
    return "\n".join(
        [
            f"# Explanations: {TREES} trees of {LEAVES} leaves, {FEATURES} features, one thread",
            "",
            "Medians of the rounds' own ratios, with the least and the greatest.",
            "",
            table(rows),
            "",
            f"Largest difference of a share {said['difference']:.1e}; largest residual of base and "
            f"shares against the margin {said['residual']:.1e}. The model's text is read in "
            f"{said['parsed'] * 1e3:.0f} ms; the first call, with the loops from the cache or "
            f"compiled, takes {said['warmed']:.1f} s.",
        ]
    )


def portfolio_text(said: dict[str, Any]) -> str:
    """The report of the portfolio."""
    faster = said["faster"]
    return (
        f"A portfolio of {said['rows']:,} rows, Parquet to Parquet with score, PD, grade and all "
        f"points, in two processes: {said['seconds']:,.0f} s; `pred_contrib` alone, two threads, "
        f"would take {said['lightgbm_seconds_a_row'] * said['rows']:,.0f} s: "
        f"{faster['median']:.1f} times ({faster['low']:.1f} to {faster['high']:.1f}; wanted: 8)."
    )


if __name__ == "__main__":
    main()
