"""Random small worlds, as the engine reads them and as reported, and the oracle's answers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from features.calendar import DAY, midnights
from features.custody import Custody
from features.engine.evaluation import warm_up
from features.engine.sweep import Spine
from features.facts import Facts
from features.prices import Prices
from supervision.arrays import MISSING, NEVER, Columns, Integers
from supervision.contract.columns import Column, column, columns, required
from supervision.contract.fields import LARGEST_MONEY
from supervision.contract.messages import STREAMS

HOUR = DAY // 24
EPOCH = 1_577_808_000_000_000  # 2020-01-01T00:00 at the port
SPAN = 800
"""Days from the first message that may occur to the last as-of point."""

ORACLE = Path(__file__).parent / "oracle"
"""A file a group of families, each of which answers by point, and ``base.sql``, read first."""

ROWS = {
    "enterprise": 120,
    "declaration": 90,
    "document": 110,
    "custody": 400,
    "valuation": 90,
    "title": 190,
    "pledge": 110,
    "financing": 190,
    "outcome": 80,
}
LIKELY = {
    "enterprise": (
        "registration",
        "actual_controller",
        "related_party",
        "guarantee_given",
        "guarantee_given",
        "core_link",
    ),
    "declaration": ("declared",),
    "document": ("insurance_policy", "vat_invoice"),
    "custody": ("received", "received", "received", "counted", "counted", "exception"),
    "valuation": (),
    "title": ("transferred",),
    "pledge": ("registered", "registered", "released"),
    "financing": ("facility", "drawn", "instalment_due", "instalment_paid", "days_past_due"),
    "outcome": (),
}
"""Kinds drawn more often than the rest, so that most features have something to say."""

BACK = (0, 0, 0, 0, 0, 0, 30, 49, 62, 90, 90, 90, 91, 182, 273, 330, 365, 365, 365, 455)
"""Days before a point at which windows, their parts and the prices of baskets begin."""


@dataclass(frozen=True)
class World:
    """Messages as reported, the commodity of each lot, and the points at which to ask.

    Attributes
    ----------
    streams : dict of str to Columns
        The contract's nine streams; ``valuation`` holds appraisals and market prices alike.
    lots : Columns
        ``lot`` and its ``commodity``.
    spine : Spine
    enterprises : int64 array
        All enterprises, also those without a message.
    """

    streams: dict[str, Columns]
    lots: Columns
    spine: Spine
    enterprises: Integers

    @property
    def market(self) -> Columns:
        """The market's prices."""
        valuation = self.streams["valuation"]
        of_market = valuation["kind"] == column("valuation", "kind").code("market_price")
        return _take(valuation, of_market)

    def known(self, until: int) -> "World":
        """The world as it was known at a time: later messages and reversals are not there."""
        then = {}
        for name, rows in self.streams.items():
            kept = _take(rows, rows["known_at"] <= until)
            reversed_at = np.where(kept["reversed_at"] > until, NEVER, kept["reversed_at"])
            then[name] = {**kept, "reversed_at": reversed_at}
        return replace(self, streams=then)


@dataclass(frozen=True)
class Answer:
    """What the oracle says: names of features, and values by row of the spine, NaN = missing."""

    names: tuple[str, ...]
    values: npt.NDArray[np.float64]


