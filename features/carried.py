"""A catalogue as a file that a model carries: recipes, words and actions, in one form of JSON.

What is read back are the same frozen types, and equal recipes are the very same objects. A file
may come from another version of this program: what this version's engine does not know is
refused by its name.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

import numpy as np

from features.actions import Action, Move, Reach
from features.catalogue import ENGINE_VERSION, Catalogue
from features.engine.evaluation import evaluate
from features.engine.silence import nothing_known
from features.engine.sweep import Spine
from features.facts import stream_of, table_names
from features.feature import Family, Feature, Phrase, Unit
from features.recipe import Node, Recipe, Rows, as_data
from features.snapshots.asked import asked, asked_by
from supervision.canonical import json_bytes
from supervision.contract.columns import column
from supervision.errors import CargoworthyError

FORMAT = 1
"""Version of the form of the file."""
_PHRASES: Final = ("title", "missing", "low", "high")
_PLAIN: Final = (
    "name",
    "family",
    "unit",
    "definition",
    "direction",
    "direction_reason",
    "permitted_use",
    "window",
    "pivot",
)


class UnknownRecipe(CargoworthyError):
    """A catalogue asks for what this version's engine does not know."""


def written(catalogue: Catalogue) -> bytes:
    """Write a catalogue as canonical JSON."""
    return json_bytes(
        {
            "format": FORMAT,
            "engine": ENGINE_VERSION,
            "features": [_feature_data(feature) for feature in catalogue.features],
            "actions": [_plain(action) for action in catalogue.actions],
        }
    )


