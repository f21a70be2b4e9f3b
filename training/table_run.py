"""The run of a table: what a training on a bank's own table needs to be done again."""

from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import Field

from training.bank_table import BankTable, TableDescription, read_table
from training.config import BoostingSettings, CheckSettings, Settings
from training.errors import TableError
from training.inputs import file_sha256
from training.table_experiment import SETTINGS

FILE = "table.yaml"
"""Lies beside the bundle in a run's artifacts."""


class TableRun(Settings):
    """What was trained on, and how.

    Attributes
    ----------
    table : Path
        The file.
    table_sha256 : str
        Of its bytes.
    target, time, group, drop, increasing, decreasing
        See :class:`training.bank_table.TableDescription`.
    seed : int
    settings : BoostingSettings
    checks : CheckSettings
    """

    table: Path
    table_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    target: str
    time: str | None = None
    group: str | None = None
    drop: tuple[str, ...] = ()
    increasing: tuple[str, ...] = ()
    decreasing: tuple[str, ...] = ()
    seed: int
    settings: BoostingSettings
    checks: CheckSettings

    @classmethod
    def of(
        cls,
        table: Path,
        described: TableDescription,
        seed: int,
        checks: CheckSettings,
        settings: BoostingSettings = SETTINGS,
    ) -> Self:
        """Of a table as it lies there now."""
        return cls(
            table=table,
            table_sha256=file_sha256(table),
            **vars(described),
            seed=seed,
            settings=settings,
            checks=checks,
        )

    @property
    def described(self) -> TableDescription:
        """What the columns are."""
        return TableDescription(
            self.target, self.time, self.group, self.drop, self.increasing, self.decreasing
        )

    def read_table(self, path: Path | None = None) -> BankTable:
        """Read the table again.

        Parameters
        ----------
        path : Path, optional
            Where it lies now, if it was moved.

        Raises
        ------
        TableError
            If it is not there, or is not what was trained on.
        """
        place = path or self.table
        if not place.is_file():
            raise TableError(
                f"expected the table that the version was trained on at {place}, found none; "
                "say with --table where it lies"
            )
        found = file_sha256(place)
        if found != self.table_sha256:
            raise TableError(
                f"expected the table {self.table_sha256:.12}... that the version was trained on, "
                f"found {found:.12}... at {place}: train on this one and validate the new version, "
                "or give the old one with --table"
            )
        return read_table(place, self.described)

    def written(self) -> str:
        """As YAML."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
