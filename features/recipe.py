"""How a feature is reckoned, as data: small frozen nodes that evaluate themselves along a sweep.

A recipe is a tree. Its leaves are :class:`Rows` (which messages); its inner nodes
(``features/nodes``) say what is done with them. Because recipes are data they can be hashed (a
changed recipe is another catalogue), walked (which messages stand behind a number) and
evaluated by one engine for one enterprise or for a million. A message *stands* as of T if it
was known at T (``known_at <= T``) and its reversal was not (``reversed_at > T``).
"""

from abc import ABCMeta, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt

from supervision.arrays import Integers
from supervision.errors import CargoworthyError

if TYPE_CHECKING:
    from features.engine.sweep import Sweep
    from features.point.writing import Point


class Unwritten(CargoworthyError):
    """What a node asks for cannot be written for one point: it is left to the sweep."""

    def __init__(self, what: object) -> None:
        super().__init__(
            f"expected what can be written for one point, found {what!s:.160}; ask the sweep for it"
        )


class Interned(ABCMeta):
    """Makes equal nodes one object, so that looking up what a node gave costs next to nothing."""

    _nodes: dict[tuple[Any, ...], Any] = {}  # noqa: RUF012 shared by all classes on purpose

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Give the node made before of the same parts, if there is one."""
        if not kwargs and (found := Interned._nodes.get((cls, *args))) is not None:
            return found
        node = super().__call__(*args, **kwargs)
        return Interned._nodes.setdefault((cls, *_parts(node)), node)


class Node(metaclass=Interned):
    """A part of a recipe: a frozen dataclass of which no two are equal."""

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """Make it anew when unpickled, so that it is the one object there too."""
        return type(self), _parts(self)


@dataclass(frozen=True, eq=False)
class Rows(Node):
    """Messages of one table that meet every condition.

    Attributes
    ----------
    table : str
        A stream, or one of the two derived tables: ``purchase`` (title messages under the
        buyer) and ``appraisal`` (valuations of a lot under everyone who ever held it).
    where : tuple of (column, choices)
        The column's value is one of the choices, by their names in the contract.
    until : str or None
        A column with the time from which the message no longer stands.
    """

    table: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    until: str | None = None


@dataclass(frozen=True)
class Leaf:
    """Messages that a recipe reads: which, how far back, and the column it adds up, if any."""

    rows: Rows
    days: int | None
    column: str | None


# Hundreds are made for one enterprise; a frozen one takes three times as long to make.
@dataclass(eq=False, slots=True)
class Values:
    """What a recipe gives along the spine: numbers, and where there is one at all."""

    numbers: Integers | npt.NDArray[np.float64]
    known: npt.NDArray[np.bool_]


T = TypeVar("T")


class Reckoned(Node, Generic[T]):
    """A node that gives something along a sweep, which the sweep remembers.

    Attributes
    ----------
    asks_others : bool
        Whether it rests on what is known of other enterprises, besides the rows that it names.
    """

    asks_others: ClassVar[bool] = False

    @abstractmethod
    def reckon(self, sweep: "Sweep") -> T:
        """Evaluate along a sweep. Ask :meth:`Sweep.value`, which reckons each node once."""

    @classmethod
    def together(cls, sweep: "Sweep", nodes: Sequence[Self]) -> Sequence[T]:
        """Evaluate several nodes, what they rest on being known: for less than one by one."""
        return [node.reckon(sweep) for node in nodes]

    def write(self, point: "Point") -> Any:  # noqa: ARG002 for nodes that can be written
        """Write for one point, as instructions, what :meth:`reckon` gives along a spine.

        Raises
        ------
        Unwritten
            If it cannot be written; then the sweep reckons it there, too.
        """
        raise Unwritten(self)

    def parts(self) -> Iterator["Reckoned[Any]"]:
        """What it asks of the same sweep, as far as that may be reckoned together with others."""
        for part in _parts(self):
            if isinstance(part, Reckoned) and not isinstance(part, Recipe):
                yield part


class Recipe(Reckoned[Values]):
    """A node that gives a number at every point of a spine."""

    def leaves(self) -> Iterator[Leaf]:
        """All messages that the recipe rests on, in the order in which it names them."""
        rows = getattr(self, "rows", None)
        if isinstance(rows, Rows):
            yield Leaf(rows, getattr(self, "days", None), getattr(self, "column", None))
        else:
            yield from _leaves_of_parts(self)


def leaves(node: object) -> Iterator[Leaf]:
    """All messages that a recipe, or a part of one, rests on."""
    if isinstance(node, Recipe):
        yield from node.leaves()
    elif isinstance(node, Rows):
        yield Leaf(node, None, None)
    elif isinstance(leaf := getattr(node, "leaf", None), Leaf):
        yield leaf
    elif isinstance(node, tuple):
        for item in node:
            yield from leaves(item)
    elif isinstance(rows := getattr(node, "rows", None), Rows):
        yield Leaf(rows, getattr(node, "days", None), getattr(node, "column", None))
    else:
        yield from _leaves_of_parts(node)


def _leaves_of_parts(node: object) -> Iterator[Leaf]:
    if is_dataclass(node):
        for field in fields(node):
            yield from leaves(getattr(node, field.name))


def always(sweep: "Sweep", numbers: Integers) -> Values:
    """Whole numbers, one at every point of a sweep."""
    return Values(numbers, sweep.everywhere)


def _parts(node: Any) -> tuple[Any, ...]:
    return tuple(getattr(node, field.name) for field in fields(node))


def as_data(node: object) -> object:
    """Write a recipe as plain lists and dictionaries, for hashing and for documents."""
    if is_dataclass(node):
        parts = {field.name: as_data(getattr(node, field.name)) for field in fields(node)}
        return {"node": type(node).__name__, **parts}
    if isinstance(node, tuple):
        return [as_data(item) for item in node]
    return node
