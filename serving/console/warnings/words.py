"""Words for the codes of warnings; templates translate them."""

from serving.console.language import mark
from serving.warnings.event import Kind, Outcome

KINDS = {
    Kind.RAISED: mark("Raised"),
    Kind.TAKEN: mark("Taken in hand"),
    Kind.NOTED: mark("Noted"),
    Kind.CLOSED: mark("Ended"),
}
STATES = {
    "raised": mark("Not taken"),
    "taken": mark("In hand"),
    "closed": mark("Ended"),
}
TONES = {"raised": "bad", "taken": "warn", "closed": "good", "noted": "calm"}
"""How pages mark a state or an event."""
CODES = {
    "close_out_line": mark("Below close-out line"),
    "alert_line": mark("Below alert line"),
    "default": mark("Default"),
    "dishonest_debtor": mark("Dishonest debtor"),
    "insufficient_data": mark("Insufficient data"),
    "grades_lost": mark("Grade fell"),
    "points_lost": mark("Score fell"),
    "limit_lost": mark("Limit fell"),
    "feature": mark("Indicator reached its bound"),
}
"""The rules that raise warnings."""
OUTCOMES = {
    Outcome.PASSED: mark("The risk has passed: the facts have turned"),
    Outcome.TOPPED_UP: mark("Goods topped up"),
    Outcome.SECURED: mark("Further security taken"),
    Outcome.LIMIT_CUT: mark("Limit cut or frozen"),
    Outcome.REPAID: mark("Repaid or drawn less"),
    Outcome.COLLECTION: mark("Handed to collection"),
    Outcome.CORRECTED: mark("A fact was wrong and has been put right"),
    Outcome.ACCEPTED: mark("Looked into and accepted"),
    Outcome.OTHER: mark("Another outcome, told in the note"),
}
