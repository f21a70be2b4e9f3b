"""How the contest is shown."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from benchmarks.tables.cases import Case, Effort
from benchmarks.tables.contest import Result


def case_table(case: Case, found: Sequence[Result], effort: Effort) -> Table:
    """All learners on one table, one line each."""
    how = f"{effort.folds} folds, dealt {effort.repeats} times"
    if case.fixed_test:
        how = f"{effort.repeats} seeds"
    table = Table(
        title=f"{case.name}: {case.figure}, {how}",
        caption=f"published: {case.published}" if case.published else None,
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("learner", no_wrap=True)
    for name in ("mean", "95 % interval", "log loss", "processor seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        table.add_row(
            one.contestant,
            f"{one.mean:.4f}",
            f"{one.low:.4f}..{one.high:.4f}",
            f"{one.log_loss:.4f}",
            f"{one.seconds:.1f}",
        )
    return table
