"""The lots of an enterprise, with all that lending asks of them, out of the facts.

What a lot is worth and what is pledged on it is not reckoned a second time: the messages are laid
out as if each lot were an enterprise of its own, and the features' own recipes run along it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.engine.plan import values_of
from features.engine.sweep import Spine, Sweep
from features.facts import Facts, Flags, standing, stream_of
from features.families.balances import PLEDGED_QUANTITY, PLEDGES_BY_RECEIPT, STOCK
from features.families.cargo_value import STOCK_VALUE
from features.nodes.balances import Outstanding
from features.prices import commodities
from serving.limits.amounts import UNKNOWN
from serving.limits.lot import Customs, Lot
from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from supervision.record import Record

_RECIPES = (
    STOCK_VALUE,
    Outstanding(STOCK),
    Outstanding(PLEDGES_BY_RECEIPT),
    Outstanding(PLEDGED_QUANTITY),
)
_TABLES = ("custody", "title", "purchase", "appraisal", "pledge")
_EXCEPTION = column("custody", "exception")
_DETAINED = column("declaration", "inspection").code("detained")


@dataclass(frozen=True)
class Held:
    """Lots that lie in custody or are pledged; arrays of one length.

    Attributes
    ----------
    lots : Integers
        Numbers of names, rising.
    value, quantity : Integers
        In custody.
    pledged, pledged_quantity : Integers
    """

    lots: Integers
    value: Integers
    quantity: Integers
    pledged: Integers
    pledged_quantity: Integers


def lots_of(
    record: Record,
    facts: Facts,
    enterprise: int,
    as_of: int,
    disputed: frozenset[int] = frozenset(),
) -> tuple[Lot, ...]:
    """All lots that lie in custody or are pledged.

    Parameters
    ----------
    record : Record
        Knows the names of goods and of supervision modes.
    facts : Facts
    enterprise : int
        Number of its name in the record.
    as_of : int
        UTC microseconds.
    disputed : frozenset of int
        Positions of messages to which the enterprise objects.
    """
    held = held_by(facts, enterprise, as_of)
    if not len(held.lots):
        return ()
    known = Known(facts, enterprise, as_of, held.lots)
    custody, papers = known.messages("custody"), known.messages("document")
    confirmed = custody.of("kind", "received", "counted").latest()
    faults = _faults(custody)
    insured = papers.of("kind", "insurance_policy").still("valid_until", as_of).there()
    taxed = papers.of("kind", "tax_receipt").there()
    declared = known.messages("declaration")
    customs = _customs(declared, known)
    modes = _modes(declared, held)
    doubts = _doubts(custody, known.messages("title"), disputed) if disputed else set()
    goods = commodities(facts.lots, held.lots).tolist()
    numbers = {mode for own in modes.values() for mode, _ in own} | set(goods)
    texts = record.text_of([number for number in numbers if number >= 0])
    value, pledged = held.value.tolist(), held.pledged.tolist()
    encumbered = ((held.pledged > 0) | (held.pledged_quantity > 0)).tolist()
    return tuple(
        Lot(
            goods=texts.get(goods[place], UNKNOWN),
            value=value[place],
            pledged=pledged[place],
            encumbered=encumbered[place],
            customs=customs[place],
            modes=tuple((texts.get(mode, ""), part) for mode, part in modes.get(place, ())),
            confirmed_days=None if at == MISSING else (as_of - at) // DAY,
            insured=insured[place],
            faults=tuple(faults.get(place, ())),
            taxed=taxed[place],
            disputed=place in doubts,
        )
        for place, at in enumerate(confirmed.tolist())
    )


def held_by(facts: Facts, enterprise: int, as_of: int) -> Held:
    """Value the lots in custody and what is pledged on them."""
    own = {name: _own(facts.tables[name], enterprise) for name in _TABLES}
    lots = np.unique(np.concatenate([columns["cargo_code"] for columns in own.values()]))
    if not len(lots):
        return Held(lots, lots, lots, lots, lots)
    tables = {name: facts.tables[name] for name in facts.tables if name not in own}
    for name, columns in own.items():
        tables[name] = {**columns, "enterprise_id": columns["cargo_code"]}
    spine = Spine(lots, np.full(len(lots), as_of, np.int64))
    sweep = Sweep(Facts(tables, facts.prices, facts.lots), spine)
    found = np.stack([values.numbers for values in values_of(sweep, _RECIPES)]).astype(np.int64)
    there = (found > 0).any(axis=0)
    return Held(lots[there], *found[:, there])


@dataclass(frozen=True)
class Messages:
    """Rows of one table that stand and concern some lots.

    Attributes
    ----------
    table : str
    columns : Columns
        The whole table.
    rows, place : Integers
        Of each row its place in the table, and that of its lot among the lots.
    count : int
        Number of lots.
    """

    table: str
    columns: Columns
    rows: Integers
    place: Integers
    count: int

    def of(self, name: str, *choices: str) -> "Messages":
        """Those of which an enumerated column is one of the choices."""
        values, of = self[name], column(stream_of(self.table), name)
        chosen = values == of.code(choices[0])
        for choice in choices[1:]:
            chosen |= values == of.code(choice)
        return self._chosen(chosen)

    def still(self, name: str, as_of: int) -> "Messages":
        """Those of which a time is absent or after another."""
        until = self[name]
        return self._chosen((until == MISSING) | (until > as_of))

    def latest(self) -> Integers:
        """When each lot last had one; MISSING where it never had."""
        last = np.full(self.count, MISSING, np.int64)
        np.maximum.at(last, self.place, self["occurred_at"])
        return last

    def there(self) -> list[bool]:
        """Whether each lot has one."""
        found: list[bool] = (np.bincount(self.place, minlength=self.count) > 0).tolist()
        return found

    def listed(self, *names: str) -> Iterator[tuple[int, ...]]:
        """Place of the lot and some columns of each row, in the order in which they occurred."""
        order = np.lexsort((self["position"], self["occurred_at"]))
        told = (self.place, *(self[name] for name in names))
        return zip(*(values[order].tolist() for values in told), strict=True)

    def _chosen(self, chosen: Flags) -> "Messages":
        return Messages(self.table, self.columns, self.rows[chosen], self.place[chosen], self.count)

    def __getitem__(self, name: str) -> Integers:
        return self.columns[name][self.rows]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Known:
    """What stands of an enterprise as of a time about some lots.

    Attributes
    ----------
    facts : Facts
    enterprise, as_of : int
    lots : Integers
        Rising.
    """

    facts: Facts
    enterprise: int
    as_of: int
    lots: Integers

    def messages(self, table: str) -> Messages:
        """Rows of a table."""
        columns = self.facts.tables[table]
        about = columns["cargo_code"]
        place = np.minimum(self.lots.searchsorted(about), len(self.lots) - 1)
        chosen = self.lots[place] == about
        chosen &= standing(columns, self.enterprise, self.as_of)
        rows = chosen.nonzero()[0]
        return Messages(table, columns, rows, place[rows], len(self.lots))


def _faults(custody: Messages) -> dict[int, list[str]]:
    """Exceptions of each lot that no later count has settled, by its place."""
    exceptions = custody.of("kind", "exception")
    found: dict[int, list[str]] = defaultdict(list)
    if len(exceptions):
        counted = custody.of("kind", "counted").latest().tolist()
        for place, at, exception in exceptions.listed("occurred_at", "exception"):
            if at >= counted[place]:
                found[place].append(_EXCEPTION.choices[exception])
    return found


def _doubts(custody: Messages, title: Messages, disputed: frozenset[int]) -> set[int]:
    """Places of the lots of which a message of custody or title is disputed."""
    return {
        place
        for messages in (custody, title)
        for place, position in zip(
            messages.place.tolist(), messages["position"].tolist(), strict=True
        )
        if position in disputed
    }


def _customs(declared: Messages, known: Known) -> list[Customs]:
    """Where each lot stands with customs.

    Which declaration an inspection is of, the columns do not tell: so a release ends one detention
    before it.
    """
    detained: dict[int, int] = defaultdict(int)
    for place, outcome in declared.of("kind", "inspected").listed("inspection"):
        if outcome == _DETAINED:
            detained[place] += 1
        elif detained[place]:
            detained[place] -= 1
    there = declared.of("kind", "declared").there()
    found: list[Customs] = ["cleared" if is_declared else "not_declared" for is_declared in there]
    for place, detentions in detained.items():
        if detentions and there[place]:
            found[place] = "detained"
    if not all(there):
        bought = known.messages("purchase").of("in_storage", "yes")
        for place in set(bought.place.tolist()):
            found[place] = found[place] if there[place] else "bought"
    return found


def _modes(declared: Messages, held: Held) -> dict[int, list[tuple[int, int]]]:
    """Supervision modes of each lot, by its place, with the value that lies under each.

    What is declared under a mode is worth as much a unit as what is in custody.
    """
    declarations = declared.of("kind", "declared")
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    value, quantity = held.value.tolist(), held.quantity.tolist()
    modes, which = np.unique(declarations["supervision_mode"], return_inverse=True)
    size = len(modes) * declared.count
    cell = which * declared.count + declarations.place
    total = np.zeros(size, np.int64)
    np.add.at(total, cell, declarations["first_quantity"])
    for number in np.flatnonzero(total).tolist():
        mode, place = divmod(number, declared.count)
        part = value[place] * int(total[number]) // quantity[place] if quantity[place] else 0
        found[place].append((int(modes[mode]), part))
    return found


def _own(columns: Columns, enterprise: int) -> Columns:
    chosen = columns["enterprise_id"] == enterprise
    if chosen.all():
        return columns
    return {name: values[chosen] for name, values in columns.items()}