@lru_cache(maxsize=8)
def read(content: bytes) -> Catalogue:
    """Read what :func:`written` wrote, here or in another version.

    Raises
    ------
    UnknownRecipe
        If the engine does not know a part of it, which is named, or it is no such file.
    """
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise UnknownRecipe(_unknown("the file", f"form {said['format']!r:.20}"))
        if said["engine"] != ENGINE_VERSION:
            raise UnknownRecipe(_unknown("all recipes", f"engine {said['engine']!r:.20}"))
        catalogue = Catalogue(
            tuple(_feature(one) for one in said["features"]),
            tuple(_action(one) for one in said["actions"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownRecipe(_unknown("the file", f"{error!r:.120}")) from error
    _require_sound(catalogue)
    return catalogue


def _feature_data(feature: Feature) -> dict[str, Any]:
    said = {name: getattr(feature, name) for name in _PLAIN}
    words = {name: _plain(getattr(feature, name)) for name in _PHRASES}
    return {**said, **words, "recipe": as_data(feature.recipe)}


def _plain(value: Any) -> Any:
    """A dataclass of plain values, for JSON."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _feature(said: Mapping[str, Any]) -> Feature:
    name = str(said["name"])
    try:
        recipe = _node(said["recipe"])
    except UnknownRecipe as error:
        raise UnknownRecipe(_unknown(f"feature {name}", str(error))) from error
    known = (get_args(Family), get_args(Unit), (-1, 0, 1), ("champion", "baseline", "policy"))
    for part, choices in zip(("family", "unit", "direction", "permitted_use"), known, strict=True):
        if said[part] not in choices:
            raise UnknownRecipe(_unknown(f"feature {name}", f"{part} {said[part]!r:.40}"))
    if not isinstance(recipe, Recipe):
        raise UnknownRecipe(_unknown(f"feature {name}", type(recipe).__name__))
    words: dict[str, Any] = {part: Phrase(**said[part]) for part in _PHRASES}
    return Feature(**{part: said[part] for part in _PLAIN}, **words, recipe=recipe)


def _action(said: Mapping[str, Any]) -> Action:
    moves = tuple(Move(**one) for one in said["moves"])
    for move in moves:
        if move.reach not in get_args(Reach):
            raise UnknownRecipe(_unknown(f"action {said['code']}", f"reach {move.reach!r:.40}"))
    return Action(str(said["code"]), Phrase(**said["title"]), Phrase(**said["advice"]), moves)


def _node(said: Any) -> Any:
    """A recipe, or a part of one, from its plain form."""
    if isinstance(said, list):
        return tuple(_node(item) for item in said)
    if not isinstance(said, dict):
        return said
    kind = _kinds().get(said.get("node", ""))
    parts = {name: _node(part) for name, part in said.items() if name != "node"}
    if kind is None:
        raise UnknownRecipe(f"{said.get('node')!s:.60}")
    declared = _declared(kind)
    names = [*declared]
    if sorted(parts) != sorted(names):
        raise UnknownRecipe(f"{kind.__name__} with {sorted(parts)!s:.120}")
    for name in names:
        if not _fits(parts[name], declared[name]):
            raise UnknownRecipe(f"{kind.__name__} with {name} {parts[name]!r:.60}")
    node = kind(*(parts[name] for name in names))
    if isinstance(node, Rows):
        _require_rows(node)
    return node


@cache
def _kinds() -> dict[str, type[Node]]:
    """Nodes that the engine knows, by their names."""
    found: dict[str, type[Node]] = {}
    left: list[type[Node]] = [Node]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        if is_dataclass(kind) and not getattr(kind, "__abstractmethods__", None):
            found[kind.__name__] = kind
    return found


@cache
def _declared(kind: type[Node]) -> dict[str, Any]:
    """Parts of a kind of node in their order, and the types that they are declared with."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}  # type: ignore[arg-type]


def _fits(value: object, kind: Any) -> bool:
    """Whether a value is of a kind, as the nodes declare their parts."""
    if isinstance(kind, UnionType):
        return any(_fits(value, one) for one in get_args(kind))
    if get_origin(kind) is tuple:
        items, parts = value, get_args(kind)
        if not isinstance(items, tuple):
            return False
        if parts[-1] is Ellipsis:
            return all(_fits(item, parts[0]) for item in items)
        return len(items) == len(parts) and all(map(_fits, items, parts))
    if kind in (None, NoneType):
        return value is None
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _require_rows(rows: Rows) -> None:
    if rows.table not in table_names():
        raise UnknownRecipe(f"table {rows.table:.60}")
    for name, choices in rows.where:
        try:
            for choice in choices:
                column(stream_of(rows.table), name).code(choice)
        except (CargoworthyError, LookupError, ValueError) as error:
            raise UnknownRecipe(f"{rows.table}.{name:.60} {choices!s:.80}") from error


def _require_sound(catalogue: Catalogue) -> None:
    """Evaluate every feature of nobody: what names no column of the contract fails here."""
    repeated = len(catalogue.by_name) != len(catalogue.features)
    lost = {move.feature for action in catalogue.actions for move in action.moves}
    lost -= set(catalogue.by_name)
    if repeated or lost:
        raise UnknownRecipe(_unknown("the file", f"names {sorted(lost)!s:.80} that do not fit"))
    try:
        _of_nobody(catalogue.features)
    except Exception:  # whatever it is, it is told by the feature's name
        for feature in catalogue.features:
            try:
                _of_nobody((feature,))
            except Exception as error:
                told = _unknown(f"feature {feature.name}", f"{error!r:.120}")
                raise UnknownRecipe(told) from error
        raise
    _require_published(catalogue)


def _of_nobody(features: Sequence[Feature]) -> None:
    for points in (1, 2):
        evaluate(nothing_known(), Spine(np.full(points, 1), np.full(points, 0)), features)


def _require_published(catalogue: Catalogue) -> None:
    """What is asked of others must be what this version publishes of them."""
    there = asked()
    for feature in catalogue.features:
        own = asked_by((feature,))
        if not all(set(vars(own)[part]) <= set(vars(there)[part]) for part in vars(there)):
            raise UnknownRecipe(
                _unknown(f"feature {feature.name}", "what it asks of others is not published")
            )


def _unknown(where: str, what: str) -> str:
    return (
        f"expected recipes that this version's engine knows, found in {where}: {what}; use the "
        "version of this program that wrote them"
    )
