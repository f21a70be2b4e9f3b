"""Words for the codes of feeds, quarantine and consents; templates translate them."""

from serving.console.feeds.consents import Standing
from serving.console.feeds.rhythm import State
from serving.console.language import mark
from supervision.reasons import Reason

STATES = {
    State.SILENT: (mark("Silent"), "bad"),
    State.LATE: (mark("Late"), "warn"),
    State.SPEAKS: (mark("On time"), "good"),
    State.IRREGULAR: (mark("No rhythm"), "calm"),
    State.ENDED: (mark("Ended"), "calm"),
}
"""How a feed stands, with the tone of its mark."""
FLAGS = {
    "silent": mark("silent"),
    "late": mark("late"),
    "slow": mark("slower than usual"),
    "thin": mark("fewer than usual"),
    "ended": mark("ended"),
}
"""By what feeds are picked."""
REASONS = {
    Reason.MALFORMED_ROW: mark("Unreadable line"),
    Reason.UNKNOWN_FIELD: mark("Unknown field"),
    Reason.WRONG_STREAM: mark("Wrong stream"),
    Reason.NOT_AN_INTEGER: mark("Not a whole number"),
    Reason.NOT_A_TEXT: mark("Not a text"),
    Reason.MISSING_FIELD: mark("Field missing"),
    Reason.UNKNOWN_KIND: mark("Unknown kind of fact"),
    Reason.UNKNOWN_CHOICE: mark("Not in the list"),
    Reason.WRONG_UNIT: mark("Wrong unit"),
    Reason.OUT_OF_RANGE: mark("Out of range"),
    Reason.MALFORMED_TEXT: mark("Malformed text"),
    Reason.BAD_CREDIT_CODE: mark("Wrong credit code"),
    Reason.BAD_CARGO_CODE: mark("Wrong cargo code"),
    Reason.FORGED_CARGO_CODE: mark("Forged cargo code"),
    Reason.IN_THE_FUTURE: mark("In the future"),
    Reason.CONFLICTING_CONTENT: mark("Same id, other content"),
    Reason.REVERSAL_WITH_FACTS: mark("Reversal with facts"),
    Reason.REVERSAL_WAITS: mark("Reversal waits"),
    Reason.REVERSAL_REPEATED: mark("Reversed already"),
    Reason.REVERSAL_OF_REVERSAL: mark("Reversal of a reversal"),
    Reason.REVERSAL_OF_OTHER_STREAM: mark("Reversal in another stream"),
    Reason.OTHER_PROVIDER: mark("Another provider's name"),
}
ADVICE = {
    Reason.MALFORMED_ROW: mark("The line cannot be read as a row. Let the provider send it again."),
    Reason.UNKNOWN_FIELD: mark("The stream has no such field. It can be left out here."),
    Reason.WRONG_STREAM: mark("The row belongs to another stream. Let the provider send it in that stream's file."),  # noqa: E501
    Reason.NOT_AN_INTEGER: mark("Money (fen), quantities (kg), prices (fen per 1,000 kg) and times (UTC microseconds) are whole numbers."),  # noqa: E501
    Reason.NOT_A_TEXT: mark("The field is a text, also where it is all digits."),
    Reason.MISSING_FIELD: mark("The message must state this field."),
    Reason.UNKNOWN_KIND: mark("The stream has no such kind of fact."),
    Reason.UNKNOWN_CHOICE: mark("The field takes one of a fixed list of words."),
    Reason.WRONG_UNIT: mark("Quantities are in kg, times in UTC microseconds since 1970. To change the unit alone changes no quantity."),  # noqa: E501
    Reason.OUT_OF_RANGE: mark("The number lies outside the contract's bounds: ask for its unit and sign."),  # noqa: E501
    Reason.MALFORMED_TEXT: mark("The text has not the form of the field."),
    Reason.BAD_CREDIT_CODE: mark("The check character does not fit: the code is probably mistyped."),  # noqa: E501
    Reason.BAD_CARGO_CODE: mark("The check digits, the owner or another part do not fit: the code is probably mistyped."),  # noqa: E501
    Reason.FORGED_CARGO_CODE: mark("The code was not made with the port's key. Find out whether the port issued it before anything else."),  # noqa: E501
    Reason.IN_THE_FUTURE: mark("The time lies ahead of the clock. Try again when it has come, or ask about the provider's clock."),  # noqa: E501
    Reason.CONFLICTING_CONTENT: mark("The first message of this id stands. Let the provider reverse it and send the new content under a new id."),  # noqa: E501
    Reason.REVERSAL_WITH_FACTS: mark("A reversal states nothing of its own. Let the provider send the fact as a message of its own."),  # noqa: E501
    Reason.REVERSAL_WAITS: mark("The message to be reversed is not there yet. All that wait are tried at every ingestion; if it waits for long, ask about the id."),  # noqa: E501
    Reason.REVERSAL_REPEATED: mark("The message has been reversed already. Nothing needs to be done."),  # noqa: E501
    Reason.REVERSAL_OF_REVERSAL: mark("A reversal cannot be reversed. Let the provider state the fact again under a new id."),  # noqa: E501
    Reason.REVERSAL_OF_OTHER_STREAM: mark("The message to be reversed stands in another stream. Let the provider send the reversal there."),  # noqa: E501
    Reason.OTHER_PROVIDER: mark("It names another provider than the one that sent it. Only that provider can send it; ask the sender how it came by it."),  # noqa: E501
}  # fmt: skip
"""What a reason means, and what to do, in an officer's words."""
OUTCOMES = {
    "accepted": mark("Accepted"),
    "duplicate": mark("In the record already"),
}
STANDINGS = {
    Standing.HOLDS: (mark("In force"), "good"),
    Standing.EXPIRING: (mark("Expires soon"), "warn"),
    Standing.EXPIRED: (mark("Expired"), "calm"),
    Standing.REVOKED: (mark("Revoked"), "bad"),
}
MATTERS = {
    "scores": mark("Scores"),
    "profiles": mark("Profiles"),
}
PURPOSES = {
    "credit": mark("Credit decision"),
    "monitoring": mark("Monitoring"),
}
