"""Read what the engine needs of a few enterprises: plainly from the record, or packed."""

import threading
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from features.concerned import concerned
from features.custody import custody_in
from features.facts import OF_OTHERS, Facts
from features.others import Others
from features.prices import Prices
from features.snapshots.publishing import Shelf
from supervision.arrays import MISSING, Columns
from supervision.contract.messages import STREAMS
from supervision.holders import holders, of_market, purchases, take, under_holders
from supervision.packed.reading import Own, PackedReader
from supervision.packed.store import PackedMissing
from supervision.record import Record


class FactsReader:
    """Gathers the facts of one enterprise at a time, the fastest way there is.

    One a process, shared by its threads.

    Parameters
    ----------
    record : Record
    packed : PackedReader or None
        Of that record; None to read everything from the record's rows.
    shelf : Shelf or None
        Where what is known of others is published; None to read their rows as well.
    """

    def __init__(
        self, record: Record, packed: PackedReader | None = None, shelf: Shelf | None = None
    ) -> None:
        self.record = record
        self._packed = packed
        self._shelf = shelf
        self._reckoning = threading.Lock()
        self._prices: tuple[int, Prices] | None = None

    def facts_of(self, enterprise: int, up_to: int, as_of: int | None = None) -> Facts:
        """Gather all messages that concern an enterprise, up to a position.

        The features have the same bits as from :func:`facts_of`, whichever way is taken: packed
        where the position is at or after the packed base, else from the record's rows.

        Parameters
        ----------
        enterprise : int
            Number of its name.
        up_to : int
            Only messages up to this position.
        as_of : int or None
            The one time as of which features will be asked, UTC microseconds: what is known of
            others may be what was published for it. None for any times.
        """
        published = None
        if self._shelf is not None and as_of is not None:
            published = self._shelf.at(as_of, up_to)
        own, prices = self._packed_at(enterprise, up_to)
        if own is None or prices is None:
            return facts_of(self.record, (enterprise,), up_to, published)
        tables = own.tables
        if published is None:
            tables = _with_others(self.record, enterprise, own, up_to)
        return Facts(tables, prices, own.lots, published, custody_in(self.record, up_to))

    def prepare(self, as_of: int | None = None) -> None:
        """Read what all requests share, so that the first is as fast as the others.

        Parameters
        ----------
        as_of : int or None
            Of the requests to come; what was published of others is read for it.
        """
        if self._packed is not None:
            with suppress(PackedMissing):
                self._prices_at(self._packed, self.record.position())
        if self._shelf is not None and as_of is not None:
            self._shelf.at(as_of, self.record.position())

    def _packed_at(self, enterprise: int, up_to: int) -> tuple[Own | None, Prices | None]:
        if self._packed is not None:
            with suppress(PackedMissing):  # the file was damaged; the record still has it all
                own = self._packed.own(enterprise, up_to)
                return own, self._prices_at(self._packed, up_to)
        return None, None

    def _prices_at(self, packed: PackedReader, up_to: int) -> Prices | None:
        """Prices of all commodities, reckoned anew only when the market has moved."""
        moved_at = packed.market_moved_at(up_to)
        held = self._prices
        if moved_at is None:
            return None
        if held is not None and held[0] == moved_at:
            return held[1]
        with self._reckoning:
            if self._prices is not None and self._prices[0] == moved_at:
                return self._prices[1]  # another thread was faster
            market = packed.market(moved_at)
            if market is None:
                return None
            prices = Prices.of(market)
            self._prices = moved_at, prices
            return prices


def facts_of(
    record: Record,
    enterprises: Sequence[int],
    up_to: int | None = None,
    published: Others | None = None,
) -> Facts:
    """Gather all messages that concern some enterprises, and the state of those they deal with.

    Parameters
    ----------
    record : Record
    enterprises : sequence of int
        Numbers of names.
    up_to : int or None
        Only messages up to this position: what a replay may see.
    published : Others or None
        What was published of others; None to read the rows of those whose state is wanted.
    """
    own = [int(number) for number in enterprises]
    tables: dict[str, Columns] = {}
    for stream in STREAMS:
        if stream not in ("financing", "outcome", "valuation"):
            tables[stream] = record.rows(stream, "enterprise_id", own, up_to)
    tables["purchase"] = purchases(record.rows("title", "buyer", own, up_to))
    read = own if published is not None else _concerned(record, own, tables["title"], up_to)
    for stream in OF_OTHERS:
        tables[stream] = record.rows(stream, "enterprise_id", read, up_to)
    pairs = holders(tables["custody"], tables["purchase"])
    held = np.unique(pairs[0]).tolist()
    valuations = record.rows("valuation", "cargo_code", held, up_to)
    tables["appraisal"] = under_holders(take(valuations, ~of_market(valuations)), pairs)
    sold = tables["title"]["cargo_code"]
    lots = record.lots(np.unique(np.concatenate([pairs[0], sold])).tolist())
    declared = tables["declaration"]["hs_code"]
    goods = np.unique(np.concatenate([lots["commodity"], declared[declared != MISSING]])).tolist()
    market = record.rows("valuation", "hs_code", goods, up_to, kind="market_price")
    return Facts(tables, Prices.of(market), lots, published, custody_in(record, up_to))


def _concerned(record: Record, own: Sequence[int], title: Columns, up_to: int | None) -> list[int]:
    """Those whose state is read, the enterprises themselves included."""
    found = concerned(own, title, lambda by, which: record.rows("enterprise", by, which, up_to))
    return list(found.tolist())


def _with_others(record: Record, enterprise: int, own: Own, up_to: int) -> dict[str, Columns]:
    """An enterprise's tables, with the rows of those whose state is read."""
    tables = own.tables
    others = _concerned(record, [enterprise], tables["title"], up_to)
    others.remove(enterprise)
    if not others:
        return tables
    theirs = {s: record.rows(s, "enterprise_id", others, up_to) for s in OF_OTHERS}
    joined = {
        stream: {
            name: np.concatenate([values, theirs[stream][name]])
            for name, values in tables[stream].items()
        }
        for stream in OF_OTHERS
    }
    return {**tables, **joined}
