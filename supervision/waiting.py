"""Reversals that came before their message: tried again at the end of every ingestion."""

from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from supervision.arrays import Integers
from supervision.database import insert
from supervision.duplicates import REVERSAL_CONTENT, Held, accepted_under, hashes
from supervision.names import Names
from supervision.position import newest_position
from supervision.reasons import Reason
from supervision.settlement import Outcome, settle_one
from supervision.tables import BATCH, MESSAGE_KEY, QUARANTINE, REVERSAL, STREAM_NUMBERS

_AT_ONCE = 10_000
_WAITS = sa.and_(
    QUARANTINE.c.reason == str(Reason.REVERSAL_WAITS), QUARANTINE.c.settled_at.is_(None)
)


@dataclass(frozen=True)
class _Waiting:
    """A waiting reversal and its row in quarantine; ``held.content`` ends in what it reverses."""

    batch: int
    row: int
    held: Held
    received_at: int | None


def retry_waiting(engine: Engine, names: Names, now: int, most: int | None = None) -> int:
    """Try waiting reversals again, in the order in which they came.

    Parameters
    ----------
    engine : Engine
    names : Names
    now : int
    most : int or None
        If more wait, none is tried; None to try however many.

    A reversal that is accepted is received when it takes effect, at ``now``, unless its batch is
    a declared backfill; its row stays in quarantine, marked as settled.

    Returns
    -------
    int
        How many no longer wait: accepted, or found to be duplicates.
    """
    settled, last = 0, (0, 0)
    if most is not None and _more_wait_than(engine, most):
        return settled
    while True:
        with engine.begin() as connection:
            group = _next(connection, names, last, now)
            if not group:
                return settled
            settled += _retry(connection, group, now)
        last = (group[-1].batch, group[-1].row)


def _more_wait_than(engine: Engine, most: int) -> bool:
    with engine.connect() as connection:
        found = connection.execute(sa.select(QUARANTINE.c.row).where(_WAITS).limit(most + 1)).all()
    return len(found) > most


def _next(connection: Connection, names: Names, last: tuple[int, int], now: int) -> list[_Waiting]:
    place = sa.tuple_(QUARANTINE.c.batch, QUARANTINE.c.row)
    query = (
        sa.select(QUARANTINE, BATCH.c.backfill_reason)
        .join(BATCH, BATCH.c.batch == QUARANTINE.c.batch)
        .where(_WAITS, place > last)
        .order_by(QUARANTINE.c.batch, QUARANTINE.c.row)
        .limit(_AT_ONCE)
    )
    rows = connection.execute(query).all()
    contents = [orjson.loads(row.content) for row in rows]
    fields = ("provider_id", "enterprise_id", "cargo_code")
    texts = sorted({c[f] for c in contents for f in fields if c.get(f)})
    numbers = dict(zip(texts, names.numbers(connection, texts, None), strict=True))
    group: list[_Waiting] = []
    for row, content in zip(rows, contents, strict=True):
        values = {
            **{field: numbers.get(content.get(field)) for field in fields},
            **{field: int(content[field]) for field in ("occurred_at", "recorded_at")},
            "reverses": content["reverses"],
        }
        held = Held(
            row.stream,
            -1 - len(group),
            numbers[content["provider_id"]],
            content["message_id"],
            True,
            tuple(values[name] for name in REVERSAL_CONTENT),
        )
        group.append(_Waiting(row.batch, row.row, held, None if row.backfill_reason else now))
    return group


def _retry(connection: Connection, group: list[_Waiting], now: int) -> int:
    providers = np.array([one.held.provider for one in group], np.int64)
    keys = hashes(providers, pa.array([one.held.message_id for one in group]))
    target_keys = hashes(providers, pa.array([str(one.held.content[-1]) for one in group]))
    known = accepted_under(connection, np.concatenate([keys, target_keys]))
    outcomes = [
        settle_one(one.held, key, target_key, known)
        for one, key, target_key in zip(group, keys.tolist(), target_keys.tolist(), strict=True)
    ]
    accepted = [n for n, o in enumerate(outcomes) if o.refused is None and not o.duplicate]
    _accept(connection, group, outcomes, accepted, keys)
    for one, outcome in zip(group, outcomes, strict=True):
        _note(connection, one, outcome, now)
    return sum(outcome.refused is None for outcome in outcomes)


def _accept(
    connection: Connection,
    group: list[_Waiting],
    outcomes: list[Outcome],
    accepted: list[int],
    keys: Integers,
) -> None:
    placed = ("position", "batch", "row", "stream", "message_id", "provider_id")
    names = (*placed, *REVERSAL_CONTENT, "received_at", "known_at", "target_position")
    reversals: list[tuple[object, ...]] = []
    entries: list[tuple[int, int, int]] = []
    for position, place in enumerate(accepted, newest_position(connection) + 1):
        one, held = group[place], group[place].held
        stream = STREAM_NUMBERS[held.stream]
        start = (position, one.batch, one.row, stream, held.message_id, held.provider)
        target = outcomes[place].target
        reversals.append((*start, *held.content, one.received_at, _known_at(one), target))
        entries.append((int(keys[place]), position, stream))
    insert(connection, REVERSAL, names, reversals)
    insert(connection, MESSAGE_KEY, ("hash", "position", "stream"), sorted(entries))


def _known_at(one: _Waiting) -> int:
    stated = dict(zip(REVERSAL_CONTENT, one.held.content, strict=True))
    times = [stated["occurred_at"], stated["recorded_at"], one.received_at]
    return max(time for time in times if isinstance(time, int))


def _note(connection: Connection, one: _Waiting, outcome: Outcome, now: int) -> None:
    """Bring the row in quarantine and its batch's counts in line with the outcome."""
    here = sa.and_(QUARANTINE.c.batch == one.batch, QUARANTINE.c.row == one.row)
    if outcome.refused is not None:
        reason, detail = outcome.refused
        if reason is not Reason.REVERSAL_WAITS:
            changed = sa.update(QUARANTINE).where(here).values(reason=str(reason), detail=detail)
            connection.execute(changed)
        return
    connection.execute(sa.update(QUARANTINE).where(here).values(settled_at=now))
    counts: dict[str, object] = {"quarantined": BATCH.c.quarantined - 1}
    if outcome.duplicate:
        counts["duplicate"] = BATCH.c.duplicate + 1
    else:
        counts["accepted"] = BATCH.c.accepted + 1
        known = _known_at(one)
        newest = sa.func.coalesce(BATCH.c.newest_known_at, known)
        counts["newest_known_at"] = sa.case((newest > known, newest), else_=known)
    connection.execute(sa.update(BATCH).where(BATCH.c.batch == one.batch).values(counts))
