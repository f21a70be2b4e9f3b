"""What becomes of each row that stood its screening: accepted, duplicate, or refused after all.

Rows are settled as if one by one in the file's order, whatever the size of chunks. Nearly all are
new facts and are settled together; only reversals and rows whose hash is met twice are looked at
one at a time.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from sqlalchemy.engine import Connection

from supervision.arrays import Integers
from supervision.duplicates import (
    REVERSAL_CONTENT,
    Accepted,
    Held,
    accepted_under,
    content_columns,
    hashes,
)
from supervision.encoding import Encoded
from supervision.reasons import Reason
from supervision.reversals import Reversal, target_of
from supervision.screening import Mask


@dataclass(frozen=True)
class Outcome:
    """What became of one row: a duplicate, refused, or else accepted.

    Attributes
    ----------
    target : int or None
        Of an accepted reversal: the position of what it reverses.
    """

    duplicate: bool = False
    refused: tuple[Reason, str] | None = None
    target: int | None = None


@dataclass
class Settlement:
    """The outcome, by place in the encoded rows.

    Attributes
    ----------
    keys : int64 array
        The rows' hashes.
    accepted : bool array
    duplicates : int
    refused : dict of int to (Reason, str)
    targets : dict of int to int
        For each accepted reversal the position of what it reverses, or -1 - its place if that is
        a row of the same chunk.
    """

    keys: Integers
    accepted: Mask
    duplicates: int = 0
    refused: dict[int, tuple[Reason, str]] = field(default_factory=dict)
    targets: dict[int, int] = field(default_factory=dict)


def settle(connection: Connection, rows: Encoded) -> Settlement:
    """Settle the rows of a chunk against the record and against each other."""
    keys = _hashes(rows, "message_id", np.arange(len(rows)))
    reversing = rows.reversing()
    which = np.flatnonzero(reversing)
    target_keys = _hashes(rows, "reverses", which)
    known = accepted_under(connection, np.concatenate([keys, target_keys]))
    special = reversing | np.isin(keys, known.keys) | np.isin(keys, target_keys) | _repeated(keys)
    settlement = Settlement(keys, ~special)
    if special.any():
        _settle_singly(rows, np.flatnonzero(special), known, settlement, target_keys)
    return settlement


def _hashes(rows: Encoded, name: str, which: Integers) -> Integers:
    if len(which) == 0:
        return np.zeros(0, np.int64)
    texts = rows.texts[name]
    taken = texts if len(which) == len(rows) else texts.take(pa.array(which))
    return hashes(rows.values["provider_id"][which], taken)


def _repeated(keys: Integers) -> Mask:
    """Rows whose hash occurs more than once in the chunk."""
    ordered = np.sort(keys)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.isin(keys, twice) if len(twice) else np.zeros(len(keys), bool)


def _settle_singly(
    rows: Encoded, places: Integers, known: Accepted, out: Settlement, target_keys: Integers
) -> None:
    reversing = rows.reversing()
    target_key = dict(zip(np.flatnonzero(reversing).tolist(), target_keys.tolist(), strict=True))
    facts = zip(*rows.lists(content_columns(rows.stream), places), strict=True)
    reversals = zip(*rows.lists(REVERSAL_CONTENT, places), strict=True)
    providers = rows.values["provider_id"][places].tolist()
    ids = rows.texts["message_id"].take(pa.array(places)).to_pylist()
    for place, key, provider, message_id, fact, reversal in zip(
        places.tolist(), out.keys[places].tolist(), providers, ids, facts, reversals, strict=True
    ):
        is_reversal = place in target_key
        content = reversal if is_reversal else fact
        held = Held(rows.stream, -1 - place, provider, message_id, is_reversal, content)
        outcome = settle_one(held, key, target_key.get(place), known)
        if outcome.refused is not None:
            out.refused[place] = outcome.refused
        elif outcome.duplicate:
            out.duplicates += 1
        else:
            out.accepted[place] = True
            if outcome.target is not None:
                out.targets[place] = outcome.target


def settle_one(held: Held, key: int, target_key: int | None, known: Accepted) -> Outcome:
    """Settle one message against those accepted before it; if accepted, it is added to them.

    Parameters
    ----------
    held : Held
        The message. The last of a reversal's content is the id that it reverses.
    key : int
        Its hash.
    target_key : int or None
        The hash of what it reverses; None for a fact.
    known : Accepted
        All that was accepted before it under these hashes.
    """
    earlier = known.find(key, held.provider, held.message_id)
    if earlier is not None:
        if same(earlier, held):
            return Outcome(duplicate=True)
        return Outcome(refused=(Reason.CONFLICTING_CONTENT, conflict(earlier, held)))
    target: int | None = None
    if target_key is not None:
        wish = Reversal(held.stream, held.provider, held.message_id, str(held.content[-1]))
        found = target_of(wish, target_key, known)
        if isinstance(found, tuple):
            return Outcome(refused=found)
        target = found
        known.reversed.add(target)
    known.add(key, held)
    return Outcome(target=target)


def same(earlier: Held, later: Held) -> bool:
    """Whether two messages of one provider and id have the same content."""
    return (
        earlier.stream == later.stream
        and earlier.is_reversal == later.is_reversal
        and earlier.content == later.content
    )


def conflict(earlier: Held, later: Held) -> str:
    """What two messages of one provider and id differ in."""
    if (earlier.stream, earlier.is_reversal) != (later.stream, later.is_reversal):
        kinds = ["a reversal in" if m.is_reversal else "a fact of" for m in (earlier, later)]
        return (
            f"message_id: expected the message accepted before, {kinds[0]} {earlier.stream}, "
            f"found {kinds[1]} {later.stream}"
        )
    names = REVERSAL_CONTENT if later.is_reversal else content_columns(later.stream)
    pairs = zip(names, earlier.content, later.content, strict=True)
    differing = [name for name, before, now in pairs if before != now]
    return (
        "message_id: expected the content of the message accepted before, "
        f"found another {', '.join(differing[:5])}"
    )
