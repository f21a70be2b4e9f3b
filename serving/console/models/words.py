"""Words of the models' pages, by key; templates translate them."""

from serving.console.language import mark

VERDICTS = {
    "red": mark("red"),
    "amber": mark("amber"),
    "green": mark("green"),
    "not applicable": mark("not applicable"),
}
TONES = {"red": "bad", "amber": "warn", "green": "good", "not applicable": "calm"}
"""Class of a verdict's or a light's label."""
SECTIONS = {
    "VAL1": mark("The model itself"),
    "VAL2": mark("Discrimination"),
    "VAL3": mark("Calibration"),
    "VAL4": mark("Grades"),
    "VAL5": mark("Stability"),
    "VAL6": mark("Segments"),
    "VAL7": mark("Stress and missing streams"),
    "VAL8": mark("Against today's rule"),
    "VAL9": mark("The tests themselves"),
}
"""Sections of a validation report."""
LIGHTS = {
    "green": mark("stable"),
    "amber": mark("watch"),
    "red": mark("changed"),
}
"""Of the stability index, by convention."""
STANDINGS = {
    "within": mark("in line"),
    "too low": mark("PD too low"),
    "prudent": mark("PD prudent"),
    "too few": mark("too few to say"),
}
STANDING_TONES = {"within": "good", "too low": "bad", "prudent": "warn", "too few": "calm"}
