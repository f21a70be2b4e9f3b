"""The record of promotions: who put which model in force, when, why, and on what report.

Rows are only ever added: triggers refuse every change, on SQLite and on PostgreSQL alike, and
each row holds the hash of the one before, so that a change past the triggers shows when the
record is read. Rows cut off the end do not show by themselves: note the newest hash elsewhere.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from supervision.append_only import AppendOnly
from supervision.chain import BrokenChain, Chain
from supervision.database import engine_of, first_line, prepared, writing
from training.promotion.errors import PromotionRecordFailure

METADATA = sa.MetaData()
PROMOTION = sa.Table(
    "promotion",
    METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("version", sa.String(20), nullable=False),
    sa.Column("model_hash", sa.String(64), nullable=False),
    sa.Column("report_sha256", sa.String(64), nullable=False),
    sa.Column("verdict", sa.String(20), nullable=False),
    sa.Column("promoted_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("exceptions", sa.Text, nullable=False),
    sa.Column("promoted_at", sa.BigInteger, nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)
"""One row a promotion."""

_KEPT = AppendOnly(
    PROMOTION, "the record of promotions", unique=("position", "hash"), key=4_717_002
)
_CHAIN = Chain(PROMOTION)


@dataclass(frozen=True)
class Promotion:
    """A version that came into force.

    Attributes
    ----------
    name, version, model_hash : str
    report_sha256 : str
        Of the validation report that let it pass.
    verdict : str
        Of that report.
    promoted_by, reason : str
    exceptions : str
        JSON list of the signed exceptions, each with the role of its signer and the public key
        that it was checked with.
    promoted_at : int
        UTC microseconds.
    """

    name: str
    version: str
    model_hash: str
    report_sha256: str
    verdict: str
    promoted_by: str
    reason: str
    exceptions: str
    promoted_at: int

    @property
    def signers(self) -> tuple[str, ...]:
        """Who signed an exception."""
        return tuple(one["statement"]["person"] for one in json.loads(self.exceptions))


@dataclass(frozen=True)
class Entry:
    """A promotion in its place.

    Attributes
    ----------
    position : int
        1, 2, 3, ...
    promotion : Promotion
    previous_hash : str
        Of the entry before; zeros for the first.
    hash : str
        SHA-256 of the row's canonical JSON, the hash of the entry before within it.
    """

    position: int
    promotion: Promotion
    previous_hash: str
    hash: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A row of the table, taken apart."""
        told = {key: value for key, value in row.items() if key in Promotion.__dataclass_fields__}
        return cls(row["position"], Promotion(**told), row["previous_hash"], row["hash"])

    def row(self) -> dict[str, object]:
        """The entry as a row of the table."""
        place = {"position": self.position, "previous_hash": self.previous_hash}
        return {**place, **asdict(self.promotion), "hash": self.hash}


class PromotionRecord:
    """The promotions, in order.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Of a database that has the table; see :meth:`open`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Self:
        """Open a record and create its table and triggers where they are missing.

        Raises
        ------
        UsageError
            If the URL names no database that it can live in.
        DatabaseMissing
            If there is no such file and it is not to be made.
        PromotionRecordFailure
            If the database cannot be reached or written.
        """
        return cls(prepared(url, _KEPT.create, _unwritable, create=create))

    @classmethod
    def existing(cls, url: str) -> Self:
        """Open a record to be read; nothing is made or changed.

        Raises
        ------
        UsageError
            If the URL names no database that it can live in.
        DatabaseMissing
            If there is no such file.
        """
        return cls(engine_of(url))

    def append(self, promotion: Promotion) -> Entry:
        """Add a promotion at the end; when this returns, it is on disk.

        Raises
        ------
        PromotionRecordFailure
            If it was not committed, or the rows so far were tampered with.
        """
        try:
            with writing(self._engine).begin() as connection:
                _KEPT.lock(connection)
                _entries(connection)  # nothing is added to a chain that is broken
                (row,) = _CHAIN.extend(connection, [asdict(promotion)])
        except SQLAlchemyError as fault:
            raise PromotionRecordFailure(
                "the promotion could not be recorded, so nothing came into force: "
                f"{first_line(fault)}; try again"
            ) from fault
        return Entry.of(row)

    def entries(self) -> tuple[Entry, ...]:
        """All promotions, the oldest first, their chain of hashes checked.

        Raises
        ------
        PromotionRecordFailure
            If the database cannot be read, or a row is not what was written.
        """
        try:
            with self._engine.connect() as connection:
                return _entries(connection)
        except SQLAlchemyError as fault:
            raise PromotionRecordFailure(
                f"the record of promotions cannot be read: {first_line(fault)}; try again"
            ) from fault

    def close(self) -> None:
        """Give back the database's connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _unwritable(found: str) -> PromotionRecordFailure:
    return PromotionRecordFailure(
        f"expected a database for promotions that can be written, found {found}; check "
        "--promotions and the folder's permissions"
    )


def _entries(connection: Connection) -> tuple[Entry, ...]:
    try:
        return tuple(map(Entry.of, _CHAIN.rows(connection)))
    except BrokenChain as fault:
        raise PromotionRecordFailure(
            f"promotion {fault.position} is not what was written: its hashes do not fit; somebody "
            "changed or took out rows past the triggers. Compare with a backup, and begin a "
            "new record with --promotions once it is known what happened"
        ) from fault
