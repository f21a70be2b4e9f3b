"""What a validation shows on the terminal."""

from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from training.report.document import Report
from training.report.summary import failed
from training.report.words import bounds, number

_COLOURS = {"red": "red", "amber": "yellow", "green": "green", "not applicable": "dim"}


def show(report: Report, page: Path, settings: Path) -> None:
    """Print what is not green, the verdict, where the page lies, and by which bounds it is."""
    console = Console()
    if report.verdict in ("red", "amber"):
        console.print(failed_table(report))
    console.print(verdict_line(report), highlight=False, soft_wrap=True)
    console.print(sizes_line(report), highlight=False)
    bounds = f"{escape(settings.as_posix())} {report.evidence.settings.sha256[:12]}"
    told = f"{escape(page.as_posix())}\nreport {report.hash} by the bounds of {bounds}"
    console.print(told, highlight=False, soft_wrap=True)


def verdict_line(report: Report) -> str:
    """The verdict and the counts, in rich's markup."""
    counts = ", ".join(
        f"[{_COLOURS[verdict]}]{count} {verdict}[/]" for verdict, count in report.counts.items()
    )
    return f"[bold {_COLOURS[report.verdict]}]{report.verdict}[/]: {counts}"


def sizes_line(report: Report) -> str:
    """Observed size of every test at 5 %."""
    figures = report.plain()["figures"]["The tests themselves"]["sizes"]
    return "size at 5 %: " + ", ".join(f"{name} {rate:.1%}" for name, rate in figures.items())


def failed_table(report: Report) -> Table:
    """One line a red or amber check, red ones first."""
    bundle = report.evidence.bundle
    table = Table(
        title=escape(f"{bundle.name} version {bundle.version}: what is not green"),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("check", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("figure", justify="right", no_wrap=True)
    table.add_column("bounds", no_wrap=True)
    table.add_column("what", overflow="fold")
    for check in failed(report.checks):
        colour = _COLOURS[check.verdict]
        table.add_row(
            check.standard.code,
            f"[{colour}]{check.verdict}[/]",
            number(check.figure),
            bounds(check),
            escape(f"{check.standard.title.en}. {check.detail.en if check.detail else ''}"),
        )
    return table
