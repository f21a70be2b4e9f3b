"""What a feature is: a recipe, and all that a person or a model needs to know of its number."""

from dataclasses import dataclass
from typing import Literal

from features.facts import stream_of
from features.recipe import Recipe, as_data, leaves

Family = Literal[
    "cargo value",
    "turnover",
    "custody",
    "documents",
    "customs conduct",
    "title and receivables",
    "pledge",
    "concentration",
    "financing conduct",
    "market",
    "connected parties",
    "network",
    "standing",
]
Unit = Literal["fen", "ratio", "share", "rate", "days", "count", "months", "grade", "flag"]


@dataclass(frozen=True)
class Phrase:
    """One thing said in English and in Chinese, as a risk officer would say it."""

    en: str
    zh: str


@dataclass(frozen=True)
class Feature:
    """One feature, declared once.

    Attributes
    ----------
    name : str
        States the recipe: ``declared_value_sum_90d``.
    family, unit : str
    title : Phrase
        A short name for tables and plots.
    definition : str
        Exactly what is reckoned, in words and formula.
    recipe : Recipe
    direction : {-1, 0, 1}
        How risk moves as the value grows: -1 falls, 1 rises, 0 either way.
    direction_reason : str
    missing : Phrase
        What it means that there is no value.
    low, high : Phrase
        What to say of a low and of a high value.
    permitted_use : {"champion", "baseline", "policy"}
        ``champion``: any model may see it; ``baseline``: only the core-enterprise rule;
        ``policy``: limits and eligibility, no model.
    window : int or None
        Days that the recipe looks back; None where it tells the state of now.
    pivot : float or None
        Where the words turn, if they do: below it ``low`` is true, above it ``high``.
    """

    name: str
    family: Family
    unit: Unit
    title: Phrase
    definition: str
    recipe: Recipe
    direction: Literal[-1, 0, 1]
    direction_reason: str
    missing: Phrase
    low: Phrase
    high: Phrase
    permitted_use: Literal["champion", "baseline", "policy"] = "champion"
    window: int | None = None
    pivot: float | None = None

    @property
    def primitive(self) -> str:
        """Name of the recipe's outermost node."""
        return type(self.recipe).__name__

    @property
    def streams(self) -> tuple[str, ...]:
        """Streams whose messages the recipe reads, in order of first use."""
        return tuple(dict.fromkeys(stream_of(leaf.rows.table) for leaf in leaves(self.recipe)))

    @property
    def risky(self) -> Phrase:
        """What to say when the value costs points and its side is not otherwise known."""
        return self.low if self.direction < 0 else self.high

    def as_data(self) -> dict[str, object]:
        """Everything that decides the number, for the catalogue's hash."""
        return {
            "name": self.name,
            "family": self.family,
            "unit": self.unit,
            "direction": self.direction,
            "permitted_use": self.permitted_use,
            "recipe": as_data(self.recipe),
        }
