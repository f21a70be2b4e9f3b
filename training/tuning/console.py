"""What a tuning shows on the terminal."""

from rich import box
from rich.table import Table

from training.config import BoostingSettings
from training.tuning.search import Found
from training.tuning.space import SPACE


def settings_table(found: Found, standing: BoostingSettings) -> Table:
    """The best settings beside those that stood, and the loss of both."""
    table = Table(
        title=f"Study {found.study}",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("setting", no_wrap=True)
    table.add_column("stood", justify="right")
    table.add_column("best", justify="right")
    for one in SPACE:
        values = (getattr(settings, one.name) for settings in (standing, found.config.model))
        table.add_row(one.name, *(f"{value:.4g}" for value in values))
    table.add_row("mean log loss", f"{found.standing_loss:.5f}", f"{found.loss:.5f}")
    return table
