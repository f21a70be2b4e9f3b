"""Words for the codes of the cargo pages; templates translate them."""

from serving.console.language import mark

STATES = {
    "stands": mark("Not settled"),
    "settled": mark("Counted since"),
    "gone": mark("No longer in custody"),
}
ORDERS = {
    "waiting": mark("Waits for your word"),
    "authorised": mark("Authorised, goods not released"),
    "released": mark("Released on your word"),
    "without_word": mark("Released without your word"),
}
TONES = {
    "waiting": "warn",
    "authorised": "calm",
    "released": "good",
    "without_word": "bad",
    "stands": "bad",
    "settled": "good",
    "gone": "calm",
}
ENDED = {"released": mark("Released"), "enforced": mark("Pledge enforced")}
SIDES = {"sold": mark("Sold to a buyer"), "bought": mark("Bought from a seller")}
STAGES = {
    "declared": mark("Declared"),
    "received": mark("Received into custody"),
    "counted": mark("Counted"),
    "appraised": mark("Appraisal"),
    "pledged": mark("Pledged to you"),
    "sold": mark("Sold"),
    "ordered": mark("Release requested"),
    "authorised": mark("Release authorised"),
    "let_go": mark("Let go"),
}
UNFIT = {
    "not_declared": mark("No declaration"),
    "bought_in_storage": mark("Bought in storage"),
    "detained": mark("Held by customs"),
    "customs_controlled": mark("Under customs control"),
    "unconfirmed": mark("Not confirmed of late"),
    "uninsured": mark("Not insured"),
    "disputed": mark("In doubt"),
    "pledged": mark("Pledged already"),
}
"""Why nothing is lent on a lot, in short."""
FAULTS = (
    ("count_mismatch", mark("count mismatch")),
    ("seal_broken", mark("seal broken")),
    ("temperature_excursion", mark("temperature excursion")),
    ("unauthorised_movement", mark("unauthorised movement")),
    ("document_mismatch", mark("document mismatch")),
)
"""Rows of the timeline."""
