"""What a profile shows on the terminal."""

from rich import box
from rich.table import Table

from features.catalogue import Catalogue
from features.profile.measures import Measured, Profile
from features.profile.words import DIRECTIONS, VERDICTS, number, percent


def profile_table(profile: Profile, catalogue: Catalogue) -> Table:
    """One line a feature, worst first."""
    compared = f"; {profile.current} against {profile.reference}" if profile.reference else ""
    table = Table(
        title=(
            f"{len(profile.features)} features, {profile.rows:,} rows of "
            f"{profile.enterprises:,} enterprises{compared}"
        ),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    outcomes = any(one.outcome for one in profile.features)
    table.add_column("feature", overflow="fold")
    for name in ("missing", "5 %", "median", "95 %", "distinct", "commonest", "PSI", "chance"):
        table.add_column(name, justify="right", no_wrap=True)
    if outcomes:
        table.add_column("IV", justify="right", no_wrap=True)
        table.add_column("rank", justify="right", no_wrap=True)
        table.add_column("risk", no_wrap=True)
        table.add_column("check", no_wrap=True)
    table.add_column("look", overflow="fold")
    for one in profile.features:
        table.add_row(*_cells(one, catalogue, outcomes))
    return table


def _cells(one: Measured, catalogue: Catalogue, outcomes: bool) -> list[str]:
    feature = catalogue.feature(one.name)
    cells = [one.name, percent(one.missing_share)]
    cells += [number(one.quantiles.get(name), feature.unit) for name in ("5 %", "50 %", "95 %")]
    cells += [f"{one.distinct:,}", percent(one.commonest_share)]
    drift = one.drift
    cells += [f"{drift.psi:.3f}", f"{drift.chance_rows:.4f}"] if drift else ["", ""]
    if outcomes:
        told = one.outcome
        cells += [
            f"{told.information_value:.3f}" if told else "",
            f"{told.rank_correlation:+.2f}" if told and told.rank_correlation is not None else "",
            DIRECTIONS[feature.direction],
            VERDICTS[told.verdict] if told else "",
        ]
    return [*cells, ", ".join(one.flags)]
