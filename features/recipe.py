"""How a feature is reckoned, as data: small frozen nodes that the engine evaluates.

A recipe is a tree. Its leaves are :class:`Rows` (which messages); its inner nodes say what is
done with them. Because recipes are data they can be hashed (a changed recipe is another
catalogue), walked (which messages stand behind a number) and evaluated by one engine for one
enterprise or for a million. A message *stands* as of T if it was known at T
(``known_at <= T``) and its reversal was not (``reversed_at > T``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass


@dataclass(frozen=True)
class Rows:
    """Messages of one table that meet every condition.

    Attributes
    ----------
    table : str
        A stream, or one of the two derived tables: ``purchase`` (title messages under the
        buyer) and ``appraisal`` (valuations of a lot under everyone who ever held it).
    where : tuple of (column, choices)
        The column's value is one of the choices, by their names in the contract.
    until : str or None
        A column with the time from which the message no longer stands.
    """

    table: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    until: str | None = None


@dataclass(frozen=True)
class Count:
    """Number of messages that occurred within the window (always, where there is none)."""

    rows: Rows
    days: int | None = None


@dataclass(frozen=True)
class Total:
    """Sum of a column over the messages of the window."""

    rows: Rows
    column: str
    days: int | None = None


@dataclass(frozen=True)
class Latest:
    """A column of the message that occurred last (by position among equals); missing if none."""

    rows: Rows
    column: str
    days: int | None = None


@dataclass(frozen=True)
class LatestIs:
    """1 where an enumerated column of the last message is the choice, else 0."""

    rows: Rows
    column: str
    choice: str


@dataclass(frozen=True)
class DaysSince:
    """Whole days since the last message of the window; missing if there is none."""

    rows: Rows
    days: int


@dataclass(frozen=True)
class Greatest:
    """Largest value of a column over the messages of the window; 0 if there is none."""

    rows: Rows
    column: str
    days: int


@dataclass(frozen=True)
class GreatestLatest:
    """Largest, over groups, of the group's last value within the window; 0 if there is none."""

    rows: Rows
    column: str
    group: str
    days: int


@dataclass(frozen=True)
class Herfindahl:
    """Sum of squared shares of the groups in a total; missing where the total is 0.

    Shares are whole parts per million, rounded down, so the sum is exact in any order.
    """

    rows: Rows
    group: str
    column: str
    days: int


@dataclass(frozen=True)
class Flow:
    """A column of messages that adds to a balance or takes from it."""

    rows: Rows
    column: str


@dataclass(frozen=True)
class Balance:
    """Per value of the key: what was added less what was taken, and never below 0."""

    adds: tuple[Flow, ...]
    takes: tuple[Flow, ...]
    key: str


@dataclass(frozen=True)
class Outstanding:
    """Sum of a balance over its keys."""

    balance: Balance


@dataclass(frozen=True)
class Open:
    """Number of keys whose balance is above 0."""

    balance: Balance


@dataclass(frozen=True)
class Overdue:
    """Sum of a balance over those keys for which the due time of an added message has come."""

    balance: Balance
    due: str


@dataclass(frozen=True)
class Held:
    """A condition on a lot: it has (or has not) messages within the window."""

    rows: Rows
    days: int | None
    present: bool


@dataclass(frozen=True)
class Worth:
    """Value of a stock: per lot quantity times the lot's last unit price, // 1,000, summed.

    A lot that was never valued counts 0. With ``only`` lots that do not meet it count 0.
    """

    stock: Balance
    prices: Rows
    only: Held | None = None


@dataclass(frozen=True)
class MarketWorth:
    """Value of the stock of T at the commodities' market prices as they stood days ago.

    Only lots whose commodity has a price both now and ``both_with`` days ago count.
    """

    stock: Balance
    days_ago: int
    both_with: int


@dataclass(frozen=True)
class Ago:
    """What a recipe gave as of so many days before T, knowing only what was known then."""

    of: "Recipe"
    days: int


@dataclass(frozen=True)
class Plus:
    """Sum of two."""

    left: "Recipe"
    right: "Recipe"


@dataclass(frozen=True)
class Ratio:
    """``numerator * times / (denominator * over)``; missing where the denominator is 0."""

    numerator: "Recipe"
    denominator: "Recipe"
    times: int = 1
    over: int = 1


@dataclass(frozen=True)
class CappedRatio:
    """Like :class:`Ratio`, at most ``cap``: 0 for 0 over 0, the cap for more over 0."""

    numerator: "Recipe"
    denominator: "Recipe"
    cap: int
    times: int = 1


@dataclass(frozen=True)
class Change:
    """A ratio less one: how much it grew."""

    ratio: Ratio


@dataclass(frozen=True)
class Given:
    """A recipe where any message of the rows ever stood, else missing."""

    of: "Recipe"
    rows: Rows


@dataclass(frozen=True)
class AtLeast:
    """1 where a recipe gives the bound or more, else 0."""

    of: "Recipe"
    bound: int


@dataclass(frozen=True)
class ShareAmong:
    """Share of a total that falls on groups (other enterprises) in a state.

    The state of a counterparty is read as of the last midnight of the port that is not after
    T: what was published then. A counterparty that is no enterprise of the record is in no
    state.
    """

    rows: Rows
    group: str
    column: str
    days: int
    state: "Recipe"


@dataclass(frozen=True)
class MonthsKnown:
    """Whole spans of 30 days since anything about the enterprise was first known."""


Recipe = (
    Count
    | Total
    | Latest
    | LatestIs
    | DaysSince
    | Greatest
    | GreatestLatest
    | Herfindahl
    | Outstanding
    | Open
    | Overdue
    | Worth
    | MarketWorth
    | Ago
    | Plus
    | Ratio
    | CappedRatio
    | Change
    | Given
    | AtLeast
    | ShareAmong
    | MonthsKnown
)


@dataclass(frozen=True)
class Leaf:
    """Messages that a recipe reads: which, how far back, and the column it adds up, if any."""

    rows: Rows
    days: int | None
    column: str | None


def leaves(node: object) -> Iterator[Leaf]:
    """All messages that a recipe rests on, in the order in which it names them."""
    if isinstance(node, Flow):
        yield Leaf(node.rows, None, node.column)
    elif isinstance(node, Rows):
        yield Leaf(node, None, None)
    elif isinstance(node, Given):
        yield from leaves(node.of)
    elif isinstance(rows := getattr(node, "rows", None), Rows):
        yield Leaf(rows, getattr(node, "days", None), getattr(node, "column", None))
    elif isinstance(node, tuple):
        for item in node:
            yield from leaves(item)
    elif is_dataclass(node):
        for field in fields(node):
            yield from leaves(getattr(node, field.name))


def as_data(node: object) -> object:
    """Write a recipe as plain lists and dictionaries, for hashing and for documents."""
    if is_dataclass(node):
        parts = {field.name: as_data(getattr(node, field.name)) for field in fields(node)}
        return {"node": type(node).__name__, **parts}
    if isinstance(node, tuple):
        return [as_data(item) for item in node]
    return node
