"""The pages of the head line, each with who may open it; one that is not there is left out."""

from dataclasses import dataclass

from serving.console.language import mark
from serving.console.officers.officer import Officer
from serving.console.officers.role import DATA, MODEL, RISK, OfficerRole


@dataclass(frozen=True)
class Link:
    """One page of the head line.

    Attributes
    ----------
    name : str
        Of its route.
    title : str
    roles : frozenset of OfficerRole
    """

    name: str
    title: str
    roles: frozenset[OfficerRole]


LINKS = (
    Link("worklist", mark("Worklist"), RISK),
    Link("portfolio", mark("Portfolio"), RISK),
    Link("feeds", mark("Feeds"), DATA),
    Link("models", mark("Models"), MODEL),
)
CASE_LINKS = (
    Link("case", mark("Score"), RISK),
    Link("cargo", mark("Cargo and custody"), RISK),
    Link("portrait", mark("Profile"), RISK),
    Link("what_if", mark("What if"), RISK),
    Link("decision", mark("Decision"), RISK),
)
"""Pages of one case; each has the parameter ``enterprise_id``."""


def links(officer: Officer, there: frozenset[str]) -> tuple[Link, ...]:
    """Pages of the head line that there are and that an officer may open."""
    return tuple(link for link in LINKS if link.name in there and officer.may(link.roles))
