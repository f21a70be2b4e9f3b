"""A section of the report: checks with the tables and plots that they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from features.feature import Phrase
from training.validation.check import Check


@dataclass(frozen=True)
class Table:
    """Figures by line, as text.

    Attributes
    ----------
    title : str
    head : tuple of str
    lines : tuple of tuple of str
        The first column is a name, the others are numbers.
    note : str
    """

    title: str
    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Plot:
    """A plot, drawn.

    Attributes
    ----------
    name : str
        Of its file.
    says : str
        What is to be seen, for those who cannot see it.
    media : {"svg", "png"}
    content : bytes
    """

    name: str
    says: str
    media: Literal["svg", "png"]
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Section:
    """One question of the validation.

    Attributes
    ----------
    title : Phrase
    asks : str
        What is looked at, on which rows.
    checks : tuple of Check
    tables : tuple of Table
    plots : tuple of Plot
    figures : mapping
        Plain data for JSON.
    """

    title: Phrase
    asks: str
    checks: tuple[Check, ...]
    tables: tuple[Table, ...] = ()
    plots: tuple[Plot, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
