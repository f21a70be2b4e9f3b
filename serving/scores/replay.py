"""A replay: an answer reckoned again from the record as it was known then.

It takes from the ledger what was asked, when, by whom, and at which position of the record; the
model from the shelf and the policy from the ledger, each by its hash. The features are those of
the catalogue that the model carries, whatever this version's own is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import Field, ValidationError

from features.online import FactsReader
from serving.errors import Conflict, Gone
from serving.ledger import Entry, Ledger
from serving.policy import Policy
from serving.rooms import Rooms
from serving.scores.asked import Asked, Placed
from serving.scores.document import InsufficientAnswer, ScoredAnswer
from serving.scores.forms import in_form
from serving.scores.part import Part, Sha256, Time
from serving.scores.scoring import Scorer
from serving.stopwatch import Stopwatch
from training.model.bundle import Bundle
from training.model.errors import ModelError, OtherCatalogueError
from training.model.shelf import Shelf

MOST_DIFFERENCES = 20
_LONGEST = 200


class Difference(Part):
    """A place in which the two answers differ."""

    at: str = Field(description="JSON Pointer", examples=["/limit/amount_fen"])
    then: Any = Field(description="in the answer that was given; null where it is absent")
    now: Any = Field(description="in the answer that was reckoned again")


class ReplayAnswer(Part):
    """An earlier answer beside the same, reckoned again."""

    score_id: str
    replayed_at: Time
    identical: bool = Field(description="byte for byte")
    sha256_then: Sha256
    sha256_now: Sha256
    differences: tuple[Difference, ...] = Field(
        max_length=MOST_DIFFERENCES, description="the first of them, where not identical"
    )
    document: ScoredAnswer | InsufficientAnswer = Field(description="as it was reckoned again")


@dataclass(frozen=True)
class Stores:
    """Where a replay finds what it needs.

    Attributes
    ----------
    reader : FactsReader
    models : Path
        Folder of promoted models, of which none is ever taken away.
    ledger : Ledger
    """

    reader: FactsReader
    models: Path
    ledger: Ledger

    @classmethod
    def of(cls, rooms: Rooms) -> "Stores":
        """What a service stands on.

        Raises
        ------
        NotReady
            If the record or the ledger cannot be opened.
        """
        return cls(rooms.reader(), rooms.settings.models, rooms.ledger())


def replayed(entry: Entry, stores: Stores) -> bytes:
    """Reckon an answer again, and return it as canonical JSON, in the form of then.

    Raises
    ------
    Declined
        As :func:`recovered` does.
    """
    scorer, placed = recovered(entry, stores)
    (answered,) = scorer.reckon_at([placed], Stopwatch())
    return in_form(answered.document, int(orjson.loads(entry.document)["version"]))


def recovered(entry: Entry, stores: Stores) -> tuple[Scorer, Placed]:
    """Find again all that an answer was reckoned from.

    Raises
    ------
    Conflict
        If this version cannot reckon the model's features, or the record lacks messages.
    Gone
        If the model or the policy is no longer there.
    """
    position = stores.reader.record.position()
    if position < entry.record_position:
        raise Conflict(
            "record-too-short",
            f"a record up to position {entry.record_position}",
            str(position),
            "restore the record of then",
        )
    scorer = Scorer(
        stores.reader, _model(stores.models, entry), _policy(entry, stores.ledger), stores.ledger
    )
    number = _number(entry, stores.reader)
    return scorer, Placed(Asked.again(entry), entry.record_position, number, _disputed(entry))


def differences(then: bytes, now: bytes) -> tuple[Difference, ...]:
    """Places in which two answers differ, the first of them."""
    found: list[Difference] = []
    for difference in _differences("", orjson.loads(then), orjson.loads(now)):
        found.append(difference)
        if len(found) == MOST_DIFFERENCES:
            break
    return tuple(found)


def _model(models: Path, entry: Entry) -> Bundle:
    version = str(orjson.loads(entry.document)["model"]["version"])
    try:
        bundle = replace(_bundle(models, entry.model_hash), version=version)
        if bundle.catalogue.hash != entry.catalogue_hash:
            raise _other_catalogue(entry, bundle.catalogue_hash[:16])
    except OtherCatalogueError as error:
        raise _other_catalogue(entry, f"{error!s:.300}") from error
    except (ModelError, OSError) as error:
        raise Gone(
            "model-gone",
            f"model {entry.model_hash[:16]} on the shelf",
            f"{error!s:.200}",
            "lay the model's folder on the shelf again, from the registry",
        ) from error
    return bundle


@lru_cache(maxsize=4)
def _bundle(models: Path, model_hash: str) -> Bundle:
    return Bundle.load(Shelf(models).folder / model_hash, expected=model_hash)


def _other_catalogue(entry: Entry, found: str) -> Conflict:
    return Conflict(
        "other-catalogue",
        f"the feature catalogue {entry.catalogue_hash[:16]}, which the model carries",
        found,
        "replay it with the version of this program that has that catalogue",
    )


def _policy(entry: Entry, ledger: Ledger) -> Policy:
    kept = ledger.policy(entry.policy_hash)
    if kept is None:
        raise Gone(
            "policy-gone",
            f"policy {entry.policy_hash[:16]} in the ledger",
            "none: the answer was given before policies were kept",
            "nothing can be done for this answer",
        )
    try:
        policy = Policy.model_validate_json(kept)
    except ValidationError as error:
        raise _other_policy(entry, f"{error!s:.150}") from error
    if policy.hash != entry.policy_hash:
        raise _other_policy(entry, policy.hash[:16])
    return policy


def _other_policy(entry: Entry, found: str) -> Conflict:
    return Conflict(
        "other-policy",
        f"policy {entry.policy_hash[:16]}",
        f"{found}, as this version reads it",
        "replay it with the version of this program that gave the answer",
    )


def _number(entry: Entry, reader: FactsReader) -> int | None:
    """Number of the enterprise's name: what the record knew of it then, not what it knows now."""
    if entry.request is not None:
        return entry.enterprise_number
    return reader.record.number_of([entry.enterprise_id]).get(entry.enterprise_id)


def _disputed(entry: Entry) -> tuple[int, ...]:
    """Positions of the messages that were disputed then: as it was known when it was answered."""
    told = orjson.loads(entry.document).get("disputed_facts", ())
    return tuple(fact["position"] for fact in told)


def _differences(at: str, then: Any, now: Any) -> Iterator[Difference]:
    if isinstance(then, dict) and isinstance(now, dict):
        for name in sorted({*then, *now}):
            yield from _differences(f"{at}/{name}", then.get(name), now.get(name))
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for place, pair in enumerate(zip(then, now, strict=True)):
            yield from _differences(f"{at}/{place}", *pair)
    elif then != now:
        yield Difference(at=at, then=_shown(then), now=_shown(now))


def _shown(value: Any) -> Any:
    """A value, or the beginning of its JSON where it is long."""
    text = orjson.dumps(value).decode()
    return value if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
