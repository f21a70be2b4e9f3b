"""How bins, features and months are written."""

from features.catalogue import CATALOGUE
from serving.console.figures.quantities import value
from serving.console.language import translations
from serving.console.models.drift import Bin


def feature_title(name: str, language: str) -> str:
    """A feature's short name; of one that this version does not know, its own."""
    feature = CATALOGUE.by_name.get(name)
    if feature is None:
        return name
    return feature.title.zh if language == "zh" else feature.title.en


def bin_label(one: Bin, name: str, language: str) -> str:
    """What a bin holds: up to its upper edge, above its lower one where it has no upper.

    Parameters
    ----------
    one : Bin
    name : str
        Of the feature; ``score`` for the score.
    language : str
    """
    if one.is_missing:
        return str(translations("zh" if language == "zh" else "en").gettext("missing"))
    if one.high is not None:
        return f"≤ {_number(one.high, name, language)}"
    return "–" if one.low is None else f"> {_number(one.low, name, language)}"


def month_label(month: tuple[int, int]) -> str:
    """A month, as 2022-12."""
    return f"{month[0]}-{month[1]:02d}"


def _number(edge: float, name: str, language: str) -> str:
    if name in CATALOGUE.by_name:
        return value(edge, name, language)
    return f"{edge:,.0f}" if name == "score" else f"{edge:,.3g}"
