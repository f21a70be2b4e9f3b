"""Recoveries: what lenders had at stake in each default, how it was secured, and what came back.

All of it is in the record: the default names a facility and what was owed, later instalments of
the facility are what came back, and the pledge registry tells what secured it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.calendar import DAY, midnights
from supervision.arrays import MISSING, NEVER, Columns, Integers
from supervision.contract.columns import column
from supervision.record import Record
from training.model.lgd import LIQUID_CHAPTERS
from training.model.scale import Floats

WORKOUT_DAYS = 365
"""After so long a default that was neither repaid nor written off counts as it stands."""

Flags = npt.NDArray[np.bool_]

_COMMON = ("position", "enterprise_id", "occurred_at", "known_at", "reversed_at", "kind")
_DEFAULTS = (*_COMMON, "facility", "lender", "amount", "default_kind")
_PAYMENTS = (*_COMMON, "facility", "amount")
_PLEDGES = (*_COMMON, "cargo_code", "receipt", "lender", "form", "quantity", "amount")


@dataclass(frozen=True, eq=False)
class Recoveries:
    """Defaults that have come to an end.

    Attributes
    ----------
    exposure, recovered : int64 [n]
        Fen, not discounted; what came back is cut at the exposure.
    security : float64 [n, 3]
        Shares at the default: secured, and of that liquid and controlled; see
        :class:`training.model.lgd.Security`.
    unresolved : int
        Defaults that are still open and left out.
    """

    exposure: Integers
    recovered: Integers
    security: Floats
    unresolved: int

    @property
    def lgd(self) -> Floats:
        """Share lost of each exposure, float64 [n]."""
        return 1.0 - self.recovered / self.exposure


def read_recoveries(record: Record, position: int) -> Recoveries:
    """Gather all defaults on facilities that the record knows up to a position."""
    outcome = _of(record, "outcome", ("default",), _DEFAULTS, position)
    outcome = _take(outcome, (outcome["facility"] != MISSING) & (outcome["amount"] > 0))
    financing = _of(record, "financing", ("instalment_paid",), _PAYMENTS, position)
    defaults = _restated(_first(outcome), financing)
    kinds = ("registered", "released", "enforced")
    pledges = _of(record, "pledge", kinds, _PLEDGES, position)
    pledges = _take(pledges, np.isin(pledges["enterprise_id"], defaults["enterprise_id"]))
    recovered = np.minimum(_paid(defaults, financing), defaults["amount"])
    newest = max(int(table["known_at"].max(initial=0)) for table in (outcome, financing, pledges))
    written_off = _kind(outcome, "default_kind", "write_off", "outcome")
    lost = np.isin(defaults["facility"], outcome["facility"][written_off])
    over = newest - defaults["occurred_at"] >= WORKOUT_DAYS * DAY
    resolved = lost | over | (recovered == defaults["amount"])
    chapters = _chapters(record, pledges["cargo_code"])
    security = secured_by(_take(defaults, resolved), pledges, chapters)
    return Recoveries(
        defaults["amount"][resolved], recovered[resolved], security, int((~resolved).sum())
    )


def secured_by(defaults: Columns, pledges: Columns, liquid: Flags) -> Floats:
    """How each default was secured to its lender when it began, float64 [n, 3].

    Parameters
    ----------
    defaults : Columns
    pledges : Columns
        Registered, released and enforced receipts.
    liquid : bool [rows of pledges]
        Whether the goods are of a liquid chapter.
    """
    registered = _kind(pledges, "kind", "registered", "pledge")
    static = _kind(pledges, "form", "static", "pledge")
    found = np.zeros((len(defaults["position"]), 3))
    for row, (firm, lender, at, owed) in enumerate(
        zip(
            *(defaults[name] for name in ("enterprise_id", "lender", "occurred_at", "amount")),
            strict=True,
        )
    ):
        past = (pledges["enterprise_id"] == firm) & (pledges["occurred_at"] < at)
        mine = np.flatnonzero(past & registered & (pledges["lender"] == lender))
        gone = past & ~registered
        amount = np.array([_outstanding(pledges, place, gone) for place in mine], np.float64)
        total = amount.sum()
        if total > 0:
            found[row] = (
                min(1.0, total / owed),
                amount[liquid[mine]].sum() / total,
                amount[static[mine]].sum() / total,
            )
    return found


def _outstanding(pledges: Columns, place: np.intp, gone: Flags) -> float:
    """Fen that a receipt still secures, once what was released or enforced is taken off."""
    left = pledges["quantity"][gone & (pledges["receipt"] == pledges["receipt"][place])].sum()
    quantity = max(1, int(pledges["quantity"][place]))
    return float(pledges["amount"][place]) * max(0.0, 1.0 - float(left) / quantity)


def _restated(defaults: Columns, payments: Columns) -> Columns:
    """Let a default that is a write-off from the start begin at that day's midnight.

    It states what is left after the goods were sold; what that day brought belongs to the exposure.
    """
    written_off = _kind(defaults, "default_kind", "write_off", "outcome")
    occurred = defaults["occurred_at"]
    since = np.where(written_off, midnights(occurred), occurred)
    early = {**defaults, "occurred_at": since}
    owed = defaults["amount"] + _paid(early, payments) - _paid(defaults, payments)
    return {**early, "amount": owed}


def _paid(defaults: Columns, payments: Columns) -> Integers:
    """Fen that came in on each facility from its default on."""
    order = np.argsort(defaults["facility"])
    facilities = defaults["facility"][order]
    mine = np.isin(payments["facility"], facilities)
    place = order[np.searchsorted(facilities, payments["facility"][mine])]
    late = payments["occurred_at"][mine] >= defaults["occurred_at"][place]
    found = np.zeros(len(facilities), np.int64)
    np.add.at(found, place[late], payments["amount"][mine][late])
    return found


def _first(outcome: Columns) -> Columns:
    """The first default of each facility."""
    ordered = _take(outcome, np.lexsort((outcome["position"], outcome["occurred_at"])))
    _, first = np.unique(ordered["facility"], return_index=True)
    return _take(ordered, first)


def _chapters(record: Record, lots: Integers) -> Flags:
    """Whether each lot's goods, as its cargo code names them, are of a liquid chapter."""
    texts = record.text_of([int(lot) for lot in np.unique(lots) if lot >= 0])
    return np.array(
        [texts.get(int(lot), "").partition("-")[2][:2] in LIQUID_CHAPTERS for lot in lots], np.bool_
    )


def _of(
    record: Record, stream: str, kinds: Iterable[str], names: tuple[str, ...], position: int
) -> Columns:
    """Standing rows of some kinds of a stream."""
    codes = [column(stream, "kind").code(kind) for kind in kinds]
    kept = [
        {
            name: chunk[name][np.isin(chunk["kind"], codes) & (chunk["reversed_at"] == NEVER)]
            for name in names
        }
        for chunk in record.scan(stream, up_to=position)
    ]
    return {
        name: np.concatenate([np.empty(0, np.int64), *(part[name] for part in kept)])
        for name in names
    }


def _kind(rows: Columns, name: str, choice: str, stream: str) -> Flags:
    return np.asarray(rows[name] == column(stream, name).code(choice), np.bool_)


def _take(rows: Columns, wanted: Flags | Integers) -> Columns:
    return {name: values[wanted] for name, values in rows.items()}
