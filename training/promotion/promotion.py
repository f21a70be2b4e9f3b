"""A promotion from call to champion: verify the model, pass the gates, record it, put it in force.

The record comes before the force: a champion that nobody recorded cannot be. If putting it in
force fails after that, the same promotion again heals it, as a further row.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.calendar import show_time
from supervision.errors import UsageError
from training.model.dossier import withdraw_challenger
from training.model.seal import sealed
from training.model.shelf import Champion
from training.model.signature import public_text
from training.promotion.dossiers import dossier_of
from training.promotion.exception import SHORTEST_REASON, SignedException, Statement
from training.promotion.gate import (
    require_configured_bounds,
    require_green_or_signed,
    require_own_report,
)
from training.promotion.keys import promotion_key, read_key
from training.promotion.people import Person, read_people
from training.promotion.record import Entry, Promotion, PromotionRecord
from training.promotion.report import ReportRead, read_report, report_folder
from training.registry import Version, put_in_force, servable
from training.report.settings import ValidationSettings
from training.tracking import Store

_LONGEST_NAME = 64
_LONGEST_REASON = 2000


@dataclass(frozen=True)
class Places:
    """Where a promotion reads and writes.

    Attributes
    ----------
    reports : Path
        Folder of the validation reports.
    settings : Path
        Bounds that a report must have been made by.
    people : Path
        List of people.
    promotions : str
        Database URL of the record of promotions.
    models : Path
        Shelf that services read from.
    key : Path or None
        Private key that seals the champion, made where it is missing; None seals nothing.
    """

    reports: Path
    settings: Path
    people: Path
    promotions: str
    models: Path
    key: Path | None = None


@dataclass(frozen=True)
class Word:
    """By whose word, why and when.

    Attributes
    ----------
    by, reason : str
    at : int
        UTC microseconds.
    """

    by: str
    reason: str
    at: int

    def __post_init__(self) -> None:
        for option, text, longest in (
            ("--by", self.by, _LONGEST_NAME),
            ("--reason", self.reason, _LONGEST_REASON),
        ):
            if not 0 < len(text.strip()) <= longest:
                raise UsageError(
                    f"{option}: expected 1 to {longest} characters, found {text!r:.60}; it is kept "
                    "in the record of promotions for good"
                )

    @property
    def day(self) -> str:
        """The day at the port."""
        return show_time(self.at)[:10]


def promote(
    store: Store,
    model: Version,
    word: Word,
    exceptions: Sequence[Path],
    places: Places,
    catalogue_hash: str,
) -> tuple[Champion, Entry]:
    """Make a version the champion.

    Parameters
    ----------
    store : Store
        MLflow's, of the registry.
    model : Version
    word : Word
    exceptions : sequence of Path
        Files that signers made; only for a report with a red check.
    places : Places
    catalogue_hash : str
        Of the features with which services score.

    Raises
    ------
    UsageError
        If the model was trained on another catalogue, or an exception is not valid.
    ModelError
        If its bundle is damaged, or is not what was registered.
    PromotionRefused
        If a gate holds it back.
    PromotionRecordFailure
        If it could not be recorded: then nothing came into force.
    """
    servable(model, catalogue_hash)
    report = own_report(model, places)
    signed = [SignedException.read(path) for path in exceptions]
    people = read_people(places.people) if signed else {}
    require_green_or_signed(report, signed, people, word.day)
    promotion = Promotion(
        name=model.name,
        version=model.version,
        model_hash=report.model_hash,
        report_sha256=report.sha256,
        verdict=report.verdict,
        promoted_by=word.by.strip(),
        reason=word.reason.strip(),
        exceptions=_kept(signed, people),
        promoted_at=word.at,
    )
    with PromotionRecord.open(places.promotions) as record:
        entry = record.append(promotion)
    folder = report_folder(places.reports, model.name, model.version)
    dossier_of(model, report.content, report.sha256, entry).write(places.models, folder)
    champion = put_in_force(store.client(), model, places.models, _seal(places.key, entry))
    withdraw_challenger(places.models, champion.hash)
    return champion, entry


def _seal(key: Path | None, entry: Entry) -> Callable[[Champion], Champion]:
    """What numbers and signs a champion."""
    if key is None:
        return lambda champion: champion
    private = promotion_key(key)
    return lambda champion: sealed(champion, entry.position, private)


def sign_exception(model: Version, word: Word, key: Path, places: Places) -> SignedException:
    """Sign for a model although its report is red.

    Raises
    ------
    PeopleError
        If the person is not listed, or the key is not theirs.
    PromotionRefused
        If there is no report of this model by the bounds in force.
    UsageError
        If no check of it is red, or the reason is too short.
    """
    report = own_report(model, places)
    if not report.red:
        raise UsageError(
            f"the report of version {model.version} is {report.verdict}: there is nothing to "
            f"except; `cargoworthy promote {model.version}` passes"
        )
    by, reason = word.by.strip(), word.reason.strip()
    private = read_key(key)
    person = read_people(places.people).get(by)
    if person is None or person.public_key != public_text(private):
        what = "is not on it" if person is None else "stands there with another public key"
        raise UsageError(
            f"expected {by!r:.60} in {places.people} with the public key of {key}, but {by!r:.60} "
            f"{what}; add the line {{name: ..., role: ..., public_key: {public_text(private)}}}"
        )
    if len(reason) < SHORTEST_REASON:
        raise UsageError(
            f"--reason: expected at least {SHORTEST_REASON} characters, found "
            f"{reason!r}; say why the model may serve although {', '.join(report.red)} failed"
        )
    statement = Statement(
        model_hash=report.model_hash,
        report_sha256=report.sha256,
        red=report.red,
        reason=reason,
        person=by,
        day=word.day,
    )
    return SignedException.make(statement, private)


def own_report(model: Version, places: Places) -> ReportRead:
    """The report of this very model, by the bounds in force.

    Raises
    ------
    PromotionRefused
        If there is none.
    """
    report = read_report(places.reports, model.name, model.version)
    require_own_report(report, model)
    require_configured_bounds(report, ValidationSettings.read(places.settings), places.settings)
    return report


def _kept(signed: Sequence[SignedException], people: Mapping[str, Person]) -> str:
    """The exceptions as they are recorded: they can be checked again when keys have changed."""
    rows = [
        {
            **one.model_dump(mode="json"),
            "role": people[one.statement.person].role,
            "public_key": people[one.statement.person].public_key,
        }
        for one in signed
    ]
    return json.dumps(rows, sort_keys=True, ensure_ascii=False)
