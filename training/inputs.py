"""Inputs of a training of the champion: the feature table, and the outcomes of its rows."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from features.calendar import month_end, show_time
from features.catalogue import Catalogue
from features.table import FeatureTable
from supervision.arrays import Columns
from supervision.record import Record
from training.config import TrainConfig
from training.errors import TrainingError
from training.horizon import months_after
from training.labels import STREAMS, LabelRules, Reports, relevant
from training.sample import Sample


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a training reads.

    Attributes
    ----------
    rows : Sample
        All rows of the table; their targets are not set.
    reports : Reports
        What the labels of the rows are made of.
    rules : LabelRules
    position : int
        Position of the record that features and labels were read up to.
    table_sha256 : str
        Of the table's file.
    """

    rows: Sample
    reports: Reports
    rules: LabelRules
    position: int
    table_sha256: str

    @cached_property
    def status(self) -> npt.NDArray[np.int8]:
        """What each row is by all that the rules take as known, int8 [n].

        The values are those of :class:`training.labels.Status`.
        """
        return self.reports.status(self.rules)

    def status_at_test(self, begins: int) -> npt.NDArray[np.int8]:
        """What each row is if the out-of-time test begins at ``begins``, int8 [n].

        Rows that are mature by then, as all training rows are, have the status that could be
        known then: a default that was reported later is not learnt from. All others have the
        status of :attr:`status`.
        """
        known_then = self.reports.status(replace(self.rules, as_of=begins))
        early = months_after(self.rows.as_of, self.rules.embargo_months) <= begins
        return np.where(early, known_then, self.status)


def read_inputs(config: TrainConfig, catalogue: Catalogue) -> Inputs:
    """Read the table, check that it is of this catalogue, and label its rows from the record.

    Raises
    ------
    TrainingError
        If the table was built by another catalogue, is empty, or reaches beyond the record.
    """
    if not config.table.is_file():
        raise TrainingError(
            f"no feature table at {config.table}; make one with `cargoworthy features build`"
        )
    table = FeatureTable.read(config.table)
    if table.catalogue_hash != catalogue.hash:
        raise TrainingError(
            f"{config.table} was built by catalogue {table.catalogue_hash:.12}..., this program "
            f"has {catalogue.hash:.12}...; build it again with `cargoworthy features build`"
        )
    if len(table.as_of) == 0:
        raise TrainingError(f"{config.table} has no rows; build it over more months")
    enterprise = np.asarray(table.enterprise_id, dtype=np.str_)
    rows = Sample(
        table.names, enterprise, table.as_of, table.values, np.zeros(len(enterprise), dtype=np.int8)
    )
    known_until = config.labels.known_until
    rules = LabelRules(
        as_of=int(table.as_of.max()) if known_until is None else month_end(known_until),
        window_months=config.labels.window_months,
        reporting_lag_months=config.labels.reporting_lag_months,
        cure_months=config.labels.cure_months,
    )
    with closing(Record.open(config.record)) as record:
        if record.identity() != table.record:
            raise TrainingError(
                f"{config.table} was built from another record than {config.record}; build it "
                "again with `cargoworthy features build`"
            )
        reports = read_reports(record, rows, rules, table.position)
    return Inputs(rows, reports, rules, table.position, table.fingerprint)


def read_reports(record: Record, rows: Sample, rules: LabelRules, position: int) -> Reports:
    """What the record held up to a position about the enterprises of the rows.

    Raises
    ------
    TrainingError
        If the record ends before outcomes could be known: later rows would look good.
    """
    firms, firm = np.unique(rows.enterprise, return_inverse=True)
    numbers = record.number_of([str(name) for name in firms])
    number = np.array([numbers.get(str(name), -1) for name in firms], dtype=np.int64)
    newest = [0]

    def watched(stream: str) -> Iterator[Columns]:
        for chunk in record.scan(stream, up_to=position):
            newest.append(int(chunk["known_at"].max(initial=0)))
            yield chunk

    financing, outcome = (relevant(watched(stream), stream) for stream in STREAMS)
    lag = rules.reporting_lag_months + 1
    if max(newest) < months_after(np.array([rules.as_of]), -lag)[0]:
        raise TrainingError(
            f"outcomes should be known until {show_time(rules.as_of)}, but the newest financing or "
            f"outcome message up to position {position} is of {show_time(max(newest))}; ingest "
            "later messages, or set labels.known_until to the month in which the record ends"
        )
    return Reports(financing, outcome, number[firm], rows.as_of)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
