"""What an officer sent with a form about a warning: an event that can be logged, or faults."""

from collections.abc import Mapping
from dataclasses import dataclass

from serving.console.language import mark
from serving.console.officers.officer import Officer
from serving.warnings.event import Kind, Outcome, WarningEvent
from serving.warnings.handling import Handling

LONGEST_NOTE = 2_000

Faults = Mapping[str, str]
"""What is wrong, by the form's field; shown beside it."""


@dataclass(frozen=True)
class Wanted:
    """What a form asks for."""

    kind: Kind
    note: str
    outcome: Outcome | None = None


def read(form: Mapping[str, str], allowed: frozenset[Kind]) -> Wanted | Faults:
    """Read a form.

    Parameters
    ----------
    form : mapping of str to str
    allowed : frozenset of Kind
        What this officer may do now.
    """
    kind = next((one for one in Kind if one.value == form.get("act")), None)
    if kind is None or kind not in allowed:
        return {"act": mark("This cannot be done now: see where the warning stands.")}
    note, faults = form.get("note", "").strip(), {}
    if len(note) > LONGEST_NOTE:
        faults["note"] = mark("Longer than 2,000 characters.")
    elif kind is not Kind.TAKEN and not note:
        faults["note"] = mark("Say what was found or done, in a sentence at least.")
    outcome = None
    if kind is Kind.CLOSED:
        outcome = next((one for one in Outcome if one.value == form.get("outcome")), None)
        if outcome is None:
            faults["outcome"] = mark("Choose what came of it.")
    return faults or Wanted(kind, note, outcome)


def event_of(wanted: Wanted, handling: Handling, at: int, officer: Officer) -> WarningEvent:
    """The event that a form asks for.

    Parameters
    ----------
    wanted : Wanted
    handling : Handling
        As the officer saw it.
    at : int
        UTC microseconds.
    officer : Officer
    """
    return WarningEvent(
        warning_id=handling.raised.warning_id,
        tenant=officer.tenant,
        enterprise_id=handling.raised.enterprise_id,
        place=handling.place,
        kind=wanted.kind,
        at=at,
        by=officer.name,
        called=officer.called,
        note=wanted.note,
        outcome=wanted.outcome,
    )