class Dice:
    """Draws one world's messages from a seed.

    Times fall, far more often than chance would have it, on the points at which is asked, on
    those less a window's length, and a microsecond beside them; names come from pools so small
    that numbers, receipts and facilities meet.
    """

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        names = self.rng.permutation(400) + 1
        self.silent, self.newcomers, self.enterprises = names[:1], names[1:3], names[1:9]
        self.outsiders, self.lots = names[11:15], names[15:39]
        self.commodities, self.references = names[40:45], names[45:57]
        self.lenders, self.anything = names[57:61], names[61:80]
        days = self.rng.integers(60, SPAN, 10)
        self.points = EPOCH + days * DAY + self.rng.choice([0, 0, 1, 7 * HOUR, -1], 10)
        # Not the contract's greatest: products past 2^62 are refused, which is tested elsewhere.
        self.greatest_money = 10 ** int(self.rng.choice([3, 7, 10]))
        self.greatest = 10 ** int(self.rng.choice([3, 6, 8]))

    def sharp(self, n: int) -> Integers:
        """Times on a point or its midnight, or a window's length before, or a microsecond off."""
        points = self.rng.choice(self.points, n)
        at = np.where(self.rng.random(n) < 0.1, midnights(points), points)
        back = self.rng.choice(BACK, n) * DAY
        beside: Integers = at - back + self.rng.choice([-1, 0, 0, 1], n)
        return beside

    def times(self, n: int) -> Integers:
        """Random times, half of them sharp, many equal."""
        coarse = EPOCH + self.rng.integers(0, SPAN * 4, n) * (DAY // 4)
        return np.where(self.rng.random(n) < 0.5, self.sharp(n), coarse)

    def known(self, occurred_at: Integers) -> Integers:
        """When messages became known: at once, late, or exactly at a point."""
        n = len(occurred_at)
        late = self.rng.choice([0, 0, 1, 5 * HOUR, 3 * DAY, 40 * DAY, 100 * DAY], n)
        at = np.where(self.rng.random(n) < 0.2, self.sharp(n), occurred_at + late)
        return np.maximum(at, occurred_at)

    def reversed(self, known_at: Integers) -> Integers:
        """When messages were reversed: mostly never, else at a point, at once, or after a while."""
        n = len(known_at)
        after = known_at + self.rng.choice([0, 1, 2 * DAY, 70 * DAY], n)
        at = np.where(self.rng.random(n) < 0.5, self.sharp(n), after)
        return np.where(self.rng.random(n) < 0.15, at, NEVER)

    def messages(self, stream: str) -> Columns:
        """One stream's messages, all but their positions."""
        n = int(self.rng.integers(ROWS[stream] // 2, ROWS[stream]))
        kinds = column(stream, "kind").choices
        likely = [*range(len(kinds)), *(kinds.index(kind) for kind in LIKELY[stream])]
        # Some messages agree with another in whom, what and when, and differ in what they say.
        twin = np.where(self.rng.random(n) < 0.15, self.rng.integers(0, n, n), np.arange(n))
        kind = self.rng.choice(likely, n)
        kind = np.where(self.rng.random(n) < 0.7, kind[twin], kind)
        lot = self.rng.integers(0, len(self.lots), n)
        lot = np.where(self.rng.random(n) < 0.2, lot % 6, lot)  # a few lots are told of most
        rows = {
            "kind": kind,
            "enterprise_id": self.subjects(lot)[twin],
            "cargo_code": self.lots[lot][twin],
            "occurred_at": self.times(n)[twin],
        }
        for of in columns(stream):
            if of.kind != "text" and of.name not in rows:
                values = self.values(of, n)
                if of.kind == "name":
                    same = self.rng.random(n) < (0.5 if of.name == "party" else 1)
                    values = np.where(same, values[twin], values)
                if of.name == "trading_party":
                    own = self.rng.random(n) < 0.3
                    values = np.where(own[twin], rows["enterprise_id"], values)
                needed = np.array([of.name in required(stream, k) for k in kinds])[kind]
                rows[of.name] = np.where(needed | (self.rng.random(n) < 0.6), values, MISSING)
        known_at = self.known(rows["occurred_at"])
        # All that is known of a newcomer comes to be known from one point on.
        new = np.isin(rows["enterprise_id"], self.newcomers)
        known_at = np.maximum(known_at, np.where(new, self.points[0], known_at))
        reversed_at = self.reversed(known_at)
        late = {"recorded_at": known_at, "known_at": known_at, "reversed_at": reversed_at}
        return {**rows, **late}

    def subjects(self, lot: Integers) -> Integers:
        """Whom messages name: often the hub, else mostly the lot's home, seldom a newcomer."""
        n = len(lot)
        settled = np.setdiff1d(self.enterprises, self.newcomers)
        home = np.where(self.rng.random(n) < 0.3, settled[0], settled[lot % len(settled)])
        stray = self.rng.choice(settled, n)
        chance = self.rng.random(n)
        who = np.where(chance < 0.8, home, stray)
        return np.where(chance > 0.98, self.rng.choice(self.newcomers, n), who)

    def values(self, of: Column, n: int) -> Integers:
        """Values of a column, whatever the kind of the message."""
        if of.kind == "enumerated":
            return self.rng.integers(0, len(of.choices), n)
        if of.kind == "name":
            return self.rng.choice(self.pool(of.name), n)
        if of.name.endswith("_on"):
            low, high = of.low or 0, of.high or 0
            anniversary = _day_number(self.rng.choice(self.points, n))
            years = self.rng.choice([-1, 0, 1, 2, 30], n) * 10_000
            near = anniversary - years + self.rng.choice([-1, 0, 1], n)
            far = self.rng.integers(low, high, n, endpoint=True)
            return np.where(self.rng.random(n) < 0.5, near, far)
        if of.name.endswith(("_at", "_until")):
            at = self.rng.choice(self.points, n)
            return np.where(self.rng.random(n) < 0.4, at, self.times(n))
        money = of.high == LARGEST_MONEY
        low, high = of.low or 0, min(of.high or 0, self.greatest_money if money else self.greatest)
        if of.name == "days_past_due":
            return self.rng.choice([0, 0, 1, 29, 30, 31, 90, 400], n)
        if of.name == "registered_capital":
            return self.rng.choice([0, 1, 10**6, high], n)
        return self.rng.integers(low, self.rng.choice([low + 5, high], n), endpoint=True)

    def pool(self, name: str) -> Integers:
        """Names from which a column draws."""
        if name in ("buyer", "party", "trading_party"):
            # Not the first newcomer: nothing is known of it before its own point.
            return np.concatenate([self.enterprises[1:], self.outsiders])
        if name == "hs_code":
            return self.commodities[:-1]  # the last commodity is never priced nor declared
        if name in ("number", "receipt", "facility", "reference"):
            return self.references
        if name == "warehouse":
            # Most goods lie in one of two; one bears the number of an enterprise's name.
            return np.append(self.anything[[0, 0, 0, 0, 1, 1, 1, 2]], self.enterprises[3])
        return self.lenders if name == "lender" else self.anything

    def valuations(self, custody: Columns) -> Columns:
        """Appraisals of lots under someone who holds them, and prices of commodities."""
        rows = self.messages("valuation")
        row = self.rng.integers(0, len(custody["kind"]), len(rows["kind"]))
        of_lot = rows["kind"] == column("valuation", "kind").code("appraisal")
        for name in ("enterprise_id", "cargo_code"):
            rows[name] = np.where(of_lot, custody[name][row], MISSING)
        return rows

    def spine(self) -> Spine:
        """Points in any order, some of them repeated, and not the same for each enterprise."""
        who = np.concatenate([self.enterprises, self.silent])
        enterprise, as_of = (a.ravel() for a in np.meshgrid(who, self.points))
        drawn = self.rng.choice(len(enterprise), len(enterprise))
        return Spine(enterprise[drawn], as_of[drawn])


def _day_number(at: Integers) -> Integers:
    """The day of the port's calendar in which a time lies, as a number YYYYMMDD."""
    days = (at + 8 * HOUR).astype("M8[us]").astype("M8[D]")
    numbers: Integers = np.char.replace(days.astype(str), "-", "").astype(np.int64)
    return numbers


def _take(rows: Columns, which: npt.NDArray[np.generic]) -> Columns:
    return {name: values[which] for name, values in rows.items()}


def _world(seed: int) -> World:
    dice = Dice(seed)
    streams = {name: dice.messages(name) for name in STREAMS if name != "valuation"}
    streams["valuation"] = dice.valuations(streams["custody"])
    positions = dice.rng.permutation(sum(len(rows["kind"]) for rows in streams.values())) + 1
    for name, rows in streams.items():
        count = len(rows["kind"])
        streams[name] = {**rows, "position": positions[:count]}
        positions = positions[count:]
    commodity = dice.rng.choice(dice.commodities, len(dice.lots))
    lots = {"lot": dice.lots, "commodity": commodity}
    return World(streams, lots, dice.spine(), np.concatenate([dice.enterprises, dice.silent]))


def _facts(world: World) -> Facts:
    """Lay each message under everyone whom it concerns."""
    streams = {name: rows for name, rows in world.streams.items() if name != "valuation"}
    title, custody, valuation = (world.streams[s] for s in ("title", "custody", "valuation"))
    is_enterprise = np.isin(title["buyer"], world.enterprises)
    other_side = {**title, "enterprise_id": title["buyer"], "buyer": title["enterprise_id"]}
    purchase = _take(other_side, is_enterprise)
    in_storage = (purchase["in_storage"] == column("title", "in_storage").code("yes")) & (
        purchase["kind"] == column("title", "kind").code("transferred")
    )
    held = np.unique(
        np.concatenate(
            [
                np.stack([rows["cargo_code"], rows["enterprise_id"]], axis=1)
                for rows in (custody, _take(purchase, in_storage))
            ]
        ),
        axis=0,
    )
    of_lot = valuation["kind"] == column("valuation", "kind").code("appraisal")
    appraisal = _take(valuation, of_lot)
    row, holding = np.nonzero(appraisal["cargo_code"][:, None] == held[:, 0])
    return Facts(
        {
            **streams,
            "purchase": purchase,
            "appraisal": {**_take(appraisal, row), "enterprise_id": held[holding, 1]},
        },
        Prices.of(world.market),
        world.lots,
    )


def _arrow(stream: str, rows: Columns) -> pa.Table:
    choices = {c.name: c.choices for c in columns(stream) if c.kind == "enumerated"}
    arrays = {}
    for name, values in rows.items():
        absent = values == (NEVER if name == "reversed_at" else MISSING)
        if name in choices:
            codes = pa.array(np.where(absent, 0, values), mask=absent)
            arrays[name] = pa.array(choices[name]).take(codes)
        else:
            arrays[name] = pa.array(values, mask=absent)
    return pa.table(arrays)


def _ask(world: World) -> Answer:
    spine = world.spine
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, rows in world.streams.items():
            connection.register(name, _arrow(name, rows))
        connection.register("lots", pa.table(world.lots))
        rows = {"row": np.arange(len(spine.as_of)), "enterprise": spine.enterprise}
        connection.register("spine", pa.table({**rows, "as_of": spine.as_of}))
        connection.execute((ORACLE / "base.sql").read_text(encoding="utf-8"))
        families = sorted(set(ORACLE.glob("*.sql")) - {ORACLE / "base.sql"})
        answers = [
            _answer(connection, path.read_text(encoding="utf-8"), spine) for path in families
        ]
    names = tuple(name for answer in answers for name in answer.names)
    return Answer(names, np.concatenate([answer.values for answer in answers], axis=1))


def _answer(connection: duckdb.DuckDBPyConnection, sql: str, spine: Spine) -> Answer:
    """What some families' SQL says of each point, laid out by row of the spine."""
    result = connection.execute(sql)
    names = tuple(of[0] for of in result.description)[2:]
    told = result.fetchnumpy()
    points = zip(told.pop("enterprise").tolist(), told.pop("as_of").tolist(), strict=True)
    row_of = {point: row for row, point in enumerate(points)}
    asked = zip(spine.enterprise.tolist(), spine.as_of.tolist(), strict=True)
    row = [row_of[point] for point in asked]
    cells = [np.ma.filled(np.ma.asarray(told[n], dtype=np.float64), np.nan) for n in names]
    return Answer(names, np.stack(cells, axis=1)[row])


@pytest.fixture(scope="session")
def make_world() -> Callable[[int], World]:
    """Make a world from a seed."""
    return _world


@pytest.fixture(scope="session")
def facts_of() -> Callable[[World], Facts]:
    """Give a world's messages as the engine reads them."""
    return _facts


def custody_of_all(facts: Facts) -> Custody:
    """Gives what everyone's tables hold of warehouses, in three parts, as a record would."""
    rows = facts.tables["custody"]

    def read(
        warehouses: Integers, kinds: Sequence[str], between: tuple[int, int]
    ) -> Iterator[Columns]:
        codes = [column("custody", "kind").code(kind) for kind in kinds]
        wanted = np.isin(rows["warehouse"], warehouses) & np.isin(rows["kind"], codes)
        wanted &= (rows["occurred_at"] > between[0]) & (rows["known_at"] <= between[1])
        for part in np.array_split(np.flatnonzero(wanted), 3):
            yield _take(rows, part)

    return read


@pytest.fixture(scope="session")
def ask_oracle() -> Callable[[World], Answer]:
    """Give the oracle's answer to a world."""
    return _ask


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """Compile the loops before any test is timed."""
    warm_up()
