"""The bundle: one fitted model as a few files, checked before anything reads them.

``model.txt``
    LightGBM's own text form.
``bundle.json``
    Features in order with the catalogue's hash, calibration, scale, base points, how the PD is
    brought to the level of the long run, facts about the training, and golden rows: values with
    the points that they must give.
``catalogue.json``
    The feature catalogue that it was trained on: recipes, words and what a trader can do
    (:mod:`features.carried`). Not of a model of a table of a bank's own, nor of old ones.
``manifest.json``
    SHA-256 of the others. Its own SHA-256 is the model's hash.

A bundle scores by its own kernel (:mod:`training.model.shapley`), which reads LightGBM's text
without LightGBM: the margin is where all start and the features' shares in it. No byte is parsed
before its hash was found right. Nothing is pickled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from features.carried import UnknownRecipe, read
from features.catalogue import CATALOGUE, Catalogue
from training.model.calibration import Calibration
from training.model.cycle import Cycle
from training.model.errors import (
    DamagedModelError,
    ModelError,
    ModelInputError,
    OtherCatalogueError,
)
from training.model.golden import GoldenRows
from training.model.manifest import MANIFEST, Manifest, json_bytes, json_object
from training.model.points import Families, displayed_by_family
from training.model.scale import Floats, Integers, Scale, probability
from training.model.shapley.explainer import Explainer

if TYPE_CHECKING:
    import lightgbm as lgb

MODEL = "model.txt"
FACTS = "bundle.json"
RECIPES = "catalogue.json"
PARTS, OPTIONAL = (MODEL, FACTS), (RECIPES,)
"""Files that there must be, and that there may be, beside the manifest."""
FORMAT = 2
"""Version of the form of a bundle."""
_DEVIATIONS = 1.959963984540054
"""Of a normal distribution, between which 95 % of it lie."""
_FEWEST = 30
"""Rows over which a median is told at least."""
_WITHOUT_CYCLE = 1
"""An older form, still read: it knows no PD through the cycle."""


@dataclass(frozen=True)
class Scores:
    """Scores of n rows.

    Attributes
    ----------
    micro_points : int64 [n, f]
        Contribution of each feature.
    base_micro_points : int
        Where everybody starts: the training average.
    score_micro : int64 [n]
        ``base_micro_points + micro_points.sum(axis=1)``, exactly.
    pd : float64 [n]
        Probability of default within twelve months, point in time, computed from
        ``score_micro``.
    pd_through_the_cycle : float64 [n] or None
        The same at the level of the long run; None where the model knows no such level.
    pd_interval : float64 [2, n] or None
        Lower and upper end of the 95 % interval of ``pd``, as far as the calibration is known;
        None where the model does not tell.
    """

    micro_points: Integers
    base_micro_points: int
    score_micro: Integers
    pd: Floats
    pd_through_the_cycle: Floats | None = None
    pd_interval: Floats | None = None


@dataclass(frozen=True)
class Bundle:
    """A fitted model, ready to score.

    Attributes
    ----------
    name : str
        Name in the registry.
    version : str
        Version in the registry; empty before it has one. Not part of the files or the hash.
    hash : str
        SHA-256 of the manifest, hexadecimal; empty for a bundle that was never written.
    catalogue_hash : str
        Of the feature catalogue; empty where the model was trained on a table of a bank's own.
    catalogue_file : bytes
        That catalogue itself, as :mod:`features.carried` writes it; empty where it is not carried.
    features : tuple of str
        Names of the columns of a matrix of values, in order.
    directions : tuple of int
        +1 where a larger value may only raise the PD, -1 where it may only lower it, 0 free.
    categories : mapping of str to tuple of str
        Of a categorical feature its categories: a category's code is its place.
    facts : mapping
        About the training, as it stands in the file.
    cycle : Cycle or None
        How the PD is brought to the level of the long run; None where that is not known.
    """

    name: str
    features: tuple[str, ...]
    directions: tuple[int, ...]
    calibration: Calibration
    scale: Scale
    base_micro_points: int
    golden: GoldenRows
    model_text: str = field(repr=False)
    explainer: Explainer = field(repr=False, compare=False)
    catalogue_hash: str = ""
    catalogue_file: bytes = field(default=b"", repr=False)
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    cycle: Cycle | None = None
    version: str = ""
    hash: str = ""

    @classmethod
    def load(
        cls, folder: Path, *, version: str = "", expected: str | None = None, verify: bool = True
    ) -> Self:
        """Read a bundle, every part checked against the manifest before it is parsed.

        Parameters
        ----------
        folder : Path
        version : str
            Version under which the registry knows the bundle.
        expected : str or None
            Hash under which the registry or the shelf knows the bundle; compared before any part
            is parsed. None takes any.
        verify : bool
            Score the golden rows, too, and compare the points.

        Raises
        ------
        DamagedModelError
            If a part is missing or is not what the manifest names, the hash is not the expected
            one, or a golden row gives other
            points than it did when the model was made.
        """
        manifest, parts = Manifest.read(folder, PARTS, expected, OPTIONAL)
        stated = json_object(parts[FACTS], folder / FACTS)
        text = parts[MODEL].decode()
        try:
            known = _fields(stated)
            explainer = Explainer.of(text, len(known["features"]))
            bundle = cls(
                **known,
                catalogue_file=parts.get(RECIPES, b""),
                model_text=text,
                explainer=explainer,
                version=version,
                hash=manifest.hash,
            )
        except (KeyError, TypeError, ValueError, ModelError) as fault:
            raise DamagedModelError(
                f"{folder} has sound hashes but is no bundle of format {FORMAT}: {fault!r:.200}; "
                "was it written by another version of this program?"
            ) from fault
        if verify:
            bundle.verify()
        return bundle

    def write(self, folder: Path) -> Self:
        """Write the files and return the bundle with its hash."""
        folder.mkdir(parents=True, exist_ok=True)
        parts = {MODEL: self.model_text.encode(), FACTS: json_bytes(self._stated())}
        if self.catalogue_file:
            parts[RECIPES] = self.catalogue_file
        for name, content in parts.items():
            (folder / name).write_bytes(content)
        manifest = Manifest.of(parts)
        (folder / MANIFEST).write_bytes(manifest.content)
        return replace(self, hash=manifest.hash)

    @cached_property
    def booster(self) -> "lgb.Booster":
        """The model as LightGBM has it, for training and its checks; scoring does without."""
        import lightgbm

        return lightgbm.Booster(model_str=self.model_text)

    @cached_property
    def usual(self) -> Mapping[str, float]:
        """What is usual: each feature's median over the golden rows, if 30 of them have a value.

        The golden rows are of the training's test, spread evenly from the best to the worst.
        """
        medians = zip(self.features, self.golden.medians(_FEWEST), strict=True)
        return MappingProxyType({name: found for name, found in medians if found is not None})

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue of its features: the one that it carries, or else this version's.

        Raises
        ------
        OtherCatalogueError
            If it carries none and was trained on another than this version's, or it carries one
            that this version's engine does not know.
        """
        if not self.catalogue_file:
            if self.catalogue_hash == CATALOGUE.hash:
                return CATALOGUE
            raise OtherCatalogueError(
                f"model {self.name} {self.version} expects the feature catalogue "
                f"{self.catalogue_hash[:16] or '(none: trained on a table of its own)'} and does "
                f"not carry it, found {CATALOGUE.hash[:16]}; train and promote a model on the "
                "features of this version"
            )
        try:
            carried = read(self.catalogue_file)
        except UnknownRecipe as fault:
            raise OtherCatalogueError(f"model {self.name} {self.version}: {fault}") from fault
        lost = {*self.features} - {*carried.by_name}
        if carried.hash != self.catalogue_hash or lost:
            raise OtherCatalogueError(
                f"model {self.name} {self.version} expects the feature catalogue "
                f"{self.catalogue_hash[:16]}, found {carried.hash[:16]} in its {RECIPES}, which "
                f"lacks {sorted(lost)!s:.80}; take the model from the registry again"
            )
        return carried

    def score(self, values: Floats) -> Scores:
        """Score rows of feature values.

        Parameters
        ----------
        values : float64 [n, f]
            In the order of ``features``; NaN is missing.

        Raises
        ------
        ModelInputError
            If the shape does not fit or a value is infinite.
        """
        values = np.ascontiguousarray(values, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != len(self.features):
            raise ModelInputError(
                f"model {self.name} expected [rows, {len(self.features)}] values, found "
                f"{list(values.shape)}; give its features in order: {self.features[:3]}..."
            )
        if np.isinf(values).any():
            row, column = np.argwhere(np.isinf(values))[0]
            raise ModelInputError(
                f"feature {self.features[column]} of row {row} is infinite; "
                "give a number, or NaN for a missing value"
            )
        shares = self.explainer.shares(values)
        micro_points = self.scale.parts(self.calibration.slope * shares)
        score_micro = self.base_micro_points + micro_points.sum(axis=1)
        log_odds = self.scale.log_odds(score_micro)
        return Scores(
            micro_points,
            self.base_micro_points,
            score_micro,
            probability(log_odds),
            None if self.cycle is None else self.cycle.pd_at(log_odds),
            self._interval(log_odds),
        )

    def _interval(self, log_odds: Floats) -> Floats | None:
        errors = self.calibration.errors(log_odds)
        if errors is None:
            return None
        ends = log_odds + np.array([[-_DEVIATIONS], [_DEVIATIONS]]) * errors
        return probability(ends)

    def verify(self) -> None:
        """Score the golden rows.

        Raises
        ------
        DamagedModelError
            If any gives other points than it did when the model was made.
        """
        base = self.scale.base(self.calibration.log_odds(self.explainer.expected))
        if base != self.base_micro_points:
            raise DamagedModelError(
                f"model {self.name} starts from {base} micro-points, expected "
                f"{self.base_micro_points}; do not use it, take it from the registry again"
            )
        self.golden.compare(self.score(self.golden.values).micro_points, self.features)
        # A row alone takes another way than rows side by side; both are compiled from here on, and
        # what deals their points out.
        self.golden.first().compare(self.score(self.golden.values[:1]).micro_points, self.features)
        whole = Families.one(len(self.features))
        displayed_by_family(self.base_micro_points, self.golden.micro_points, whole)

    def _stated(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "name": self.name,
            "catalogue_hash": self.catalogue_hash,
            "features": list(self.features),
            "directions": list(self.directions),
            "categories": {name: list(known) for name, known in self.categories.items()},
            "calibration": self.calibration.stated(),
            "scale": {
                "points": self.scale.points,
                "odds": self.scale.odds,
                "double": self.scale.double,
            },
            "base_micro_points": self.base_micro_points,
            "cycle": self.cycle and self.cycle.stated(),
            "facts": dict(self.facts),
            "golden": self.golden.stated(),
        }


def assemble(
    booster: "lgb.Booster",
    calibration: Calibration,
    golden_values: Floats,
    *,
    name: str,
    features: tuple[str, ...],
    directions: tuple[int, ...],
    **described: Any,
) -> Bundle:
    """Make a bundle of a fitted booster: base points and golden points are computed here.

    Parameters
    ----------
    booster : lightgbm.Booster
    calibration : Calibration
    golden_values : float64 [m, f]
        Rows whose points the bundle keeps, at least one.
    name : str
    features : tuple of str
        Names of the booster's columns, in order.
    directions : tuple of int
    **described
        ``catalogue_hash``, ``catalogue_file``, ``categories``, ``cycle``, ``facts``; see
        :class:`Bundle`.
    """
    if len(golden_values) == 0:
        raise ModelError("a bundle needs at least one golden row, found none")
    text = booster.model_to_string(num_iteration=-1)
    scale = Scale()
    values = np.ascontiguousarray(golden_values, dtype=np.float64)
    explainer = Explainer.of(text, len(features))
    shares = explainer.shares(values)
    return Bundle(
        name=name,
        features=features,
        directions=directions,
        calibration=calibration,
        scale=scale,
        base_micro_points=scale.base(calibration.log_odds(explainer.expected)),
        golden=GoldenRows(values, scale.parts(calibration.slope * shares)),
        model_text=text,
        explainer=explainer,
        **described,
    )


def _fields(stated: dict[str, Any]) -> dict[str, Any]:
    if stated["format"] not in (_WITHOUT_CYCLE, FORMAT):
        raise ValueError(f"format {stated['format']!r}")
    cycle = None if stated["format"] == _WITHOUT_CYCLE else stated["cycle"]
    return {
        "name": str(stated["name"]),
        "catalogue_hash": str(stated["catalogue_hash"]),
        "features": tuple(stated["features"]),
        "directions": tuple(stated["directions"]),
        "categories": MappingProxyType({k: tuple(v) for k, v in stated["categories"].items()}),
        "calibration": Calibration.of(stated["calibration"]),
        "scale": Scale(**stated["scale"]),
        "base_micro_points": int(stated["base_micro_points"]),
        "cycle": None if cycle is None else Cycle(**cycle),
        "facts": MappingProxyType(stated["facts"]),
        "golden": GoldenRows.of(stated["golden"]),
    }
