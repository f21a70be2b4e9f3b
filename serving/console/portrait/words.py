"""Words for the codes of a profile; templates translate those that are in English only."""

from features.feature import Phrase
from serving.console.language import mark

COUNTS = {
    "fewer than 5": Phrase("fewer than 5", "不足5家"),
    "5 to 9": Phrase("5 to 9", "5–9家"),
    "10 to 24": Phrase("10 to 24", "10–24家"),
    "25 to 49": Phrase("25 to 49", "25–49家"),
    "50 or more": Phrase("50 or more", "50家以上"),
}
"""How many third parties there are."""
SHARES = {
    "up to 25 %": Phrase("up to 25%", "25%以内"),
    "25 % to 50 %": Phrase("25% to 50%", "25%–50%"),
    "50 % to 75 %": Phrase("50% to 75%", "50%–75%"),
    "over 75 %": Phrase("over 75%", "75%以上"),
    "up to 40 %": Phrase("up to 40%", "40%以内"),
    "40 % to 60 %": Phrase("40% to 60%", "40%–60%"),
    "60 % to 80 %": Phrase("60% to 80%", "60%–80%"),
    "over 80 %": Phrase("over 80%", "80%以上"),
}
"""Shares that are told as bands."""
COMPARISONS = {
    "no_file": mark("No figures of peers are there to compare with."),
    "damaged": mark("The figures of peers are damaged; nothing is compared."),
    "other_record": mark("The figures of peers are of another record; nothing is compared."),
    "other_catalogue": mark("The figures of peers are of other features; nothing is compared."),
    "newer": mark("The figures of peers are newer than this time; nothing is compared."),
}
"""Why nothing is compared with peers."""
TONES = {"strength": "good", "caution": "warn", "neutral": "calm"}
"""How a tag is shown, by its bearing."""
BEARINGS = {
    "strength": mark("strength"),
    "caution": mark("caution"),
    "neutral": mark("neutral"),
}
STANDINGS = {
    "better": mark("better than usual"),
    "worse": mark("worse than usual"),
    "usual": mark("as usual"),
}
"""Beside the middle half of the peers."""
