"""What is wrong with a row: the field, what was expected, and a little of what was found.

A row in quarantine may hold anything, also what nobody should read. So pages show the field at
fault and the beginning of its value, and nothing else of the row.
"""

import re
from dataclasses import dataclass

import orjson

from supervision.contract.columns import Column, columns
from supervision.reasons import Reason
from supervision.refused import Refused

LONGEST = 48
"""Characters of a value that are shown."""
_TOLD = re.compile(r"(?P<field>\w+): expected (?P<expected>.*?), found (?P<found>.*)", re.DOTALL)
_STRAY = re.compile(r"expected only fields of \w+, found (?P<field>.*)", re.DOTALL)
_KEPT = frozenset(("message_id", "provider_id", "reverses"))
"""Fields that say whose message it is, and which: nobody but the provider changes them."""
_BY_PROVIDER = frozenset(
    (
        Reason.MALFORMED_ROW,
        Reason.WRONG_STREAM,
        Reason.CONFLICTING_CONTENT,
        Reason.REVERSAL_WITH_FACTS,
        Reason.REVERSAL_WAITS,
        Reason.REVERSAL_REPEATED,
        Reason.REVERSAL_OF_REVERSAL,
        Reason.REVERSAL_OF_OTHER_STREAM,
        Reason.OTHER_PROVIDER,
    )
)
UNTRIED = frozenset((Reason.MALFORMED_ROW, Reason.REVERSAL_WAITS, Reason.OTHER_PROVIDER))
"""Reasons whose rows cannot be tried again singly: one has no fields, one waits for its message
and is tried with all that wait, one bears a name that its sender had no right to."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row.

    Attributes
    ----------
    field : str
        Empty where it is the row as a whole.
    found : str
        The beginning of its value; empty where none is told.
    column : Column or None
        What the contract says of the field; None where it knows none of that name.
    """

    field: str
    found: str
    column: Column | None


def fault_of(row: Refused) -> Fault:
    """Tell the field at fault from what the ingestion wrote down."""
    if row.reason == Reason.MALFORMED_ROW:
        return Fault("", "", None)
    if row.reason == Reason.UNKNOWN_FIELD:
        stray = _STRAY.match(row.detail)
        return Fault(shortened(stray["field"].strip("'\"") if stray else ""), "", None)
    told = _TOLD.match(row.detail)
    field = told["field"] if told else row.detail.partition(":")[0]
    column = next((one for one in columns(row.stream) if one.name == field), None)
    if column is None:
        field = field if field == "stream" else ""
    return Fault(field, shortened(told["found"]) if told and field else "", column)


def stray_of(row: Refused) -> str:
    """The whole name of the field that a row's stream does not have; empty where there is none."""
    known = {one.name for one in columns(row.stream)} | {"stream"}
    content = orjson.loads(row.content)
    return next((name for name in content if name not in known), "")


def is_repairable(row: Refused) -> bool:
    """Whether the field at fault can be put right without the provider's sending it again."""
    if Reason(row.reason) in _BY_PROVIDER:
        return False
    fault = fault_of(row)
    return fault.field not in _KEPT and (
        fault.column is not None or row.reason == Reason.UNKNOWN_FIELD
    )


def provider_of(row: Refused) -> str:
    """The provider that a row names, whoever sent it; empty where it names none."""
    try:
        content = orjson.loads(row.content)
    except orjson.JSONDecodeError:
        return ""
    named = content.get("provider_id") if isinstance(content, dict) else None
    return named if isinstance(named, str) and named.isprintable() else ""


def shortened(text: str) -> str:
    """The beginning of a text."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
