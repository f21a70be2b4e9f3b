"""Labels: which rows of a sample may be learnt from, and what became of them.

A row is an enterprise as of T. It is

* *eligible* if, as known at T, it has an open facility, and no default is in force at T;
* *positive* if a default then occurs in (T, T + window];
* *immature* if T + window + reporting lag is after the time up to which outcomes are known:
  such rows are dropped whatever is known of them, for those that default early would otherwise
  be learnt from and those that do not would wait;
* *indeterminate* if it left early: no default, and at T + window no facility is open.

A default is the obligor's, whichever facility it names. It is in force until the enterprise is
cured and ``cure_months`` have passed since the cure without another default: see
:func:`in_default`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from features.calendar import DAY
from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from training.horizon import months_after

STREAMS = ("financing", "outcome")
"""Streams that labels are made of."""

Counts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


class Status(IntEnum):
    """What a row is to the training."""

    GOOD = 0
    BAD = 1
    NO_OPEN_FACILITY = 2
    IN_DEFAULT = 3
    IMMATURE = 4
    LEFT_EARLY = 5


@dataclass(frozen=True)
class LabelRules:
    """The definition of the label.

    Attributes
    ----------
    as_of : int
        UTC microseconds; what becomes known later is unknown.
    window_months : int
        Length of the label window.
    reporting_lag_months : int
        After the window's end, until all its defaults are reported.
    cure_months : int
        Months that must pass after a cure before it is believed; twelve are 365 days.
    """

    as_of: int
    window_months: int = 12
    reporting_lag_months: int = 1
    cure_months: int = 12

    @property
    def embargo_months(self) -> int:
        """Months from a row's as-of until its label is known."""
        return self.window_months + self.reporting_lag_months

    @property
    def probation(self) -> int:
        """Microseconds after a cure until it is believed."""
        return self.cure_months * 365 // 12 * DAY


@dataclass(frozen=True, eq=False)
class Reports:
    """What was reported about the enterprises of some rows.

    Attributes
    ----------
    financing, outcome : Columns
        Rows of the two streams.
    enterprise, as_of : int64 [n]
        The rows to be labelled: number of the enterprise and time.
    """

    financing: Columns
    outcome: Columns
    enterprise: Integers
    as_of: Integers

    def status(self, rules: LabelRules) -> npt.NDArray[np.int8]:
        """Status of each row by what the rules take as known, int8 [n]."""
        return from_columns(self.financing, self.outcome, self.enterprise, self.as_of, rules)


def from_columns(
    financing: Columns, outcome: Columns, enterprise: Integers, as_of: Integers, rules: LabelRules
) -> npt.NDArray[np.int8]:
    """Status of each row.

    Parameters
    ----------
    financing, outcome : Columns
        Rows of the two streams; rows of other enterprises may be among them.
    enterprise, as_of : int64 [n]
        The rows: number of the enterprise and time.
    rules : LabelRules

    Returns
    -------
    int8 [n]
        Values of :class:`Status`.
    """
    firms, firm = np.unique(enterprise, return_inverse=True)
    times, time = np.unique(as_of, return_inverse=True)
    ends = months_after(times, rules.window_months)
    financing = _known(_of(financing, firms), rules.as_of)
    outcome = _known(_of(outcome, firms), rules.as_of)

    open_then = _open_facilities(financing, firms, times, as_known=True)
    open_after = _open_facilities(_standing(financing, rules.as_of), firms, ends, as_known=False)
    standing = _standing(outcome, rules.as_of)
    defaulted = in_default(outcome, firms, times, rules, as_known=True) | in_default(
        standing, firms, times, rules, as_known=False
    )
    defaults = _kind(standing, "outcome", "default")
    began = np.searchsorted(firms, defaults["enterprise_id"])
    before = _covering(began, defaults["occurred_at"], None, len(firms), times)
    after = _covering(began, defaults["occurred_at"], None, len(firms), ends)

    status = np.where(after > before, Status.BAD, Status.GOOD).astype(np.int8)
    status[(status == Status.GOOD) & ~open_after] = Status.LEFT_EARLY
    mature = months_after(times, rules.embargo_months) <= rules.as_of
    status[:, ~mature] = Status.IMMATURE
    status[defaulted] = Status.IN_DEFAULT
    status[~open_then] = Status.NO_OPEN_FACILITY
    return np.asarray(status[firm, time], dtype=np.int8)


