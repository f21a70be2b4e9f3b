"""Tables of Markdown, for the reports of benchmarks."""

from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    """A table; the first row is its head, columns after the first ``texts`` are numbers."""
    rule = ["---"] * texts + ["---:"] * (len(rows[0]) - texts)
    return "\n".join("| " + " | ".join(row) + " |" for row in [rows[0], rule, *rows[1:]])
