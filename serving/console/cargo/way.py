"""A lot's whole way, from its declaration to its release, message by message."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from features.facts import Facts
from serving.console.cargo.lot_name import LotName
from serving.console.cargo.pledges import Pledge, of_lender, pledges
from serving.console.cargo.release_orders import ReleaseOrder, release_orders
from serving.console.cargo.standpoint import Standpoint
from serving.console.cargo.statements import Statement, statements
from serving.console.cargo.stock import Known, StockLot, stock_of
from serving.console.cargo.titles import Transfer, transfers
from serving.limits.eligibility import EligibilityTerms
from supervision.record import Record

_SHOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "declaration": (
        ("number", "code"), ("direction", "choice"), ("first_quantity", "number"),
        ("declared_value", "money"), ("origin", "code"), ("port", "code"),
        ("supervision_mode", "code"), ("inspection", "choice"),
    ),
    "document": (("number", "code"), ("amount", "money"), ("valid_until", "time")),
    "custody": (
        ("exception", "choice"), ("warehouse", "code"), ("pile", "code"), ("quantity", "number"),
        ("short_quantity", "number"),
    ),
    "valuation": (("unit_price", "price"), ("method", "choice")),
    "title": (
        ("quantity", "number"), ("price", "money"), ("due_at", "time"), ("in_storage", "choice"),
    ),
    "pledge": (
        ("receipt", "code"), ("registration_number", "code"), ("rank", "number"),
        ("form", "choice"), ("quantity", "number"), ("amount", "money"), ("floor_value", "money"),
        ("matures_at", "time"), ("release_order", "code"),
    ),
}  # fmt: skip
"""Fields of each stream that a step tells, and how each is shown; none names another party."""


@dataclass(frozen=True)
class Detail:
    """One field of a step.

    Attributes
    ----------
    name, kind : str
    value : object
    """

    name: str
    kind: str
    value: Any


@dataclass(frozen=True)
class Step:
    """One message on a lot's way.

    Attributes
    ----------
    told : Statement
    side : str
        ``own`` for the enterprise's own message, ``bought`` for a seller's who sold it the lot.
    word : str or None
        Who gave an authorisation: ``own`` for the lender that looks, ``other``.
    details : tuple of Detail
    """

    told: Statement
    side: str
    word: str | None
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Sensors:
    """All readings of the lot's sensors.

    Attributes
    ----------
    count : int
    lowest, highest : float
        Degrees Celsius.
    first, last : int
        UTC microseconds.
    """

    count: int
    lowest: float
    highest: float
    first: int
    last: int


@dataclass(frozen=True)
class Stage:
    """One of the stages through which a lot goes.

    Attributes
    ----------
    name : str
    at : int or None
        When it was first reached, UTC microseconds; None where it was not.
    times : int
        Messages of it.
    """

    name: str
    at: int | None
    times: int


@dataclass(frozen=True)
class LotPage:
    """All that the page of a lot shows.

    Attributes
    ----------
    name : LotName
    now : StockLot or None
        None where nothing of it is in custody or pledged any more.
    stages : tuple of Stage
    steps : tuple of Step
        In the order in which they occurred.
    sensors : Sensors or None
    pledges : tuple of Pledge
    orders : tuple of ReleaseOrder
    transfers : tuple of Transfer
    """

    name: LotName
    now: StockLot | None
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    sensors: Sensors | None
    pledges: tuple[Pledge, ...]
    orders: tuple[ReleaseOrder, ...]
    transfers: tuple[Transfer, ...]


STAGES = (
    ("declared", "declaration", ("declared",)),
    ("received", "custody", ("received",)),
    ("counted", "custody", ("counted",)),
    ("appraised", "valuation", ("appraisal",)),
    ("pledged", "pledge", ("registered",)),
    ("sold", "title", ("transferred",)),
    ("ordered", "pledge", ("release_requested",)),
    ("authorised", "pledge", ("authorised",)),
    ("let_go", "custody", ("released",)),
)


@dataclass(frozen=True)
class Terms:
    """By what a lot is judged.

    Attributes
    ----------
    eligible : EligibilityTerms
    disputed : frozenset of int
        Positions of messages to which the enterprise objects.
    """

    eligible: EligibilityTerms
    disputed: frozenset[int] = frozenset()


def lot_page(
    record: Record, facts: Facts, at: Standpoint, lot: tuple[int, LotName], terms: Terms
) -> LotPage:
    """Gather what is known of one lot of an enterprise.

    Parameters
    ----------
    record : Record
    facts : Facts
    at : Standpoint
    lot : (int, LotName)
        Its number in the record, and its name.
    terms : Terms
    """
    number, name = lot
    told = {
        stream: statements(record, at, stream, lot=number, taken_back=True) for stream in _SHOWN
    }
    told["pledge"] = of_lender(told["pledge"], at.tenant)
    bought = statements(record, at, "title", by="buyer", lot=number, taken_back=True)
    standing = {stream: _standing(messages) for stream, messages in told.items()}
    pledged = pledges(standing["pledge"])
    known = Known(standing["custody"], pledged, terms.disputed)
    stock = stock_of(record, facts, at, known, terms.eligible)
    return LotPage(
        name=name,
        now=next((each for each in stock.lots if each.number == number), None),
        stages=tuple(_stage(stage, standing) for stage in STAGES),
        steps=_steps(told, bought, at.tenant),
        sensors=_sensors(standing["custody"]),
        pledges=pledged,
        orders=release_orders(standing["pledge"], at.tenant),
        transfers=transfers(standing["title"], _standing(bought), at.as_of),
    )


def _standing(told: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(each for each in told if not each.taken_back)


def _stage(
    stage: tuple[str, str, tuple[str, ...]], told: dict[str, tuple[Statement, ...]]
) -> Stage:
    name, stream, kinds = stage
    reached = [each.occurred_at for each in told[stream] if each.kind in kinds]
    return Stage(name, min(reached, default=None), len(reached))


def _steps(
    told: dict[str, tuple[Statement, ...]], bought: Iterable[Statement], lender: str
) -> tuple[Step, ...]:
    own = [_step(e, "own", lender) for m in told.values() for e in m if e.kind != "sensor"]
    found = own + [_step(each, "bought", lender) for each in bought]
    return tuple(sorted(found, key=lambda step: (step.told.occurred_at, step.told.position)))


def _step(told: Statement, side: str, lender: str) -> Step:
    word = None
    if told.kind == "authorised":
        word = "own" if told.get("holder") == lender else "other"
    details = tuple(
        Detail(name, kind, told.get(name))
        for name, kind in _SHOWN[told.stream]
        if told.get(name) is not None
    )
    return Step(told, side, word, details)


def _sensors(custody: Iterable[Statement]) -> Sensors | None:
    told = [each for each in custody if each.kind == "sensor"]
    if not told:
        return None
    degrees = [each.values["reading"] / 1_000 for each in told]
    return Sensors(len(told), min(degrees), max(degrees), told[0].occurred_at, told[-1].occurred_at)
