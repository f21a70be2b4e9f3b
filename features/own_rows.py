"""An enterprise's own messages: the rows of all tables side by side, and which of them stand."""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from features.facts import Facts, Flags
from supervision.arrays import Integers


@dataclass(frozen=True, eq=False)
class OwnRows:
    """What is asked of all tables at once: most are short, so that calls cost more than rows.

    Attributes
    ----------
    facts : Facts
    enterprise : int
        Number of its name.
    as_of : int
        UTC microseconds.
    """

    facts: Facts
    enterprise: int
    as_of: int

    @cached_property
    def spans(self) -> dict[str, slice]:
        """Of each table that has rows, where they are."""
        sizes = {name: len(table["position"]) for name, table in self.facts.tables.items()}
        there = {name: size for name, size in sizes.items() if size}
        ends = accumulate(there.values())
        return {name: slice(end - there[name], end) for name, end in zip(there, ends, strict=True)}

    def column(self, name: str) -> Integers:
        """A column that every table has, of all tables."""
        if not self.spans:
            return np.empty(0, np.int64)
        return np.concatenate([self.facts.tables[table][name] for table in self.spans])

    @cached_property
    def known_at(self) -> Integers:
        """When each row was known."""
        return self.column("known_at")

    @cached_property
    def known(self) -> Flags:
        """Which rows are known of the enterprise as of the time."""
        own: Flags = self.column("enterprise_id") == self.enterprise
        return own & (self.known_at <= self.as_of)

    @cached_property
    def stands(self) -> Flags:
        """Which of them are not reversed."""
        return self.known & (self.column("reversed_at") > self.as_of)

    def standing(self, table: str) -> Flags:
        """Which rows of a table stand."""
        return self.stands[self.spans.get(table, slice(0))]
