"""Why a row is quarantined: stable words, each with a help text that says what to do."""

from enum import StrEnum


class Reason(StrEnum):
    """The reason code of a quarantined row. Codes are never renamed, only added."""

    MALFORMED_ROW = "malformed_row"
    UNKNOWN_FIELD = "unknown_field"
    WRONG_STREAM = "wrong_stream"
    NOT_AN_INTEGER = "not_an_integer"
    NOT_A_TEXT = "not_a_text"
    MISSING_FIELD = "missing_field"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_CHOICE = "unknown_choice"
    WRONG_UNIT = "wrong_unit"
    OUT_OF_RANGE = "out_of_range"
    MALFORMED_TEXT = "malformed_text"
    BAD_CREDIT_CODE = "bad_credit_code"
    BAD_CARGO_CODE = "bad_cargo_code"
    FORGED_CARGO_CODE = "forged_cargo_code"
    IN_THE_FUTURE = "in_the_future"
    CONFLICTING_CONTENT = "conflicting_content"
    REVERSAL_WITH_FACTS = "reversal_with_facts"
    REVERSAL_WAITS = "reversal_waits"
    REVERSAL_REPEATED = "reversal_repeated"
    REVERSAL_OF_REVERSAL = "reversal_of_reversal"
    REVERSAL_OF_OTHER_STREAM = "reversal_of_other_stream"
    OTHER_PROVIDER = "other_provider"


HELP: dict[Reason, str] = {
    Reason.MALFORMED_ROW: (
        "The line could not be read as a row: NDJSON wants one object a line, CSV as many cells "
        "as the header has. Write the line again as the schema says and send it in a new file."
    ),
    Reason.UNKNOWN_FIELD: (
        "The row names a field that the stream does not have. Take it out, or correct its "
        "spelling against docs/schemas."
    ),
    Reason.WRONG_STREAM: (
        "The row names another stream than its file. Move it to the file of its stream."
    ),
    Reason.NOT_AN_INTEGER: (
        "Money (fen), quantities (kg), prices (fen per 1,000 kg) and times (UTC microseconds) are "
        "whole numbers without sign of decimals. Multiply out and send whole numbers; in Parquet "
        "use int64, also where cells are empty."
    ),
    Reason.NOT_A_TEXT: "The field is a text. Send it as a string, also where it is all digits.",
    Reason.MISSING_FIELD: (
        "A field that the envelope or this kind of fact must state is empty. The data dictionary "
        "lists what each kind requires."
    ),
    Reason.UNKNOWN_KIND: (
        "The stream has no such kind of fact. The data dictionary lists the kinds of each stream."
    ),
    Reason.UNKNOWN_CHOICE: (
        "The field takes one of a fixed list of words. The data dictionary lists them."
    ),
    Reason.WRONG_UNIT: (
        "The value is in another unit than the contract's: quantities are in kg, times in UTC "
        "microseconds since 1970 (not seconds, milliseconds or nanoseconds). Convert, and send the "
        "row again."
    ),
    Reason.OUT_OF_RANGE: (
        "The number lies outside the bounds that the contract sets for the field. Check its unit "
        "and sign."
    ),
    Reason.MALFORMED_TEXT: (
        "The text does not have the form of the field: wrong length, or characters that it does "
        "not allow. The data dictionary gives the form."
    ),
    Reason.BAD_CREDIT_CODE: (
        "The text has the form of a unified social credit code, but is none: its check character "
        "does not fit. It is probably mistyped."
    ),
    Reason.BAD_CARGO_CODE: (
        "The text has the form of a cargo code, but is none: its check digits, its owner or one "
        "of its parts is wrong. It is probably mistyped."
    ),
    Reason.FORGED_CARGO_CODE: (
        "The cargo code's security segment was not made with the port's key. Ask the port whether "
        "it issued this code; if it did, check the key file of the ingestion."
    ),
    Reason.IN_THE_FUTURE: (
        "The fact occurred or was recorded more than five minutes after it was received. Check "
        "the provider's clock and time zone (times are UTC), or send the row again when its time "
        "has come."
    ),
    Reason.CONFLICTING_CONTENT: (
        "The provider has already sent a message of this id with other content. The first one "
        "stands. To correct it, reverse it and send the new content under a new id."
    ),
    Reason.REVERSAL_WITH_FACTS: (
        "A row with `reverses` takes a message back and states nothing of its own. Leave the kind "
        "and all fields of the stream empty, and send the corrected fact as a message of its own."
    ),
    Reason.REVERSAL_WAITS: (
        "The message that this one reverses has not been accepted yet from this provider. The row "
        "waits and is tried again at every ingestion. If it waits for long, check the id."
    ),
    Reason.REVERSAL_REPEATED: (
        "The message that this one reverses has already been reversed. Nothing needs to be done."
    ),
    Reason.REVERSAL_OF_REVERSAL: (
        "A reversal cannot be reversed, nor reverse itself. State the fact again under a new id."
    ),
    Reason.REVERSAL_OF_OTHER_STREAM: (
        "The message that this one reverses stands in another stream. Send the reversal in the "
        "file of that stream."
    ),
    Reason.OTHER_PROVIDER: (
        "The message names another provider than the one that sent it. Each provider sends its own "
        "messages, under its own token."
    ),
}
"""What was expected and what to do, for each reason code."""

ORDER: tuple[Reason, ...] = tuple(Reason)
"""Reasons by number: verdicts of a chunk are arrays of (place in this tuple) + 1, 0 = none."""


def number_of(reason: Reason) -> int:
    """The number of a reason in an array of verdicts."""
    return ORDER.index(reason) + 1


REJUDGED = frozenset((Reason.IN_THE_FUTURE, Reason.FORGED_CARGO_CODE, Reason.OTHER_PROVIDER))
"""Reasons that may no longer hold when the same row is judged again on another day."""
