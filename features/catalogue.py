"""The catalogue: every feature, declared once, and the hash that names this set of recipes."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from features.actions import ACTIONS, Action
from features.families import (
    cargo_value,
    concentration,
    connected,
    custody,
    customs,
    documents,
    financing,
    market,
    network,
    pledge,
    standing,
    title,
    turnover,
    warehouses,
)
from features.feature import Feature
from supervision.errors import UsageError

ENGINE_VERSION = 1
"""Raised when the meaning of a recipe's node changes, so that the hash changes with it."""


@dataclass(frozen=True)
class Catalogue:
    """A set of features in a fixed order, and what a trader can do about them.

    Attributes
    ----------
    features : tuple of Feature
    actions : tuple of Action
        They decide no number and are no part of the hash.
    """

    features: tuple[Feature, ...]
    actions: tuple[Action, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Feature]:
        """Features by their names."""
        return {feature.name: feature for feature in self.features}

    @cached_property
    def champion(self) -> tuple[Feature, ...]:
        """Features that a model may see."""
        return tuple(f for f in self.features if f.permitted_use == "champion")

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all recipes: any change of one makes another catalogue."""
        data = [ENGINE_VERSION, *(feature.as_data() for feature in self.features)]
        text = json.dumps(data, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def feature(self, name: str) -> Feature:
        """One feature by its name.

        Raises
        ------
        UsageError
            If there is none of that name.
        """
        try:
            return self.by_name[name]
        except KeyError as error:
            raise UsageError(
                f"expected the name of a feature, found {name!r:.60}; "
                "`cargoworthy features list` shows them"
            ) from error


CATALOGUE = Catalogue(
    cargo_value.FEATURES
    + turnover.FEATURES
    + custody.FEATURES
    + warehouses.FEATURES
    + documents.FEATURES
    + customs.FEATURES
    + title.FEATURES
    + pledge.FEATURES
    + concentration.FEATURES
    + financing.FEATURES
    + market.FEATURES
    + connected.FEATURES
    + network.FEATURES
    + standing.FEATURES,
    ACTIONS,
)
"""The features of this version, family by family."""
