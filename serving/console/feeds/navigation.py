"""The pages of feeds, as links beside each other."""

from serving.console.language import mark
from serving.console.navigation import Link
from serving.console.officers.role import DATA

LINKS = (
    Link("feeds", mark("Rhythm"), DATA),
    Link("quarantine", mark("Quarantine"), DATA),
    Link("providers", mark("Providers"), DATA),
    Link("consents", mark("Consents"), DATA),
)
