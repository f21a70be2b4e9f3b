"""The report: every contestant's figures, the goals, the stages of a score."""

from statistics import median

from benchmarks.markdown import table
from benchmarks.serving.contest import Run
from benchmarks.serving.field import BENTOML, EMPTY, MLFLOW, OURS, POSTGRESQL

_MOST_MEGABYTES, _MOST_SECONDS = 250, 3


def report(run: Run) -> str:
    """The whole report, Markdown."""
    return "\n\n".join((_contestants(run), _goals(run), _stages(run))) + "\n"


def _contestants(run: Run) -> str:
    rows: list[tuple[str, ...]] = [
        ("contestant", "p50, ms", "p99, ms", "processor, ms", "calls a second", "MB", "own MB")
    ]
    for name, heard in run.heard.items():
        rows.append(
            (
                name,
                f"{run.p50(name) * 1e3:.2f}",
                f"{run.p99(name) * 1e3:.2f}",
                f"{median(run.processor[name]) * 1e3:.2f}",
                f"{median(one.rate for one in heard):.0f}",
                *(f"{each:.0f}" for each in run.megabytes[name]),
            )
        )
    return table(rows)


def _goals(run: Run) -> str:
    rows = [("ratio of the same round", "median", "least and greatest", "wanted")]

    def add(what: str, ratios: list[float], wanted: str) -> None:
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        rows.append((what, f"{median(ratios):.2f}", spread, wanted))

    for ours, most in ((OURS, 12), (POSTGRESQL, 16)):
        if ours in run.heard:
            add(f"p50: {ours} over {EMPTY}", run.ratios(ours, EMPTY), f"at most {most}")
    for rival, least in ((MLFLOW, 8), (BENTOML, 2)):
        if rival in run.heard:
            add(f"p50: {rival} over {OURS}", run.ratios(rival, OURS), f"at least {least}")
    for ours in (OURS, POSTGRESQL):
        if ours in run.heard:
            tails = [one.p99 / one.p50 for one in run.heard[ours]]
            add(f"p99 over p50: {ours}", tails, "below 5")
    if run.pairs:
        faster = [both / alone for both, alone in run.pairs]
        add("calls a second: two workers over one", faster, "at least 1.3")
    resident, _ = run.megabytes[OURS]
    rows.append(("memory of a worker, MB", f"{resident:.0f}", "", f"below {_MOST_MEGABYTES}"))
    rows.append(("start, s", f"{run.starts[OURS]:.1f}", "", f"at most {_MOST_SECONDS}"))
    return table(rows)


def _stages(run: Run) -> str:
    names = list(dict.fromkeys(name for stages in run.stages.values() for name in stages))
    names = [name for name in names if name != "whole"]
    rows = [("stage, mean ms", *run.stages)]
    for name in names:
        told = (f"{stages.get(name, 0.0) * 1e3:.3f}" for stages in run.stages.values())
        rows.append((name, *told))
    rest = (
        stages["whole"] - sum(stages.get(name, 0.0) for name in names)
        for stages in run.stages.values()
    )
    rows.append(("framework and what else", *(f"{each * 1e3:.3f}" for each in rest)))
    whole = (f"{stages['whole'] * 1e3:.3f}" for stages in run.stages.values())
    rows.append(("the request, as the service sees it", *whole))
    return table(rows)