def in_default(
    outcome: Columns, firms: Integers, times: Integers, rules: LabelRules, *, as_known: bool
) -> Flags:
    """Whether each firm has a default in force at each time.

    The last default or cure of the firm, by when it occurred and then by its position, decides:
    a default is in force, and so is one that was cured less than ``cure_months`` ago. The
    feature ``default_in_force_now`` says the same with ``as_known`` and twelve months.

    Parameters
    ----------
    outcome : Columns
        Rows of the stream, of these firms alone.
    firms : int64 [f]
        Numbers of enterprises, ascending.
    times : int64 [t]
    rules : LabelRules
    as_known : bool
        By what had been reported and stood at each time, not by what had happened.

    Returns
    -------
    bool [f, t]
    """
    codes = [column("outcome", "kind").code(kind) for kind in ("default", "cure")]
    rows = _take(outcome, np.isin(outcome["kind"], codes))
    rows = _take(rows, np.lexsort((rows["position"], rows["occurred_at"])))
    start, end = _validity(rows, as_known)
    firm = np.searchsorted(firms, rows["enterprise_id"])
    in_force = np.zeros((len(firms), len(times)), dtype=np.bool_)
    for place, (kind, occurred) in enumerate(zip(rows["kind"], rows["occurred_at"], strict=True)):
        holds = times >= start[place]
        if end is not None:
            holds &= times < end[place]
        believed = (kind == codes[0]) | (times - occurred < rules.probation)
        in_force[firm[place], holds] = believed[holds]
    return in_force


def relevant(chunks: Iterable[Columns], stream: str) -> Columns:
    """The few columns and kinds that labels need, of a stream read in chunks."""
    kinds = ("facility", "closed") if stream == "financing" else ("default", "cure")
    names = ["position", "enterprise_id", "occurred_at", "known_at", "reversed_at", "kind"]
    names += ["facility", "renewed_from"] if stream == "financing" else []
    codes = [column(stream, "kind").code(kind) for kind in kinds]
    kept: list[Columns] = []
    for chunk in chunks:
        wanted = np.isin(chunk["kind"], codes)
        kept.append({name: chunk[name][wanted] for name in names})
    empty = {name: np.empty(0, np.int64) for name in names}
    return {name: np.concatenate([empty[name], *(part[name] for part in kept)]) for name in names}


def _open_facilities(
    financing: Columns, firms: Integers, times: Integers, *, as_known: bool
) -> Flags:
    """Whether each firm has an open facility at each time, [firms, times]."""
    granted = _kind(financing, "financing", "facility")
    closed = _kind(financing, "financing", "closed")
    renewed = _take(granted, granted["renewed_from"] != MISSING)
    renewed = {**renewed, "facility": renewed["renewed_from"]}
    ended = {name: np.concatenate([closed[name], renewed[name]]) for name in closed}
    pairs = np.stack(
        [
            np.concatenate([granted["enterprise_id"], ended["enterprise_id"]]),
            np.concatenate([granted["facility"], ended["facility"]]),
        ],
        axis=1,
    )
    facilities, place = np.unique(pairs, axis=0, return_inverse=True)
    place = place.reshape(-1)
    split = len(granted["enterprise_id"])
    count = len(facilities)
    is_open = (_covering(place[:split], *_validity(granted, as_known), count, times) > 0) & (
        _covering(place[split:], *_validity(ended, as_known), count, times) == 0
    )
    return _any_of(np.searchsorted(firms, facilities[:, 0]), is_open, len(firms))


def _any_of(group: Places, flags: Flags, groups: int) -> Flags:
    """Whether any row of each group is set, [groups, times]."""
    total = np.zeros((groups, flags.shape[1]), dtype=np.int32)
    np.add.at(total, group, flags.astype(np.int32))
    return np.asarray(total > 0)


def _covering(
    group: Places,
    start: Integers,
    end: Integers | None,
    groups: int,
    times: Integers,
) -> Counts:
    """How many intervals [start, end) of each group cover each time, [groups, times]."""
    steps = np.zeros((groups, len(times) + 1), dtype=np.int32)
    np.add.at(steps, (group, np.searchsorted(times, start)), 1)
    if end is not None:
        np.add.at(steps, (group, np.searchsorted(times, np.maximum(start, end))), -1)
    return np.cumsum(steps, axis=1, dtype=np.int32)[:, :-1]


def _validity(rows: Columns, as_known: bool) -> tuple[Integers, Integers | None]:
    """From when to when facts hold: as known at the time, or as they really happened."""
    if as_known:
        return rows["known_at"], rows["reversed_at"]
    return rows["occurred_at"], None


def _of(rows: Columns, firms: Integers) -> Columns:
    return _take(rows, np.isin(rows["enterprise_id"], firms))


def _known(rows: Columns, at: int) -> Columns:
    return _take(rows, rows["known_at"] <= at)


def _standing(rows: Columns, at: int) -> Columns:
    return _take(rows, rows["reversed_at"] > at)


def _kind(rows: Columns, stream: str, kind: str) -> Columns:
    return _take(rows, rows["kind"] == column(stream, "kind").code(kind))


def _take(rows: Columns, wanted: Flags | Places) -> Columns:
    return {name: values[wanted] for name, values in rows.items()}
