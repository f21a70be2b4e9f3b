"""Writing a program: what a node asks for, it asks a point for, and gets it as an instruction.

The same instruction is written once, whoever asks for it: rows that two nodes read are selected
once, and a balance that six features rest on is reckoned once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from features.calendar import DAY
from features.facts import stream_of
from features.recipe import Recipe, Reckoned, Rows, Unwritten
from supervision.arrays import MISSING
from supervision.contract.columns import column

OWN = ("enterprise_id", "known_at", "reversed_at")
"""The first columns of each table: whose a row is, and when it stands."""

LINES = 4
"""Lines of which an instruction makes another, at most."""

CODES = 63
"""Choices of a column that one number can tell apart, a bit each."""


@dataclass(frozen=True)
class Line:
    """Place of an instruction that makes a line of whole numbers, and whether it reads a table."""

    place: int
    is_read: bool = False


@dataclass(frozen=True)
class Number:
    """Place of an instruction that makes a number, and whether it is a whole one."""

    place: int
    is_whole: bool = True


@dataclass(frozen=True)
class Found:
    """Rows of a table."""

    table: str
    rows: Line


@dataclass(frozen=True)
class Keys:
    """Keys by which rows are told apart.

    Attributes
    ----------
    each : Line
        The distinct ones.
    of : Line
        Place of the key, among them, of each of the rows of which they were made.
    """

    each: Line
    of: Line


@dataclass(frozen=True)
class Script:
    """What is written so far; each entry's place is the order in which it came.

    Attributes
    ----------
    reads, lines, numbers : dict
        Instructions of its three parts.
    columns : dict of (table, column)
    days : list of int
        Of the baskets, one after the other.
    states, balances : dict
        What is asked of others.
    written : dict
        What nodes gave, by node and how long before the point.
    """

    reads: dict[tuple[Any, ...], Line] = field(default_factory=dict)
    lines: dict[tuple[Any, ...], Line] = field(default_factory=dict)
    numbers: dict[tuple[Any, ...], Number] = field(default_factory=dict)
    columns: dict[tuple[str, str], int] = field(default_factory=dict)
    days: list[int] = field(default_factory=list)
    states: dict[Recipe, int] = field(default_factory=dict)
    balances: dict[Reckoned[Any], int] = field(default_factory=dict)
    written: dict[tuple[Reckoned[Any], int], Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Point:
    """A moment for which nodes are written.

    Attributes
    ----------
    script : Script
    back : int
        How long before the point that is asked for, microseconds.
    """

    script: Script
    back: int = 0

    def ago(self, days: int) -> "Point":
        """So many days before."""
        return Point(self.script, self.back + days * DAY)

    def value(self, node: Reckoned[Any]) -> Any:
        """What a node writes: a number if it is a recipe."""
        key = node, self.back
        if key not in self.script.written:
            self.script.written[key] = node.write(self)
        return self.script.written[key]

    def read(self, name: str, *of: Line | int) -> Line:
        """A line read from a table; see :mod:`features.point.reading`."""
        made = self.script.reads
        return made.setdefault((name, *of), Line(len(made), is_read=True))

    def line(self, name: str, *of: Line | int) -> Line:
        """A line made of others and of parameters; see :mod:`features.point.lines`."""
        made = self.script.lines
        return made.setdefault((name, *of), Line(len(made)))

    def number(self, name: str, *of: Line | Number | int, is_whole: bool = False) -> Number:
        """A number made of others, of lines and of parameters."""
        made = self.script.numbers
        return made.setdefault((name, *of), Number(len(made), is_whole))

    def whole(self, line: Line, at: int = 0) -> Number:
        """The whole number in one place of a line."""
        return self.number("value", line, at, is_whole=True)

    def sum(self, line: Line) -> Number:
        """Sum of a line."""
        return self.whole(self.line("sum", line))

    def column(self, table: str, name: str) -> int:
        """Place of a column."""
        made = self.script.columns
        for first in OWN if table != "lots" else ():
            made.setdefault((table, first), len(made))
        return made.setdefault((table, name), len(made))

    def rows(
        self, rows: Rows, days: int | None = None, delay: str | None = None, grace: int = 0
    ) -> Found:
        """Rows that meet the conditions and count; see :meth:`features.engine.sweep.Sweep.span`."""
        table, back = rows.table, self.back
        found = self.read("standing", self.column(table, OWN[0]), back)
        for name, choices in rows.where:
            found = self.read("among", found, self.column(table, name), _bits(table, name, choices))
        if rows.until is not None:
            found = self.read("until", found, self.column(table, rows.until), back)
        if days is not None:
            occurred = self.column(table, "occurred_at")
            found = self.read("after", found, occurred, back + days * DAY)
        if delay is not None:
            found = self.read("due", found, self.column(table, delay), back + grace * DAY)
        return Found(table, found)

    def said(self, found: Found, name: str) -> Line:
        """What a column says of each row."""
        return self.read("column", found.rows, self.column(found.table, name))

    def amounts(self, found: Found, name: str, sign: int = 1) -> Line:
        """A column of each row, 0 where a message left it out."""
        if name == "each":
            return self.line("fill", found.rows, sign)
        return self.read("amounts", found.rows, self.column(found.table, name), sign)

    def total(self, found: Found, name: str | None) -> Line:
        """Sum of a column over rows, or their number."""
        return self.line("sum", self.amounts(found, name or "each"))

    def last(self, found: Found, name: str, sign: int = 1) -> Line:
        """What a column says in the row that occurred last; with a sign of -1 in the first."""
        together = self.line("fill", found.rows, 0)
        row = self.line(
            "last", *self._order(found), together, self.line("keys", together, together), sign
        )
        return self.line("take", self.said(found, name), row, MISSING)

    def last_of_each(self, found: Found, of: Line, keys: Keys, sign: int = 1) -> Line:
        """Place of the row of each key that occurred last, or -1; ``of`` are the keys' places."""
        return self.line("last", *self._order(found), of, keys.each, sign)

    def or_zero(self, line: Line) -> Line:
        """A line, 0 where it is missing."""
        return self.line("keep_stated", line, line)

    def keys(self, of: Line) -> Keys:
        """The distinct ones of some keys."""
        place = self.line("group", of)
        return Keys(self.line("keys", of, place), place)

    def find(self, keys: Keys, sought: Line) -> Line:
        """Place of each key among others, or -1."""
        return self.line("find", self.line("index", keys.each), keys.each, sought)

    def sums(self, keys: Keys, of: Line, values: Line) -> Line:
        """What values add up to under each key; ``of`` are the keys' places."""
        return self.line("sums", of, values, keys.each)

    def counts(self, keys: Keys, of: Line) -> Line:
        """How often each key comes; ``of`` are the keys' places."""
        return self.sums(keys, of, self.line("fill", of, 1))

    def counts_of(self, keys: Keys, sought: Line) -> Line:
        """How often each key comes among others."""
        return self.counts(keys, self.find(keys, sought))

    def joined(self, lines: Sequence[Line]) -> Line:
        """Lines, one after the other."""
        if len(lines) <= LINES:
            return lines[0] if len(lines) == 1 else self.line("joined", *lines, len(lines))
        return self.joined([self.joined(lines[:LINES]), *lines[LINES:]])

    def share(self, part: Line, total: Line) -> Number:
        """Share of a part in a total, not known where the total is 0."""
        return self.number("share", self.whole(part), self.whole(total), 1, 1)

    def others(self, keys: Keys | None = None) -> Line:
        """Rows of others in what was published, or of the enterprise itself."""
        if self.back:  # what was known of them on an earlier day stands in another snapshot
            raise Unwritten("what was known of others before")
        return self.line("itself") if keys is None else self.line("others", keys.each)

    def state(self, rows: Line, state: Recipe) -> Line:
        """What was published of others, missing where nothing was."""
        asked = self.script.states
        return self.line("state", rows, asked.setdefault(state, len(asked)))

    def holds(self, rows: Line, balance: Reckoned[Any]) -> Line:
        """1 where a balance of others holds anything under the enterprise, else 0."""
        asked = self.script.balances
        return self.line("holds", rows, asked.setdefault(balance, len(asked)))

    def commodities(self, lots: Line) -> Line:
        """Commodity of each lot, -1 where the lot is unknown."""
        known = self.read("whole", self.column("lots", "lot"))
        place = self.line("find", self.line("index", known), known, lots)
        return self.line("take", self.read("whole", self.column("lots", "commodity")), place, -1)

    def basket(self, held: Line, goods: Keys, days: tuple[int, ...]) -> Line:
        """Worth of goods at the prices of each of some days ago."""
        begin = len(self.script.days)
        self.script.days.extend(days)
        end = begin + len(days)
        return self.line("basket", held, goods.of, goods.each, begin, end, self.back)

    def _order(self, found: Found) -> tuple[Line, Line]:
        return self.said(found, "occurred_at"), self.said(found, "position")


def _bits(table: str, name: str, choices: tuple[str, ...]) -> int:
    """A bit for each choice."""
    of = column(stream_of(table), name)
    codes = {of.code(choice) for choice in choices}
    if max(codes, default=0) >= CODES:
        raise Unwritten(f"{name} with so many choices")
    return sum(1 << code for code in codes)
